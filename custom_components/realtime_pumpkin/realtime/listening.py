"""The visitor: heard, interrupting, written down."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from .actions import Action, ClearSpeaker, Notify, Send
from .conversation import Conversation, Due
from .echo import repeats
from .errors import ErrorKind, RealtimeError
from .events import (
    Interrupted,
    Resumed,
    SpeechCommitted,
    SpeechStarted,
    SpeechStopped,
    UserTranscript,
    UserTranscriptFailed,
)
from .pausing import (
    SLOWEST_JUDGEMENT_S,
    carry_on,
    may_cost_an_answer,
    on_paused,
    pause,
    say,
)
from .signals import MicrophoneFrame, SpeakerCleared
from .utterance import Cut

ECHO_NOTICED_S: Final = 0.8
"""Within how long an echo of the voice's first sound is noticed."""

ECHO_MEMORY_S: Final = 1.5
"""For how long after its last sound the voice may still be heard by itself."""


def on_frame(talk: Conversation, event: MicrophoneFrame) -> Iterable[Action]:
    """Pass the microphone on, and listen closely while a sound is in doubt."""
    passed_on = talk.microphone.hear(event.pcm)
    talk.barge_in.hear(event.pcm)
    if not talk.barge_in.is_doubtful:
        return passed_on
    return chain(passed_on, _judge(talk))


def _judge(talk: Conversation) -> Iterator[Action]:
    """Decide whether a sound is speech, or over, once either is known."""
    if talk.barge_in.is_speech(talk.behaviour.min_speech):
        yield from count(talk)
    elif talk.playback.is_held and talk.barge_in.is_over:
        yield from _let_go(talk)


def on_speech_started(talk: Conversation, event: SpeechStarted) -> Iterator[Action]:
    """Fall silent before anything else: somebody has the floor, or may have."""
    if talk.ending:
        return
    talk.turns.sound_started(may_be_echo=_may_be_echo(talk))
    talk.barge_in.notice(follows_voice=_follows_voice(talk))
    talk.gate.hold()
    talk.microphone.mark()
    if talk.playback.is_audible and talk.is_half_duplex:
        # Spoken before the half-duplex gate closed: heard out, then answered.
        talk.turns.speech_counts()
    elif may_cost_an_answer(talk):
        yield from _doubt(talk)
    else:
        yield from count(talk)
    yield Notify(event)


def _may_be_echo(talk: Conversation) -> bool:
    """Tell whether the microphone could be hearing the voice."""
    since = talk.now - talk.last_sound_at
    return talk.playback.is_audible or since < ECHO_MEMORY_S


def _follows_voice(talk: Conversation) -> bool:
    """Tell whether a sound begins as soon as the voice did."""
    since = talk.now - talk.first_sound_at
    return talk.playback.is_audible and since < ECHO_NOTICED_S


def _doubt(talk: Conversation) -> Iterator[Action]:
    """Pause until it is clear that somebody speaks, not only coughs."""
    talk.barge_in.begin()
    talk.wait(Due.SPEECH_COUNTS, talk.behaviour.min_speech + SLOWEST_JUDGEMENT_S)
    if talk.barge_in.is_speech(talk.behaviour.min_speech):
        yield from count(talk)
    else:
        yield from pause(talk)


def count(talk: Conversation) -> Iterator[Action]:
    """Give the visitor the floor: it is speech."""
    talk.turns.speech_counts()
    talk.gate.hold()
    yield from interrupt(talk)


def _let_go(talk: Conversation) -> Iterator[Action]:
    """Take a sound for nothing, and go on where it fell."""
    talk.turns.is_speaking = False
    talk.barge_in.was_nothing()
    yield from carry_on(talk)
    yield from talk.gate.release()


def interrupt(talk: Conversation) -> Iterator[Action]:
    """Fall silent, then tell the service what was heard and stop its answer."""
    talk.barge_in.forget()
    talk.barge_in.is_paused = talk.playback.is_held = False
    talk.deadlines.cancel(Due.SPEECH_COUNTS)
    response_id = talk.gate.active
    is_open = response_id is not None and talk.playback.accepts(response_id)
    if response_id is not None and is_open:
        talk.playback.close(response_id)
    if talk.playback.is_at_speaker:
        yield ClearSpeaker()
    elif not talk.playback.is_silent:
        yield from _cut(talk, 0)
    if is_open:
        yield Send({"type": "response.cancel", "response_id": response_id})


def on_speaker_cleared(talk: Conversation, event: SpeakerCleared) -> Iterator[Action]:
    """Note where the speaker fell silent, for good or only for now."""
    if talk.playback.is_held:
        talk.last_sound_at = talk.now
        yield from on_paused(talk, event.heard_ms)
        return
    yield from _cut(talk, event.heard_ms)
    if talk.barge_in.rest:
        yield from _say_rest(talk)


