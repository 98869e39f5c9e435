"""The conversation's core between a service that says anything and our own side."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Final

from openai.types.realtime import RealtimeClientEvent
import orjson
from pydantic import Field, TypeAdapter

from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.realtime.wire import read_event
from tests.realtime.world import CONFIG, SILENCE, VOICE

from .dice import Dice
from .frames import encode, frame, received
from .ladders import Message, kinds, ladders
from .odd import TEXTS, mutated
from .speaker import BYTES_PER_MS, Speaker
from .typed import assert_typed
from .weight import weigh

CLIENT_EVENT: TypeAdapter[Any] = TypeAdapter(
    Annotated[RealtimeClientEvent, Field(discriminator="type")]
)
STEPS_S: Final = (0.0, 0.01, 0.1, 0.5, 1.0, 4.0, 11.0, 45.0)
MOST_STEPS: Final = 150
MOST_WAKES: Final = 300
LONGEST_END_S: Final = 120.0
EPOCH: Final = 1_700_000_000.0
FLOOD: Final = 1000
HEAVIEST: Final = 24_000_000
"""Bytes: the five minutes of sound that may wait, and some words."""

IDS: Final = ("response_id", "item_id", "call_id", "id")

HEARD_MS: Final = (0, 1, 50, 200, 399, 400, 5000, 10**9)


class Porch:
    """A core, and everything that is checked of what it wants."""

    def __init__(self, behaviour: Behaviour) -> None:
        """Begin a conversation."""
        self.core = SessionCore(CONFIG, behaviour, epoch_offset=EPOCH)
        self.speaker = Speaker()
        self.now = 0.0
        self.heard_ms = 0
        self.calls: list[str] = []
        self.received: Counter[tuple[str, int]] = Counter()
        self.wants_socket = False
        self.is_reachable = True
        self.expires_in: float | None = None
        self.renewals = 0
        self._is_waking = False

    def feed(self, event: events.ServerEvent | signals.Signal) -> None:
        """Feed the core and check all that it wants."""
        if isinstance(event, events.AudioDelta):
            self.received[event.item_id, event.content_index] += len(event.pcm)
        was_over = self.core.is_over
        wanted = self.core.feed(event, self.now)
        assert not (was_over and wanted), "it acts after its end"
        for action in wanted:
            self._perform(action)
        assert isinstance(self.core.phase, events.Phase)

    def signal(self, signal: signals.Signal | None) -> None:
        """Feed what the speaker tells, if it tells something."""
        if signal is not None:
            self.feed(signal)

    def hear(self, pcm: bytes, frames: int) -> None:
        """Let the microphone hear something for a while."""
        for _ in range(frames):
            self.feed(signals.MicrophoneFrame(pcm))
            self.pass_time(0.04)

    def take(self, data: bytes) -> None:
        """Take a frame of the service."""
        for message in received(data):
            self.tell(message)

    def tell(self, message: Message) -> None:
        """Take a message of the service."""
        event = read_event(message)
        if event is not None:
            assert_typed(event)
            self.feed(event)

    def pass_time(self, seconds: float) -> None:
        """Let time pass; a core that never comes to rest is a busy loop."""
        end = self.now + seconds
        for _ in range(MOST_WAKES):
            wake = self.core.next_wake
            if wake is None or wake > end:
                self.now = end
                return
            self.now = max(self.now, wake)
            self._is_waking = True
            self.feed(signals.Wake())
            self._is_waking = False
            self.connect()
        raise AssertionError("it wakes again and again")

    def _perform(self, action: actions.Action) -> None:
        """Check one thing that is wanted, and do what answers it."""
        assert_typed(action)
        match action:
            case actions.Send(event):
                self._check(event)
            case actions.SendAudio(pcm):
                assert len(pcm) % 2 == 0
            case actions.Notify(update):
                orjson.dumps(update)
            case actions.RunTool(call):
                orjson.dumps(call.arguments)
                self.calls.append(call.call_id)
            case actions.ClearSpeaker():
                self.feed(self.speaker.clear(self.heard_ms))
            case actions.Reconnect(delay, within):
                assert 0 <= delay <= 8
                assert within > 0
                self.wants_socket = True
                self.renewals += self._is_waking and delay == 0
            case actions.End(reason):
                assert reason
            case _:
                self.speaker.perform(action)

    def _check(self, event: dict[str, Any]) -> None:
        """Check an event for the service: valid, and no cut beyond what came."""
        CLIENT_EVENT.validate_json(orjson.dumps(event))
        if event["type"] == "conversation.item.truncate":
            item = event["item_id"], event["content_index"]
            assert 0 < event["audio_end_ms"] <= self.received[item] // BYTES_PER_MS

    def connect(self) -> None:
        """Open the session that is wanted, where the service can be reached."""
        if self.wants_socket and self.is_reachable:
            self.wants_socket = False
            session: Message = {"id": "sess"}
            if self.expires_in is not None:
                session["expires_at"] = EPOCH + self.now + self.expires_in
            self.tell({"type": "session.created", "session": session})
            self.tell({"type": "session.updated"})


def behaviour(dice: Dice) -> Behaviour:
    """Return one of the ways in which a conversation may run."""
    return Behaviour(
        opening="" if dice.one_in(4) else "Greet.",
        listens=not dice.one_in(8),
        barge_in=not dice.one_in(4),
        min_speech=dice.pick((0.3, 0.0, 1.0)),
        max_duration=dice.pick((60.0, 10.0, 3600.0)),
        trims_silence=not dice.one_in(4),
    )


def fuzz_conversation(data: bytes) -> None:
    """Hold a conversation that goes wrong; raise where something is not as declared."""
    dice = Dice(data)
    porch = Porch(behaviour(dice))
    for _ in range(MOST_STEPS):
        if dice.is_over or porch.core.is_over:
            break
        for message in _some(dice):
            _step(dice, porch, message)
    _end(dice, porch)


def _some(dice: Dice) -> Iterator[Message]:
    """Yield a run of messages of a conversation that was recorded."""
    ladder = dice.pick(ladders())
    start = 0 if dice.one_in(3) else dice.number(len(ladder))
    yield from ladder[start : start + 1 + dice.number(50)]


def _step(dice: Dice, porch: Porch, message: Message) -> None:
    """Take a message as it is, or with something wrong; time and people go on."""
    porch.heard_ms = dice.pick(HEARD_MS)
    match dice.number(16):
        case 0:
            porch.take(encode(mutated(dice, message)))
        case 1:
            porch.take(frame(dice))
        case 2:
            porch.tell(dice.pick(kinds()))
        case 3:
            pass
        case 4:
            for _ in range(2 + dice.number(4)):
                porch.tell(message)
        case 5 | 6 | 7:
            _own_side(dice, porch)
        case _:
            porch.tell(message)
    if not dice.one_in(3):
        porch.signal(porch.speaker.start())
    if dice.one_in(3):
        porch.pass_time(dice.pick(STEPS_S))
    porch.is_reachable = not dice.one_in(4)
    porch.expires_in = dice.pick((None, 3600.0, 0.01, 1.0, -3600.0, 1e300))
    porch.connect()


def _own_side(dice: Dice, porch: Porch) -> None:
    """Let something happen on our side of the socket."""
    match dice.number(13):
        case 0 | 1:
            porch.hear(dice.pick((VOICE, SILENCE)), 1 + dice.number(12))
        case 2 | 3:
            porch.hear(VOICE, dice.number(10))
            porch.tell({"type": "input_audio_buffer.speech_started", "item_id": "i"})
            porch.hear(VOICE, dice.number(20))
        case 4 | 5:
            porch.signal(porch.speaker.finish())
        case 6:
            call_id = porch.calls.pop() if porch.calls else "call_x"
            porch.feed(signals.ToolFinished(call_id, dice.pick(("{}", "[]"))))
        case 7:
            role = dice.pick(tuple(signals.Role))
            text = dice.pick(TEXTS)
            porch.feed(signals.Message(role, text, not dice.one_in(2)))
        case 8:
            porch.feed(signals.PlaySound(VOICE))
        case 9:
            porch.feed(signals.SpeakerTaken(not dice.one_in(2)))
        case 10:
            porch.feed(signals.Picture("data:image/jpeg;base64,AA==", "A ghost"))
        case 11:
            porch.signal(porch.speaker.start())
        case _:
            kind = dice.pick((*[ErrorKind.LOST] * 9, *ErrorKind))
            porch.feed(signals.SocketLost(RealtimeError(kind, None, "cut")))


def _end(dice: Dice, porch: Porch) -> None:
    """End it in one of the ways; raise where it does not."""
    match dice.number(3):
        case 0:
            porch.feed(signals.Stop("user_ended", goodbye=False))
        case 1:
            porch.feed(signals.Stop("user_ended", goodbye=True))
            porch.pass_time(LONGEST_END_S)
        case _:
            porch.feed(signals.Leave("handed_over", "Say who comes."))
            porch.pass_time(LONGEST_END_S)
    assert porch.core.is_over, "it does not end"
    assert porch.core.next_wake is None
    usage = porch.core.usage
    orjson.dumps([porch.core.history.transcript(), usage.tokens])
    assert isinstance(usage.cost("gpt-realtime-2.1"), float)
    assert porch.renewals <= 2 + porch.now


def fuzz_flood(data: bytes) -> None:
    """Say one thing again and again, in other words each time: memory is bounded.

    What waits at the speaker may be five minutes, and as much is kept of it here.
    """
    dice = Dice(data)
    porch = Porch(behaviour(dice))
    porch.wants_socket = True
    porch.connect()
    for message in ladders()[0][2 : dice.number(40)]:
        porch.tell(message)
    names = [name for name in IDS if dice.one_in(2)]
    flood(porch, dice.pick(kinds()), names, is_long=dice.one_in(4))


def flood(porch: Porch, message: Message, names: list[str], *, is_long: bool) -> None:
    """Say a message again and again, with these ids made anew each time."""
    for number in range(FLOOD):
        porch.tell(_varied(message, names, number, is_long=is_long))
        if porch.core.is_over:
            break
    weight = weigh(porch.core._talk)
    assert weight < HEAVIEST, f"{weight} bytes after {FLOOD} times {message['type']}"
    assert len(porch.calls) <= 300
    porch.feed(signals.Stop("user_ended", goodbye=False))


def _varied(value: Any, names: list[str], number: int, *, is_long: bool) -> Any:
    """Return a message with other ids, and perhaps with much longer words."""
    if isinstance(value, list):
        return [_varied(each, names, number, is_long=is_long) for each in value]
    if not isinstance(value, dict):
        return value
    varied = {}
    for name, each in value.items():
        if name in names:
            varied[name] = f"{each}_{number}{'x' * 25_000 * is_long}"
        elif name in ("delta", "transcript", "arguments", "message") and is_long:
            text = str(each)
            varied[name] = text * 10 if len(text) > 1000 else (text * 5000)[:30_000]
        else:
            varied[name] = _varied(each, names, number, is_long=is_long)
    return varied
