"""Words that a visitor has to say before something sensitive is done."""

import asyncio
from typing import Final

from ..staging import is_said

PATIENCE: Final = 4.0
"""How long words that were said may take to be transcribed, in seconds."""


class Consent:
    """Listen for the phrase in one conversation.

    The model is never told it, so nobody can talk it out of the model; and what
    the model says of having heard it counts for nothing.
    """

    def __init__(self, phrase: str) -> None:
        """Wait for a phrase; an empty one is never heard."""
        self._phrase = phrase
        self._purpose: str | None = None
        self._heard = asyncio.Event()

    def hear(self, text: str) -> None:
        """Hear what the visitor said; before anything was asked it counts for nothing."""
        if self._purpose is not None and is_said(self._phrase, text):
            self._heard.set()

    async def async_given(self, purpose: str) -> bool:
        """Tell whether the phrase was said since this purpose was asked for.

        It is good once, and for what was asked for last. Words that are still
        being transcribed are waited for.
        """
        if purpose != self._purpose:
            self._purpose = purpose
            self._heard.clear()
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self._heard.wait()
        except TimeoutError:
            return False
        self._purpose = None
        self._heard.clear()
        return True
