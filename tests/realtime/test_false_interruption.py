"""A cough or a car does not cost the voice its sentence, nor does its own echo."""

import pytest

from custom_components.realtime_pumpkin.realtime import events
from custom_components.realtime_pumpkin.realtime.barge_in import voiced_ms
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.echo import repeats
from custom_components.realtime_pumpkin.rehearsal import Plan, Say, ServerOptions

from .world import SILENCE, VOICE, World

TEXT = "What has a face but no eyes and two hands but cannot clap its hands for you? "
RIDDLE = Say(TEXT, duration_ms=8000)


def _noise(seconds: float, *heard: str, **changes: object) -> World:
    """Return a world in which a noise of a length falls into the riddle."""
    world = World([RIDDLE, *["Yes?"] * 4], heard=list(heard), **changes)  # type: ignore[arg-type]
    world.say(3, seconds)
    return world


def test_a_cough_does_not_interrupt() -> None:
    """Less than 0.3 s of sound is no speech; the riddle goes on."""
    world = _noise(0.16, "")
    world.run(12)
    assert len(world.of(events.SpeechStarted)) == 1
    assert world.speaker.clears == 0
    assert list(world.speaker.heard.values()) == [8000]
    assert len(world.sent_of("response.create")) == 1


def test_a_cough_leaves_no_trace_in_the_conversation() -> None:
    """The empty turn is deleted at the service."""
    world = _noise(0.16, "")
    world.run(12)
    assert len(world.sent_of("conversation.item.delete")) == 1
    assert [line["role"] for line in world.core.history.transcript()] == ["assistant"]
    assert world.errors() == []


def test_a_short_word_is_an_interruption_all_the_same() -> None:
    """Its transcript tells it from a cough."""
    world = _noise(0.16, "No!")
    world.run(9)
    assert world.speaker.clears == 1
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "Yes?"
    assert len(world.truncations) == 1


def test_speech_counts_as_soon_as_it_is_long_enough() -> None:
    """The voice is silent within 0.4 s of the visitor's first sound."""
    world = _noise(2, "Wait a moment please!")
    world.run(6)
    [cut] = world.of(events.Interrupted)
    at = next(t for t, u in world.updates if u is cut)
    assert at - 3.0 <= 0.4


def test_without_a_minimum_any_sound_interrupts() -> None:
    """The speaker is cleared in the moment the service hears something."""
    behaviour = Behaviour(opening="Hi.", min_speech=0)
    world = _noise(2, "Wait!", behaviour=behaviour)
    world.run(6)
    heard = next(t for t, u in world.updates if isinstance(u, events.SpeechStarted))
    cut = next(t for t, u in world.updates if isinstance(u, events.Interrupted))
    assert cut == heard


def test_an_interruption_without_words_is_taken_back() -> None:
    """A car passes: the voice says the rest, and nobody is answered."""
    world = _noise(1.5, "")
    world.run(16)
    [resumed] = world.of(events.Resumed)
    [cut] = world.of(events.Interrupted)
    assert cut.heard_ms + resumed.rest_ms == pytest.approx(8000, abs=1)
    assert sum(world.speaker.heard.values()) == pytest.approx(8000, abs=30)
    assert len(world.of(events.AssistantTranscript)) == 1
    assert world.core.turns == 0


def test_what_is_resumed_is_known_to_the_model() -> None:
    """The unheard words come back as the assistant's text."""
    world = _noise(1.5, "")
    world.run(16)
    items = [e["item"] for e in world.sent_of("conversation.item.create")]
    [content] = items[-1]["content"]
    assert items[-1]["role"] == "assistant"
    assert TEXT.strip().endswith(content["text"])
    assert world.core.history.transcript()[0]["text"] == TEXT.strip()


def test_silence_of_the_transcriber_is_taken_back_after_two_seconds() -> None:
    """No words in time and no answer to be heard: the voice goes on."""
    world = World(
        [RIDDLE, Plan((Say("Yes?"),), think_ms=30_000)],
        heard=["whatever"],
        options=ServerOptions(transcription_delay_ms=60_000),
    )
    world.say(3, 1.5)
    world.run(12)
    stopped = next(t for t, u in world.updates if isinstance(u, events.SpeechStopped))
    resumed = next(t for t, u in world.updates if isinstance(u, events.Resumed))
    assert resumed - stopped == pytest.approx(2.0, abs=0.02)


def test_words_keep_an_interruption() -> None:
    """What was interrupted is not said again."""
    world = _noise(1.5, "I know it, a clock!")
    world.run(20)
    assert world.of(events.Resumed) == []
    assert len(world.truncations) == 1


def test_a_resumed_sentence_can_be_interrupted_again() -> None:
    """Its items are text for the service now: nothing is truncated twice."""
    world = _noise(1.5, "", "A clock!")
    world.say(8, 1.5)
    world.run(20)
    assert len(world.of(events.Interrupted)) == 2
    assert len(world.truncations) == 1
    assert world.errors() == []


def test_the_voice_does_not_answer_itself() -> None:
    """A transcript that repeats what it just said is dropped."""
    world = _noise(1.5, "a face but no eyes and two hands")
    world.run(16)
    assert world.of(events.UserTranscript) == []
    assert len(world.of(events.Resumed)) == 1
    assert len(world.of(events.AssistantTranscript)) == 1


def test_a_visitor_may_repeat_the_voice_when_it_is_silent() -> None:
    """Seconds after its last sound it is no echo."""
    world = World([RIDDLE, "Well?"], heard=["a face but no eyes and two hands"])
    world.say(13, 1.5)
    world.run(19)
    assert len(world.of(events.UserTranscript)) == 1
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "Well?"


@pytest.mark.parametrize(
    ("heard", "said", "expected"),
    [
        ("a face but no eyes", TEXT, True),
        ("A FACE, but no eyes!", TEXT, True),
        ("face but no ice", TEXT, False),
        ("trick or treat", TEXT, False),
        ("two hands", TEXT, False),
        ("", TEXT, False),
        ("what has a face", "", False),
    ],
)
def test_an_echo_is_told_by_its_words(heard: str, said: str, expected: bool) -> None:
    """Four in five words in the same order, and at least three of them."""
    assert repeats(heard, said) is expected


def test_voiced_time_leaves_pauses_and_hiss_out() -> None:
    """Only what is about as loud as the loudest counts."""
    assert voiced_ms([VOICE, SILENCE, VOICE]) == 80
    assert voiced_ms([SILENCE] * 5) == 0
    assert voiced_ms([]) == 0
