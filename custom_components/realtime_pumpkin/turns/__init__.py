"""Conversations turn by turn: with whoever writes, and with ears that do not stay open."""
