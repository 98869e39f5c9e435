"""What a turn is written down as, and what everything costs."""

from base64 import b64encode
from typing import Any

import pytest

from custom_components.realtime_pumpkin.rehearsal import (
    Hear,
    Heard,
    Say,
    ServerOptions,
    Source,
)

from .talk import VOICE, Talk

EVENT = "conversation.item.input_audio_transcription"
OUTSIDE = ServerOptions(ears=Source.OUTSIDE)


def transcribing(talk: Talk, model: str = "gpt-transcribe", **more: Any) -> Talk:
    """Turn transcription on."""
    talk.update(audio={"input": {"transcription": {"model": model}}}, **more)
    return talk


def test_deltas_add_up_to_the_transcript() -> None:
    """Word by word, then the whole."""
    talk = transcribing(Talk("Boo!", heard=["trick or treat"]))
    talk.speak()
    deltas = [event["delta"] for event in talk.events(f"{EVENT}.delta")]
    assert deltas == ["trick", " or", " treat"]
    completed = talk.last(f"{EVENT}.completed")
    assert completed["transcript"] == "trick or treat"
    assert completed["item_id"] == talk.last("input_audio_buffer.committed")["item_id"]


def test_without_transcription_nothing_is_written_down() -> None:
    """The brain understands all the same."""
    talk = Talk("Boo!", heard=["trick or treat"])
    talk.speak()
    assert not any(kind.startswith(EVENT) for kind in talk.types())
    assert talk.brain.requests[-1].news[0].words == "trick or treat"


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("whisper-1", "duration"),
        ("gpt-transcribe", "duration"),
        ("gpt-4o-transcribe", "tokens"),
        ("gpt-4o-mini-transcribe-2025-12-15", "tokens"),
    ],
)
def test_a_transcript_is_billed_as_its_model_is(model: str, kind: str) -> None:
    """Seconds for some families, tokens for the others."""
    talk = transcribing(Talk("Boo!", heard=["hello"]), model)
    talk.speak(ms=900, silence_ms=400)
    usage = talk.last(f"{EVENT}.completed")["usage"]
    assert usage["type"] == kind
    if kind == "duration":
        assert usage["seconds"] == pytest.approx(1.1)
    else:
        assert usage["input_token_details"]["audio_tokens"] == 11


def test_whisper_sends_its_transcript_in_one_piece() -> None:
    """One delta that is the whole."""
    talk = transcribing(Talk("Boo!", heard=["trick or treat"]), "whisper-1")
    talk.speak()
    assert [e["delta"] for e in talk.events(f"{EVENT}.delta")] == ["trick or treat"]


def test_probabilities_come_when_they_are_included() -> None:
    """`include` asks for logprobs."""
    talk = Talk("Boo!", heard=["hello"])
    transcribing(talk, include=["item.input_audio_transcription.logprobs"])
    talk.speak()
    assert talk.last(f"{EVENT}.completed")["logprobs"][0]["token"] == "hello"


def test_an_answer_waits_until_outside_ears_have_heard() -> None:
    """`response.created` comes at once, the brain is asked later."""
    talk = transcribing(Talk("Boo!", options=OUTSIDE))
    talk.speak()
    hear = talk.requests[-1]
    assert isinstance(hear, Hear)
    assert "response.created" in talk.types()
    assert talk.brain.requests == []
    talk.feed(Heard(hear.item_id, "hello"))
    assert talk.brain.requests[-1].news[0].words == "hello"
    assert talk.last(f"{EVENT}.completed")["transcript"] == "hello"


def test_only_turns_are_transcribed_but_all_audio_is_understood() -> None:
    """Audio that a client puts into an item brings no transcription events."""
    talk = transcribing(Talk("Boo!", "Boo!", heard=["hello", "hello"]))
    part = {"type": "input_audio", "audio": b64encode(VOICE).decode()}
    item = {"type": "message", "role": "user", "content": [part]}
    talk.send("conversation.item.create", item=item)
    talk.answer()
    assert talk.brain.requests[-1].news[0].words == "hello"
    talk.answer(input=[item])
    assert talk.brain.requests[-1].history[0].words == "hello"
    assert not any(kind.startswith(EVENT) for kind in talk.types())


def test_ears_that_fail_are_told_and_the_answer_goes_on() -> None:
    """`failed` for the transcript; the brain gets no words."""
    talk = transcribing(Talk("What?", options=OUTSIDE))
    talk.speak()
    hear = talk.requests[-1]
    assert isinstance(hear, Hear)
    talk.feed(Heard(hear.item_id, None))
    assert talk.last(f"{EVENT}.failed")["error"]["type"] == "transcription_error"
    assert talk.finish() is not None
    assert talk.responses()[-1]["status"] == "completed"


def test_a_deleted_item_is_not_transcribed_any_more() -> None:
    """And nobody waits for it."""
    talk = transcribing(Talk("Boo!", options=OUTSIDE))
    talk.speak()
    hear = talk.requests[-1]
    assert isinstance(hear, Hear)
    talk.send("conversation.item.delete", item_id=hear.item_id)
    talk.finish()
    assert talk.feed(Heard(hear.item_id, "hello")) == []
    assert talk.responses()[-1]["status"] == "completed"


def test_usage_counts_durations_on_both_sides() -> None:
    """A user's token is 100 ms, an assistant's 50 ms."""
    talk = Talk(Say("Boo!", duration_ms=3000), heard=[""])
    talk.turn_detection(silence_duration_ms=400)
    talk.update(instructions="")
    talk.speak(ms=600, silence_ms=400)
    talk.finish()
    usage = talk.responses()[-1]["usage"]
    assert usage["input_token_details"]["audio_tokens"] == 10
    assert usage["output_token_details"] == {"audio_tokens": 60, "text_tokens": 1}
    assert usage["input_tokens"] == 10
    assert usage["total_tokens"] == 71


def test_the_whole_context_is_read_again_and_partly_cached() -> None:
    """The second response reads the first one's words and sound."""
    talk = Talk(Say("Boo!", duration_ms=10_000), Say("Boo!", duration_ms=1000))
    talk.update(instructions="x" * 1000)
    talk.answer()
    details = talk.answer()["usage"]["input_token_details"]
    assert details["audio_tokens"] == 200
    assert details["text_tokens"] == 251
    assert details["cached_tokens_details"]["text_tokens"] == 192
    assert details["cached_tokens"] <= details["text_tokens"] + details["audio_tokens"]
