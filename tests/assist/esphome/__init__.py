"""Tests of satellites that Home Assistant's own `esphome` integration holds."""
