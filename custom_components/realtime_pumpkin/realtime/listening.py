"""The visitor: heard, interrupting, written down."""

from collections.abc import Iterator
from typing import Final

from .actions import (
    Action,
    BeginUtterance,
    ClearSpeaker,
    FinishUtterance,
    Notify,
    Play,
    Send,
)
from .conversation import Conversation, Due
from .echo import repeats
from .events import (
    Interrupted,
    Resumed,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    UserTranscript,
)
from .playback import Cut
from .signals import MicrophoneFrame, SpeakerCleared

ECHO_MEMORY_S: Final = 1.5
"""For how long after its last sound the voice may still be heard by itself."""

SLOWEST_JUDGEMENT_S: Final = 0.5
"""What is heard for so long beyond the minimum counts, however quiet it is."""


def on_frame(talk: Conversation, event: MicrophoneFrame) -> Iterator[Action]:
    """Pass the microphone on, and listen closely while a sound is in doubt."""
    yield from talk.microphone.hear(event.pcm)
    if talk.playback.is_silent:
        return
    talk.barge_in.recent.append(event.pcm)
    if talk.barge_in.is_doubtful and talk.barge_in.is_speech(talk.behaviour.min_speech):
        yield from interrupt(talk)


def on_speech_started(talk: Conversation, event: SpeechStarted) -> Iterator[Action]:
    """Fall silent before anything else: somebody has the floor."""
    if talk.ending:
        return
    is_audible = talk.playback.is_audible
    talk.turns.speech_started(may_be_echo=_may_be_echo(talk))
    talk.gate.hold()
    talk.microphone.mark()
    if is_audible and not talk.behaviour.barge_in:
        pass  # Spoken before the half-duplex gate closed: heard out, then answered.
    elif is_audible and talk.behaviour.min_speech > 0:
        yield from _doubt(talk)
    else:
        yield from interrupt(talk)
    yield Notify(event)


def _may_be_echo(talk: Conversation) -> bool:
    """Tell whether the microphone could be hearing the voice."""
    since = talk.now - talk.last_sound_at
    return talk.playback.is_audible or since < ECHO_MEMORY_S


def _doubt(talk: Conversation) -> Iterator[Action]:
    """Go on speaking until it is clear that somebody speaks, not only coughs."""
    talk.barge_in.begin()
    talk.wait(Due.SPEECH_COUNTS, talk.behaviour.min_speech + SLOWEST_JUDGEMENT_S)
    if talk.barge_in.is_speech(talk.behaviour.min_speech):
        yield from interrupt(talk)


def interrupt(talk: Conversation) -> Iterator[Action]:
    """Fall silent, then tell the service what was heard and stop its answer."""
    talk.barge_in.forget()
    talk.deadlines.cancel(Due.SPEECH_COUNTS)
    if not talk.playback.is_silent:
        yield ClearSpeaker()
    if (response_id := talk.gate.active) and talk.playback.accepts(response_id):
        talk.playback.close(response_id)
        yield Send({"type": "response.cancel", "response_id": response_id})


def on_speaker_cleared(talk: Conversation, event: SpeakerCleared) -> Iterator[Action]:
    """Tell the service how much of the answer was heard."""
    response_id = talk.playback.current
    if response_id is None:
        return
    talk.last_sound_at = talk.now
    talk.barge_in.cuts = talk.playback.interrupt(event.heard_ms)
    for cut in talk.barge_in.cuts:
        yield from _truncate(talk, cut)
    talk.microphone.unmuffle()  # Whoever interrupts is heard from the first word.
    yield Notify(Interrupted(response_id, event.heard_ms))


def _truncate(talk: Conversation, cut: Cut) -> Iterator[Action]:
    """Cut an item at what was heard; nothing is sent for zero or all of it."""
    if cut.heard_ms >= cut.received_ms:
        return
    talk.history.shorten(cut.item_id, cut.share)
    if cut.heard_ms and not cut.is_orphaned:
        truncate = {
            "type": "conversation.item.truncate",
            "item_id": cut.item_id,
            "content_index": cut.content_index,
            "audio_end_ms": cut.heard_ms,
        }
        yield Send(truncate)


