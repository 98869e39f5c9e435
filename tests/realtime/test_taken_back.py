"""Tests of an interruption that turns out to be none, and of the voice's own echo."""

import pytest

from custom_components.realtime_pumpkin.realtime import events
from custom_components.realtime_pumpkin.realtime.barge_in import Frame, last_sound
from custom_components.realtime_pumpkin.realtime.echo import repeats
from custom_components.realtime_pumpkin.rehearsal import Plan, Say, ServerOptions
from tests.realtime.riddle import RIDDLE, TEXT, noise

from .world import SILENCE, VOICE, World


def test_an_interruption_without_words_is_taken_back() -> None:
    """A car passes: the voice says the rest, and nobody is answered."""
    world = noise(1.5, "")
    world.run(16)
    [resumed] = world.of(events.Resumed)
    [cut] = world.of(events.Interrupted)
    assert cut.heard_ms + resumed.rest_ms == pytest.approx(8000, abs=1)
    assert sum(world.speaker.heard.values()) == pytest.approx(8000, abs=30)
    assert len(world.of(events.AssistantTranscript)) == 1
    assert world.core.turns == 0


def test_what_is_resumed_is_known_to_the_model() -> None:
    """The unheard words come back as the assistant's text."""
    world = noise(1.5, "")
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
    world = noise(1.5, "I know it, a clock!")
    world.run(20)
    assert world.of(events.Resumed) == []
    assert len(world.truncations) == 1


def test_a_resumed_sentence_can_be_interrupted_again() -> None:
    """Its items are text for the service now: nothing is truncated twice."""
    world = noise(1.5, "", "A clock!")
    world.say(8, 1.5)
    world.run(20)
    assert len(world.of(events.Interrupted)) == 2
    assert len(world.truncations) == 1
    assert world.errors() == []


def test_the_voice_does_not_answer_itself() -> None:
    """A transcript that repeats what it just said is dropped."""
    world = noise(1.5, "a face but no eyes and two hands")
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


def _measured(*frames: bytes) -> list[Frame]:
    """Return frames of the microphone as they are judged."""
    return [Frame.of(frame) for frame in frames]


def test_voiced_time_leaves_pauses_and_hiss_out() -> None:
    """Only what is about as loud as the loudest counts."""
    assert last_sound(_measured(VOICE, SILENCE, VOICE)) == (80, 0)
    assert last_sound(_measured(*[SILENCE] * 5)) == (0, 200)
    assert last_sound([]) == (0, 0)


def test_only_the_last_sound_is_judged() -> None:
    """What came before a silence of 350 ms was another one."""
    frames = _measured(VOICE, *[SILENCE] * 9, VOICE, *[SILENCE] * 3)
    assert last_sound(frames) == (40, 120)
