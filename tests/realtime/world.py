"""A porch in virtual time: our core, the local server's core, a speaker, a visitor.

Nothing sleeps and nothing is mocked but the hardware, so a conversation of
minutes takes milliseconds and comes out the same each time.
"""

from base64 import b64encode
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
import heapq
from itertools import count
import math
import random
import struct
from typing import Any

from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour, SessionConfig
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.realtime.wire import read_event
from custom_components.realtime_pumpkin.rehearsal import (
    Close,
    Cut,
    IdSource,
    Journal,
    Reply,
    ScriptedBrain,
    Send,
    ServerOptions,
    ServerSession,
)
from tests.realtime.fake_speaker import BYTES_PER_MS, TICK, TICKS_PER_S, FakeSpeaker

FRAME_MS = 40
SILENCE = bytes(FRAME_MS * BYTES_PER_MS)
VOICE = struct.pack(
    f"<{FRAME_MS * 24}h",
    *(
        int(9000 * math.sin(2 * math.pi * 250 * i / 24000))
        for i in range(FRAME_MS * 24)
    ),
)
ECHO = struct.pack(
    f"<{FRAME_MS * 24}h",
    *(int(900 * math.sin(2 * math.pi * 250 * i / 24000)) for i in range(FRAME_MS * 24)),
)
CONFIG = SessionConfig("You are a jack-o'-lantern.", "echo", "gpt-transcribe")


