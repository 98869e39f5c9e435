"""Tests of the card's modules, run by node."""
