"""Tests of the show beside a conversation."""
