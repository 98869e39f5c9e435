"""Responses: one at a time, out of band, cancelled, cut short and failed."""

import pytest

from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Failed,
    Incomplete,
    Plan,
    Reason,
    Say,
    ServerOptions,
    Source,
    Speak,
    Spoken,
    Think,
    Thought,
)
from custom_components.realtime_pumpkin.rehearsal.sound import tone

from .talk import Talk, errors

LONG = Say("One two three four five six seven eight nine ten.", duration_ms=10_000)


def test_a_second_response_is_refused_while_one_runs() -> None:
    """The losing create brings an error and nothing else."""
    talk = Talk(LONG)
    first = talk.send("response.create")[0]["response"]["id"]
    events = talk.send("response.create", event_id="mine")
    assert errors(events) == [("conversation_already_has_active_response", None)]
    assert first in events[0]["error"]["message"]
    assert len(events) == 1
    talk.finish()
    assert len(talk.responses()) == 1


def test_after_the_end_the_next_response_may_begin() -> None:
    """`response.done` opens the gate."""
    talk = Talk("a", "b")
    talk.answer()
    assert talk.answer()["output"][0]["content"][0]["transcript"] == "b"
    talk.brain.assert_finished()


@pytest.mark.parametrize("by_id", [True, False])
def test_a_cancelled_response_ends_with_what_was_said(by_id: bool) -> None:
    """The tail of the ladder, and who cancelled."""
    talk = Talk(LONG)
    response_id = talk.send("response.create")[0]["response"]["id"]
    talk.pass_time(0.5)
    talk.send("response.cancel", **({"response_id": response_id} if by_id else {}))
    response = talk.responses()[-1]
    assert response["status"] == "cancelled"
    assert response["status_details"] == {
        "type": "cancelled",
        "reason": "client_cancelled",
    }
    assert response["output"][0]["status"] == "incomplete"
    said = response["output"][0]["content"][0]["transcript"]
    assert LONG.text.startswith(said)
    assert 0 < len(said) < len(LONG.text)
    assert response["usage"]["output_token_details"]["audio_tokens"] > 0


def test_nothing_can_be_cancelled_when_nothing_runs() -> None:
    """Not before, not after, not by a wrong id."""
    talk = Talk("a", LONG)
    assert errors(talk.send("response.cancel")) == [
        ("response_cancel_not_active", None)
    ]
    talk.answer()
    assert errors(talk.send("response.cancel")) == [
        ("response_cancel_not_active", None)
    ]
    talk.send("response.create")
    wrong = talk.send("response.cancel", response_id="resp_x")
    assert errors(wrong) == [("response_cancel_not_active", None)]


def test_a_response_out_of_band_leaves_no_trace() -> None:
    """No items, no conversation id; metadata comes back."""
    talk = Talk("Secret.", "a")
    response = talk.answer(conversation="none", metadata={"topic": "mood"})
    assert response["conversation_id"] is None
    assert response["metadata"] == {"topic": "mood"}
    assert "conversation.item.added" not in talk.types()
    talk.answer()
    assert list(talk.brain.requests[-1].history) == []


def test_responses_out_of_band_run_beside_the_conversation() -> None:
    """Two at a time, each with its own ladder."""
    talk = Talk(LONG, Say("Side.", duration_ms=2000))
    main = talk.send("response.create")[0]["response"]["id"]
    side = talk.send("response.create", response={"conversation": "none"})
    assert errors(side) == []
    talk.finish()
    assert {each["id"] for each in talk.responses()} == {
        main,
        side[0]["response"]["id"],
    }


def test_speech_does_not_interrupt_what_runs_out_of_band() -> None:
    """Only the conversation's response is cut."""
    talk = Talk(LONG, LONG)
    talk.turn_detection(create_response=False)
    talk.send("response.create")
    talk.send("response.create", response={"conversation": "none"})
    talk.speak()
    talk.finish()
    ends = {
        each["conversation_id"] is None: each["status"] for each in talk.responses()
    }
    assert ends == {False: "cancelled", True: "completed"}


def test_a_cancel_that_has_to_guess_does_nothing() -> None:
    """With several in flight only an id cancels."""
    talk = Talk(LONG, LONG)
    talk.send("response.create")
    side = talk.send("response.create", response={"conversation": "none"})
    assert talk.send("response.cancel") == []
    talk.send("response.cancel", response_id=side[0]["response"]["id"])
    assert [each["conversation_id"] for each in talk.responses()] == [None]


