"""The local Realtime server's core, without a socket and in virtual time."""