def _cut(talk: Conversation, heard_ms: int) -> Iterator[Action]:
    """Tell the service how much of the answer was heard."""
    current = talk.playback.current
    if current is None:
        return
    response_id, before_ms = current
    talk.last_sound_at = talk.now
    cuts = talk.playback.interrupt(heard_ms)
    talk.barge_in.cuts = cuts if talk.turns.is_speaking else []
    for cut in cuts:
        yield from _truncate(talk, cut)
    talk.microphone.unmuffle()  # Whoever interrupts is heard from the first word.
    yield Notify(Interrupted(response_id, before_ms + heard_ms))


def _truncate(talk: Conversation, cut: Cut) -> Iterator[Action]:
    """Cut an item at what was heard; nothing is sent for zero or all of it."""
    if cut.heard_ms >= cut.received_ms:
        return
    talk.history.shorten(cut.item_id, cut.share)
    if cut.heard_ms and cut.item_id and not cut.is_orphaned:
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
        talk.barge_in.doubtful_items.append(event.item_id)
        yield from _let_go(talk)
    else:
        talk.turns.speech_stopped()
        talk.wait(Due.ANSWER, talk.behaviour.response_timeout)
        if talk.barge_in.cuts:
            talk.wait(Due.WORDS, talk.behaviour.resume_after)
    yield Notify(event)


def on_speech_committed(talk: Conversation, event: SpeechCommitted) -> Iterator[Action]:
    """Ask for an answer; the transcript may come after it."""
    talk.history.reserve("user", event.item_id)
    if talk.ending or event.item_id in talk.barge_in.doubtful_items:
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
    is_own = _is_own(talk, event.text)
    has_words = bool(event.text) and not is_own
    if is_own:
        _shut_out_echo(talk)
    if has_words:
        talk.barge_in.was_somebody()
        talk.history.write("user", event.item_id, event.text)
        talk.microphone.unmark()
        yield Notify(event)
    if event.item_id in talk.barge_in.doubtful_items:
        yield from _on_late_judgement(talk, event.item_id, has_words=has_words)
    elif is_own or (talk.barge_in.cuts and not has_words):
        yield from _unhear(talk, event.item_id)
    else:
        talk.deadlines.cancel(Due.WORDS)
        talk.barge_in.cuts = []


def _is_own(talk: Conversation, text: str) -> bool:
    """Tell whether the voice has heard itself say this."""
    said = talk.history.last("assistant")
    is_sudden = talk.barge_in.followed_voice
    return talk.turns.may_be_echo and repeats(text, said, is_sudden=is_sudden)


def _shut_out_echo(talk: Conversation) -> None:
    """Hold the microphone shut while the voice is heard, from now on."""
    talk.barge_in.was_echo()
    if talk.playback.is_at_speaker:
        talk.microphone.muffle()


def on_transcript_failed(
    talk: Conversation, event: UserTranscriptFailed
) -> Iterator[Action]:
    """Take it for words that nobody knows: what they answer was asked for."""
    if event.item_id not in talk.barge_in.doubtful_items:
        talk.deadlines.cancel(Due.WORDS)
        talk.barge_in.cuts = []
    yield from talk.complain(RealtimeError(ErrorKind.SERVER, event.code, event.message))


def _on_late_judgement(
    talk: Conversation, item_id: str, *, has_words: bool
) -> Iterator[Action]:
    """Answer a sound that turned out to be words, forget one that did not."""
    talk.barge_in.doubtful_items.remove(item_id)
    if not has_words:
        talk.microphone.unmark()
        yield Send({"type": "conversation.item.delete", "item_id": item_id})
    elif not talk.ending:
        is_speaking_again = talk.turns.is_speaking
        yield from count(talk)
        talk.barge_in.cuts = []
        if is_speaking_again:
            yield from talk.gate.request()  # Answered with what is being said now.
        else:
            talk.turns.speech_stopped()
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
    talk.barge_in.was_nothing()
    talk.deadlines.cancel(Due.WORDS)
    talk.deadlines.cancel(Due.ANSWER)
    talk.turns.give_up()
    talk.gate.drop()
    talk.barge_in.rest = [cut for cut in talk.barge_in.cuts if cut.rest]
    is_at_speaker = talk.playback.is_at_speaker
    yield from interrupt(talk)
    if talk.barge_in.rest and not is_at_speaker:
        yield from _say_rest(talk)


def _say_rest(talk: Conversation) -> Iterator[Action]:
    """Play what nobody heard, and let the model know that it was said."""
    cuts, talk.barge_in.rest = talk.barge_in.rest, []
    piece = talk.playback.resume(cuts)
    yield from say(talk, piece)
    for cut in cuts:
        if rest := talk.history.complete(cut.item_id):
            yield from talk.direct("assistant", rest)
    yield Notify(Resumed(piece.name, piece.duration_ms))
