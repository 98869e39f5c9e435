"""What fuzzing has found, each as a test of its own."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

from homeassistant.exceptions import ServiceValidationError
import orjson
import probatio
import pytest
from websockets.asyncio.server import ServerConnection
from wyoming.event import Event

from custom_components.realtime_pumpkin.fields import Wrong
from custom_components.realtime_pumpkin.links.wyoming_handshake import (
    chunk_format,
    text_of,
)
from custom_components.realtime_pumpkin.links.wyoming_wire import (
    BoundedReader,
    SatelliteWire,
)
from custom_components.realtime_pumpkin.personas import Persona, read_files
from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.calls import (
    BadArguments,
    parse_arguments,
)
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.playback import Playback
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.realtime.usage import Usage
from custom_components.realtime_pumpkin.realtime.wire import read_event
from custom_components.realtime_pumpkin.rehearsal import CannedSession, IdSource
from custom_components.realtime_pumpkin.schema import MANNERS_READERS
from tests.realtime.lines import connected
from tests.realtime.world import CONFIG, VOICE
from tests.realtime_server import SESSION_CREATED, greet, say

from .action import schemas
from .conversation import Porch
from .frames import encode, received
from .ladders import kinds
from .persona import BOMB

UPDATED = encode({"type": "session.updated"})


def _delta(**changes: Any) -> dict[str, Any]:
    """Return a piece of an answer's sound."""
    [delta] = [m for m in kinds() if m["type"] == "response.output_audio.delta"]
    return {**delta, **changes}


def _speaking(core: SessionCore) -> None:
    """Bring a session to where an answer is heard."""
    messages: list[Mapping[str, Any]] = [
        {"type": "session.created", "session": {"id": "s"}},
        {"type": "session.updated"},
        {"type": "response.created", "response": {"id": "r"}},
    ]
    for message in messages:
        event = read_event(message)
        assert event is not None
        core.feed(event, 0)


@pytest.mark.parametrize("kind", [[], {}, ["error"], 7, None])
def test_a_type_that_is_no_text_ends_no_connection(kind: Any) -> None:
    """It was looked up as if it were one."""
    assert received(encode({"type": kind}), UPDATED)[-1] == {"type": "session.updated"}


def test_an_error_that_is_nested_too_deep_is_skipped() -> None:
    """Our JSON library reads deeper than it writes, and a key is looked for in it."""
    deep = b'{"type": "error", "error": ' + b"[" * 400 + b"]" * 400 + b"}"
    assert received(deep, UPDATED) == [{"type": "session.updated"}]


def test_numbers_are_those_that_json_can_hold() -> None:
    """A place in an answer comes back to the service in a truncation."""
    event = read_event(_delta(content_index=1e300))
    assert isinstance(event, events.AudioDelta)
    orjson.dumps(event.content_index)
    started = {"type": "input_audio_buffer.speech_started", "audio_start_ms": -1e300}
    orjson.dumps(read_event(started))


def test_tokens_of_many_answers_are_a_number_that_json_can_hold() -> None:
    """Home Assistant writes it down."""
    usage = Usage()
    for _ in range(3):
        usage.add({"output_token_details": {"audio_tokens": 2**64 - 1}})
    orjson.dumps(usage.tokens)


@pytest.mark.parametrize(
    "arguments",
    [
        "[" * 100_000,
        '{"a":' * 300 + "1" + "}" * 300,
        '{"reason": "\\ud800"}',
        '{"level": NaN}',
    ],
    ids=["deep", "too deep to write", "half a character", "no number"],
)
def test_arguments_that_nobody_could_pass_on_are_told_to_the_model(
    arguments: str,
) -> None:
    """Instead of a stack overflow here, or a failure where they are written down."""
    with pytest.raises(BadArguments):
        parse_arguments(events.FunctionCall("c", "fog", arguments))


def test_huge_numbers_in_arguments_can_be_passed_on() -> None:
    """As what JSON makes of them."""
    call = events.FunctionCall("c", "fog", '{"level": 99999999999999999999999}')
    orjson.dumps(parse_arguments(call))


