"""The end and the clocks: what moves a conversation when nobody speaks."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Final

from .actions import Action, ClearSpeaker
from .calls import error_output
from .connecting import go_on, on_connection_lost, renew, sign_of_life
from .conversation import Conversation, Due
from .ending import Farewell
from .errors import ErrorKind, RealtimeError
from .finish import STILL_THERE, EndReason
from .listening import answer, count, on_no_words
from .pausing import carry_on
from .signals import Leave, SocketLost, Stop
from .sounds import play_sounds

LONGEST_FAREWELL_CLOCKS: Final = 5
NO_REACTION: Final = "The service did not react in time"
TOOL_TOO_SLOW: Final = "The tool did not answer in time."


def on_stop(talk: Conversation, event: Stop) -> Iterator[Action]:
    """End, with a goodbye where one can be said; nobody else goes on then."""
    if talk.ending.reason == EndReason.HANDED_OVER:
        talk.ending.reason = event.reason
    if event.goodbye and talk.is_ready:
        talk.ending.begin(event.reason, Farewell.WANTED)
        return
    if not talk.playback.is_silent:
        yield ClearSpeaker()
    yield from talk.end(event.reason)


def on_leave(talk: Conversation, event: Leave) -> Iterator[Action]:
    """End after the answer that is being made, which holds the last words."""
    if talk.ending.reason == EndReason.FINISHED:
        talk.ending.reason = event.reason  # What it said is goodbye enough.
    elif not talk.ending:
        active = talk.gate.active or ""
        talk.ending.begin(event.reason, Farewell.UNDECIDED, active)
        talk.ending.last_words = event.last_words
        if not active:
            is_heard = not talk.playback.is_silent
            has_spoken = is_heard or talk.turns.has_answered
            talk.ending.done(active, has_spoken=has_spoken)
    return iter(())


def settle(talk: Conversation) -> Iterator[Action]:
    """Bring clocks and goodbye in line with what has just happened."""
    if talk.is_over:
        return
    yield from play_sounds(talk)
    if talk.ending:
        yield from _say_goodbye(talk)
    _watch(talk, Due.RESPONSE, talk.gate.is_requested, talk.behaviour.response_timeout)
    is_being_made = talk.gate.active is not None
    _watch(talk, Due.PROGRESS, is_being_made, talk.behaviour.stall_timeout)
    _watch(talk, Due.SPEECH, talk.turns.is_speaking, talk.behaviour.speech_timeout)
    if not talk.turns.is_speaking:
        talk.deadlines.cancel(Due.SIGN_OF_LIFE)
    _watch(talk, Due.IDLE, _is_quiet(talk), talk.behaviour.idle_timeout)
    if talk.turns.is_unanswered and not talk.is_answering:
        talk.turns.give_up()
    if not talk.behaviour.listens:
        yield from _leave_when_said(talk)


def _leave_when_said(talk: Conversation) -> Iterator[Action]:
    """End once all was heard that nobody is expected to answer."""
    if _is_quiet(talk):
        was_heard = talk.turns.has_answered
        yield from talk.end(EndReason.SAID if was_heard else EndReason.ERROR)


def _watch(talk: Conversation, due: Due, is_on: bool, seconds: float) -> None:
    """Let a clock run for exactly as long as something is the case."""
    if not is_on:
        talk.deadlines.cancel(due)
    elif due not in talk.deadlines:
        talk.wait(due, seconds)


def _is_quiet(talk: Conversation) -> bool:
    """Tell whether nobody speaks and nobody is about to."""
    is_idle = not (talk.turns.is_speaking or talk.is_answering)
    is_idle = is_idle and not talk.is_speaker_taken
    return talk.is_ready and is_idle and not talk.ending


def _say_goodbye(talk: Conversation) -> Iterator[Action]:
    """Ask for the goodbye, and end once it was heard."""
    talk.microphone.is_closed = True
    talk.turns.is_speaking = talk.barge_in.is_doubtful = False
    if talk.playback.is_held and not talk.is_speaker_taken:
        yield from carry_on(talk)  # A goodbye is not interrupted.
    if Due.FAREWELL not in talk.deadlines:
        talk.wait(Due.FAREWELL, talk.behaviour.farewell_timeout)
    if talk.ending.farewell is Farewell.WANTED:
        talk.gate.drop()
        if not talk.gate.is_busy:
            talk.ending.farewell = Farewell.ASKED
            yield from talk.direct("system", talk.ending.last_words)
            yield from talk.gate.request(tool_choice="none")
    elif talk.ending.farewell is Farewell.SAID and talk.playback.is_silent:
        yield from talk.end(talk.ending.reason)


def on_due(talk: Conversation, name: Hashable) -> Iterator[Action]:
    """Do what a clock was set for."""
    match name:
        case ("tool", str(call_id)):
            talk.calls.finished(call_id, error_output(TOOL_TOO_SLOW))
        case Due():
            yield from _DUE[name](talk)


def _on_max_duration(talk: Conversation) -> Iterator[Action]:
    """Say goodbye: others want to come to the door as well."""
    return on_stop(talk, Stop(EndReason.MAX_DURATION, goodbye=True))


def _on_speech_counts(talk: Conversation) -> Iterator[Action]:
    """Take a long, quiet sound for speech."""
    return count(talk) if talk.barge_in.is_doubtful else iter(())


def _on_idle(talk: Conversation) -> Iterator[Action]:
    """Ask once whether somebody is still there, then say goodbye."""
    if talk.turns.has_asked:
        yield from on_stop(talk, Stop(EndReason.IDLE, goodbye=True))
        return
    talk.turns.has_asked = True
    yield from talk.direct("system", STILL_THERE)
    yield from talk.gate.request()


def _leave_socket(talk: Conversation, code: str) -> Iterator[Action]:
    """Say that the service does not react, and try another socket."""
    error = RealtimeError(ErrorKind.SERVER, code, NO_REACTION)
    yield from talk.complain(error)
    yield from on_connection_lost(talk, SocketLost(error))


def _on_never_configured(talk: Conversation) -> Iterator[Action]:
    """Try another socket where the service does not configure this one."""
    return _leave_socket(talk, "configured_timeout")


def _on_no_response(talk: Conversation) -> Iterator[Action]:
    """Ask a second time, then try another socket."""
    error = RealtimeError(ErrorKind.SERVER, "response_timeout", NO_REACTION)
    yield from talk.complain(error)
    talk.unanswered_requests += 1
    if talk.unanswered_requests > 1 or talk.ending:
        yield from on_connection_lost(talk, SocketLost(error))
    else:
        yield from talk.gate.repeat()


def _on_no_progress(talk: Conversation) -> Iterator[Action]:
    """Try another socket where a response neither goes on nor ends."""
    left = talk.progress_at + talk.behaviour.stall_timeout - talk.now
    if left > 0:
        talk.wait(Due.PROGRESS, left)
        return
    yield from _leave_socket(talk, "response_stalled")


def _on_long_speech(talk: Conversation) -> Iterator[Action]:
    """Ask for a sign of life: speech may have no end because nobody tells of it."""
    if Due.SIGN_OF_LIFE not in talk.deadlines:
        talk.wait(Due.SIGN_OF_LIFE, talk.behaviour.response_timeout)
    yield sign_of_life()


def _on_no_sign_of_life(talk: Conversation) -> Iterator[Action]:
    """Try another socket where the service has stopped to listen."""
    return _leave_socket(talk, "speech_timeout")


def _on_long_farewell(talk: Conversation) -> Iterator[Action]:
    """End without the rest of a goodbye that never comes or never ends."""
    talk.farewell_clocks += 1
    is_heard = talk.playback.is_audible
    if is_heard and talk.farewell_clocks < LONGEST_FAREWELL_CLOCKS:
        return  # `settle` sets the clock again.
    if not talk.playback.is_silent:
        yield ClearSpeaker()
    yield from talk.end(talk.ending.reason)


_DUE: Final[Mapping[Due, Callable[[Conversation], Iterator[Action]]]] = {
    Due.CONFIGURED: _on_never_configured,
    Due.RESPONSE: _on_no_response,
    Due.PROGRESS: _on_no_progress,
    Due.SPEECH: _on_long_speech,
    Due.SIGN_OF_LIFE: _on_no_sign_of_life,
    Due.ANSWER: answer,
    Due.SPEECH_COUNTS: _on_speech_counts,
    Due.WORDS: on_no_words,
    Due.RENEWAL: renew,
    Due.GO_ON: go_on,
    Due.ECHO_GONE: lambda talk: talk.microphone.reopen(),
    Due.IDLE: _on_idle,
    Due.MAX_DURATION: _on_max_duration,
    Due.FAREWELL: _on_long_farewell,
}
