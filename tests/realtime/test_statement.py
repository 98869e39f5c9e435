"""Conversations that only say something: nobody is listened to."""

from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.rehearsal import Failed, Plan, Say

from .world import World

SAYS = Behaviour(opening="Say it.", listens=False)
DINNER = Say("Dinner is ready!", duration_ms=1200)


def test_it_ends_when_it_was_said() -> None:
    """Nothing is cut off, and nobody is waited for."""
    world = World([DINNER], behaviour=SAYS)
    world.run()
    assert [reason for _, reason in world.ends] == ["said"]
    assert list(world.speaker.heard.values()) == [1200]


def test_what_could_not_be_said_is_an_error() -> None:
    """A failed answer does not look like one that was heard."""
    world = World([Plan(ending=Failed())], behaviour=SAYS)
    world.run()
    assert [reason for _, reason in world.ends] == ["error"]


def test_a_lost_socket_is_survived() -> None:
    """What was received is heard to its end."""
    world = World([DINNER], behaviour=SAYS)
    world.lose_socket(1.0)
    world.run()
    assert [reason for _, reason in world.ends] == ["said"]
