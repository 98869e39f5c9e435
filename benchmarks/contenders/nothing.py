"""No client at all: what feeding costs, which is taken off everybody's bill."""

from benchmarks.contenders.job import Sink, main


class Nothing:
    """Take frames and do nothing with them."""

    def __init__(self, _sink: Sink) -> None:
        """Need no ear."""

    async def open(self, url: str) -> None:
        """Connect to nobody."""

    async def hear(self, pcm: bytes) -> None:
        """Drop a frame."""

    async def close(self) -> None:
        """Hang up on nobody."""


if __name__ == "__main__":
    main(Nothing)
