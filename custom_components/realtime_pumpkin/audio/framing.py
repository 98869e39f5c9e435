"""Cut a stream of bytes into frames of a known length."""


class Framer:
    """Collect bytes and give them out in multiples of one unit.

    Everything complete leaves at once: a push returns as few frames as
    possible, each a whole number of `unit` bytes and at most `longest`.
    """

    def __init__(self, unit: int, longest: int) -> None:
        """Cut into multiples of `unit` up to `longest` bytes."""
        self._unit = unit
        self._longest = longest - longest % unit
        self._rest = b""

    def push(self, data: bytes) -> list[bytes]:
        """Return the frames that the added bytes complete."""
        data = self._rest + data
        whole = len(data) - len(data) % self._unit
        self._rest = data[whole:]
        return [
            data[start : min(start + self._longest, whole)]
            for start in range(0, whole, self._longest)
        ]
