"""What a voice reads aloud outside of its conversations."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from typing import Any

from homeassistant.exceptions import HomeAssistantError

from ..const import DOMAIN
from ..issues import as_home_assistant_error
from ..prompt import READ_ALOUD
from ..realtime.errors import RealtimeError
from ..realtime.reading import NotRead, async_read
from ..realtime.usage import Usage
from ..session_setup import create_config
from .parts import Parts


class Reader:
    """Read in the voice; its budgets hold for that, too."""

    def __init__(self, parts: Parts) -> None:
        """Read with the parts of a voice."""
        self._parts = parts

    async def read(
        self, chunks: AsyncIterator[str], voice: str | None = None
    ) -> AsyncGenerator[bytes]:
        """Yield a text as PCM s16le mono 24 kHz, in another `voice` if one is named.

        Raises a translated `HomeAssistantError` where it cannot be had.
        """
        parts, options = self._parts, self._parts.options()
        parts.admit()
        config = create_config(parts.hass, options, None, ())
        config = replace(config, instructions=READ_ALOUD, voice=voice or options.voice)

        def used(usage: dict[str, Any]) -> None:
            """Put into the books what a sentence cost."""
            parts.used(Usage.of(usage), options.model)

        try:
            async for pcm in async_read(parts.connect, config, chunks, used):
                yield pcm
        except RealtimeError as error:
            raise as_home_assistant_error(error) from error
        except NotRead as error:
            raise HomeAssistantError(
                translation_domain=DOMAIN, translation_key="not_read"
            ) from error
