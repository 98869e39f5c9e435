"""Tests of the house as a voice's tools."""
