"""Checks with real processes and real time; `script/e2e` runs them."""
