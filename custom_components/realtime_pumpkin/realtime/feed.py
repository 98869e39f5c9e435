"""What one side makes and others read at their own pace, from its beginning."""

import asyncio
from collections.abc import AsyncIterator


class Feed[T]:
    """Keep at most `longest` pieces until the last reader has them.

    What comes beyond that is dropped and counted.
    """

    def __init__(self, longest: int) -> None:
        """Start empty and open."""
        self._pieces: list[T] = []
        self._longest = longest
        self._news = asyncio.Event()
        self._error: Exception | None = None
        self.is_over = False
        self.dropped = 0

    def put(self, piece: T) -> None:
        """Add a piece."""
        if self.is_over or len(self._pieces) >= self._longest:
            self.dropped += 1
            return
        self._pieces.append(piece)
        self._tell()

    def end(self, error: Exception | None = None) -> None:
        """Say that nothing comes any more; an error is raised at each reader."""
        if not self.is_over:
            self.is_over, self._error = True, error
            self._tell()

    async def read(self) -> AsyncIterator[T]:
        """Yield every piece, from the first to the end."""
        at = 0
        while True:
            while at < len(self._pieces):
                yield self._pieces[at]
                at += 1
            if self.is_over:
                break
            await self._news.wait()
        if self._error is not None:
            raise self._error

    def _tell(self) -> None:
        """Wake every reader once."""
        self._news.set()
        self._news = asyncio.Event()
