"""Tests of Realtime Pumpkin."""
