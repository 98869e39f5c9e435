"""`session.update`: defaults, merging, clearing and everything refused."""

from typing import Any

import pytest

from custom_components.realtime_pumpkin.rehearsal import ServerOptions

from .talk import MODEL, PCM, Talk, errors


def session_of(talk: Talk) -> dict[str, Any]:
    """Return the latest effective session."""
    kinds = ("session.created", "session.updated")
    latest = [e for e in talk.events() if e["type"] in kinds][-1]
    session: dict[str, Any] = latest["session"]
    return session


def test_session_created_tells_all_defaults() -> None:
    """Ids, expiry and every setting a client may want to know."""
    talk = Talk()
    session = session_of(talk)
    assert session["id"].startswith("sess_")
    assert session["object"] == "realtime.session"
    assert session["model"] == MODEL
    assert session["expires_at"] == 3600
    assert session["output_modalities"] == ["audio"]
    assert session["tools"] == []
    assert session["truncation"] == "auto"
    assert session["include"] is None
    assert session["audio"]["output"] == {"format": PCM, "voice": "marin", "speed": 1.0}
    assert session["audio"]["input"] == {
        "format": PCM,
        "transcription": None,
        "noise_reduction": None,
        "turn_detection": {
            "type": "server_vad",
            "threshold": 0.5,
            "prefix_padding_ms": 300,
            "silence_duration_ms": 200,
            "idle_timeout_ms": None,
            "create_response": True,
            "interrupt_response": True,
        },
    }


