"""A session that answers with encoded deltas from a can, for load tests."""

from base64 import b64encode
from functools import partial

import orjson

from .client_events import parse_frame
from .errors import ApiError
from .ids import IdSource
from .line import Line
from .options import ServerOptions
from .outputs import Input, JsonObject, Output, SendText
from .sound import tone

_WORDS = "This answer comes from a can."
_ANSWER_MS = 2000
_PLACE = '"response_id":"{R}","item_id":"{I}","output_index":0,"content_index":0'


class CannedSession:
    """Answer every `response.create` and every few seconds of microphone.

    No turn detection, no brain, no checks: the audio of the answer was encoded
    once for all sessions, and only the ids differ.
    """

    def __init__(
        self,
        *,
        model: str | None,
        options: ServerOptions | None = None,
        ids: IdSource | None = None,
        turn_ms: int = 4000,
    ) -> None:
        """Prepare a connection that answers after `turn_ms` of microphone."""
        self._line = Line(options or ServerOptions(), ids or IdSource())
        self._model = model or ""
        # Of base64 s16le 24 kHz: 48 bytes are 64 letters a millisecond.
        self._turn_letters = turn_ms * 64
        self._heard_letters = 0
        self._answering = False

    def close(self) -> None:
        """Be over; there is nothing to give back."""

    @property
    def next_wake(self) -> float | None:
        """Return when the next delta is due."""
        return self._line.next_wake

    def open(self, now: float, *, unix_time: float | None = None) -> list[Output]:
        """Begin with `session.created`."""
        self._line.now = now
        self._line.send("session.created", session=self._session())
        return self._line.drain()

    def feed(self, event: Input, now: float) -> list[Output]:
        """Take in a client event."""
        self._line.run_until(now)
        try:
            received = parse_frame(event)
        except ApiError as error:
            self._line.send_error(error, None)
            return self._line.drain()
        match received:
            case {"type": "input_audio_buffer.append", "audio": str(audio)}:
                self._listen(len(audio))
            case {"type": "session.update"}:
                self._line.send("session.updated", session=self._session())
            case {"type": "response.create"}:
                self._answer()
        return self._line.drain()

    def wake(self, now: float) -> list[Output]:
        """Send the deltas that are due."""
        self._line.run_until(now)
        return self._line.drain()

    def _session(self) -> JsonObject:
        """Return a session that only says what it must."""
        return {"type": "realtime", "object": "realtime.session", "model": self._model}

    def _listen(self, letters: int) -> None:
        """Count the microphone's audio and answer when a turn is full."""
        if self._answering:
            return
        self._heard_letters += letters
        if self._heard_letters >= self._turn_letters:
            self._heard_letters = 0
            item_id = self._line.ids.make("item")
            self._line.send(
                "input_audio_buffer.speech_started", audio_start_ms=0, item_id=item_id
            )
            self._line.send(
                "input_audio_buffer.speech_stopped", audio_end_ms=0, item_id=item_id
            )
            self._answer()

    def _answer(self) -> None:
        """Send the ladder of one response, paced like a real one."""
        if self._answering:
            return
        self._answering = True
        ids = {b"{R}": self._line.ids.make("resp"), b"{I}": self._line.ids.make("item")}
        deltas = _deltas(self._line.options.delta_ms)
        step = self._line.options.delta_ms / 1000 / self._line.options.pace
        for frame in _HEAD:
            self._send(frame, ids)
        for number, frame in enumerate(deltas):
            self._line.later(number * step, partial(self._send, frame, ids))
        self._line.later(len(deltas) * step, partial(self._finish, ids))

    def _finish(self, ids: dict[bytes, str]) -> None:
        """End the response."""
        for frame in _TAIL:
            self._send(frame, ids)
        self._answering = False

    def _send(self, frame: bytes, ids: dict[bytes, str]) -> None:
        """Send a frame from the can with the ids of this response."""
        for mark, name in ids.items():
            frame = frame.replace(mark, name.encode(), 1)
        event_id = self._line.ids.make("event")
        self._line.put(
            SendText(b'{"event_id":"' + event_id.encode() + b'",' + frame[1:])
        )


def _frame(event_type: str, content: str) -> bytes:
    """Return an encoded event with marks for its ids."""
    return f'{{"type":"{event_type}",{content}}}'.encode()


def _item(status: str, content: list[JsonObject]) -> str:
    """Return the answer's item as JSON."""
    item = {
        "id": "{I}",
        "object": "realtime.item",
        "type": "message",
        "status": status,
        "role": "assistant",
        "content": content,
    }
    return orjson.dumps(item).decode()


def _response(status: str, output: str) -> str:
    """Return the answer as JSON."""
    return (
        '{"id":"{R}","object":"realtime.response","status":"'
        + status
        + '","status_details":null,"usage":null,"output":'
        + output
        + "}"
    )


_SAID: list[JsonObject] = [{"type": "output_audio", "transcript": _WORDS}]
_AT = '"response_id":"{R}","output_index":0,"item":'
_HEAD = (
    _frame("response.created", '"response":' + _response("in_progress", "[]")),
    _frame("response.output_item.added", _AT + _item("in_progress", [])),
    _frame(
        "response.content_part.added",
        _PLACE + ',"part":{"type":"audio","transcript":""}',
    ),
    _frame("response.output_audio_transcript.delta", _PLACE + f',"delta":"{_WORDS}"'),
)
_TAIL = (
    _frame("response.output_audio.done", _PLACE),
    _frame(
        "response.output_audio_transcript.done", _PLACE + f',"transcript":"{_WORDS}"'
    ),
    _frame(
        "response.content_part.done",
        _PLACE + f',"part":{{"type":"audio","transcript":"{_WORDS}"}}',
    ),
    _frame("response.output_item.done", _AT + _item("completed", _SAID)),
    _frame(
        "response.done",
        '"response":' + _response("completed", f"[{_item('completed', _SAID)}]"),
    ),
)
_encoded: dict[int, tuple[bytes, ...]] = {}


def _deltas(delta_ms: int) -> tuple[bytes, ...]:
    """Return the answer's audio as encoded deltas, the same for all sessions."""
    if delta_ms not in _encoded:
        pcm, size = tone(_ANSWER_MS), delta_ms * 48
        pieces = (pcm[at : at + size] for at in range(0, len(pcm), size))
        _encoded[delta_ms] = tuple(
            _frame(
                "response.output_audio.delta",
                f'{_PLACE},"delta":"{b64encode(piece).decode()}"',
            )
            for piece in pieces
        )
    return _encoded[delta_ms]
