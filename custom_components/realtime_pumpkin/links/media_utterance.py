"""What a media player is to say: PCM in, a stream to fetch out."""

from typing import Final

from ..audio.formats import PCM_24K
from ..audio.mp3 import Mp3Encoder
from .owned import Clock
from .stream import AudioStream

_SILENCE_MS: Final = 200
# Between two requests of a player that opens an address several times.
_HANG_UP_GRACE_S: Final = 3.0
_ROUNDING_MS: Final = 1e-3


class MediaUtterance:
    """One utterance on its way through MP3 and a player to somebody's ears."""

    def __init__(
        self, name: str, *, clock: Clock, latency_ms: float, prebuffer_ms: float = 0
    ) -> None:
        """Begin an utterance without audio."""
        self.name = name
        self.stream = AudioStream(
            clock=clock, latency_ms=latency_ms, prebuffer_ms=prebuffer_ms
        )
        self._encoder = Mp3Encoder()
        self.pcm_bytes = 0
        self._is_announced = False

    def add(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz."""
        self.pcm_bytes += len(pcm)
        self.stream.append(self._encoder.push(pcm))

    def finish(self) -> None:
        """Say that no more audio comes."""
        if self.pcm_bytes:
            self.stream.append(self._encoder.flush())
        self.stream.complete()

    @property
    def is_unheard(self) -> bool:
        """Tell whether no player has it, nor had it long enough to be heard."""
        return not self._is_announced and self.stream.player is None

    def heard_ms(self) -> int:
        """Return how many ms of the speech were heard."""
        heard = min(self.stream.heard_ms(), PCM_24K.ms_of(self.pcm_bytes))
        return int(heard + _ROUNDING_MS)

    def announce(self, now: float) -> bool:
        """Tell, once, that the first sample has become audible."""
        audible = self._audible_at
        if self._is_announced or audible is None or now < audible:
            return False
        self._is_announced = True
        return True

    def is_over(self, now: float) -> bool:
        """Tell whether all was heard, or the player does not want the rest."""
        return (over_at := self._over_at) is not None and now >= over_at

    def next_step_at(self, fetch_by: float) -> float | None:
        """Return when there is something to do; None for not before a change."""
        steps = [] if (over_at := self._over_at) is None else [over_at]
        if self.is_unheard:
            steps.append(fetch_by)
        elif not self._is_announced and self._audible_at is not None:
            steps.append(self._audible_at)
        return min(steps, default=None)

    @property
    def _audible_at(self) -> float | None:
        """Return when the first sample is heard."""
        player = self.stream.player
        return player.audible_at if player is not None else None

    @property
    def _over_at(self) -> float | None:
        """Return when it will be over, where that is known."""
        player = self.stream.player
        if player is None:
            hung_up_at = self.stream.hung_up_at if self._is_announced else None
            return None if hung_up_at is None else hung_up_at + _HANG_UP_GRACE_S
        if not player.has_all or player.heard_to_end_at is None:
            return None
        # What the encoder adds after the speech is nothing to wait for.
        padding_ms = self.stream.length_ms - PCM_24K.ms_of(self.pcm_bytes)
        return player.heard_to_end_at - padding_ms / 1000


def silent_stream(clock: Clock) -> AudioStream:
    """Return a short silence, complete."""
    utterance = MediaUtterance("silence", clock=clock, latency_ms=0)
    utterance.add(bytes(PCM_24K.bytes_of(_SILENCE_MS)))
    utterance.finish()
    return utterance.stream
