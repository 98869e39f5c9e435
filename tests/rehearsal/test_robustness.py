"""Anything a client may send, an hour of talk, and the can."""

from base64 import b64encode
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import orjson

from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    CannedSession,
    IdSource,
    Plan,
    Say,
    SendText,
    ServerOptions,
)
from custom_components.realtime_pumpkin.rehearsal.sound import tone

from .talk import SERVER_EVENT, VOICE, Talk, errors

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
IDS = st.sampled_from(["item_a", "item_b", "root", "", "resp_1"])
AUDIO = st.sampled_from(
    [b64encode(VOICE[:9600]).decode(), b64encode(bytes(9600)).decode(), "AA==", "?"]
)
PART = st.fixed_dictionaries(
    {"type": st.sampled_from(["input_text", "input_audio", "output_text"])},
    optional={"text": st.text(), "audio": AUDIO},
)
ITEM = st.fixed_dictionaries(
    {"type": st.sampled_from(["message", "function_call", "function_call_output"])},
    optional={
        "id": IDS,
        "role": st.sampled_from(["user", "system", "assistant"]),
        "content": st.lists(PART, max_size=2),
        "call_id": IDS,
        "name": st.text(),
        "arguments": st.text(),
        "output": st.text(),
    },
)
DETECTION = st.none() | st.fixed_dictionaries(
    {"type": st.sampled_from(["server_vad", "semantic_vad"])},
    optional={
        "create_response": st.booleans(),
        "interrupt_response": st.booleans(),
        "idle_timeout_ms": st.just(5000),
    },
)
SESSION = st.fixed_dictionaries(
    {"type": st.just("realtime")},
    optional={
        "output_modalities": st.sampled_from([["text"], ["audio"]]),
        "max_output_tokens": st.integers(-1, 60),
        "audio": st.fixed_dictionaries(
            {},
            optional={
                "input": st.fixed_dictionaries(
                    {}, optional={"turn_detection": DETECTION}
                )
            },
        ),
    },
)
RESPONSE = st.fixed_dictionaries(
    {},
    optional={
        "conversation": st.sampled_from(["auto", "none"]),
        "input": st.lists(ITEM, max_size=2),
        "output_modalities": st.sampled_from([["text"], ["audio"]]),
    },
)


def event(name: str, **content: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for events of one type."""
    return st.fixed_dictionaries({"type": st.just(name)}, optional=content)


EVENTS = st.one_of(
    event("session.update", session=SESSION | JSON),
    event("input_audio_buffer.append", audio=AUDIO | JSON),
    event("input_audio_buffer.commit"),
    event("input_audio_buffer.clear"),
    event("conversation.item.create", item=ITEM | JSON, previous_item_id=IDS),
    event("conversation.item.delete", item_id=IDS | JSON),
    event("conversation.item.retrieve", item_id=IDS),
    event(
        "conversation.item.truncate",
        item_id=IDS,
        content_index=st.integers(-1, 1),
        audio_end_ms=st.integers(-1, 9000),
    ),
    event("response.create", response=RESPONSE | JSON),
    event("response.cancel", response_id=IDS),
    st.dictionaries(st.text(), JSON),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(EVENTS | st.text(max_size=20) | st.binary(max_size=20), max_size=12))
def test_whatever_a_client_sends_is_answered_with_valid_events(
    frames: list[Any],
) -> None:
    """No exception, and pydantic takes every event (the talk checks it)."""
    plan = Plan((Say("One two three.", duration_ms=2000), Call("a")))
    talk = Talk(*[plan] * 12, options=ServerOptions(vary=True))
    for frame in frames:
        talk.feed(frame)
        talk.pass_time(0.3)
    talk.finish()
    created = {e["response"]["id"] for e in talk.events("response.created")}
    assert created == {response["id"] for response in talk.responses()}


def test_an_hour_of_conversation_loses_no_answer() -> None:
    """Three hundred turns of twelve seconds, of three voices, in virtual time."""
    turns = 297
    talk = Talk(*[Say("Indeed!", duration_ms=5000)] * turns, valid=False)
    said = tone(2000) + bytes(48 * 1000)
    for _ in range(turns):
        talk.append(said, step_ms=500)
        talk.pass_time(9)
    assert talk.now > 3500
    assert len(talk.responses()) == turns
    assert errors(talk.events()) == []


def test_an_hour_at_the_door_ends_with_the_expiry() -> None:
    """The 60 minutes are exact, whatever happens in them."""
    talk = Talk(*["Boo!"] * 400, valid=False)
    while not talk.endings():
        talk.write("Boo!")
        talk.answer()
    expiry = next(entry.at for entry in talk.journal if entry.type == "error")
    assert expiry == 3600.0


def test_the_clock_may_jump() -> None:
    """A shell that was held up gets everything that was due, in order."""
    talk = Talk(Say("One two three.", duration_ms=6000))
    talk.send("response.create")
    talk.now += 30
    talk._take(talk.session.wake(talk.now))
    times = [entry.at for entry in talk.journal]
    assert talk.responses()[-1]["status"] == "completed"
    assert all(a <= b for a, b in pairwise(times))


def canned(*frames: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the events of a can that was asked something."""
    session = CannedSession(model="m", ids=IdSource(1))
    outputs = session.open(0)
    for frame in frames:
        outputs += session.feed(frame, 0)
    while (due := session.next_wake) is not None:
        outputs += session.wake(due)
    return [
        orjson.loads(o.data) if isinstance(o, SendText) else o.event  # type: ignore[union-attr]
        for o in outputs
    ]


def test_the_can_answers_with_a_valid_ladder() -> None:
    """Encoded beforehand, and still what a client expects."""
    events = canned({"type": "response.create"})
    for each in events:
        SERVER_EVENT.validate_python(each, strict=True)
    assert [each["type"] for each in events[1:4]] == [
        "response.created",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert sum(each["type"] == "response.output_audio.delta" for each in events) == 10
    assert events[-1]["response"]["status"] == "completed"
    assert len({each["event_id"] for each in events}) == len(events)


def test_the_can_answers_every_few_seconds_of_microphone() -> None:
    """Without listening to it."""
    second = b64encode(bytes(48_000)).decode()
    append = {"type": "input_audio_buffer.append", "audio": second}
    assert len(canned(append, append, append)) == 1
    types = [each["type"] for each in canned(append, append, append, append)]
    assert types[1:4] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "response.created",
    ]
