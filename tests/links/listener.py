"""Somebody who writes down what a speaker tells."""

from dataclasses import dataclass, field

from custom_components.realtime_pumpkin.links.protocols import AudioSink
from tests.audio.signals import cut
from tests.links.virtual_time import now


@dataclass
class Listener:
    """A `SinkListener` with a memory; times are the loop's seconds."""

    started: dict[str, float] = field(default_factory=dict)
    finished: dict[str, tuple[float, int]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def audio_started(self, utterance: str) -> None:
        """Note the beginning of an utterance."""
        assert utterance not in self.started
        self.started[utterance] = now()
        self.told.append(f"{utterance} started")

    def audio_finished(self, utterance: str, heard_ms: int) -> None:
        """Note the end of an utterance."""
        assert utterance not in self.finished
        self.finished[utterance] = (now(), heard_ms)
        self.told.append(f"{utterance} finished")

    def audio_taken(self, is_taken: bool) -> None:
        """Note that somebody else plays at the speaker, or does no more."""
        self.told.append("taken" if is_taken else "free")

    def audio_failed(self, error: Exception) -> None:
        """Note the loss of the speaker."""
        self.errors.append(error)


def say(speaker: AudioSink, name: str, pcm: bytes) -> None:
    """Say something whole, in deltas of 100 ms."""
    speaker.begin(name)
    for delta in cut(pcm, [4800]):
        speaker.write(delta)
    speaker.finish()
