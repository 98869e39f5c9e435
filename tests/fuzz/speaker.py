"""A speaker that a fuzzer moves, and that is told only what makes sense."""

from dataclasses import dataclass, field

from custom_components.realtime_pumpkin.realtime import actions, signals

BYTES_PER_MS = 48


@dataclass(slots=True)
class _Playing:
    """An utterance at the speaker, in bytes."""

    name: str
    size: int = 0
    is_finished: bool = False
    is_told: bool = False


@dataclass(slots=True)
class Speaker:
    """Play as far as somebody says; complain of what no speaker could do."""

    queue: list[_Playing] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def perform(self, action: actions.Action) -> None:
        """Do what the core wants of the speaker."""
        match action:
            case actions.BeginUtterance(name):
                assert all(each.is_finished for each in self.queue), "begun too early"
                assert name not in self.names, "an utterance begun twice"
                self.names.add(name)
                self.queue.append(_Playing(name))
            case actions.Play(pcm):
                assert self.queue, "nothing begun"
                assert not self.queue[-1].is_finished, "written after the end"
                assert len(pcm) % 2 == 0
                self.queue[-1].size += len(pcm)
            case actions.FinishUtterance():
                if self.queue:
                    self.queue[-1].is_finished = True

    def clear(self, heard_ms: int) -> signals.SpeakerCleared:
        """Fall silent so far into the first utterance, or at its end."""
        most = self.queue[0].size // BYTES_PER_MS if self.queue else 0
        self.queue.clear()
        return signals.SpeakerCleared(min(heard_ms, most))

    def start(self) -> signals.Signal | None:
        """Let the first utterance become audible."""
        if not self.queue or self.queue[0].is_told or not self.queue[0].size:
            return None
        self.queue[0].is_told = True
        return signals.SpeakerStarted(self.queue[0].name)

    def finish(self) -> signals.Signal | None:
        """Let the first utterance be heard to its end."""
        if not self.queue or not self.queue[0].is_finished:
            return None
        playing = self.queue.pop(0)
        return signals.SpeakerFinished(playing.name, playing.size // BYTES_PER_MS)
