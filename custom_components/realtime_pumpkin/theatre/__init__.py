"""The show beside a conversation: what a voice sees, moves, plays and remembers."""
