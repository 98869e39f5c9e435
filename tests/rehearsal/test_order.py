"""Sequences of events: what is fixed, and what a seed varies."""

import pytest

from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Plan,
    Say,
    ServerOptions,
    TranscriptionOrder,
)

from .talk import Event, Talk

SEEDS = range(8)
VARIED = ServerOptions(vary=True)
TRANSCRIPT = "conversation.item.input_audio_transcription.completed"


def assert_in_order(types: list[str], *expected: str) -> None:
    """Check that the first events of certain types come one after the other."""
    places = [types.index(each) for each in expected]
    assert places == sorted(places), list(zip(expected, places, strict=True))


def test_a_connection_begins_with_session_created_and_then_silence() -> None:
    """Only `session.created` comes until the client says something."""
    talk = Talk()
    talk.pass_time(10)
    assert talk.types() == ["session.created"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_transcript_may_come_anywhere_behind_the_commit(seed: int) -> None:
    """Before the answer, in it or behind it; a seed decides."""
    talk = Talk("Boo!", options=VARIED, seed=seed, heard=["hello"])
    talk.update(audio={"input": {"transcription": {"model": "gpt-transcribe"}}})
    talk.speak()
    talk.finish()
    assert_in_order(talk.types(), "input_audio_buffer.committed", TRANSCRIPT)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_spoken_turn_keeps_the_order_that_every_source_agrees_on(seed: int) -> None:
    """Steps 1 to 15 of the ladder, whatever a seed makes of the free ones."""
    talk = Talk("Boo!", options=VARIED, seed=seed)
    talk.speak()
    talk.finish()
    assert_in_order(
        talk.types(),
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "response.created",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_audio.delta",
        "response.content_part.done",
        "response.done",
        "rate_limits.updated",
    )
    assert_in_order(
        talk.types(), "response.output_audio.delta", "response.output_audio.done"
    )
    assert_in_order(talk.types(), "conversation.item.added", "conversation.item.done")
    assert_in_order(
        talk.types(),
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.done",
    )


def test_a_spoken_turn_is_exactly_the_captured_ladder_by_default() -> None:
    """Without variation the events are those of the capture, one by one."""
    talk = Talk("Boo!", options=ServerOptions(delta_ms=1000))
    talk.speak()
    talk.finish()
    assert talk.types() == [
        "session.created",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_audio_transcript.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
        "rate_limits.updated",
    ]


def test_all_events_of_a_turn_name_the_same_item() -> None:
    """The user's item id is the same from speech_started to item.done."""
    talk = Talk("Boo!")
    talk.speak()
    ids = {
        talk.last("input_audio_buffer.speech_started")["item_id"],
        talk.last("input_audio_buffer.speech_stopped")["item_id"],
        talk.last("input_audio_buffer.committed")["item_id"],
        talk.events("conversation.item.added")[0]["item"]["id"],
        talk.events("conversation.item.done")[0]["item"]["id"],
    }
    assert len(ids) == 1


def test_the_answer_stands_behind_the_turn_it_answers() -> None:
    """`previous_item_id` of the answer is the user's item."""
    talk = Talk("Boo!")
    talk.speak()
    talk.finish()
    user, assistant = talk.events("conversation.item.added")
    assert user["previous_item_id"] is None
    assert assistant["previous_item_id"] == user["item"]["id"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("response.output_audio.done", "response.output_audio_transcript.done"),
        ("response.output_audio.delta", "response.output_audio_transcript.delta"),
        ("response.content_part.added", "conversation.item.added"),
        ("response.output_item.done", "conversation.item.done"),
    ],
)
def test_seeds_vary_every_order_that_is_free(first: str, second: str) -> None:
    """Both orders come up in answers that follow no turn."""
    seen = set()
    for seed in SEEDS:
        talk = Talk("Boo!", options=VARIED, seed=seed)
        talk.answer()
        seen.add(talk.types().index(first) < talk.types().index(second))
    assert seen == {True, False}


@pytest.mark.parametrize("other", [TRANSCRIPT, "conversation.item.done"])
def test_seeds_vary_what_comes_before_the_answer_begins(other: str) -> None:
    """The transcript and the end of the user's item have no fixed place there."""
    seen = set()
    for seed in range(16):
        talk = Talk("Boo!", options=VARIED, seed=seed, heard=["hello"])
        talk.update(audio={"input": {"transcription": {"model": "gpt-transcribe"}}})
        talk.speak()
        talk.finish()
        seen.add(talk.types().index("response.created") < talk.types().index(other))
    assert seen == {True, False}


