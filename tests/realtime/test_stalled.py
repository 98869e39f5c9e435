"""A service that begins something and does not go on with it."""

from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
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