class World:
    """One conversation at the porch."""

    def __init__(
        self,
        replies: Sequence[Reply] = (),
        *,
        heard: Sequence[str] = (),
        behaviour: Behaviour | None = None,
        options: ServerOptions | None = None,
        speaker_latency: float = 0.1,
        speaker_lead_ms: int = 0,
        network: float = 0.02,
        echo_delay: float | None = None,
        is_marked: bool = False,
        seed: int = 1,
    ) -> None:
        """Set the stage; `replies` and `heard` are the server's script.

        With `echo_delay` (s) the microphone hears the speaker at -20 dB, so much
        later than the speaker itself believes to be heard. `is_marked` gives every
        answer a sound in which no two moments are alike, for `heard_of_items`.
        """
        self.is_marked = is_marked
        self.answers: dict[str, bytearray] = {}
        self.is_hung_up = False
        self.feeds_all = False
        """No frame of the microphone takes the short way."""
        self._response_of: dict[str, str] = {}
        self.echo_delay = echo_delay
        self._sounding: deque[bool] = deque(maxlen=1 + round((echo_delay or 0) / TICK))
        self.now = 0.0
        self._ticks = 0
        self.behaviour = behaviour or Behaviour(opening="Greet the visitor.")
        self.core = SessionCore(CONFIG, self.behaviour)
        self.brain = ScriptedBrain(replies, heard=heard)
        self.options = options or ServerOptions()
        self.speaker = FakeSpeaker(speaker_latency, self.feed, lead_ms=speaker_lead_ms)
        self.network = network
        self.ids = IdSource(seed)
        self.journal = Journal()
        self.server: ServerSession | None = None
        self.updates: list[tuple[float, events.ConversationUpdate]] = []
        self.sent: list[tuple[float, dict[str, Any]]] = []
        self.received: list[tuple[float, dict[str, Any]]] = []
        self.calls: list[events.ToolCalled] = []
        self.truncations: list[tuple[str, int, float]] = []
        self.ends: list[tuple[float, str]] = []
        self.dropped_until = -1.0
        self.dropped_as = ErrorKind.UNREACHABLE
        self._order = count()
        self._sounds = count(1)
        self._agenda: list[tuple[float, int, Callable[[], None]]] = []
        self._speech: list[tuple[float, float]] = []
        self._next_frame = 0.0
        self.connect()

    # The visitor and whoever else acts

    def at(self, when: float, do: Callable[[], None]) -> None:
        """Do something at a time."""
        heapq.heappush(self._agenda, (when, next(self._order), do))

    def say(self, start: float, seconds: float) -> None:
        """Let the visitor speak for a while."""
        self._speech.append((start, start + seconds))

    def tell(self, when: float, signal: signals.Signal) -> None:
        """Feed a signal of our own side at a time."""
        self.is_hung_up |= isinstance(signal, signals.Stop) and not signal.goodbye
        self.at(when, lambda: self.feed(signal))

    def sound(self, when: float, milliseconds: int) -> None:
        """Play a sound of our own at a time, where the session takes one."""
        self.at(when, lambda: self._sound(milliseconds))

    def _sound(self, milliseconds: int) -> None:
        """Play a sound; it is found again at the speaker as an item's is."""
        if not self.core.takes_sounds:
            return
        name = f"sound_{next(self._sounds)}"
        pcm = self._mark(name, milliseconds * BYTES_PER_MS)
        self.feed(signals.PlaySound(pcm))

    def lose_socket(self, when: float, kind: ErrorKind = ErrorKind.LOST) -> None:
        """Cut the socket at a time."""
        self.at(when, lambda: self._lose(RealtimeError(kind, None, "cut")))

    # Time

    def run(self, until: float = 400.0) -> None:
        """Let time pass until the conversation is over, or a time has come."""
        while self.now < until and not self.core.is_over:
            self.step()

    def step(self) -> None:
        """Let one tick pass."""
        self._ticks += 1
        self.now = self._ticks / TICKS_PER_S
        while self._agenda and self._agenda[0][0] <= self.now:
            heapq.heappop(self._agenda)[2]()
        self._wake_server()
        self.speaker.advance(self.now)
        if self.echo_delay is not None:
            self._sounding.append(any(p.heard > 0 for p in self.speaker.queue))
        while self._next_frame <= self.now:
            self._next_frame += FRAME_MS / 1000
            self._hear(self._frame())
        wake = self.core.next_wake
        if wake is not None and wake <= self.now:
            self.feed(signals.Wake())

    def _hear(self, pcm: bytes) -> None:
        """Give the core a frame as the shell does."""
        passed_on = None if self.feeds_all else self.core.pass_on(pcm, self.now)
        if passed_on is None:
            self.feed(signals.MicrophoneFrame(pcm))
        else:
            self._perform(actions.SendAudio(passed_on))

    def _frame(self) -> bytes:
        """Return what the microphone hears now."""
        speaking = any(start <= self.now < end for start, end in self._speech)
        if speaking:
            return VOICE
        return ECHO if self.echo_delay is not None and self._sounding[0] else SILENCE

    # The core and what it wants

    def feed(self, event: Any) -> None:
        """Feed the core and do what it wants."""
        for action in self.core.feed(event, self.now):
            self._perform(action)

    def _perform(self, action: actions.Action) -> None:
        """Do one thing."""
        match action:
            case actions.Send(event):
                self._send(event)
            case actions.SendAudio(pcm):
                self._to_server({"type": "input_audio_buffer.append", "audio": pcm})
            case actions.Notify(update):
                self.updates.append((self.now, update))
            case actions.RunTool(call):
                self.calls.append(call)
            case actions.Reconnect(delay):
                self.server = None
                self.at(self.now + delay, self.connect)
            case actions.End(reason):
                self.ends.append((self.now, reason))
            case actions.ClearSpeaker():
                heard = self.speaker.perform(action, self.now)
                self.feed(signals.SpeakerCleared(heard or 0))
            case _:
                self.speaker.perform(action, self.now)

    def _send(self, event: dict[str, Any]) -> None:
        """Note and send a client event."""
        self.sent.append((self.now, event))
        if event["type"] == "conversation.item.truncate":
            self.truncations.append((event["item_id"], event["audio_end_ms"], self.now))
        self._to_server(event)

    # The network and the server

    def connect(self) -> None:
        """Open a socket to a new session, or fail while the net is down."""
        if self.now < self.dropped_until:
            self.feed(signals.SocketLost(RealtimeError(self.dropped_as, None, "")))
            return
        self.server = server = ServerSession(
            model="gpt-realtime-2.1-mini",
            brain=self.brain,
            ids=self.ids,
            journal=self.journal,
            options=replace(self.options),
        )
        self._carry(server, server.open(self.now))

    def _to_server(self, event: dict[str, Any]) -> None:
        """Deliver a client event after the network's delay."""
        server = self.server
        if server is None:
            return
        if event["type"] == "input_audio_buffer.append":
            event = {**event, "audio": _base64(event["audio"])}
        self.at(self.now + self.network, lambda: self._deliver(server, event))

    def _deliver(self, server: ServerSession, event: dict[str, Any]) -> None:
        """Give the server an event."""
        if server is self.server:
            self._carry(server, server.feed(event, self.now))

    def _wake_server(self) -> None:
        """Let the server do what is due."""
        server = self.server
        wake = server.next_wake if server else None
        if server is not None and wake is not None and wake <= self.now:
            self._carry(server, server.wake(self.now))

    def _carry(self, server: ServerSession, outputs: Sequence[Any]) -> None:
        """Deliver server events after the network's delay."""
        for output in outputs:
            match output:
                case Send(event):
                    self.at(
                        self.now + self.network,
                        lambda event=event: self._take(server, event),
                    )
                case Close() | Cut():
                    error = RealtimeError(ErrorKind.LOST, None, "closed")
                    self.at(
                        self.now + self.network,
                        lambda error=error: self._lose(error, server),
                    )

    def _take(self, server: ServerSession, message: dict[str, Any]) -> None:
        """Give the core a server event."""
        if server is not self.server:
            return
        self.received.append((self.now, message))
        event = read_event(message)
        if isinstance(event, events.AudioDelta) and self.is_marked:
            event = self._marked(event)
        if event is not None:
            self.feed(event)

    def _marked(self, delta: events.AudioDelta) -> events.AudioDelta:
        """Return a delta with a sound that is found again at the speaker."""
        self._response_of[delta.item_id] = delta.response_id
        return replace(delta, pcm=self._mark(delta.item_id, len(delta.pcm)))

    def _mark(self, item_id: str, size: int) -> bytes:
        """Return the next bytes of an item's own sound."""
        sound = self.answers.setdefault(item_id, bytearray())
        number = list(self.answers).index(item_id)
        start = (number % 2 * 30_000 + number * 7) * BYTES_PER_MS + len(sound)
        pcm = _MARKS[start : start + size]
        assert len(pcm) == size, "more sound than there are marks for"
        sound += pcm
        return pcm

    def wanted_of_items(self) -> dict[str, int]:
        """Return how many ms came of each item of an answer not given up."""
        given_up = {event["response_id"] for event in self.sent_of("response.cancel")}
        return {
            item_id: len(sound) // BYTES_PER_MS
            for item_id, sound in self.answers.items()
            if self._response_of.get(item_id) not in given_up
        }

    def heard_of_items(self) -> dict[str, int]:
        """Return how many ms were heard of each answer's item.

        Fails where anything was heard twice, or without what comes before it.
        """
        self.speaker.fall_silent()
        said, at = bytes(self.speaker.said), 0
        heard = dict.fromkeys(self.answers, 0)
        while at < len(said):
            item_id, ms = self._goes_on_with(said, at, heard)
            heard[item_id] += ms
            at += ms * BYTES_PER_MS
        return heard

    def _goes_on_with(
        self, said: bytes, at: int, heard: dict[str, int]
    ) -> tuple[str, int]:
        """Return the item whose unheard rest begins there, and for how many ms.

        Marks come again in other items: the longest match is what was said.
        """
        sound, longest = said[at : at + BYTES_PER_MS], ("", 0)
        for item_id, answer in self.answers.items():
            start = heard[item_id] * BYTES_PER_MS
            if answer[start : start + BYTES_PER_MS] == sound:
                rest = bytes(answer[start:])
                ms = _same_ms(said[at : at + len(rest)], rest)
                longest = max(longest, (item_id, ms), key=lambda found: found[1])
        assert longest[1], "something was heard twice or was left out"
        return longest

    def _lose(self, error: RealtimeError, server: ServerSession | None = None) -> None:
        """Cut the socket."""
        if self.server is not None and server in (None, self.server):
            self.server = None
            self.feed(signals.SocketLost(error))

    # What tests look at

    def of(self, kind: type) -> list[Any]:
        """Return the updates of a kind."""
        return [update for _, update in self.updates if isinstance(update, kind)]

    def sent_of(self, kind: str) -> list[dict[str, Any]]:
        """Return the client events of a type."""
        return [event for _, event in self.sent if event["type"] == kind]

    def errors(self) -> list[dict[str, Any]]:
        """Return the server's error events."""
        return [m["error"] for _, m in self.received if m["type"] == "error"]


def _base64(pcm: bytes) -> str:
    """Encode audio, the common frames only once."""
    known = _ENCODED.get(pcm)
    if known is None:
        known = _ENCODED[pcm] = b64encode(pcm).decode()
    return known


_ENCODED: dict[bytes, str] = {}


def _same_ms(one: bytes, other: bytes) -> int:
    """Return for how many ms two sounds begin alike."""
    low, high = 0, min(len(one), len(other)) // BYTES_PER_MS
    while low < high:
        middle = (low + high + 1) // 2
        size = middle * BYTES_PER_MS
        low, high = (middle, high) if one[:size] == other[:size] else (low, middle - 1)
    return low


_MARKS = random.Random(31).randbytes(60_000 * BYTES_PER_MS)
"""A minute of noise."""