def test_the_same_seed_gives_the_same_conversation() -> None:
    """Ids and free choices are repeatable."""

    def play(seed: int) -> list[Event]:
        talk = Talk("Boo!", options=VARIED, seed=seed)
        talk.speak()
        talk.finish()
        return talk.events()

    assert play(3) == play(3)
    assert play(3) != play(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_written_turn_is_answered_in_text_where_only_text_is_wanted(
    seed: int,
) -> None:
    """The ladder of text, with the short part name."""
    talk = Talk("Boo to you!", options=VARIED, seed=seed)
    talk.update(output_modalities=["text"])
    talk.write("Boo!")
    response = talk.answer()
    assert_in_order(
        talk.types(),
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "response.output_item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.done",
        "rate_limits.updated",
    )
    assert talk.last("response.content_part.added")["part"] == {
        "type": "text",
        "text": "",
    }
    assert talk.last("response.output_text.done")["text"] == "Boo to you!"
    assert response["output"][0]["content"] == [
        {"type": "output_text", "text": "Boo to you!"}
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_function_call_goes_up_its_own_ladder(seed: int) -> None:
    """Added with empty arguments, grown by deltas, done with all of them."""
    talk = Talk(Call("ring_bell", {"times": 3}), options=VARIED, seed=seed)
    response = talk.answer()
    assert_in_order(
        talk.types(),
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "response.done",
    )
    added = talk.last("response.output_item.added")["item"]
    done = talk.last("response.function_call_arguments.done")
    deltas = talk.events("response.function_call_arguments.delta")
    assert (added["name"], added["arguments"]) == ("ring_bell", "")
    assert "".join(each["delta"] for each in deltas) == '{"times":3}'
    assert done["arguments"] == '{"times":3}'
    assert done["name"] == "ring_bell"
    assert response["output"][0]["call_id"] == done["call_id"] == added["call_id"]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_response_may_consist_of_several_items(seed: int) -> None:
    """A preamble, two calls and an answer: each ends before the next begins."""
    plan = Plan(
        (Say("One moment.", phase="commentary"), Call("a"), Call("b"), Say("Done."))
    )
    talk = Talk(plan, options=VARIED, seed=seed)
    response = talk.answer()
    marks = [
        (event["type"], event["output_index"])
        for event in talk.events()
        if event["type"] in ("response.output_item.added", "response.output_item.done")
    ]
    assert marks == [
        (f"response.output_item.{what}", index)
        for index in range(4)
        for what in ("added", "done")
    ]
    kinds = [(item["type"], item.get("name")) for item in response["output"]]
    assert kinds == [
        ("message", None),
        ("function_call", "a"),
        ("function_call", "b"),
        ("message", None),
    ]
    assert response["output"][0]["phase"] == "commentary"


def test_audio_comes_faster_than_real_time_by_the_set_ratio() -> None:
    """Three seconds of speech at pace 6 take half a second."""
    talk = Talk(Say("Boo!", duration_ms=3000), options=ServerOptions(pace=6.0))
    talk.send("response.create")
    talk.finish()
    sent = {e.type: e.at for e in talk.journal if e.sent}
    created = next(e.at for e in talk.journal if e.type == "response.created")
    assert sent["response.done"] - created == pytest.approx(0.5)


def test_rate_limits_follow_the_response_after_40_ms_with_tokens_only() -> None:
    """As the real service sends them."""
    talk = Talk("Boo!")
    talk.answer()
    at = {e.type: e.at for e in talk.journal}
    assert at["rate_limits.updated"] - at["response.done"] == pytest.approx(0.04)
    limits = talk.last("rate_limits.updated")["rate_limits"]
    assert [limit["name"] for limit in limits] == ["tokens"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (TranscriptionOrder.BEFORE, [TRANSCRIPT, "response.created", "response.done"]),
        (TranscriptionOrder.AFTER, ["response.created", "response.done", TRANSCRIPT]),
    ],
)
def test_the_transcript_comes_where_the_options_want_it(
    order: TranscriptionOrder, expected: list[str]
) -> None:
    """Before the answer begins, or after it is done."""
    options = ServerOptions(transcription_order=order, transcription_delay_ms=50)
    talk = Talk("Boo!", heard=["trick or treat"], options=options)
    talk.update(audio={"input": {"transcription": {"model": "gpt-transcribe"}}})
    talk.speak()
    talk.finish()
    assert_in_order(talk.types(), *expected)


def test_a_free_transcript_may_come_in_the_middle_of_the_answer() -> None:
    """By default it comes when it is ready."""
    options = ServerOptions(transcription_delay_ms=150)
    talk = Talk(Say("Boo!", duration_ms=4000), heard=["hello"], options=options)
    talk.update(audio={"input": {"transcription": {"model": "gpt-transcribe"}}})
    talk.speak()
    talk.finish()
    assert_in_order(
        talk.types(), "response.output_audio.delta", TRANSCRIPT, "response.done"
    )


def test_text_deltas_are_padded_and_audio_deltas_are_not() -> None:
    """`obfuscation` stands beside words only."""
    talk = Talk("Boo!")
    talk.answer()
    assert "obfuscation" in talk.last("response.output_audio_transcript.delta")
    assert "obfuscation" not in talk.last("response.output_audio.delta")


def test_no_event_id_comes_twice() -> None:
    """Every event has an id of its own."""
    talk = Talk("Boo!", "Boo!")
    talk.answer()
    talk.answer()
    ids = [event["event_id"] for event in talk.events()]
    assert len(ids) == len(set(ids))


def test_older_item_events_and_items_without_object_can_be_had() -> None:
    """`conversation.item.created` replaces added and done; `object` is absent."""
    options = ServerOptions(legacy_item_events=True, item_object=False)
    talk = Talk("Boo!", options=options)
    response = talk.answer()
    assert "conversation.item.created" in talk.types()
    assert "conversation.item.added" not in talk.types()
    assert "conversation.item.done" not in talk.types()
    assert "object" not in response["output"][0]
