"""A speaker in virtual time, as the world of the tests has it."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from custom_components.realtime_pumpkin.realtime import actions, signals

TICKS_PER_S = 100


TICK = 1 / TICKS_PER_S


BYTES_PER_MS = 48


@dataclass(slots=True)
class Playing:
    """An utterance in the speaker, in ms."""

    name: str
    received: float = 0.0
    heard: float = 0.0
    pcm: bytearray = field(default_factory=bytearray, repr=False)
    is_finished: bool = False
    audible_at: float | None = None


@dataclass
class FakeSpeaker:
    """A speaker that knows to the tick what was heard."""

    latency: float
    tell: Callable[[signals.Signal], None]
    queue: deque[Playing] = field(default_factory=deque)
    lead_ms: int = 0
    """What has left the queue and cannot be called back, as at a satellite."""
    heard: dict[str, float] = field(default_factory=dict)
    said: bytearray = field(default_factory=bytearray, repr=False)
    """Every byte that was heard, in order."""
    clears: int = 0

    def perform(self, action: actions.Action, now: float) -> int | None:
        """Do what the session wants; return the heard ms of a clear."""
        match action:
            case actions.BeginUtterance(name):
                assert all(p.is_finished for p in self.queue), "begun before the end"
                assert name not in self.heard, "an utterance begun twice"
                self.queue.append(Playing(name))
                self.heard[name] = 0
            case actions.Play(pcm):
                assert self.queue, "nothing begun"
                assert not self.queue[-1].is_finished, "written after the end"
                playing = self.queue[-1]
                playing.received += len(pcm) / BYTES_PER_MS
                playing.pcm += pcm
                if playing.audible_at is None:
                    playing.audible_at = now + self.latency
            case actions.FinishUtterance():
                if self.queue:
                    self.queue[-1].is_finished = True
            case actions.ClearSpeaker():
                self.clears += 1
                return self._clear()
        return None

    def _clear(self) -> int:
        """Drop what is queued; return what was heard of the first, in ms."""
        if not self.queue:
            return 0
        playing = self.queue[0]
        heard = int(min(playing.heard + self.lead_ms, playing.received))
        self.heard[playing.name] = heard
        self.said += playing.pcm[: heard * BYTES_PER_MS]
        self.queue.clear()
        return heard

    def heard_ms(self) -> float:
        """Return how much was heard of everything."""
        return sum(self.heard.values())

    def fall_silent(self) -> None:
        """Note what was heard of what still plays: the conversation is over."""
        if self.queue:
            playing = self.queue.popleft()
            self.said += playing.pcm[: int(playing.heard) * BYTES_PER_MS]

    def advance(self, now: float) -> None:
        """Play on for one tick."""
        if not self.queue:
            return
        playing = self.queue[0]
        if playing.audible_at is None or now < playing.audible_at:
            return
        if playing.heard == 0 and playing.received > 0:
            self.tell(signals.SpeakerStarted(playing.name))
        if not self.queue or self.queue[0] is not playing:
            return
        playing.heard = min(playing.heard + TICK * 1000, playing.received)
        self.heard[playing.name] = playing.heard
        if playing.is_finished and playing.heard >= playing.received:
            self.queue.popleft()
            self.said += playing.pcm
            self.tell(signals.SpeakerFinished(playing.name, int(playing.heard)))
