"""A cough or a car does not cost the voice its sentence, nor does its own echo."""

import pytest

from custom_components.realtime_pumpkin.realtime import events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind
from custom_components.realtime_pumpkin.realtime.playback import LONGEST_HELD, Playback
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say, ServerOptions
from tests.realtime.riddle import RIDDLE, noise

from .world import World


def test_a_cough_does_not_interrupt() -> None:
    """Less than 0.3 s of sound is no speech; the riddle goes on where it was."""
    world = noise(0.16, "", is_marked=True)
    world.run(14)
    assert len(world.of(events.SpeechStarted)) == 1
    assert world.speaker.clears == 1
    assert list(world.heard_of_items().values()) == [8000]
    assert len(world.sent_of("response.create")) == 1
    assert world.sent_of("response.cancel") == world.truncations == []


def test_a_cough_is_told_as_a_pause_and_not_as_an_interruption() -> None:
    """What was heard before the pause and what is said after it are all there is."""
    world = noise(0.16, "")
    world.run(14)
    [paused], [resumed] = world.of(events.Paused), world.of(events.Resumed)
    assert paused.response_id == resumed.response_id
    assert paused.heard_ms + resumed.rest_ms == pytest.approx(8000, abs=30)
    assert world.of(events.Interrupted) == []


def test_the_voice_is_silent_as_soon_as_something_is_heard() -> None:
    """It waits like a person, and only then finds out what it was."""
    world = noise(2, "Wait a moment please!")
    world.run(6)
    at = {type(u): t for t, u in reversed(world.updates)}
    assert at[events.Paused] == at[events.SpeechStarted]
    assert at[events.Paused] < at[events.Interrupted]


def test_the_pause_after_a_cough_is_shorter_than_the_service_needs() -> None:
    """Our own ears know after 350 ms of silence that it is over."""
    world = noise(0.16, "", options=ServerOptions(pace=1000))
    world.run(8)
    at = {type(u): t for t, u in reversed(world.updates)}
    assert at[events.Resumed] == pytest.approx(3.16 + 0.35, abs=0.06)
    assert at[events.Resumed] < at[events.SpeechStopped]


def test_words_that_follow_a_cough_in_the_same_turn_interrupt() -> None:
    """The service hears one turn; it counts once it is long enough."""
    world = noise(0.16, "Hm, I know it!", is_marked=True)
    world.say(3.6, 1.5)
    world.run(9)
    assert len(world.of(events.Resumed)) == 1
    [cut] = world.of(events.Interrupted)
    [(item, end_ms, _)] = world.truncations
    assert world.heard_of_items()[item] == end_ms == cut.heard_ms


def test_what_goes_on_after_a_cough_is_truncated_at_its_place_in_the_item() -> None:
    """Nothing was truncated by the cough, so the service still has the whole item."""
    world = noise(0.16, "", "I know it!", is_marked=True)
    world.say(6, 1.5)
    world.run(12)
    [cut] = world.of(events.Interrupted)
    [(item, end_ms, _)] = world.truncations
    assert end_ms == cut.heard_ms == world.heard_of_items()[item]
    assert end_ms > 4000
    assert world.errors() == []


@pytest.mark.parametrize("pace", [1.05, 6.0])
def test_three_coughs_cost_no_sample(pace: float) -> None:
    """Also while the answer is still being made."""
    world = noise(0.1, "", is_marked=True, options=ServerOptions(pace=pace))
    world.say(4.5, 0.12)
    world.say(6, 0.16)
    world.run(16)
    assert len(world.of(events.Resumed)) == 3
    assert list(world.heard_of_items().values()) == [8000]


@pytest.mark.parametrize("at", [0.2, 0.9, 1.5, 2.2])
def test_a_cough_before_the_first_sample_does_not_lose_the_answer(at: float) -> None:
    """Nothing was heard, and all of it is to be heard."""
    options = ServerOptions(think_ms=1000)
    world = World([RIDDLE], heard=[""], is_marked=True, options=options)
    world.speaker.latency = 1.0
    world.say(at, 0.12)
    world.run(14)
    assert len(world.sent_of("response.create")) == 1
    assert list(world.heard_of_items().values()) == [8000]
    assert world.sent_of("response.cancel") == []


