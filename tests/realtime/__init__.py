"""Tests of the Realtime conversation, without Home Assistant."""
