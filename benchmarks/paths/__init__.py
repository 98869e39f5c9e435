"""Whole paths: through a real Home Assistant, from a microphone to a sound."""
