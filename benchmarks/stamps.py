"""The time, hidden in the first samples of a piece of sound (PCM s16le).

Twelve bytes: a mark that no sound has, and nanoseconds of the clock that all processes of
a machine share. What carries sound unchanged carries its time along.
"""

import time

MARK = b"\x7f\x80\x7f\x80"
SIZE = len(MARK) + 8


def now() -> int:
    """Return the machine's clock in nanoseconds, the same in every process."""
    return time.monotonic_ns()


def stamped(pcm: bytes) -> bytes:
    """Return a piece of sound with the time in its first samples."""
    return MARK + now().to_bytes(8, "little") + pcm[SIZE:]


def read(pcm: bytes, at: int = 0) -> int | None:
    """Return the time in a piece of sound, None where there is none."""
    if pcm[at : at + len(MARK)] != MARK:
        return None
    return int.from_bytes(pcm[at + len(MARK) : at + SIZE], "little")


class Reader:
    """Find the times in a stream that may be cut anywhere."""

    def __init__(self) -> None:
        """Have read nothing."""
        self._rest = b""

    def feed(self, pcm: bytes) -> list[int]:
        """Return the times that a piece of the stream completes."""
        data = self._rest + pcm
        found, at = [], data.find(MARK)
        while at >= 0 and at + SIZE <= len(data):
            found.append(int.from_bytes(data[at + len(MARK) : at + SIZE], "little"))
            at = data.find(MARK, at + SIZE)
        keep = len(data) - at if at >= 0 else len(MARK) - 1
        self._rest = data[-keep:]
        return found
