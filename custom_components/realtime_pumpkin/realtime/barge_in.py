"""Speech into an answer: whether it counts, and what it cost."""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from ..audio.level import level_dbfs
from .playback import BYTES_PER_MS, Cut

RECENT_FRAMES: Final = 30
"""At 20 to 100 ms a frame at least 600 ms of what was just heard."""

QUIETEST_VOICE_DBFS: Final = -55.0
VOICE_RANGE_DB: Final = 15.0
"""Frames so much below the loudest are taken for the pauses between sounds."""


@dataclass(slots=True)
class BargeIn:
    """What is known of the speech that the visitor spoke into an answer."""

    is_doubtful: bool = False
    """Somebody makes a sound; it does not count as speech yet."""

    doubtful_item: str = ""
    """The item of a sound that did not count; its transcript may change that."""

    cuts: list[Cut] = field(default_factory=list)
    """What an interruption cost; resumed where no words followed."""

    resumed: int = 0
    recent: deque[bytes] = field(default_factory=lambda: deque(maxlen=RECENT_FRAMES))

    def is_speech(self, seconds: float) -> bool:
        """Tell whether the last frames hold so much voice."""
        return voiced_ms(list(self.recent)) >= seconds * 1000

    def begin(self) -> None:
        """Doubt a sound."""
        self.is_doubtful = True
        self.doubtful_item = ""

    def forget(self) -> None:
        """Be sure again: nothing is to be resumed."""
        self.is_doubtful = False
        self.cuts = []


def voiced_ms(frames: list[bytes]) -> float:
    """Return how much of some frames is about as loud as the loudest, in ms."""
    levels = [level_dbfs(frame) for frame in frames]
    floor = max(max(levels, default=0.0) - VOICE_RANGE_DB, QUIETEST_VOICE_DBFS)
    voiced = [f for f, level in zip(frames, levels, strict=True) if level >= floor]
    return sum(len(frame) for frame in voiced) / BYTES_PER_MS
