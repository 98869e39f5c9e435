"""The local Realtime server as a process's shell: sockets, brain, ears and voices."""
