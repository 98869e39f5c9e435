"""One connection to the Realtime server, as a machine without clock or socket."""

from collections.abc import Callable
from dataclasses import replace

from . import errors
from .client_events import checked, event_id_of, parse_frame
from .config import SessionConfig
from .errors import ApiError, Refusal
from .faults import FaultKind
from .hearing import Hearing
from .ids import IdSource
from .items import Conversation, Item
from .journal import Journal
from .line import Line
from .new_items import read_item
from .options import ServerOptions, TranscriptionOrder, with_faults
from .outputs import Close, Heard, Input, JsonObject, Output, Spoken, Thought
from .plan import Brain, Reason
from .response import Response
from .responses import Responses
from .sound import BYTES_PER_MS
from .striking import FaultStrikes
from .truncation import truncate
from .turns import InputAudio, TurnListener


class ServerSession:
    """Speak the server's side of one Realtime connection.

    Call `open` once, `feed` for every client frame (or answer to an output) and
    `wake` when `next_wake` has come; carry out the outputs they return, in order.
    Times are seconds of any clock that does not go back.
    """

    def __init__(
        self,
        *,
        model: str | None,
        options: ServerOptions | None = None,
        brain: Brain | None = None,
        ids: IdSource | None = None,
        key: str | None = None,
        beta: bool = False,
        intent: str = "realtime",
        session: JsonObject | None = None,
        journal: Journal | None = None,
    ) -> None:
        """Prepare a connection as its URL and headers describe it.

        Without a brain every answer is asked for with a `Think` output. `session`
        is what a client secret prepared, as in `session.update`.
        """
        ids = ids or IdSource()
        self._line = Line(_settled(options or ServerOptions(), ids), ids)
        self._refusal = _refusal(
            self._line.options,
            model=model or ("" if intent == "transcription" else None),
            key=key,
            beta=beta,
        )
        self._journal = journal
        self._config = SessionConfig(
            model or "", self._line.options.silence_duration_ms, intent
        )
        if session is not None:
            self._config.update(session, voice_is_locked=False)
        self._id = self._line.ids.make("sess")
        self._expires_at = 0
        keep = int(self._line.options.keep_audio_s * 1000) * BYTES_PER_MS
        self._conversation = Conversation(self._line.ids.make("conv"), keep)
        self._hearing = Hearing(self._line, self._config, brain)
        self._responses = Responses(
            self._line,
            self._config,
            self._conversation,
            brain=brain,
            hearing=self._hearing,
            settled=self._response_settled,
        )
        listener = TurnListener(
            self._speech_started, self._hearing.transcribe, self._turn_ended
        )
        self._input = InputAudio(self._line, self._config, self._conversation, listener)
        self._faults = FaultStrikes(self._line)
        self._closed = False
        self._handlers: dict[str, Callable[[JsonObject], None]] = {
            "session.update": self._update,
            "input_audio_buffer.append": lambda event: self._input.append(
                event["audio"]
            ),
            "input_audio_buffer.commit": lambda _: self._input.commit(),
            "input_audio_buffer.clear": lambda _: self._input.clear(),
            "conversation.item.create": self._create_item,
            "conversation.item.retrieve": self._retrieve_item,
            "conversation.item.delete": self._delete_item,
            "conversation.item.truncate": lambda event: truncate(
                self._line, self._conversation, event
            ),
            "response.create": self._create_response,
            "response.cancel": lambda event: self._responses.cancel(
                event.get("response_id")
            ),
            "output_audio_buffer.clear": self._no_output_buffer,
        }

    @property
    def next_wake(self) -> float | None:
        """Return when `wake` has something to do."""
        return None if self._closed else self._line.next_wake

    def open(self, now: float, *, unix_time: float | None = None) -> list[Output]:
        """Begin: `session.created`, or an error and a close.

        `unix_time` is what `expires_at` counts from (by default `now`).
        """
        self._line.now = now
        lifetime = self._line.options.max_session_s
        self._expires_at = int((now if unix_time is None else unix_time) + lifetime)
        if self._refusal is not None:
            self._refuse(self._refusal)
            return self._flush()
        self._line.send("session.created", session=self._wire())
        self._faults.arm()
        self._line.later(lifetime, self._expire)
        return self._flush()

    def close(self) -> None:
        """Be over. What was said is given back at once, and the rest some day.

        The session's parts know each other, so they wait for the garbage collector.
        """
        self._closed = True
        self._conversation.forget_audio()

    def feed(self, event: Input, now: float) -> list[Output]:
        """Take in a client event (object or text frame) or an answer.

        `bytes` stand for a binary frame, which is an error.
        """
        if self._closed:
            return []
        self._line.run_until(now)
        match event:
            case Heard():
                self._hearing.heard(event)
            case Spoken():
                self._responses.spoken(event)
            case Thought():
                self._responses.thought(event)
            case _:
                self._client_event(event)
        return self._flush()

    def wake(self, now: float) -> list[Output]:
        """Do what is due."""
        if self._closed:
            return []
        self._line.run_until(now)
        return self._flush()

    def _flush(self) -> list[Output]:
        """Return what really goes out, and write the journal."""
        outputs = self._faults.pass_on(self._line.drain())
        self._closed = self._faults.silent or any(
            isinstance(each, Close) for each in outputs
        )
        if self._journal is not None:
            self._journal.note_outputs(self._line.now, outputs)
        return outputs

    def _client_event(self, frame: JsonObject | str | bytes) -> None:
        """Carry out a client event, or answer with an error."""
        event_id = None
        try:
            raw = parse_frame(frame)
            event_id = event_id_of(raw)
            if self._journal is not None:
                self._journal.note_event(self._line.now, raw)
            event = checked(raw)
            self._handlers[event["type"]](event)
        except ApiError as error:
            self._line.send_error(error, event_id)

    def _wire(self) -> JsonObject:
        """Return the session as JSON."""
        about = {"object": "realtime.session", "id": self._id}
        return {**self._config.wire(), **about, "expires_at": self._expires_at}

    def _refuse(self, refusal: Refusal) -> None:
        """Send an error and close."""
        self._line.send_error(refusal.error, None)
        self._line.put(Close(refusal.close_code, refusal.reason))

    def _expire(self) -> None:
        """End a session that ran as long as it may."""
        self._refuse(errors.session_expired(self._line.options.max_session_s))

    def _update(self, event: JsonObject) -> None:
        """Change the configuration."""
        before = self._config.wire()["audio"]["input"]
        locked = self._config.converses and self._responses.voice_is_locked
        self._config.update(event["session"], voice_is_locked=locked)
        self._input.reconfigure(before)
        self._line.send("session.updated", session=self._wire())

    def _create_item(self, event: JsonObject) -> None:
        """Add an item of the client's."""
        given: JsonObject = event["item"]
        item_id = given.get("id") or self._line.ids.make("item")
        if self._conversation.find(item_id) is not None:
            raise errors.duplicate_item(item_id)
        call_id = given.get("call_id", "")
        answers = given["type"] == "function_call_output"
        if answers and not self._conversation.knows_call(call_id):
            raise errors.unknown_call(call_id)
        position = self._position(event.get("previous_item_id"))
        item = read_item(given, item_id, self._config.listening["format"])
        if item.type == "function_call":
            item.extra.setdefault("call_id", self._line.ids.make("call"))
        previous = self._conversation.insert(item, position)
        self._line.send_item_added(item, previous)
        self._line.send_item_done(item, previous)
        self._hearing.understand(item)

    def _position(self, previous_item_id: str | None) -> int:
        """Return where a new item goes."""
        if previous_item_id is None:
            return len(self._conversation)
        position = self._conversation.position_after(previous_item_id)
        if position is None:
            raise errors.no_such_item("inserting after", "create", previous_item_id)
        return position

    def _retrieve_item(self, event: JsonObject) -> None:
        """Send an item with its audio."""
        item = self._item(event, "retrieving", "retrieve")
        shown = self._line.wire(item, with_audio=True)
        self._line.send("conversation.item.retrieved", item=shown)

    def _delete_item(self, event: JsonObject) -> None:
        """Take an item out of the conversation."""
        item = self._item(event, "deleting", "delete")
        self._conversation.remove(item)
        self._hearing.forget(item.id)
        self._line.send("conversation.item.deleted", item_id=item.id)

    def _item(self, event: JsonObject, doing: str, verb: str) -> Item:
        """Return the item an event names; raises `ApiError` when there is none."""
        item = self._conversation.find(event["item_id"])
        if item is None:
            raise errors.no_such_item(doing, verb, event["item_id"])
        return item

    def _create_response(self, event: JsonObject) -> None:
        """Answer, because the client asks for it."""
        if not self._config.converses:
            raise errors.unknown_event(event["type"])
        self._responses.create(Reason.CREATE, event.get("response"))
        if self._responses.busy:
            self._input.stop_idle()

    def _no_output_buffer(self, event: JsonObject) -> None:
        """Refuse what only WebRTC and SIP have."""
        raise errors.invalid_value(
            "type",
            f"Invalid value: '{event['type']}'. It is only supported over WebRTC and SIP.",
        )

    def _speech_started(self) -> None:
        """Fall silent when the user speaks, where the session asks for it."""
        detection = self._config.turn_detection
        if detection is not None and detection["interrupt_response"]:
            self._responses.interrupt()

    def _turn_ended(self, timed_out: bool) -> None:
        """Answer a turn, unless an answer is under way or not wanted."""
        detection = self._config.turn_detection
        wanted = detection is not None and detection["create_response"]
        if wanted and self._config.converses and not self._responses.busy:
            self._responses.create(Reason.TIMEOUT if timed_out else Reason.TURN)

    def _response_settled(self, response: Response) -> None:
        """Go on after a response of the conversation."""
        self._hearing.release_held()
        self._input.watch_silence(response.playback_ms())


def _settled(options: ServerOptions, ids: IdSource) -> ServerOptions:
    """Return a session's own options: with its faults, and its free choices made."""
    options = with_faults(options)
    if options.vary and options.transcription_order is TranscriptionOrder.FREE:
        order = ids.pick(tuple(TranscriptionOrder))
        return replace(options, transcription_order=order)
    return options


def _refusal(
    options: ServerOptions, *, model: str | None, key: str | None, beta: bool
) -> Refusal | None:
    """Return why a connection is refused, if it is."""
    forced = next(
        (each for each in options.faults if each.kind is FaultKind.REFUSE), None
    )
    cases: dict[str, tuple[bool, Refusal]] = {
        "beta_api_shape_disabled": (beta, errors.beta_disabled()),
        "invalid_api_key": (
            options.key is not None and key != options.key,
            errors.invalid_api_key(),
        ),
        "missing_model": (model is None, errors.missing_model()),
        "invalid_model": (
            bool(model) and options.models is not None and model not in options.models,
            errors.invalid_model(model or ""),
        ),
    }
    if forced is not None:
        return cases.get(forced.value or "", cases["invalid_api_key"])[1]
    return next((refusal for applies, refusal in cases.values() if applies), None)
