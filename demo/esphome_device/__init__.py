"""A voice satellite with ESPHome's firmware, as a process: what it says and plays."""
