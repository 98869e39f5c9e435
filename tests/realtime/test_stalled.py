"""A service that begins something and does not go on with it."""

import pytest

from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.connecting import (
    SIGN_OF_LIFE_ID,
    sign_of_life,
)
from custom_components.realtime_pumpkin.realtime.session import SessionCore

from .world import CONFIG, VOICE


def _answering() -> SessionCore:
    """Return a core whose answer began at second 1 and was heard of at second 15."""
    core = SessionCore(CONFIG, Behaviour(opening="Hi.", stall_timeout=20))
    core.feed(events.SessionCreated("s", None), 0)
    core.feed(events.SessionUpdated(), 0)
    core.feed(events.ResponseCreated("r"), 1)
    core.feed(events.AudioDelta("r", "i", 0, VOICE), 15)
    return core


def test_a_response_that_stalls_is_left_for_a_new_socket() -> None:
    """Twenty seconds without a word of it are enough."""
    core = _answering()
    assert core.feed(signals.Wake(), 21) == []
    wanted = core.feed(signals.Wake(), 35)
    assert actions.Reconnect(0.25) in wanted
    [failed] = [a.update for a in wanted if isinstance(a, actions.Notify)][:1]
    assert isinstance(failed, events.Failed)
    assert (failed.code, failed.fatal) == ("response_stalled", False)


def test_a_response_that_ended_is_no_stalled_one() -> None:
    """Nothing of it is to come."""
    core = _answering()
    core.feed(events.ResponseDone("r", "completed"), 16)
    assert not any(
        isinstance(action, actions.Reconnect)
        for at in (21, 35, 36)
        for action in core.feed(signals.Wake(), at)
    )


def _speaking() -> SessionCore:
    """Return a core that hears a visitor from second 1 on."""
    core = SessionCore(CONFIG, Behaviour(speech_timeout=20, response_timeout=10))
    core.feed(events.SessionCreated("s", None), 0)
    core.feed(events.SessionUpdated(), 0)
    core.feed(events.SpeechStarted("i", 1000), 1)
    return core


def _reconnects(done: list[actions.Action]) -> bool:
    """Tell whether another socket is wanted."""
    return any(isinstance(action, actions.Reconnect) for action in done)


def test_a_service_that_hears_speech_without_an_end_has_to_show_that_it_listens() -> (
    None
):
    """It may have fallen silent just after it heard somebody."""
    core = _speaking()
    assert core.feed(signals.Wake(), 20.9) == []
    assert core.feed(signals.Wake(), 21) == [sign_of_life()]
    done = core.feed(signals.Wake(), 31)
    assert _reconnects(done)
    [failed] = [a.update for a in done if isinstance(a, actions.Notify)][:1]
    assert isinstance(failed, events.Failed)
    assert (failed.code, failed.fatal) == ("speech_timeout", False)


@pytest.mark.parametrize(
    "sign",
    [
        events.SessionUpdated(),
        events.ServerError("invalid_request_error", None, "No.", SIGN_OF_LIFE_ID),
    ],
    ids=["an answer", "a refusal"],
)
def test_a_service_that_listens_may_hear_speech_for_as_long_as_it_takes(
    sign: events.ServerEvent,
) -> None:
    """A crowd on the porch never falls silent; nobody is told of the question."""
    core = _speaking()
    for asked_at in (21, 41, 61):
        assert core.feed(signals.Wake(), asked_at) == [sign_of_life()]
        assert core.feed(sign, asked_at + 1) == []
        assert core.feed(signals.Wake(), asked_at + 11) == []


def test_speech_that_has_ended_needs_no_sign_of_life() -> None:
    """Its end is one."""
    core = _speaking()
    core.feed(signals.Wake(), 21)
    core.feed(events.SpeechStopped("i", 23_000), 23)
    core.feed(events.SpeechCommitted("i"), 23)
    core.feed(events.ResponseCreated("r"), 24)
    assert not _reconnects(core.feed(signals.Wake(), 32))