def test_sound_that_belongs_to_no_answer_is_not_heard() -> None:
    """It was written to whatever the speaker had begun last."""
    delta = _delta()
    del delta["response_id"]
    assert read_event(delta) is None


def test_an_answer_that_follows_another_too_early_is_heard_behind_it() -> None:
    """The first ends there: what still comes of it would sound as the second's."""
    core = SessionCore(CONFIG, Behaviour())
    _speaking(core)
    wanted: list[actions.Action] = []
    for response_id in ("r", "r2", "r"):
        event = events.AudioDelta(response_id, "i", 0, VOICE)
        wanted += core.feed(event, 1)
    assert wanted == [
        actions.BeginUtterance("r"),
        actions.Play(VOICE),
        actions.FinishUtterance(),
        actions.BeginUtterance("r2"),
        actions.Play(VOICE),
    ]


def test_an_answer_with_the_id_of_one_that_was_heard_has_another_name() -> None:
    """The speaker never hears a name twice."""
    playback = Playback()
    _, first = playback.receive("r", "i", 0, VOICE)
    playback.finished(first)
    _, second = playback.receive("r", "i", 0, VOICE)
    assert first
    assert second
    assert first != second


def test_an_item_without_an_id_is_not_truncated() -> None:
    """The service could only refuse it."""
    porch = Porch(Behaviour())
    _speaking(porch.core)
    porch.feed(events.AudioDelta("r", "", 0, VOICE * 20))
    porch.signal(porch.speaker.start())
    sent: list[str] = []
    feed = porch.core.feed
    porch.core.feed = lambda event, now: [  # type: ignore[method-assign]
        sent.append(str(action)) or action for action in feed(event, now)
    ]
    porch.heard_ms = 100
    porch.hear(VOICE, 10)
    porch.tell({"type": "input_audio_buffer.speech_started", "item_id": "i"})
    assert any("Interrupted" in each for each in sent)
    assert not any("truncate" in each for each in sent)


@pytest.mark.parametrize("expires_in", [0.9, 1.0, -7200.0])
def test_a_session_that_ends_at_once_is_not_renewed_again_and_again(
    expires_in: float,
) -> None:
    """The clocks of the house and of the service may be an hour apart."""
    porch = Porch(Behaviour(idle_timeout=3600, max_duration=3600))
    porch.wants_socket = True
    porch.now, porch.expires_in = 0.37, expires_in
    porch.connect()
    for _ in range(20):
        porch.pass_time(0.5)
    assert porch.renewals <= 10


def test_a_flood_of_calls_is_not_made() -> None:
    """Each would be a task of its own."""
    porch = Porch(Behaviour())
    _speaking(porch.core)
    for number in range(500):
        call = events.FunctionCall(f"c{number}", "fog", "{}")
        porch.feed(events.ItemFinished("r", "i", "function_call", "completed", call))
    assert len(porch.calls) == 64
    porch.feed(signals.Stop("user_ended", goodbye=False))


@pytest.mark.parametrize("audio", [7, None, True, 0.5, [], {}])
def test_a_can_takes_sound_that_is_no_text(audio: Any) -> None:
    """It counted its letters."""
    can = CannedSession(model="m", ids=IdSource(1))
    can.open(0)
    assert can.feed({"type": "input_audio_buffer.append", "audio": audio}, 0) == []


@pytest.mark.parametrize("sentence", ["", "()", "[", "[" * 2000])
def test_a_sentence_that_cannot_be_read_is_told_at_its_field(sentence: str) -> None:
    """What reads sentences asserts, or runs out of stack."""
    answers = [{"id": "x", "sentences": [sentence]}]
    data = {"entity_id": "assist_satellite.p", "question": "?", "answers": answers}
    with pytest.raises(ServiceValidationError) as caught:
        schemas()["ask"](data)
    assert caught.value.translation_key in {"sentence_invalid", "field_empty"}
    placeholders = caught.value.translation_placeholders
    assert placeholders is not None
    assert placeholders["field"].startswith("answers[0]")