def test_no_new_answer_is_asked_for_during_the_pause() -> None:
    """A message waits until it is known who has the floor."""
    world = noise(0.16, "", options=ServerOptions(pace=1000))
    world.tell(3.2, signals.Message(signals.Role.SYSTEM, "Laugh.", respond=True))
    world.run(14)
    asked = [t for t, e in world.sent if e["type"] == "response.create"]
    assert asked[1] == next(
        t for t, u in world.updates if isinstance(u, events.Resumed)
    )


def test_a_finish_tool_that_comes_during_the_pause_lets_the_goodbye_go_on() -> None:
    """A goodbye is not interrupted, and it is heard whole."""
    finish = Call("finish_conversation", {"reason": "done"})

    def world() -> World:
        """Return a visit whose only answer ends it."""
        return World(
            [Plan((Say("Bye! " * 20, duration_ms=5000), finish))],
            behaviour=Behaviour(opening="Hi.", finish_grace=0),
            options=ServerOptions(pace=2.0),
            is_marked=True,
        )

    alone, disturbed = world(), world()
    alone.run()
    ended = next(t for t, u in alone.updates if isinstance(u, events.Finished))
    disturbed.say(ended - 0.25, 1.5)
    disturbed.run()
    [paused] = (t for t, u in disturbed.updates if isinstance(u, events.Paused))
    assert paused < ended
    assert disturbed.of(events.Interrupted) == []
    assert disturbed.ends[0][1] == "finished"
    assert list(disturbed.heard_of_items().values()) == [5000]


@pytest.mark.parametrize("goodbye", [True, False])
def test_a_stop_during_the_pause_ends_as_ever(goodbye: bool) -> None:
    """With a goodbye the sentence is said first; else there is silence."""
    world = World([RIDDLE, Say("Bye.", duration_ms=1000)], heard=[""], is_marked=True)
    world.say(3, 1.5)
    world.tell(3.2, signals.Stop("stopped", goodbye))
    world.run()
    assert world.ends[0][1] == "stopped"
    heard = list(world.heard_of_items().values())
    assert heard == ([8000, 1000] if goodbye else [pytest.approx(2950, abs=100)])


def test_a_lost_socket_during_the_pause_lets_the_voice_go_on() -> None:
    """Nobody is left to say what the sound was; the new session may hear it again."""
    world = noise(0.1, "", is_marked=True, options=ServerOptions(pace=1000))
    world.lose_socket(3.25)
    world.run(14)
    assert list(world.heard_of_items().values()) == [8000]
    assert len(world.of(events.Resumed)) == len(world.of(events.Paused)) > 0
    assert world.of(events.Interrupted) == []


def test_one_cough_pauses_once_though_the_socket_is_lost_meanwhile() -> None:
    """It had ended when the socket went, so no other session needs to hear it."""
    world = noise(0.1, "", is_marked=True, options=ServerOptions(pace=1000))
    world.lose_socket(3.3)
    world.run(14)
    assert len(world.of(events.SessionStarted)) == 2
    assert len(world.of(events.Paused)) == len(world.of(events.Resumed)) == 1
    assert list(world.heard_of_items().values()) == [8000]


def test_words_that_a_lost_socket_cuts_short_are_heard_by_the_next() -> None:
    """They had not ended, so the new session gets them from their beginning."""
    world = noise(1.5, "I know it!", options=ServerOptions(pace=1000))
    world.lose_socket(3.25)
    world.run(14)
    assert [u.text for u in world.of(events.UserTranscript)] == ["I know it!"]
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "Yes?"


@pytest.mark.parametrize("kind", [ErrorKind.QUOTA, ErrorKind.AUTH, ErrorKind.MODEL])
def test_an_error_that_ends_it_during_the_pause_lets_the_sentence_be_heard(
    kind: ErrorKind,
) -> None:
    """What was received is said to its end; then it is over for that reason."""
    world = noise(0.16, "", is_marked=True, options=ServerOptions(pace=1000))
    world.lose_socket(3.2, kind)
    world.run()
    assert [reason for _, reason in world.ends] == [kind]
    assert list(world.heard_of_items().values()) == [8000]
    assert world.now < 10
    [failed] = world.of(events.Failed)
    assert (failed.kind, failed.fatal) == (kind, True)


