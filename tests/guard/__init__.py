"""Tests of what keeps strangers from locks and the like."""
