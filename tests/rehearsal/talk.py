"""A client in virtual time: talks to a session and validates all it is told."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Annotated, Any

from openai.types.realtime import RealtimeServerEvent
from pydantic import Field, TypeAdapter

from custom_components.realtime_pumpkin.rehearsal import (
    Close,
    Cut,
    IdSource,
    Input,
    Journal,
    Output,
    Reply,
    ScriptedBrain,
    Send,
    SendText,
    ServerOptions,
    ServerSession,
    Stall,
)
from custom_components.realtime_pumpkin.rehearsal.sound import BYTES_PER_MS, tone

MODEL = "gpt-realtime-2.1-mini"
SERVER_EVENT: TypeAdapter[Any] = TypeAdapter(
    Annotated[RealtimeServerEvent, Field(discriminator="type")]
)
VOICE = tone(1000, level=0.3)
PCM = {"type": "audio/pcm", "rate": 24_000}

type Event = dict[str, Any]


class Talk:
    """A client with a clock of its own and a journal of everything."""

    def __init__(
        self,
        *replies: Reply,
        heard: Iterable[str] = (),
        options: ServerOptions | None = None,
        seed: int = 0,
        valid: bool = True,
        **connection: Any,
    ) -> None:
        """Connect to a session whose brain has certain replies."""
        self.brain = ScriptedBrain(replies, heard=heard)
        self.journal = Journal()
        self.now = 0.0
        self.requests: list[Output] = []
        self._valid = valid
        settings: dict[str, Any] = {"model": MODEL, "brain": self.brain} | connection
        self.session = ServerSession(
            options=options or ServerOptions(),
            ids=IdSource(seed),
            journal=self.journal,
            **settings,
        )
        self._take(self.session.open(self.now))

    def send(self, event_type: str, **content: Any) -> list[Event]:
        """Send an event and return what came back at once."""
        return self.feed({"type": event_type, **content})

    def feed(self, event: Input) -> list[Event]:
        """Give anything to the session and return the events it sent."""
        return self._take(self.session.feed(event, self.now))

    def update(self, **session: Any) -> list[Event]:
        """Send a `session.update`."""
        return self.send("session.update", session={"type": "realtime", **session})

    def turn_detection(self, **detection: Any) -> list[Event]:
        """Set the turn detection (by default server_vad)."""
        settings = {"type": "server_vad", **detection}
        return self.update(audio={"input": {"turn_detection": settings}})

    def append(self, pcm: bytes, *, step_ms: int = 100) -> None:
        """Append audio as it would come from a microphone, in real time."""
        step = step_ms * BYTES_PER_MS
        for at in range(0, len(pcm), step):
            piece = pcm[at : at + step]
            self.pass_time(len(piece) / BYTES_PER_MS / 1000)
            self.send("input_audio_buffer.append", audio=b64encode(piece).decode())

    def speak(self, ms: int = 600, silence_ms: int = 400) -> None:
        """Say something and fall silent."""
        self.append(
            VOICE * (ms // 1000 + 1) if ms > 1000 else VOICE[: ms * BYTES_PER_MS]
        )
        self.append(bytes(silence_ms * BYTES_PER_MS))

    def write(self, text: str, role: str = "user") -> list[Event]:
        """Add a message of text."""
        content = [{"type": "input_text", "text": text}]
        item = {"type": "message", "role": role, "content": content}
        return self.send("conversation.item.create", item=item)

    def pass_time(self, seconds: float) -> list[Event]:
        """Let time pass, waking the session whenever it wants."""
        end, events = self.now + seconds, []
        while (due := self.session.next_wake) is not None and due <= end:
            self.now = max(self.now, due)
            events += self._take(self.session.wake(self.now))
        self.now = end
        return events

    def finish(self) -> list[Event]:
        """Let time pass until no answer is under way."""
        return self.pass_time(60)

    def answer(self, **overrides: Any) -> Event:
        """Ask for a response, wait for its end and return it."""
        self.send("response.create", **({"response": overrides} if overrides else {}))
        self.finish()
        return self.responses()[-1]

    def events(self, event_type: str | None = None) -> list[Event]:
        """Return the server's events, all or of one type."""
        return self.journal.sent(event_type)

    def types(self) -> list[str]:
        """Return the types of the server's events in order."""
        return [event["type"] for event in self.events()]

    def last(self, event_type: str) -> Event:
        """Return the server's last event of a type."""
        return self.events(event_type)[-1]

    def responses(self) -> list[Event]:
        """Return the responses that are done."""
        return [event["response"] for event in self.events("response.done")]

    def endings(self) -> list[Output]:
        """Return how the server ended the connection."""
        return [e for e in self.journal.endings if isinstance(e, Close | Cut | Stall)]

    def _take(self, outputs: list[Output]) -> list[Event]:
        """Validate events and put requests aside."""
        events = []
        for output in outputs:
            match output:
                case Send(event):
                    events.append(event)
                    if self._valid:
                        SERVER_EVENT.validate_python(event, strict=True)
                case SendText() | Close() | Cut() | Stall():
                    pass
                case _:
                    self.requests.append(output)
        return events


def errors(events: list[Event]) -> list[tuple[str | None, str | None]]:
    """Return code and param of the errors among events."""
    return [
        (event["error"]["code"], event["error"]["param"])
        for event in events
        if event["type"] == "error"
    ]
