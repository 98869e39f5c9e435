"""Tests of microphones and speakers."""
