"""Interruption as on a phone call, and what the model is told of it."""

import pytest

from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.rehearsal import Plan, Say, ServerOptions

from .world import CONFIG, World

HASTY = Behaviour(opening="Hi.", min_speech=0, trims_silence=False)
RIDDLE = Say("Here comes a very long riddle. " * 8, duration_ms=8000)


def interrupted(at: float, **changes: object) -> World:
    """Return a world in which somebody speaks into the riddle."""
    world = World([RIDDLE, "Oh, you know it?"], heard=["I know!"], **changes)  # type: ignore[arg-type]
    world.say(at, 1)
    return world


@pytest.mark.parametrize(
    ("at", "pace"), [(1.0, 6.0), (0.7, 6.0), (5.0, 6.0), (5.0, 1.1), (2.0, 1000.0)]
)
def test_the_answer_is_cut_at_what_was_heard(at: float, pace: float) -> None:
    """It is the same while the model still generates and when it has ended."""
    world = interrupted(at, options=ServerOptions(pace=pace))
    world.run(at + 4)
    [(_, audio_end_ms, _)] = world.truncations
    first = next(iter(world.speaker.heard.values()))
    assert audio_end_ms == pytest.approx(first, abs=30)
    assert world.errors() == []


def test_the_speaker_falls_silent_before_anything_is_sent() -> None:
    """Silence first, then the truncation, then the news."""
    core = SessionCore(CONFIG, HASTY)
    _talk(core)
    first = core.feed(events.SpeechStarted("u1", 900), 3.0)
    assert isinstance(first[0], actions.ClearSpeaker)
    second = core.feed(signals.SpeakerCleared(700), 3.0)
    assert second[0] == actions.Send(
        {
            "type": "conversation.item.truncate",
            "item_id": "a1",
            "content_index": 0,
            "audio_end_ms": 700,
        }
    )


def test_late_deltas_of_an_interrupted_answer_are_not_played() -> None:
    """The service had sent them before it knew."""
    core = SessionCore(CONFIG, HASTY)
    _talk(core)
    core.feed(events.SpeechStarted("u1", 900), 3.0)
    core.feed(signals.SpeakerCleared(700), 3.0)
    assert core.feed(events.AudioDelta("r1", "a1", 0, bytes(480)), 3.1) == []


def test_nothing_is_truncated_when_nothing_was_heard() -> None:
    """The service refuses a truncation at zero."""
    world = interrupted(0.3, speaker_latency=3.0)
    world.run(6)
    assert world.truncations == []
    assert world.errors() == []


def test_a_position_beyond_what_was_received_is_clamped() -> None:
    """A speaker that overstates costs no refused truncation."""
    core = SessionCore(CONFIG, HASTY)
    _talk(core)
    core.feed(events.SpeechStarted("u1", 900), 3.0)
    sent = core.feed(signals.SpeakerCleared(99_999), 3.0)
    assert not any(isinstance(action, actions.Send) for action in sent)


def test_items_of_one_answer_are_tracked_apart() -> None:
    """What was heard is spread over the items in their order."""
    plan = Plan((Say("One.", duration_ms=2000), Say("Two.", duration_ms=2000)))
    world = World([plan, "Yes?"], heard=["Stop."])
    world.say(3.0, 1)
    world.run(6)
    total = next(iter(world.speaker.heard.values()))
    [(item, audio_end_ms, _)] = world.truncations
    assert item == world.of(events.ItemFinished)[1].item_id
    assert audio_end_ms == pytest.approx(total - 2000, abs=30)


def test_an_answer_that_waits_behind_another_is_dropped_unheard() -> None:
    """Only the one that played is truncated."""
    world = World([RIDDLE, "Mwahaha!", "Yes?"], heard=["Stop."])
    world.tell(2, signals.Message(signals.Role.SYSTEM, "Laugh.", respond=True))
    world.say(4, 1)
    world.run(8)
    assert len(world.truncations) == 1
    assert list(world.speaker.heard.values())[1] == 0
    assert world.errors() == []


def test_the_transcript_keeps_about_what_was_heard() -> None:
    """What nobody heard was not said."""
    world = interrupted(4.0)
    world.run(9)
    [spoken, *_] = world.core.history.transcript()
    share = len(spoken["text"].split()) / len(RIDDLE.text.split())
    assert share == pytest.approx(0.5, abs=0.1)


@pytest.mark.parametrize("barge_in", [True, False])
def test_an_answer_that_never_became_audible_gives_way(barge_in: bool) -> None:
    """Who goes on speaking while the voice thinks is heard out first."""
    world = interrupted(
        0.8,
        behaviour=Behaviour(opening="Hi.", barge_in=barge_in),
        options=ServerOptions(think_ms=1500),
    )
    world.run(8)
    assert [u.text for u in world.of(events.AssistantTranscript)] == [
        "Oh, you know it?"
    ]
    assert len(world.speaker.heard) == 1
    assert world.errors() == []


def test_the_half_duplex_gate_sends_silence_of_equal_length() -> None:
    """The service's clock goes on, but it hears nothing while the voice plays."""
    world = interrupted(4.0, behaviour=Behaviour(opening="Hi.", barge_in=False))
    world.run(8)
    assert world.of(events.SpeechStarted) == []
    assert world.truncations == []
    assert next(iter(world.speaker.heard.values())) == pytest.approx(
        8000 - 200, abs=300
    )


def test_the_half_duplex_gate_opens_after_the_echo() -> None:
    """400 ms after the last sound the buffer is cleared and the visitor heard."""
    world = World(
        [Say("Hi!", duration_ms=1000), "Yes?"],
        heard=["Hello."],
        behaviour=Behaviour(opening="Hi.", barge_in=False),
    )
    world.run(1.5)
    assert world.sent_of("input_audio_buffer.clear") == []
    world.run(1.7)
    assert len(world.sent_of("input_audio_buffer.clear")) == 1
    world.say(2, 1)
    world.run(6)
    assert len(world.of(events.UserTranscript)) == 1


def _talk(core: SessionCore) -> None:
    """Let a core receive a second of an answer and play 0.7 s of it."""
    core.feed(events.SessionCreated("s", None), 0.0)
    core.feed(events.SessionUpdated(), 0.1)
    core.feed(events.ResponseCreated("r1"), 0.2)
    core.feed(events.AudioDelta("r1", "a1", 0, bytes(48_000)), 2.0)
    core.feed(signals.SpeakerStarted("r1"), 2.2)


def test_the_words_of_a_truncated_item_are_kept() -> None:
    """The service forgets them with the truncation; what was heard is history."""
    world = World([RIDDLE, "Yes?"], heard=["Stop it, please!"])
    world.say(1, 1.5)
    world.run(1.8)
    [said] = [m for _, m in world.received if m["type"].endswith("transcript.done")]
    assert said["transcript"] == ""
    [told] = world.of(events.AssistantTranscript)
    assert told.text
    [line] = world.core.history.transcript()
    assert told.text.startswith(line["text"])
