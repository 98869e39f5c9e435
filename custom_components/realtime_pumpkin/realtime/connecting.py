"""The socket and its session: configured, lost, opened anew, refused, told."""

from collections.abc import Iterator
from typing import Final

from .actions import Action, FinishUtterance, Notify, Reconnect, Send
from .conversation import HOPELESS, Conversation, Due
from .errors import ErrorKind, RealtimeError, classify_error, is_terminal
from .events import (
    AssistantTranscript,
    ServerError,
    SessionCreated,
    SessionLost,
    SessionStarted,
    SessionUpdated,
)
from .finish import EndReason
from .pausing import carry_on
from .reconnection import Unfinished
from .signals import Message, Picture, Role, SocketLost

CONFIGURE_TIMEOUT: Final = 10.0
SHORTEST_CONFIGURE_TIMEOUT: Final = 1.0
RENEWAL_LEAD: Final = 60.0
RENEWAL_RETRY: Final = 1.0
CONFIGURE_ID: Final = "configure"
SIGN_OF_LIFE_ID: Final = "sign_of_life"

GO_ON_AFTER: Final = 0.4
"""How long a new session may take to notice speech that it was late to hear."""

ALREADY_CALLED: Final = "The tool {} has just been called. Do not call it again."
GO_ON: Final = (
    "The connection broke off while you were speaking. Say only what was still to "
    "come, from the very next word, and do not mention the interruption."
)
_OF_A_SESSION: Final = (
    Due.CONFIGURED,
    Due.ANSWER,
    Due.SPEECH_COUNTS,
    Due.WORDS,
    Due.RENEWAL,
    Due.GO_ON,
    Due.SPEECH,
    Due.SIGN_OF_LIFE,
)


def on_session_created(talk: Conversation, event: SessionCreated) -> Iterator[Action]:
    """Configure the session before anything else is sent."""
    talk.session_id = event.session_id
    _plan_renewal(talk, event.expires_at)
    left = max(talk.reconnection.left(talk.now), SHORTEST_CONFIGURE_TIMEOUT)
    talk.wait(Due.CONFIGURED, min(CONFIGURE_TIMEOUT, left))
    update = {
        "type": "session.update",
        "event_id": CONFIGURE_ID,
        "session": talk.config.as_dict(),
    }
    yield Send(update)


def sign_of_life() -> Send:
    """Return what changes nothing, and has to be answered with `session.updated`."""
    return Send(
        {
            "type": "session.update",
            "event_id": SIGN_OF_LIFE_ID,
            "session": {"type": "realtime"},
        }
    )


def on_session_updated(talk: Conversation, _event: SessionUpdated) -> Iterator[Action]:
    """Start or resume the conversation."""
    talk.deadlines.cancel(Due.SIGN_OF_LIFE)
    if talk.is_ready:
        return
    talk.is_ready = True
    talk.deadlines.cancel(Due.CONFIGURED)
    talk.reconnection.succeeded()
    is_resumed, talk.has_begun = talk.has_begun, True
    yield Notify(SessionStarted(talk.session_id, is_resumed))
    yield from _reseed(talk) if is_resumed else _open(talk)
    while talk.messages:
        yield from on_message(talk, talk.messages.popleft())
    yield from talk.microphone.open()
    if talk.unfinished is not Unfinished.NOTHING:
        talk.wait(Due.GO_ON, GO_ON_AFTER)


def _plan_renewal(talk: Conversation, expires_at: float | None) -> None:
    """Renew the session a minute before the service would end it.

    One that ended before it began has a clock of its own: it is not renewed.
    """
    if expires_at is None:
        return
    lifetime = expires_at - talk.epoch_offset - talk.now
    if lifetime > 0:
        lead = min(RENEWAL_LEAD, lifetime / 10)
        talk.wait(Due.RENEWAL, max(RENEWAL_RETRY, lifetime - lead))


def renew(talk: Conversation) -> Iterator[Action]:
    """Change to a new session between two turns."""
    if not talk.is_ready or talk.ending:
        return
    if talk.turns.is_speaking or talk.is_answering:
        talk.wait(Due.RENEWAL, RENEWAL_RETRY)
        return
    _leave_session(talk)
    yield Notify(SessionLost())
    yield Reconnect(0.0)


def _leave_session(talk: Conversation) -> None:
    """Forget everything that only the session knew."""
    talk.is_ready = False
    for due in _OF_A_SESSION:
        talk.deadlines.cancel(due)
    talk.gate.reset()
    talk.sight.session_lost()
    for name in talk.calls.forget():
        talk.note("system", ALREADY_CALLED.format(name))
    is_speaking = talk.turns.is_speaking and not talk.barge_in.has_ended
    talk.microphone.lose(replays=is_speaking or talk.turns.is_unanswered)
    talk.turns.speech_lost()
    talk.barge_in.forget()


