"""Tests of who may do and learn what: each guard is tried from outside."""