def test_an_error_event_that_ends_it_during_the_pause_does_the_same() -> None:
    """The socket is still open, and nothing more comes of it."""
    world = noise(0.16, "", is_marked=True, options=ServerOptions(pace=1000))
    spent = events.ServerError("insufficient_quota", None, "No credit", None)
    world.at(3.2, lambda: world.feed(spent))
    world.run()
    assert [reason for _, reason in world.ends] == ["quota"]
    assert list(world.heard_of_items().values()) == [8000]


@pytest.mark.parametrize("pace", [1.05, 1000])
def test_the_longest_duration_may_be_reached_during_the_pause(pace: float) -> None:
    """The sentence is said to its end, then the goodbye, and both are heard whole."""
    world = World(
        [RIDDLE, Say("Bye.", duration_ms=1000)],
        heard=[""],
        behaviour=Behaviour(opening="Hi.", max_duration=3.25),
        options=ServerOptions(pace=pace),
        is_marked=True,
    )
    world.say(3, 0.16)
    world.run()
    assert len(world.of(events.Paused)) == len(world.of(events.Resumed)) == 1
    assert [reason for _, reason in world.ends] == ["max_duration"]
    assert list(world.heard_of_items().values()) == [8000, 1000]


def test_what_is_held_is_bounded() -> None:
    """A model that never ends costs no more memory than a speaker keeps."""
    playback = Playback(trims=False)
    playback.is_held = True
    for _ in range(400):
        playback.receive("r", "i", 0, bytes(48_000))
    [piece] = playback.go_on()
    assert len(piece.pcm) == LONGEST_HELD


def test_a_report_on_what_the_speaker_was_told_to_drop_is_ignored() -> None:
    """It may have been under way when the voice paused."""
    playback = Playback(trims=False)
    playback.receive("r", "i", 0, bytes(48_000))
    playback.is_held = True
    playback.hold(500)
    assert not playback.finished("r")
    assert not playback.started("r")
    [piece] = playback.go_on()
    assert (piece.name, len(piece.pcm), piece.is_whole) == ("resumed_1", 24_000, False)
    assert playback.started("resumed_1") == "r"


def test_a_cough_leaves_no_trace_in_the_conversation() -> None:
    """The empty turn is deleted at the service."""
    world = noise(0.16, "")
    world.run(12)
    assert len(world.sent_of("conversation.item.delete")) == 1
    assert [line["role"] for line in world.core.history.transcript()] == ["assistant"]
    assert world.errors() == []


def test_a_short_word_is_an_interruption_all_the_same() -> None:
    """Its transcript tells it from a cough."""
    world = noise(0.16, "No!")
    world.run(9)
    assert len(world.of(events.Interrupted)) == 1
    assert [u.text for u in world.of(events.AssistantTranscript)][-1] == "Yes?"
    assert len(world.truncations) == 1


def test_speech_counts_as_soon_as_it_is_long_enough() -> None:
    """The voice is silent within 0.4 s of the visitor's first sound."""
    world = noise(2, "Wait a moment please!")
    world.run(6)
    [cut] = world.of(events.Interrupted)
    at = next(t for t, u in world.updates if u is cut)
    assert at - 3.0 <= 0.4


def test_a_sound_too_quiet_for_our_ears_counts_where_it_goes_on() -> None:
    """The service hears somebody, who may well speak softly."""
    world = World([RIDDLE])
    world.run(3)
    world.feed(events.SpeechStarted("soft", 0))
    assert world.speaker.clears == 1
    world.run(3.7)
    assert world.sent_of("response.cancel") == []
    world.run(4)
    assert len(world.of(events.Interrupted)) == 1


def test_without_a_minimum_any_sound_interrupts() -> None:
    """The speaker is cleared in the moment the service hears something."""
    behaviour = Behaviour(opening="Hi.", min_speech=0)
    world = noise(2, "Wait!", behaviour=behaviour)
    world.run(6)
    heard = next(t for t, u in world.updates if isinstance(u, events.SpeechStarted))
    cut = next(t for t, u in world.updates if isinstance(u, events.Interrupted))
    assert cut == heard
