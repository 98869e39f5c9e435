"""Sounds of our own between what the model says: heard in order, silenced as it is."""

from collections.abc import Iterator

from .actions import Action
from .conversation import Conversation
from .pausing import say
from .signals import PlaySound


def takes_sounds(talk: Conversation) -> bool:
    """Tell whether a sound would be heard: not while a visitor has the floor."""
    has_floor = talk.turns.is_speaking and not talk.playback.is_held
    return talk.is_ready and not talk.is_over and not has_floor


def on_sound(talk: Conversation, event: PlaySound) -> Iterator[Action]:
    """Keep a sound for its turn, which comes when `settle` looks for it."""
    if event.pcm and takes_sounds(talk):
        talk.playback.add_sound(event.pcm)
    return iter(())


def play_sounds(talk: Conversation) -> Iterator[Action]:
    """Play what waits behind speech that is whole now; an answer comes after it."""
    for piece in talk.playback.take_sounds():
        yield from say(talk, piece)
