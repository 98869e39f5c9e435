"""How the device can be made to misbehave, for tests that want it to."""

from dataclasses import dataclass


@dataclass(slots=True)
class Mischief:
    """What is wrong with the device now; nothing at first."""

    never_finish: bool = False
    """Announcements play, but nobody is told that they ended."""

    finish_late_s: float = 0.0
    """How long after an announcement's end the device says so and goes on."""

    deaf: bool = False
    """After an announcement that should open the microphone, it does not."""

    refuse_media: bool = False
    """Every address is refused as if it answered 404."""

    stalled: bool = False
    """Sound of the microphone stops to come, without a word."""

    muted: bool = False
    """The switch on the device; a run that goes on never hears again."""
