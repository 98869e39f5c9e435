"""Tests of satellites that Home Assistant has connected."""
