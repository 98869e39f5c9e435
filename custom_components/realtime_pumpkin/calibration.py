"""What a porch check found out about a voice's microphone and speaker."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

# An echo as faint as this starts no turn, whoever cancels it.
_CANCELLED_DB: Final = -40.0
# The chirp is played at -18 dBFS and found up to 8 dB below the noise.
_TOO_NOISY_DBFS: Final = -18.0 + _CANCELLED_DB + 8.0
_DEAF_DBFS: Final = -90.0

_LONGEST_TAIL_MS: Final = 2000

# The service's own default, which suits a quiet porch.
DEFAULT_THRESHOLD: Final = 0.5
# Rustling leaves; every 8 dB more cost 0.1, until a street drowns all but shouts.
_QUIET_DBFS: Final = -50.0
_DB_PER_STEP: Final = 8.0
_MOST_STEPS: Final = 3.0
# A microphone that hears the speaker beside it so faintly hears visitors faintly.
_WEAK_DBFS: Final = -50.0
_STEP: Final = 0.1


@dataclass(frozen=True, slots=True)
class Delay:
    """How late a speaker is heard."""

    latency_ms: float
    """Counted from when it has what it wants to have before it begins."""

    prebuffer_ms: float = 0
    """How much of an answer that is; all of a shorter one is enough."""


NO_DELAY: Final = Delay(0)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a voice's ends are placed; levels are dBFS of the RMS."""

    noise_dbfs: float
    """How loud the porch is while nobody speaks."""

    checked_at: str
    """When it was checked, ISO 8601 with time zone."""

    latency_ms: int | None = None
    """How long after it has what it wants it is heard; None: it is not."""

    prebuffer_ms: int = 0
    """How much of an answer a player wants to have before it begins with it."""

    spread_ms: int = 0
    """By how much the latency differs from one time to the next."""

    echo_return_db: float | None = None
    """How loud the speaker is in the microphone, compared with what it plays."""

    level_dbfs: float | None = None
    """How loud the chirp was in the microphone."""

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | None) -> Self | None:
        """Read what was stored, as far as it is known; None where no check was made."""
        names = [each.name for each in fields(cls)]
        return (
            cls(**{name: data[name] for name in names if name in data})
            if data
            else None
        )

    def as_data(self) -> dict[str, Any]:
        """Return what is stored, in JSON's types."""
        return asdict(self)

    @property
    def delay(self) -> Delay | None:
        """Return how late the speaker is heard; None where it is not."""
        if self.latency_ms is None:
            return None
        return Delay(self.latency_ms, self.prebuffer_ms)

    @property
    def is_heard(self) -> bool:
        """Tell whether the microphone hears the speaker at all."""
        return self.latency_ms is not None

    @property
    def is_deaf(self) -> bool:
        """Tell whether the microphone hears nothing whatsoever."""
        return self.noise_dbfs <= _DEAF_DBFS and not self.is_heard

    @property
    def is_too_noisy(self) -> bool:
        """Tell whether the noise could have hidden an echo that matters."""
        return self.noise_dbfs > _TOO_NOISY_DBFS and not self.is_heard

    @property
    def echo_cancelled(self) -> bool:
        """Tell whether speech may interrupt the voice without it hearing itself."""
        if self.echo_return_db is not None:
            return self.echo_return_db <= _CANCELLED_DB
        return not (self.is_deaf or self.is_too_noisy)

    @property
    def threshold(self) -> float:
        """Return how sure server VAD must be of speech here, from 0.4 to 0.8.

        0.5 up to a noise of -50 dBFS, from there 0.1 more with every 8 dB; 0.1
        less where it is quiet and the microphone weak: a chirp that nothing
        cancels arrives below -50 dBFS.
        """
        steps = (self.noise_dbfs - _QUIET_DBFS) / _DB_PER_STEP
        if steps <= 0 and self._is_weak:
            return DEFAULT_THRESHOLD - _STEP
        return round(DEFAULT_THRESHOLD + _STEP * min(max(steps, 0.0), _MOST_STEPS), 2)

    @property
    def _is_weak(self) -> bool:
        """Tell whether the microphone hears faintly what it does hear."""
        if self.level_dbfs is None or self.echo_cancelled:
            return False
        return self.level_dbfs < _WEAK_DBFS

    def tail_ms(self, least_ms: int) -> int:
        """Return how long the gate stays closed after the last sound.

        A speaker that is heard now earlier, now later needs that much more
        than the `least_ms` that are set.
        """
        return max(least_ms, min(least_ms + self.spread_ms, _LONGEST_TAIL_MS))