def test_a_response_may_read_other_items_than_the_conversation() -> None:
    """`input` replaces the history; references are looked up."""
    talk = Talk("a", "b")
    talk.write("First.")
    item_id = talk.last("conversation.item.added")["item"]["id"]
    talk.write("Second.")
    text = {"type": "input_text", "text": "Third."}
    given = [
        {"type": "item_reference", "id": item_id},
        {"type": "message", "role": "user", "content": [text]},
    ]
    talk.answer(input=given)
    assert [item.words for item in talk.brain.requests[-1].history] == [
        "First.",
        "Third.",
    ]
    wrong = [{"type": "item_reference", "id": "item_x"}]
    events = talk.send("response.create", response={"input": wrong})
    assert errors(events) == [("item_reference_invalid_item_id", "item_id")]


def test_a_response_may_overrule_the_session() -> None:
    """Instructions, tools, choice and modality of one response only."""
    talk = Talk("a", "b")
    talk.update(instructions="Session.")
    tool = {"type": "function", "name": "a", "parameters": {}}
    talk.answer(
        instructions="Response.",
        tools=[tool],
        tool_choice="required",
        output_modalities=["text"],
    )
    request = talk.brain.requests[-1]
    assert request.instructions == "Response."
    assert list(request.tools) == [tool]
    assert request.tool_choice == "required"
    assert "response.output_text.done" in talk.types()
    talk.answer()
    assert talk.brain.requests[-1].instructions == "Session."


def test_the_brain_is_told_what_is_new() -> None:
    """The items behind the model's last one."""
    talk = Talk("a", "b", heard=["hello"])
    talk.speak()
    talk.finish()
    first = talk.brain.requests[-1]
    assert first.reason is Reason.TURN
    assert [item.words for item in first.news] == ["hello"]
    talk.write("Laugh.", role="system")
    talk.answer()
    second = talk.brain.requests[-1]
    assert second.reason is Reason.CREATE
    assert [item.words for item in second.news] == ["Laugh."]
    assert [item.words for item in second.history] == ["hello", "a", "Laugh."]


def test_a_limit_of_tokens_cuts_the_answer() -> None:
    """Incomplete, with its reason, within the limit."""
    talk = Talk(LONG)
    response = talk.answer(max_output_tokens=50)
    assert response["status"] == "incomplete"
    assert response["status_details"] == {
        "type": "incomplete",
        "reason": "max_output_tokens",
    }
    assert 0 < response["usage"]["output_tokens"] <= 50
    assert response["output"][0]["status"] == "incomplete"


def test_a_plan_may_end_with_a_filter_or_a_failure() -> None:
    """Statuses the client must tell apart."""
    filtered = Plan((Say("a"),), Incomplete("content_filter"))
    failed = Failed("insufficient_quota", "No money.", "insufficient_quota")
    talk = Talk(filtered, failed)
    response = talk.answer()
    assert response["status_details"]["reason"] == "content_filter"
    response = talk.answer()
    assert response["status"] == "failed"
    assert response["status_details"] == {
        "type": "failed",
        "error": {
            "type": "insufficient_quota",
            "code": "insufficient_quota",
            "message": "No money.",
        },
    }


def test_a_brain_without_a_reply_fails_the_response_and_the_test() -> None:
    """A script that is over does not go on silently."""
    talk = Talk()
    assert talk.answer()["status_details"]["error"]["code"] == "script_exhausted"
    with pytest.raises(AssertionError, match="without a reply"):
        talk.brain.assert_finished()


def test_thinking_takes_the_time_it_is_given() -> None:
    """`response.created` comes at once, the first item later."""
    talk = Talk("a", options=ServerOptions(think_ms=700))
    talk.send("response.create")
    talk.finish()
    at: dict[str, float] = {}
    for entry in talk.journal:
        at.setdefault(entry.type, entry.at)
    thought = at["response.output_item.added"] - at["response.created"]
    assert thought == pytest.approx(0.7)


