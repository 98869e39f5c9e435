"""The Realtime conversation, without Home Assistant."""