def test_an_update_changes_only_what_it_names() -> None:
    """Objects merge key by key."""
    talk = Talk()
    talk.turn_detection(silence_duration_ms=700)
    talk.update(instructions="Boo.", audio={"output": {"voice": "echo"}})
    session = session_of(talk)
    assert session["instructions"] == "Boo."
    assert session["audio"]["output"]["voice"] == "echo"
    assert session["audio"]["output"]["speed"] == 1.0
    assert session["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 700


def test_another_type_of_turn_detection_replaces_the_old_one() -> None:
    """Settings of server_vad do not leak into semantic_vad."""
    talk = Talk()
    talk.turn_detection(type="semantic_vad")
    assert session_of(talk)["audio"]["input"]["turn_detection"] == {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    }


@pytest.mark.parametrize(
    ("key", "value", "cleared"),
    [
        ("instructions", "", ""),
        ("instructions", None, ""),
        ("tools", [], []),
        ("tools", None, []),
    ],
)
def test_empty_values_and_null_clear(key: str, value: object, cleared: object) -> None:
    """Emptiness is a value."""
    talk = Talk()
    tool = {"type": "function", "name": "a", "parameters": {}}
    talk.update(instructions="Boo.", tools=[tool])
    talk.update(**{key: value})
    assert session_of(talk)[key] == cleared


@pytest.mark.parametrize("key", ["transcription", "noise_reduction", "turn_detection"])
def test_null_turns_a_part_of_listening_off(key: str) -> None:
    """Transcription, noise reduction and turn detection can be absent."""
    talk = Talk()
    on = {
        "transcription": {"model": "gpt-transcribe"},
        "noise_reduction": {"type": "far_field"},
    }
    talk.update(audio={"input": on})
    talk.update(audio={"input": {key: None}})
    assert session_of(talk)["audio"]["input"][key] is None


@pytest.mark.parametrize(
    ("session", "error"),
    [
        ({}, ("missing_required_parameter", "session.type")),
        ({"type": "fantasy"}, ("invalid_value", "session.type")),
        ({"type": "transcription"}, ("invalid_value", "session.type")),
        ({"type": "realtime", "voice": "echo"}, ("unknown_parameter", "session.voice")),
        (
            {"type": "realtime", "turn_detection": None},
            ("unknown_parameter", "session.turn_detection"),
        ),
        (
            {"type": "realtime", "temperature": 0.8},
            ("unknown_parameter", "session.temperature"),
        ),
        (
            {"type": "realtime", "audio": {"output": {"loudness": 1}}},
            ("unknown_parameter", "session.audio.output.loudness"),
        ),
        (
            {"type": "realtime", "audio": {"output": {"speed": 3}}},
            ("invalid_value", "session.audio.output.speed"),
        ),
        (
            {"type": "realtime", "instructions": 1},
            ("invalid_type", "session.instructions"),
        ),
        (
            {"type": "realtime", "output_modalities": ["video"]},
            ("invalid_value", "session.output_modalities[0]"),
        ),
        (
            {"type": "realtime", "max_output_tokens": 5000},
            ("invalid_value", "session.max_output_tokens"),
        ),
        (
            {"type": "realtime", "tools": [{"type": "function"}]},
            ("missing_required_parameter", "session.tools[0].name"),
        ),
        (
            {"type": "realtime", "audio": {"input": {"format": {"type": "audio/mp3"}}}},
            ("invalid_value", "session.audio.input.format.type"),
        ),
    ],
)
def test_a_wrong_update_is_refused_with_its_place(
    session: dict[str, Any], error: tuple[str, str]
) -> None:
    """Code and dotted path of what is wrong."""
    talk = Talk()
    events = talk.send("session.update", session=session, event_id="mine")
    assert errors(events) == [error]
    assert events[0]["error"]["event_id"] == "mine"


@pytest.mark.parametrize("key", ["create_response", "interrupt_response"])
def test_null_is_no_boolean(key: str) -> None:
    """Leaving out is allowed, null is not."""
    talk = Talk()
    events = talk.turn_detection(**{key: None})
    place = f"session.audio.input.turn_detection.{key}"
    assert errors(events) == [("invalid_type", place)]


def test_a_wrong_update_changes_nothing_at_all() -> None:
    """Also what was right in it is not taken."""
    talk = Talk()
    before = session_of(talk)
    talk.update(instructions="New.", audio={"output": {"speed": 9}})
    talk.update()
    assert session_of(talk) == before


@pytest.mark.parametrize("model", [MODEL, "gpt-realtime"])
def test_a_model_is_accepted_and_the_connection_keeps_its_own(model: str) -> None:
    """Agents send the model along with every update."""
    talk = Talk()
    assert errors(talk.update(model=model, tracing="auto")) == []
    assert session_of(talk)["model"] == MODEL


def test_the_voice_is_locked_once_it_was_heard() -> None:
    """Before that it may change; the same voice may always be named."""
    talk = Talk("Boo!")
    assert errors(talk.update(audio={"output": {"voice": "echo"}})) == []
    talk.answer()
    events = talk.update(audio={"output": {"voice": "coral"}})
    assert errors(events) == [("cannot_update_voice", "session.audio.output.voice")]
    assert errors(talk.update(audio={"output": {"voice": "echo"}})) == []


def test_text_does_not_lock_the_voice() -> None:
    """Only audio does."""
    talk = Talk("Boo!")
    talk.update(output_modalities=["text"])
    talk.answer()
    assert errors(talk.update(audio={"output": {"voice": "coral"}})) == []


def test_a_transcription_session_only_transcribes() -> None:
    """It commits turns and sends transcripts, but never answers."""
    talk = Talk(heard=["boo"], intent="transcription", model=None)
    transcription = {"model": "gpt-transcribe"}
    session = {
        "type": "transcription",
        "audio": {"input": {"transcription": transcription}},
    }
    assert errors(talk.send("session.update", session=session)) == []
    talk.speak()
    talk.finish()
    completed = "conversation.item.input_audio_transcription.completed"
    assert talk.last(completed)["transcript"] == "boo"
    assert "response.created" not in talk.types()
    assert errors(talk.send("response.create")) == [("invalid_value", "type")]


def test_the_expiry_counts_from_the_time_of_day() -> None:
    """`expires_at` is Unix time, whatever clock the session runs by."""
    talk = Talk(options=ServerOptions(max_session_s=60))
    talk.session.open(5.0, unix_time=1_800_000_000.0)
    talk.update()
    assert session_of(talk)["expires_at"] == 1_800_000_060