def test_an_outside_voice_speaks_sentence_by_sentence() -> None:
    """All sentences are asked for at once; the first one is heard at once."""
    talk = Talk("One. Two!", options=ServerOptions(voices=Source.OUTSIDE), seed=1)
    talk.update(audio={"output": {"voice": "echo", "speed": 1.2}})
    talk.send("response.create")
    first, second = talk.requests
    assert isinstance(first, Speak)
    assert isinstance(second, Speak)
    assert (first.text, first.voice, first.speed) == ("One.", "echo", 1.2)
    talk.feed(Spoken(first.request_id, tone(400)))
    talk.pass_time(5)
    assert "response.output_audio.delta" in talk.types()
    assert talk.responses() == []
    talk.feed(Spoken(second.request_id, tone(400)))
    talk.finish()
    part = talk.responses()[-1]["output"][0]["content"][0]
    assert part["transcript"] == "One. Two!"


def test_sentences_are_said_in_order_although_they_come_out_of_it() -> None:
    """A slow first sentence holds up a quick second one."""
    talk = Talk("One. Two!", options=ServerOptions(voices=Source.OUTSIDE))
    talk.send("response.create")
    first, second = (each for each in talk.requests if isinstance(each, Speak))
    talk.feed(Spoken(second.request_id, tone(400)))
    assert "response.output_audio.delta" not in talk.types()
    talk.feed(Spoken(first.request_id, tone(400)))
    talk.finish()
    words = [
        event["delta"]
        for event in talk.events("response.output_audio_transcript.delta")
    ]
    assert "".join(words) == "One. Two!"


def test_a_voice_that_fails_fails_the_response() -> None:
    """And the next one may go well."""
    talk = Talk("One.", "Two.", options=ServerOptions(voices=Source.OUTSIDE))
    talk.send("response.create")
    request = talk.requests[-1]
    assert isinstance(request, Speak)
    talk.feed(Spoken(request.request_id, None))
    assert talk.responses()[-1]["status"] == "failed"
    assert errors(talk.send("response.create")) == []


def test_without_a_brain_the_outside_world_thinks() -> None:
    """`Think` is answered with `Thought`."""
    talk = Talk(brain=None)
    talk.write("Boo!")
    talk.send("response.create")
    think = talk.requests[-1]
    assert isinstance(think, Think)
    assert [item.words for item in think.request.news] == ["Boo!"]
    talk.feed(Thought(think.response_id, Plan((Call("a"),))))
    talk.finish()
    assert talk.responses()[-1]["output"][0]["name"] == "a"


def test_answers_that_come_too_late_change_nothing() -> None:
    """Speech and thoughts for a cancelled response are dropped."""
    talk = Talk("One.", options=ServerOptions(voices=Source.OUTSIDE))
    talk.send("response.create")
    request = talk.requests[-1]
    assert isinstance(request, Speak)
    talk.send("response.cancel")
    assert talk.feed(Spoken(request.request_id, tone(400))) == []
    assert talk.feed(Thought("resp_x", Plan())) == []


def test_telephone_audio_goes_out_as_telephone_audio() -> None:
    """8 kHz bytes: one a sample."""
    pcm = tone(1000)
    talk = Talk(Say("Boo!", pcm=pcm))
    talk.update(audio={"output": {"format": {"type": "audio/pcmu"}}})
    talk.answer()
    sent = sum(
        len(event["delta"]) for event in talk.events("response.output_audio.delta")
    )
    assert sent * 3 // 4 == pytest.approx(8000, abs=16)


def test_speed_makes_the_answer_shorter() -> None:
    """At 1.5 a sentence takes two thirds of the time."""
    talk = Talk("Good evening, visitor!", "Good evening, visitor!")
    slow = talk.answer()["usage"]["output_token_details"]["audio_tokens"]
    talk.update(audio={"output": {"speed": 1.5}})
    fast = talk.answer()["usage"]["output_token_details"]["audio_tokens"]
    assert fast == pytest.approx(slow / 1.5, abs=1)


def test_another_voice_is_refused_once_the_first_was_heard() -> None:
    """In one response too, unless it is out of band."""
    talk = Talk("a", "b")
    talk.answer()
    other = {"output": {"voice": "coral"}}
    events = talk.send("response.create", response={"audio": other})
    assert errors(events) == [("cannot_update_voice", "session.audio.output.voice")]
    side = {"conversation": "none", "audio": other}
    assert errors(talk.send("response.create", response=side)) == []
