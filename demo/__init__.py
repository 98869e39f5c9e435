"""The scripted porch: one whole visit at the door, and the server behind it."""
