"""The visitor: heard, interrupting, written down."""

from collections.abc import Iterator

from .actions import Action, ClearSpeaker, Notify, Send
from .conversation import Conversation, Due
from .events import (
    Interrupted,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    UserTranscript,
)
from .playback import Cut
from .signals import MicrophoneFrame, SpeakerCleared


def on_frame(talk: Conversation, event: MicrophoneFrame) -> Iterator[Action]:
    """Pass the microphone on."""
    return talk.microphone.hear(event.pcm)


def on_speech_started(talk: Conversation, event: SpeechStarted) -> Iterator[Action]:
    """Fall silent before anything else: somebody has the floor."""
    if talk.ending:
        return
    talk.turns.speech_started()
    talk.gate.hold()
    if talk.behaviour.barge_in or not talk.playback.is_audible:
        if talk.gate.active:
            talk.playback.close(talk.gate.active)
        if not talk.playback.is_silent:
            yield ClearSpeaker()
    yield Notify(event)


def on_speaker_cleared(talk: Conversation, event: SpeakerCleared) -> Iterator[Action]:
    """Tell the service how much of the answer was heard."""
    response_id = talk.playback.current
    if response_id is None:
        return
    for cut in talk.playback.interrupt(event.heard_ms):
        yield from _truncate(talk, cut)
    talk.microphone.unmuffle()  # Whoever interrupts is heard from the first word.
    yield Notify(Interrupted(response_id, event.heard_ms))


def _truncate(talk: Conversation, cut: Cut) -> Iterator[Action]:
    """Cut an item at what was heard; nothing is sent for zero or all of it."""
    if cut.heard_ms >= cut.received_ms:
        return
    talk.history.shorten(cut.item_id, cut.heard_ms / cut.received_ms)
    if cut.heard_ms and not cut.is_orphaned:
        truncate = {
            "type": "conversation.item.truncate",
            "item_id": cut.item_id,
            "content_index": cut.content_index,
            "audio_end_ms": cut.heard_ms,
        }
        yield Send(truncate)


def on_speech_stopped(talk: Conversation, event: SpeechStopped) -> Iterator[Action]:
    """Await the answer that the service makes by itself."""
    if talk.ending:
        return
    talk.turns.speech_stopped()
    talk.wait(Due.ANSWER, talk.behaviour.response_timeout)
    yield Notify(event)


def on_speech_committed(talk: Conversation, event: SpeechCommitted) -> Iterator[Action]:
    """Keep the visitor's place: the transcript may come after the answer."""
    talk.history.reserve("user", event.item_id)
    return iter(())


def on_user_transcript(talk: Conversation, event: UserTranscript) -> Iterator[Action]:
    """Keep what the visitor said."""
    talk.history.write("user", event.item_id, event.text)
    yield Notify(event)
