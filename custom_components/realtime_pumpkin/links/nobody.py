"""A microphone in front of which nobody stands: for what is only said."""

import asyncio
from collections.abc import AsyncIterator

from .protocols import AudioSource, LinkCapabilities


class Nobody(AudioSource):
    """Stay silent until closed."""

    def __init__(self, capabilities: LinkCapabilities) -> None:
        """Stand in for a microphone that can do this."""
        self._capabilities = capabilities
        self._closed = asyncio.Event()

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what the microphone could do."""
        return self._capabilities

    async def open(self) -> None:
        """Touch no device."""

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield nothing until closed."""
        await self._closed.wait()
        nothing: tuple[bytes, ...] = ()
        for frame in nothing:
            yield frame

    async def close(self) -> None:
        """End the silence."""
        self._closed.set()
