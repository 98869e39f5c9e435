"""Audio ends: microphones and speakers."""
