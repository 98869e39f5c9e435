"""A long riddle, and somebody who makes a sound into it."""

from custom_components.realtime_pumpkin.rehearsal import Say

from .world import World

TEXT = "What has a face but no eyes and two hands but cannot clap its hands for you? "


RIDDLE = Say(TEXT, duration_ms=8000)


def noise(seconds: float, *heard: str, **changes: object) -> World:
    """Return a world in which a noise of a length falls into the riddle."""
    world = World([RIDDLE, *["Yes?"] * 4], heard=list(heard), **changes)  # type: ignore[arg-type]
    world.say(3, seconds)
    return world