def _open(talk: Conversation) -> Iterator[Action]:
    """Tell the model what it should know, and let it open if it should."""
    for text in talk.behaviour.context:
        yield from talk.inject("system", text)
    yield from talk.sight.send()
    if talk.behaviour.opening:
        yield from talk.direct("system", talk.behaviour.opening)
        yield from talk.gate.request()


def _reseed(talk: Conversation) -> Iterator[Action]:
    """Tell a new, empty session what was said so far."""
    for item in talk.history.items():
        yield Send({"type": "conversation.item.create", "item": item})
    yield from talk.sight.send()


def on_connection_lost(talk: Conversation, event: SocketLost) -> Iterator[Action]:
    """Try for a new socket; what was received plays on meanwhile."""
    if _is_owed_an_answer(talk):
        talk.unfinished = Unfinished.ANSWER
    _leave_session(talk)
    if talk.playback.is_receiving:
        talk.unfinished = Unfinished.REST
    if talk.playback.end_all():
        yield FinishUtterance()
    yield from _write_down(talk)
    if event.error.kind in HOPELESS:
        yield from talk.fail(event.error)
        return
    yield from carry_on(talk)  # Nobody is left to say what the sound was.
    if talk.ending:
        talk.ending.give_up()
    else:
        yield from _retry(talk, event.error)


def _write_down(talk: Conversation) -> Iterator[Action]:
    """Tell the words of an answer that broke off, as far as they came."""
    piece, talk.unwritten = talk.unwritten, None
    if piece is not None:
        words = talk.history.text(piece.item_id).strip()
        yield Notify(AssistantTranscript(piece.response_id, piece.item_id, words))


def _is_owed_an_answer(talk: Conversation) -> bool:
    """Tell whether the session that is gone owed the visitor an answer."""
    return talk.is_ready and (_is_answer_due(talk) or talk.calls.is_waiting)


def _is_answer_due(talk: Conversation) -> bool:
    """Tell whether an answer is being made, asked for or about to be."""
    return talk.gate.is_busy or Due.ANSWER in talk.deadlines


def go_on(talk: Conversation) -> Iterator[Action]:
    """Ask for what a lost session left unsaid, unless the visitor has the floor."""
    owed, talk.unfinished = talk.unfinished, Unfinished.NOTHING
    if talk.ending or talk.turns.is_speaking or _is_answer_due(talk):
        return
    if owed is Unfinished.REST:
        yield from talk.direct("system", GO_ON)
    elif not talk.history.last("assistant") and talk.behaviour.opening:
        yield from talk.direct("system", talk.behaviour.opening)
    yield from talk.gate.request()


def _retry(talk: Conversation, error: RealtimeError) -> Iterator[Action]:
    """Ask for a new socket while the budget lasts."""
    delay = talk.reconnection.next_delay(talk.now)
    if delay is not None:
        yield Notify(SessionLost())
        left = talk.reconnection.left(talk.now) - delay
        yield Reconnect(delay, min(CONFIGURE_TIMEOUT, left))
        return
    if is_terminal(error.kind):  # Of an address that was right: no repair for it.
        error = RealtimeError(ErrorKind.LOST, error.code, error.message)
    yield from talk.complain(error, fatal=True)
    yield from talk.leave(EndReason.CONNECTION_LOST)


def on_error(talk: Conversation, event: ServerError) -> Iterator[Action]:
    """Tell harmless races from what a person has to know."""
    if event.event_id == SIGN_OF_LIFE_ID:
        talk.deadlines.cancel(Due.SIGN_OF_LIFE)  # A refusal is a sign as well.
        return
    if talk.gate.refused(event):
        talk.ending.refused()
    payload = {"type": event.error_type, "code": event.code, "message": event.message}
    kind = classify_error(payload)
    if kind in (ErrorKind.BENIGN, ErrorKind.EXPIRED):
        return  # After `session_expired` the socket closes.
    error = RealtimeError.from_payload(payload)
    if event.event_id == CONFIGURE_ID or is_terminal(kind):
        yield from talk.fail(error)
    else:
        yield from talk.complain(error)


def on_message(talk: Conversation, event: Message) -> Iterator[Action]:
    """Put a message into the conversation, kept until there is a session."""
    if not talk.is_ready:
        talk.messages.append(event)
        return
    talk.turns.has_anybody_spoken |= event.role is Role.USER
    yield from talk.inject(event.role, event.text)
    if event.respond and not talk.ending:
        yield from talk.gate.request()


def on_picture(talk: Conversation, event: Picture) -> Iterator[Action]:
    """Show a picture: now, with the session's beginning, or behind a tool's result."""
    talk.sight.show(event)
    if talk.is_ready and not talk.calls.are_open:
        yield from talk.sight.send()
