"""The way from Home Assistant to the players, which are on another core."""

import asyncio
import json
from typing import Self


class Porch:
    """A connection on which players are told what to do, a line each."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        """Tell over a connection."""
        self._writer = writer

    @classmethod
    async def at(cls, port: int) -> Self:
        """Connect."""
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        return cls(writer)

    def tell(self, player: int, url: str | None) -> None:
        """Let a player fetch an address, or be silent."""
        line = json.dumps({"player": player, "url": url})
        self._writer.write(line.encode() + b"\n")
