"""The steps of the flows, room by room; `config_flow.py` is their door."""
