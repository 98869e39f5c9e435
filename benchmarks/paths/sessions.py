"""Sessions of the server that need no time, and note when what was sent."""

from dataclasses import replace
from typing import Any

from benchmarks.stamping import StampedSession
from benchmarks.stamps import now
from custom_components.realtime_pumpkin.rehearsal import (
    Plan,
    ResponseRequest,
    Say,
    ServerSession,
    Source,
)
from custom_components.realtime_pumpkin.rehearsal.outputs import (
    Input,
    Output,
    Send,
    SendText,
)
from demo.realtime_server.connection import Session


class Noted:
    """When the deltas of each response were sent, in ns."""

    def __init__(self) -> None:
        """Have seen nothing."""
        self._responses: list[list[int]] = []
        self.turn_over_at = 0
        """When it was last said that a visitor stopped to speak."""

    def take(self) -> list[list[int]]:
        """Return what was sent, and begin anew."""
        responses, self._responses = self._responses, []
        return responses

    def begin(self) -> list[int]:
        """Return where the times of a new response's deltas belong."""
        times: list[int] = []
        self._responses.append(times)
        return times


class NotingSession:
    """A session that notes when it sent what."""

    def __init__(
        self, session: Session, noted: Noted, *, transcribes: bool = False
    ) -> None:
        """Note the times of a session; tell the words of turns where it does not."""
        self._session = session
        self._transcribes = transcribes
        self._noted = noted
        self._times: list[int] = []

    def close(self) -> None:
        """Be over."""
        self._session.close()

    @property
    def next_wake(self) -> float | None:
        """Return when the session wants to be woken."""
        return self._session.next_wake

    def open(self, at: float, *, unix_time: float | None = None) -> list[Output]:
        """Begin."""
        return self._session.open(at, unix_time=unix_time)

    def feed(self, event: Input, at: float) -> list[Output]:
        """Take in a client event."""
        return self._notice(self._session.feed(event, at))

    def wake(self, at: float) -> list[Output]:
        """Send the deltas that are due."""
        return self._notice(self._session.wake(at))

    def _notice(self, outputs: list[Output]) -> list[Output]:
        """Note what is sent, and add the words."""
        noticed: list[Output] = []
        for output in outputs:
            self._note(output)
            noticed.append(output)
            if self._transcribes and (words := _words(output)):
                noticed.append(words)
        return noticed

    def _note(self, output: Output) -> None:
        """Note when a delta of sound leaves, and when a turn was over."""
        match output:
            case SendText(frame) if b'"response.created"' in frame:
                self._times = self._noted.begin()
            case SendText(frame) if b'"response.output_audio.delta"' in frame:
                self._times.append(now())
            case Send({"type": "input_audio_buffer.speech_stopped"}):
                self._noted.turn_over_at = now()
            case _:
                pass


def _words(output: Output) -> Output | None:
    """Return what was said in a turn that is over."""
    match output:
        case Send({"type": "input_audio_buffer.speech_stopped", "item_id": item_id}):
            return Send(
                {
                    "type": "conversation.item.input_audio_transcription.completed",
                    "event_id": f"event_{item_id}",
                    "item_id": item_id,
                    "content_index": 0,
                    "transcript": "Trick or treat!",
                }
            )
        case _:
            return None


def canned(noted: Noted, turn_ms: int, **asked: Any) -> Session:
    """Return a session that answers from a can, with the time in its sound."""
    session = StampedSession([], turn_ms=turn_ms, **asked)
    return NotingSession(session, noted, transcribes=True)


def listening(noted: Noted, **asked: Any) -> Session:
    """Return a session with ears, a brain and a voice that need no time."""
    options = replace(asked.pop("options"), ears=Source.INSIDE, voices=Source.INSIDE)
    session = ServerSession(options=options, brain=Listener(), **asked)
    return NotingSession(session, noted)


class Listener:
    """A brain without latency: it always says the same."""

    def plan(self, request: ResponseRequest) -> Plan:
        """Say it."""
        return Plan((Say("Happy Halloween!", duration_ms=300),))

    def hear(self, pcm: bytes) -> str | None:
        """Understand at once."""
        return "trick or treat"
