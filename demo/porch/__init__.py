"""The porch: its sound card, the programs that use it, and who stands there."""
