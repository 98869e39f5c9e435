"""Somebody spoke to a satellite that uses a voice's pipeline."""

from typing import Protocol

from homeassistant.exceptions import HomeAssistantError

from .const import LOGGER
from .links.satellite_stream import SatelliteStream


class Voice(Protocol):
    """A voice that can talk at a satellite."""

    name: str

    async def async_start_conversation(self, *, heard: SatelliteStream | None) -> str:
        """Talk there; raise `HomeAssistantError` where that cannot be."""


async def async_answer(voice: Voice, stream: SatelliteStream) -> None:
    """Start a conversation there; let the satellite go where there is none."""
    try:
        await voice.async_start_conversation(heard=stream)
    except HomeAssistantError as err:
        LOGGER.info("%s does not talk at %s: %s", voice.name, stream.satellite, err)
    finally:
        if not stream.is_taken:
            stream.close()
