"""Tests of the fake ESPHome device: it must be as strict as the real one."""
