"""How much speech may wait at a speaker."""

from typing import Final

from ..audio.formats import PCM_24K
from ..const import LOGGER

_MOST_BYTES: Final = PCM_24K.bytes_of(5 * 60 * 1000)


class SpeechRoom:
    """Room for five minutes of speech; more than that is lost, and told once."""

    def __init__(self) -> None:
        """Start with nothing lost."""
        self._has_warned = False

    def takes(self, pcm: bytes, waiting_bytes: int) -> bool:
        """Tell whether PCM s16le mono 24 kHz fits behind what waits already."""
        if waiting_bytes + len(pcm) <= _MOST_BYTES:
            return True
        if not self._has_warned:
            self._has_warned = True
            LOGGER.warning("More than five minutes of speech wait, the rest is lost")
        return False
