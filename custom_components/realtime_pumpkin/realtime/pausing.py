"""The pause of a voice that hears a sound: it is silent first and judges second.

Nothing is cancelled and nothing truncated while it pauses. A cough costs the
answer a moment; what nobody heard of it is said as if nothing had happened.
"""

from collections.abc import Iterator
from typing import Final

from .actions import Action, BeginUtterance, ClearSpeaker, FinishUtterance, Notify, Play
from .conversation import Conversation, Due
from .events import Paused, Resumed
from .signals import SpeakerTaken
from .utterance import Piece

SLOWEST_JUDGEMENT_S: Final = 0.5
"""What is heard for so long beyond the minimum counts, however quiet it is."""


def may_cost_an_answer(talk: Conversation) -> bool:
    """Tell whether a sound now could be a cough into an answer."""
    behaviour = talk.behaviour
    is_answered = talk.gate.active or talk.gate.is_requested
    if not behaviour.barge_in or behaviour.min_speech <= 0:
        return False
    return bool(is_answered) or not talk.playback.is_silent


def pause(talk: Conversation) -> Iterator[Action]:
    """Fall silent, and hold back what comes until the sound is judged."""
    talk.playback.is_held = True
    if talk.playback.is_at_speaker:
        yield ClearSpeaker()


def on_paused(talk: Conversation, heard_ms: int) -> Iterator[Action]:
    """Note where the speaker fell silent."""
    if current := talk.playback.current:
        response_id, before_ms = current
        talk.playback.hold(heard_ms)
        talk.barge_in.is_paused = True
        yield Notify(Paused(response_id, before_ms + heard_ms))


def begin(talk: Conversation, name: str) -> Iterator[Action]:
    """Begin an utterance, with the microphone shut where it would be heard."""
    if talk.is_half_duplex:
        talk.deadlines.cancel(Due.ECHO_GONE)
        talk.microphone.muffle()
    yield BeginUtterance(name)


def carry_on(talk: Conversation) -> Iterator[Action]:
    """Say what nobody has heard yet: it was no speech."""
    talk.deadlines.cancel(Due.SPEECH_COUNTS)
    current = talk.playback.current
    pieces = talk.playback.go_on()
    for piece in pieces:
        yield from say(talk, piece)
    if talk.barge_in.is_paused and current:
        rest_ms = sum(piece.duration_ms for piece in pieces)
        yield Notify(Resumed(current[0], rest_ms))
    talk.barge_in.is_paused = False


def say(talk: Conversation, piece: Piece) -> Iterator[Action]:
    """Give the speaker an utterance, whole or as far as it has come."""
    yield from begin(talk, piece.name)
    yield Play(piece.pcm)
    if piece.is_whole:
        yield FinishUtterance()


def on_speaker_taken(talk: Conversation, event: SpeakerTaken) -> Iterator[Action]:
    """Be silent and hear nobody while somebody else plays at the speaker.

    What the house says is not talked over, and nobody takes it for a visitor.
    """
    if talk.is_speaker_taken is event.is_taken:
        return
    talk.is_speaker_taken = event.is_taken
    if event.is_taken:
        talk.deadlines.cancel(Due.ECHO_GONE)
        talk.microphone.muffle()
        yield from pause(talk)
        return
    if not talk.barge_in.is_doubtful:
        yield from carry_on(talk)
        if not talk.turns.is_speaking:
            yield from talk.gate.release()
    if not (talk.is_half_duplex and talk.playback.is_at_speaker):
        talk.wait(Due.ECHO_GONE, talk.behaviour.echo_tail)
