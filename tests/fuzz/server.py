"""The rehearsal's server core and clients that send anything: each answer is valid."""

from base64 import b64encode
import copy
import json
from typing import Any, Final

from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    CannedSession,
    Failed,
    IdSource,
    Incomplete,
    Plan,
    Say,
    Send,
    SendText,
    ServerOptions,
    parse_fault,
)
from tests.rehearsal.talk import SERVER_EVENT, VOICE, Talk

from .dice import Dice
from .ladders import Message, requests
from .odd import mutated, odd

MOST_FRAMES: Final = 60
STEPS_S: Final = (0.0, 0.02, 0.3, 1.0, 5.0, 70.0)
PLANS: Final = (
    Plan((Say("One two three.", duration_ms=600), Call("fog", {"level": 1}))),
    Plan((Say("Boo!", duration_ms=100),), ending=Incomplete()),
    Plan((Say("Boo!", duration_ms=100),), ending=Failed()),
    Plan(),
)
FAULTS: Final = (
    *("cut@2.5", "stall@3", "close=1011@response.output_audio.delta#3"),
    *("late_delta", "error=server_error@1", "slow=0.5"),
    *("late_transcription=900", "fail=insufficient_quota", "expire=9"),
)
_TEXT: Final = [{"type": "input_text", "text": "Boo!"}]
_ITEM: Final = {"type": "message", "role": "user", "content": _TEXT}
_RESPONSE: Final = {
    "conversation": "none",
    "input": [_ITEM, {"type": "item_reference", "id": "item_a"}],
    "output_modalities": ["text"],
    "tools": [{"type": "function", "name": "fog", "parameters": {"type": "object"}}],
    "tool_choice": "auto",
    "metadata": {"a": "b"},
    "max_output_tokens": 30,
}


def _append(pcm: bytes) -> Message:
    """Return the event that appends sound."""
    audio = b64encode(pcm).decode()
    return {"type": "input_audio_buffer.append", "audio": audio}


SAMPLES: Final[tuple[Message, ...]] = (
    _append(VOICE[:4800]),
    _append(bytes(9600)),
    {"type": "input_audio_buffer.commit"},
    {"type": "input_audio_buffer.clear"},
    {"type": "output_audio_buffer.clear"},
    {"type": "conversation.item.create", "item": {"id": "item_a", **_ITEM}},
    {"type": "conversation.item.create", "item": _ITEM, "previous_item_id": "root"},
    {"type": "conversation.item.retrieve", "item_id": "item_a"},
    {"type": "conversation.item.delete", "item_id": "item_a"},
    {
        "type": "conversation.item.truncate",
        "item_id": "item_a",
        "content_index": 0,
        "audio_end_ms": 100,
    },
    {"type": "response.create", "event_id": "e", "response": _RESPONSE},
    {"type": "response.create"},
    {"type": "response.cancel", "response_id": "resp_1"},
)


def fuzz_server(data: bytes) -> None:
    """Be a client; raise where an answer is not valid, or anything raises."""
    dice = Dice(data)
    faults = tuple(parse_fault(dice.pick(FAULTS)) for _ in range(dice.number(3)))
    options = ServerOptions(vary=True, pace=20, faults=faults)
    plans = [dice.pick(PLANS) for _ in range(MOST_FRAMES)]
    talk = Talk(*plans, options=options)
    can = CannedSession(model="m", ids=IdSource(1))
    _check(can.open(0))
    for _ in range(MOST_FRAMES):
        if dice.is_over:
            break
        frame = _frame(dice, talk)
        talk.feed(json.loads(json.dumps(frame)) if isinstance(frame, dict) else frame)
        _check(can.feed(frame, talk.now))
        talk.pass_time(dice.pick(STEPS_S))
    talk.finish()
    assert not [each for each in talk.journal.sent() if "type" not in each]


def _frame(dice: Dice, talk: Talk) -> Any:
    """Return what a client may send, as an object, as text or as bytes."""
    match dice.number(10):
        case 0 | 1 | 2:
            frame: Any = mutated(dice, _sample(dice))
        case 3:
            frame = odd(dice)
        case 4:
            frame = dice.some(60)
        case 5:
            frame = dice.some(60).decode(errors="replace")
        case _:
            frame = _sample(dice)
    if isinstance(frame, dict) and dice.one_in(3):
        frame["item_id"] = frame["response_id"] = _known_id(dice, talk)
    if isinstance(frame, dict | list | int | float) or frame is None:
        text = json.dumps(frame)
        return text if dice.one_in(4) or not isinstance(frame, dict) else frame
    return frame


def _sample(dice: Dice) -> Message:
    """Return an event as it should be."""
    if dice.one_in(2):
        return copy.deepcopy(dice.pick(SAMPLES))
    return copy.deepcopy(dice.pick(dice.pick(requests())))


def _known_id(dice: Dice, talk: Talk) -> str:
    """Return an id that the server has made."""
    said = talk.events()[-30:]
    ids = [each[name] for each in said for name in ("item_id",) if name in each]
    ids += [r["id"] for r in talk.responses()[-3:]]
    return str(dice.pick(ids)) if ids else "item_x"


def _check(outputs: list[Any]) -> None:
    """Check what a can puts out."""
    for output in outputs:
        match output:
            case Send(event):
                SERVER_EVENT.validate_python(event, strict=True)
            case SendText(data):
                SERVER_EVENT.validate_json(data, strict=True)
