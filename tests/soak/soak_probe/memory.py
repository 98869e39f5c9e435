"""What the process has of the machine's memory, and what it gives back."""

import ctypes
import gc
import os
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE")


def collect() -> None:
    """Collect all that is garbage, and what only that held."""
    for _ in range(3):
        gc.collect()


def resident_mb() -> float:
    """Return the resident memory in MB (2^20 bytes)."""
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * _PAGE / 2**20


def give_back() -> None:
    """Return to the system what a list of all objects took: else what grows fills it."""
    if (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
