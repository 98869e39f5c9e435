"""Tests of the scripted porch."""
