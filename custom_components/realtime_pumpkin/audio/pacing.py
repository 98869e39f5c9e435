"""How much may be sent to a player now, and how much of it was heard."""

from typing import Final

_ROUNDING_MS: Final = 1e-6
"""Floats are not exact: by so much later there is room for certain."""


class Pacer:
    """Arithmetic of one stream that a player takes in real time.

    It has no clock of its own: `now` and all times are monotonic seconds,
    durations are ms. At most `lead_ms` are sent ahead of what an ideal player
    has played; a real one is heard `latency_ms` later. When the stream runs dry
    the player waits, and what is sent after that is heard from then on.
    """

    def __init__(
        self,
        lead_ms: float,
        latency_ms: float = 0,
        busy_until: float | None = None,
        *,
        prebuffer_ms: float = 0,
    ) -> None:
        """Start a stream of which nothing has been sent.

        Until `busy_until` the player still plays what it was sent before. It
        begins once it has `prebuffer_ms` (less than the lead), or all there is.
        """
        self._lead_ms = lead_ms
        self._latency_s = latency_ms / 1000
        self._prebuffer_ms = prebuffer_ms
        self._dry_at = busy_until
        self._audible_at: float | None = None
        self._sent_ms = 0.0
        self._heard_ms = 0.0

    @property
    def sent_ms(self) -> float:
        """Return how much was sent."""
        return self._sent_ms

    @property
    def dry_at(self) -> float | None:
        """Return when an ideal player has played all that was sent."""
        return self._dry_at

    @property
    def audible_at(self) -> float | None:
        """Return when the first sample is heard; None before the player begins."""
        return self._audible_at

    @property
    def heard_to_end_at(self) -> float | None:
        """Return when the last sample sent is heard; None where none was sent."""
        if self._audible_at is None or self._dry_at is None:
            return None
        return self._dry_at + self._latency_s

    def room_ms(self, now: float) -> float:
        """Return how much may be sent now."""
        return self._lead_ms - self._ahead_ms(now)

    def room_at(self, ms: float, now: float) -> float:
        """Return when there will be room for `ms` (not more than the lead).

        There is then; who would find it almost there would wait over and over.
        """
        missing_ms = ms - self.room_ms(now)
        return now + (missing_ms + _ROUNDING_MS) / 1000 if missing_ms > 0 else now

    def sent(self, ms: float, now: float) -> None:
        """Note that `ms` more were sent."""
        self._heard_ms = self.heard_ms(now)
        self._sent_ms += ms
        if self._audible_at is not None:
            self._dry_at = now + (self._ahead_ms(now) + ms) / 1000
        elif self._sent_ms >= self._prebuffer_ms:
            self._begin(now)

    def sent_all(self, now: float) -> None:
        """Note that no more comes: a player that collected begins with what it has."""
        if self._audible_at is None and self._sent_ms:
            self._begin(now)

    def heard_ms(self, now: float) -> float:
        """Return how much was heard; it never falls."""
        if (end := self.heard_to_end_at) is None:
            return 0.0
        unheard_ms = max(0.0, (end - now) * 1000)
        return max(self._heard_ms, self._sent_ms - unheard_ms)

    def _begin(self, now: float) -> None:
        """Let the player play all that it was sent, after what it still plays."""
        ahead_s = self._ahead_ms(now) / 1000
        self._audible_at = now + ahead_s - self._sent_ms / 1000 + self._latency_s
        self._dry_at = now + ahead_s

    def _ahead_ms(self, now: float) -> float:
        """Return how much an ideal player still has to play."""
        collected_ms = self._sent_ms if self._audible_at is None else 0.0
        if self._dry_at is None:
            return collected_ms
        return max(0.0, (self._dry_at - now) * 1000) + collected_ms
