"""What a process holds, as the kernel knows it: memory, files, sockets."""

import os
from pathlib import Path

from tests.e2e.sockets import connections

_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident_mb(pid: int | str = "self") -> float:
    """Return the resident memory of a process in MB (2^20 bytes)."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * _PAGE / 2**20


def open_files(pid: int, server_port: int | None = None) -> int:
    """Count what a process has open, but for who visits its web server."""
    handles = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    visitors = sum(local == server_port for local, _ in connections(pid))
    return handles - visitors


def open_sockets(pid: int, server_port: int | None = None) -> int:
    """Count the connections of a process, but for those to its web server."""
    return sum(local != server_port for local, _ in connections(pid))


def stored_files(home: Path) -> int:
    """Count what the integration keeps; Home Assistant writes its own when it likes."""
    return sum(1 for _ in (home / ".storage").glob("realtime_pumpkin.*"))