def on_speech_stopped(talk: Conversation, event: SpeechStopped) -> Iterator[Action]:
    """Await what was said; a sound that did not count is only kept in mind."""
    if talk.ending:
        return
    if talk.barge_in.is_doubtful:
        talk.barge_in.is_doubtful = False
        talk.barge_in.doubtful_item = event.item_id
        talk.deadlines.cancel(Due.SPEECH_COUNTS)
        talk.turns.is_speaking = False
        yield from talk.gate.release()
    else:
        talk.turns.speech_stopped()
        talk.wait(Due.ANSWER, talk.behaviour.response_timeout)
        if talk.barge_in.cuts:
            talk.wait(Due.WORDS, talk.behaviour.resume_after)
    yield Notify(event)


def on_speech_committed(talk: Conversation, event: SpeechCommitted) -> Iterator[Action]:
    """Ask for an answer; the transcript may come after it."""
    talk.history.reserve("user", event.item_id)
    if talk.ending or event.item_id == talk.barge_in.doubtful_item:
        return
    yield from answer(talk)


def answer(talk: Conversation) -> Iterator[Action]:
    """Ask for an answer to what the visitor said."""
    talk.deadlines.cancel(Due.ANSWER)
    talk.turns.is_unanswered = True
    yield from talk.gate.request()  # Held: one answer serves what waits as well.
    yield from talk.gate.release()


def on_user_transcript(talk: Conversation, event: UserTranscript) -> Iterator[Action]:
    """Keep what the visitor said, unless it was nobody or the voice itself."""
    if talk.turns.may_be_echo and repeats(event.text, talk.history.last("assistant")):
        yield from _unhear(talk, event.item_id)
        return
    if event.text:
        talk.history.write("user", event.item_id, event.text)
        talk.microphone.unmark()
        yield Notify(event)
    if event.item_id == talk.barge_in.doubtful_item:
        yield from _on_late_judgement(talk, event)
    elif talk.barge_in.cuts and not event.text:
        yield from _unhear(talk, event.item_id)
    else:
        talk.deadlines.cancel(Due.WORDS)
        talk.barge_in.forget()


def _on_late_judgement(talk: Conversation, event: UserTranscript) -> Iterator[Action]:
    """Answer a sound that turned out to be words, forget one that did not."""
    talk.barge_in.doubtful_item = ""
    if not event.text:
        yield Send({"type": "conversation.item.delete", "item_id": event.item_id})
    elif not talk.ending:
        yield from interrupt(talk)
        talk.barge_in.forget()
        yield from answer(talk)


def _unhear(talk: Conversation, item_id: str) -> Iterator[Action]:
    """Take back a turn that nobody spoke, and go on with what it cut short."""
    yield Send({"type": "conversation.item.delete", "item_id": item_id})
    yield from resume(talk)


def on_no_words(talk: Conversation) -> Iterator[Action]:
    """Go on speaking: whatever it was, it has not become words in time."""
    if talk.barge_in.cuts and not talk.playback.is_audible:
        yield from resume(talk)


def resume(talk: Conversation) -> Iterator[Action]:
    """Drop the answer to nobody and say what an interruption left unsaid."""
    if talk.ending or talk.turns.is_speaking or talk.playback.is_audible:
        return
    talk.deadlines.cancel(Due.WORDS)
    talk.deadlines.cancel(Due.ANSWER)
    talk.turns.give_up()
    talk.gate.drop()
    cuts = [cut for cut in talk.barge_in.cuts if cut.rest]
    yield from interrupt(talk)
    if cuts:
        yield from _say_rest(talk, cuts)


def _say_rest(talk: Conversation, cuts: list[Cut]) -> Iterator[Action]:
    """Play what nobody heard, and let the model know that it was said."""
    talk.barge_in.resumed += 1
    name = f"resumed_{talk.barge_in.resumed}"
    pcm = talk.playback.resume(name, cuts)
    yield BeginUtterance(name)
    yield Play(pcm)
    yield FinishUtterance()
    for cut in cuts:
        if rest := talk.history.complete(cut.item_id):
            yield from talk.direct("assistant", rest)
    yield Notify(Resumed(name, len(pcm) // 48))