async def test_a_file_of_aliases_of_aliases_is_refused_at_once(tmp_path: Path) -> None:
    """It would take longer to read than a night, and nobody else gets ready."""
    (tmp_path / "owl.yaml").write_text(BOMB + "{*l : x}\n", "utf-8")
    [(name, why)] = read_files(tmp_path)
    assert (name, why) == ("owl.yaml", "it has more than 16 aliases")


def test_a_persona_may_use_an_alias_and_asterisks(tmp_path: Path) -> None:
    """Both are common in such files."""
    words = "*creaks* " * 30 + "and & or"
    text = f"name: &n Owl\ndescription: *n\ninstructions: '{words}'\n"
    (tmp_path / "owl.yaml").write_text(text, "utf-8")
    [(_, content)] = read_files(tmp_path)
    assert isinstance(content, dict)
    assert content["description"] == "Owl"


@pytest.mark.parametrize("told", ["\ud800", ["x"], {}, 7, True])
def test_what_a_satellite_calls_itself_is_a_text(told: Any) -> None:
    """It is shown, stored, and sent back to it."""
    text = text_of(told)
    assert text is None or text.encode()


def test_a_truth_is_no_number_of_channels() -> None:
    """JSON's true is a number to Python."""
    data = {"rate": 16_000, "width": 2, "channels": True}
    assert chunk_format(Event("audio-chunk", data)) is None


async def test_a_satellite_cannot_make_us_keep_what_it_announces() -> None:
    """An event of a gigabyte ends the connection before its first byte."""
    wire = SatelliteWire("127.0.0.1", 1)
    reader = wire._reader = BoundedReader()
    reader.feed_data(b'{"type": "audio-chunk", "payload_length": 1000000000}\n')
    assert await wire.receive() is None


def test_half_a_character_makes_no_persona(tmp_path: Path) -> None:
    """YAML has them; nothing could be stored of such a one, nor shown."""
    text = 'name: Owl\ndescription: "\\ud800"\ninstructions: Hoot.\n'
    (tmp_path / "owl.yaml").write_text(text, "utf-8")
    [(_, content)] = read_files(tmp_path)
    with pytest.raises(probatio.Invalid, match="half a character"):
        Persona.from_data("owl", content)


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(
    "code", ["response_cancel_not_active", "unsupported_content_type"]
)
async def test_an_error_that_refuses_nothing_refuses_no_account(code: str) -> None:
    """Its text was looked for in the form, and there is none."""

    async def handler(connection: ServerConnection) -> None:
        """Complain, then greet."""
        await say(connection, {"type": "error", "error": {"code": code}})
        await greet(connection)

    async with connected(handler) as connection:
        assert await connection.expect_session() == SESSION_CREATED


@pytest.mark.parametrize("name", ["quiet_from", "quiet_until", "night_ends"])
@pytest.mark.parametrize(
    ("typed", "stored"), [("7:00", "07:00:00"), ("06:00:0006:00", "06:00:06")]
)
def test_a_time_is_stored_as_it_is_read_again(
    name: str, typed: str, stored: str
) -> None:
    """The selector takes times that no voice could be set up with."""
    assert MANNERS_READERS[name](typed) == stored
    time.fromisoformat(stored)


@pytest.mark.parametrize("typed", ["NaN", "Infinity", True, False])
@pytest.mark.parametrize(
    "name", ["threshold", "daily_budget_usd", "monthly_budget_usd"]
)
def test_a_number_is_one_that_can_be_compared(name: str, typed: Any) -> None:
    """What is neither too small nor too large was stored, and was null after that."""
    assert isinstance(MANNERS_READERS[name](typed), Wrong)


@pytest.mark.parametrize("typed", ["7", "NaN", True])
@pytest.mark.parametrize("name", ["lowest", "highest", "attack_ms", "calls_per_second"])
def test_the_numbers_of_a_thing_that_moves_are_numbers(name: str, typed: Any) -> None:
    """Home Assistant's selector takes what looks like one, and leaves it a text."""
    target = {"entity_id": "number.jaw", name: typed}
    assert isinstance(MANNERS_READERS["level_targets"]([target]), Wrong)
