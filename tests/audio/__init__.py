"""Tests of the ground floor of sound."""
