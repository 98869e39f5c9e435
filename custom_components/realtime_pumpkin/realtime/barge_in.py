"""Speech into an answer: whether it counts, and what it cost."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from ..audio.level import level_dbfs
from .utterance import BYTES_PER_MS, Cut

BEFORE_MS: Final = 600
"""How much of what was just heard may belong to a sound that is noticed now."""

RECENT_FRAMES: Final = BEFORE_MS // 20
"""Frames last 20 to 100 ms."""

LONGEST_SOUND: Final = 150
"""Frames, so at least 3 s: more than any minimum that can be chosen."""

QUIET_MS: Final = 350
"""After so much silence a sound is over; words are closer to each other."""

PAUSE_MS: Final = 80
"""Longer than the pauses within a word."""

QUIETEST_VOICE_DBFS: Final = -55.0
MOST_ECHOES: Final = 2
"""After so many in a row it is no chance: the microphone hears the speaker."""

VOICE_RANGE_DB: Final = 15.0
"""Frames so much below the loudest are taken for the pauses between sounds."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of the microphone's sound."""

    ms: float
    dbfs: float

    @classmethod
    def of(cls, pcm: bytes) -> Frame:
        """Measure PCM s16le mono 24 kHz."""
        return cls(len(pcm) / BYTES_PER_MS, level_dbfs(pcm))


@dataclass(slots=True)
class BargeIn:
    """What is known of the speech that the visitor spoke into an answer."""

    is_doubtful: bool = False
    """Somebody makes a sound; it does not count as speech yet."""

    is_paused: bool = False
    """The speaker was silenced in mid-answer until it is known what it is."""

    doubtful_items: deque[str] = field(default_factory=lambda: deque(maxlen=16))
    """Items of sounds that did not count; a transcript may change that."""

    cuts: list[Cut] = field(default_factory=list)
    """What an interruption cost; resumed where no words followed."""

    rest: list[Cut] = field(default_factory=list)
    """What is said as soon as the speaker has fallen silent."""

    followed_voice: bool = False
    """The last sound began as soon as the voice did, as an echo would."""

    _is_suspect: bool = False
    """It did, and it is not known what it was."""

    _echoes: int = 0
    """How many such sounds in a row were nothing."""

    _recent: deque[bytes] = field(default_factory=lambda: deque(maxlen=RECENT_FRAMES))
    _sound: deque[Frame] = field(default_factory=lambda: deque(maxlen=LONGEST_SOUND))
    _heard_ms: float = 0.0
    """For how long it was listened to since it was noticed."""

    @property
    def hears_itself(self) -> bool:
        """Tell whether the link does not cancel its echo after all."""
        return self._echoes >= MOST_ECHOES

    def notice(self, *, follows_voice: bool) -> None:
        """Note a sound that begins."""
        self.followed_voice = self._is_suspect = follows_voice

    def was_nothing(self) -> None:
        """Note that nobody had spoken: perhaps it was the voice itself."""
        self._echoes += self._is_suspect
        self._is_suspect = False

    def was_echo(self) -> None:
        """Note that the voice has heard its own words."""
        self._echoes = MOST_ECHOES

    def was_somebody(self) -> None:
        """Note words that only a visitor can have said."""
        if not self.hears_itself:
            self._echoes = 0

    def hear(self, pcm: bytes) -> None:
        """Take a frame of PCM s16le mono 24 kHz."""
        self._recent.append(pcm)
        if self.is_doubtful:
            frame = Frame.of(pcm)
            self._sound.append(frame)
            self._heard_ms += frame.ms

    def is_speech(self, seconds: float) -> bool:
        """Tell whether the sound holds so much voice."""
        return last_sound(self._sound)[0] >= seconds * 1000

    @property
    def is_over(self) -> bool:
        """Tell whether the sound was heard, and silence for long enough after it.

        What is too quiet for these ears is only over when the service says so.
        """
        voiced_ms, quiet_ms = last_sound(self._sound)
        return voiced_ms > 0 and min(quiet_ms, self._heard_ms) >= QUIET_MS

    @property
    def has_ended(self) -> bool:
        """Tell whether the sound in doubt seems to have ended already."""
        return self.is_doubtful and last_sound(self._sound)[1] >= PAUSE_MS

    def begin(self) -> None:
        """Doubt a sound, which may have begun a little before it was noticed."""
        self.is_doubtful = True
        self._heard_ms = 0.0
        self._sound.clear()
        before_ms = 0.0
        for pcm in reversed(self._recent):
            self._sound.appendleft(frame := Frame.of(pcm))
            before_ms += frame.ms
            if before_ms >= BEFORE_MS:
                break

    def forget(self) -> None:
        """Be sure again: nothing is in doubt, nothing is to be resumed."""
        self.is_doubtful = False
        self.cuts = []


def last_sound(frames: Sequence[Frame]) -> tuple[float, float]:
    """Return how much voice the last sound held and the silence after it, in ms.

    Voice is what is about as loud as the loudest frame.
    """
    loudest = max((frame.dbfs for frame in frames), default=0.0)
    floor = max(loudest - VOICE_RANGE_DB, QUIETEST_VOICE_DBFS)
    voiced_ms = quiet_ms = gap_ms = 0.0
    for frame in reversed(frames):
        if frame.dbfs >= floor:
            voiced_ms += frame.ms
            gap_ms = 0.0
        elif not voiced_ms:
            quiet_ms += frame.ms
        elif (gap_ms := gap_ms + frame.ms) >= QUIET_MS:
            break
    return voiced_ms, quiet_ms
