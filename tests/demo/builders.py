"""Small visits made of tones, with every figure known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np

from demo.measure.events import HouseEvent
from demo.measure.recording import Recording, Samples
from demo.measure.report import Expectation, Measurement

RATE = 24000
STARTED_AT = 1_800_000_000.0
DOORBELL = "input_button.doorbell"
VOICE = "assist_satellite.pumpkin"
FOG = "input_boolean.fog_machine"
EXPECTED = Expectation(DOORBELL, VOICE, 2, "finish_conversation")
INTERRUPTED = Expectation(DOORBELL, VOICE, 2, "finish_conversation", 1, (FOG,))


def silence(seconds: float) -> Samples:
    """Return nothing to be heard."""
    return np.zeros(round(seconds * RATE), np.int16)


def loud(samples: Samples, start_ms: int, end_ms: int, level: int = 8000) -> None:
    """Put a sound, every sample of it at a level, into samples."""
    start, end = start_ms * RATE // 1000, end_ms * RATE // 1000
    samples[start:end] = level
    samples[start:end:2] = -level


def house_event(event_type: str, at_ms: float, /, **data: Any) -> HouseEvent:
    """Return an event at a place of the recording."""
    return HouseEvent(event_type, STARTED_AT + at_ms / 1000, data)


def state(entity_id: str, at_ms: float, new: str, old: str | None = None) -> HouseEvent:
    """Return a state change."""
    before = None if old is None else {"state": old}
    return house_event(
        "state_changed",
        at_ms,
        entity_id=entity_id,
        old_state=before,
        new_state={"state": new},
    )


def wire(event: HouseEvent) -> dict[str, Any]:
    """Return an event as Home Assistant's websocket sends it."""
    fired = datetime.fromtimestamp(event.at, UTC).isoformat()
    return {
        "event_type": event.event_type,
        "data": event.data,
        "origin": "LOCAL",
        "time_fired": fired,
        "context": {"id": "1", "parent_id": None, "user_id": None},
    }


@dataclass
class Night:
    """A visit that can be changed before it is measured."""

    seconds: float = 20
    events: list[HouseEvent] = field(default_factory=list)
    expected: Expectation = EXPECTED

    def __post_init__(self) -> None:
        """Let it be silent on both sides."""
        self.microphone = silence(self.seconds)
        self.speaker = silence(self.seconds)

    @classmethod
    def as_it_must_be(cls) -> Self:
        """Return a visit with a bell at 2 s, two lines and answers after 600 ms."""
        night = cls()
        night.pumpkin((2300, 4000), (6600, 9000), (11600, 15000))
        night.visitor((5000, 6000), (10000, 11000))
        night.happens("conversation_started", 2010)
        night.happens("assistant_transcript", 2200, text="Good evening.")
        night.happens("user_transcript", 6300, text="trick or treat")
        night.happens("assistant_transcript", 6500, text="A riddle!")
        night.happens("user_transcript", 11300, text="a skeleton")
        night.happens("tool_called", 11400, name="finish_conversation")
        night.happens("assistant_transcript", 11500, text="Good night.")
        night.happens("finished", 15100, reason="done", summary="A child.")
        night.happens("conversation_ended", 15200, reason="finished")
        night.events.insert(
            0, state(DOORBELL, 2000, "2026-10-31T18:00:00+00:00", "unknown")
        )
        night.events.append(state(VOICE, 15210, "idle", "responding"))
        return night

    @classmethod
    def interrupted(cls) -> Self:
        """Return a visit whose visitor speaks 640 ms into the riddle, for fog."""
        night = cls.as_it_must_be()
        night.expected = INTERRUPTED
        night.pumpkin((9000, 10640))
        night.happens("speech_started", 10200)
        night.happens("interrupted", 10600, response_id="resp_2", heard_ms=4000)
        night.happens("tool_called", 11350, name="fog_machine")
        night.events.append(state(FOG, 11360, "on", "off"))
        night.events.sort(key=lambda event: event.at)
        return night

    def pumpkin(self, *sounds: tuple[int, int]) -> None:
        """Let the speaker sound (start and end in ms)."""
        for start_ms, end_ms in sounds:
            loud(self.speaker, start_ms, end_ms)

    def visitor(self, *sounds: tuple[int, int]) -> None:
        """Let the visitor speak (start and end in ms)."""
        for start_ms, end_ms in sounds:
            loud(self.microphone, start_ms, end_ms)

    def happens(self, event: str, at_ms: float, /, **data: Any) -> None:
        """Let a conversation event happen."""
        self.events.append(house_event(f"realtime_pumpkin_{event}", at_ms, **data))

    def without(self, name: str) -> Self:
        """Forget the events of a name."""
        self.events = [event for event in self.events if event.name != name]
        return self

    def measured(self) -> Measurement:
        """Return what can be known of the visit."""
        recording = Recording(RATE, STARTED_AT, self.microphone, self.speaker)
        return Measurement(recording, self.events, self.expected)


def failed(content: dict[str, Any]) -> Sequence[str]:
    """Return the names of a report's checks that do not hold."""
    return [check["name"] for check in content["checks"] if not check["ok"]]
