"""Long sessions, silent services, answers that begin with silence."""

import pytest

from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.config import (
    Behaviour,
    SemanticVad,
    SessionConfig,
)
from custom_components.realtime_pumpkin.realtime.playback import Playback
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.realtime.utterance import KEPT_SILENCE
from custom_components.realtime_pumpkin.rehearsal import Say, ServerOptions

from .world import CONFIG, SILENCE, VOICE, World


def test_a_session_is_renewed_between_turns_before_it_expires() -> None:
    """The service never has to end it, and nobody hears a thing."""
    world = World(
        [Say("A riddle.", duration_ms=1000), "Yes!"],
        heard=["Hello?"],
        options=ServerOptions(max_session_s=30),
    )
    world.say(28.5, 1)
    world.run(40)
    resumed = [
        (t, u.resumed) for t, u in world.updates if type(u) is events.SessionStarted
    ]
    assert [flag for _, flag in resumed] == [False, True]
    assert 26 < resumed[1][0] < 28.5
    assert world.errors() == []
    assert [u.text for u in world.of(events.UserTranscript)] == ["Hello?"]


def test_a_renewal_waits_for_the_end_of_an_answer() -> None:
    """The voice is not cut by its own housekeeping."""
    world = World(
        [Say("A long one.", duration_ms=29_000)],
        options=ServerOptions(max_session_s=31, pace=1.0),
        behaviour=Behaviour(opening="Hi.", idle_timeout=100),
    )
    world.run(36)
    assert next(iter(world.speaker.heard.values())) == 29_000
    assert len(world.of(events.SessionStarted)) == 2


def test_a_session_that_ended_before_it_began_is_not_renewed() -> None:
    """A clock of the house that is three hours ahead says so of every session."""
    core = SessionCore(CONFIG, Behaviour(), epoch_offset=3 * 3600.0)
    core.feed(events.SessionCreated("s", 3600), 0)
    core.feed(events.SessionUpdated(), 0)
    done = [action for at in range(1, 9) for action in core.feed(signals.Wake(), at)]
    assert not [each for each in done if isinstance(each, actions.Reconnect)]


def _asked() -> SessionCore:
    """Return a core whose request for the opening waits."""
    core = SessionCore(CONFIG, Behaviour(opening="Hi.", response_timeout=10))
    core.feed(events.SessionCreated("s", None), 0)
    core.feed(events.SessionUpdated(), 0)
    return core


def test_a_request_without_an_answer_is_repeated_once() -> None:
    """The service may have lost it."""
    sent = [a for a in _asked().feed(signals.Wake(), 10) if isinstance(a, actions.Send)]
    assert [a.event["type"] for a in sent] == ["response.create"]


def test_a_service_that_does_not_react_twice_is_left_for_a_new_socket() -> None:
    """A session in a bad state does not get better."""
    core = _asked()
    core.feed(signals.Wake(), 10)
    assert actions.Reconnect(0.25) in core.feed(signals.Wake(), 20)


def test_a_turn_that_the_service_never_commits_is_answered() -> None:
    """Somebody has spoken, and waits."""
    core = SessionCore(CONFIG, Behaviour(response_timeout=10))
    core.feed(events.SessionCreated("s", None), 0)
    core.feed(events.SessionUpdated(), 0)
    core.feed(events.SpeechStarted("i", 0), 1)
    core.feed(events.SpeechStopped("i", 1000), 2)
    sent = [a for a in core.feed(signals.Wake(), 12) if isinstance(a, actions.Send)]
    assert [a.event["type"] for a in sent] == ["response.create"]


def test_a_session_that_is_never_configured_is_left_for_a_new_socket() -> None:
    """Ten seconds without `session.updated` are enough."""
    core = SessionCore(CONFIG, Behaviour())
    core.feed(events.SessionCreated("s", None), 0)
    assert actions.Reconnect(0.25) in core.feed(signals.Wake(), 10)


def test_a_configuration_that_is_refused_ends_the_conversation() -> None:
    """A voice that the service does not know, say."""
    core = SessionCore(CONFIG, Behaviour())
    core.feed(events.SessionCreated("s", None), 0)
    error = events.ServerError("invalid_request_error", "x", "No voice", "configure")
    assert core.feed(error, 1)[-1] == actions.End("error")


def test_answers_begin_without_their_own_silence() -> None:
    """What is trimmed counts as heard, so that a cut stays exact."""
    playback = Playback()
    assert playback.receive("r", "i", 0, SILENCE * 5) == (b"", "")
    pcm, begun = playback.receive("r", "i", 0, SILENCE + VOICE * 5)
    assert begun == "r"
    assert len(pcm) == pytest.approx(len(VOICE) * 5 + KEPT_SILENCE, abs=8)
    [cut] = playback.interrupt(100)
    trimmed = len(SILENCE) * 6 - KEPT_SILENCE
    assert cut.heard_ms == pytest.approx(trimmed / 48 + 100, abs=1)


def test_an_answer_of_nothing_but_silence_is_not_waited_for() -> None:
    """No utterance begins, none has to end."""
    playback = Playback()
    playback.receive("r", "i", 0, SILENCE * 3)
    assert not playback.completed("r")
    assert playback.is_silent


def test_silence_within_an_answer_is_kept() -> None:
    """Only its beginning is trimmed."""
    playback = Playback()
    playback.receive("r", "i", 0, VOICE)
    assert playback.receive("r", "i", 0, SILENCE) == (SILENCE, "")


def test_semantic_turn_detection_is_sent_with_its_eagerness() -> None:
    """The session answers by itself in either kind."""
    config = SessionConfig("x", "echo", "t", turn_detection=SemanticVad("low"))
    assert config.as_dict()["audio"]["input"]["turn_detection"] == {
        "type": "semantic_vad",
        "eagerness": "low",
        "create_response": False,
        "interrupt_response": False,
    }
