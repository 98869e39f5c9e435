"""Which TCP connections a process holds, as the kernel knows it."""

from pathlib import Path

_LISTENING = "0A"


def connections(pid: int) -> set[tuple[int, int]]:
    """Return the (local port, remote port) of each connection of a process."""
    mine = _socket_inodes(pid)
    rows = [
        line.split() for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()
    ]
    return {
        (_port(row[1]), _port(row[2]))
        for row in rows[1:]
        if row[9] in mine and row[3] != _LISTENING
    }


def connected_to(pid: int, port: int) -> int:
    """Return how many connections a process holds to a port, or from it."""
    return sum(port in pair for pair in connections(pid))


def _socket_inodes(pid: int) -> set[str]:
    """Return the inodes of a process's sockets."""
    found: set[str] = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue  # Closed while we looked.
        if target.startswith("socket:["):
            found.add(target[len("socket:[") : -1])
    return found


def _port(address: str) -> int:
    """Return the port of an address as the kernel writes it."""
    return int(address.rpartition(":")[2], 16)
