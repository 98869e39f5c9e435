"""The ladder of events of one response, from its first item to its last."""

from collections.abc import Generator
from dataclasses import dataclass

import orjson

from .items import Conversation, Item, Part
from .line import Line
from .options import Source
from .outputs import JsonObject, Speak, Spoken
from .plan import Call, Ending, Failed, Incomplete, Plan, PlannedOutput, Say
from .response import Response
from .sentences import sentences, words
from .sound import BYTES_PER_MS, Encoder, milliseconds, reading_ms, tone
from .usage import ASSISTANT_MS_PER_TOKEN, audio_tokens, text_tokens

type Pause = float | None
"""Seconds to wait, or None: until a sentence has been spoken."""
type Steps[T] = Generator[Pause, None, T]

_ARGUMENT_LETTERS = 8


@dataclass(slots=True)
class _Open:
    """The item that is being put out."""

    item: Item
    index: int
    previous: str | None
    part: Part | None = None


class Ladder:
    """Put out the items of a plan; stops wherever its steps are abandoned."""

    def __init__(
        self, line: Line, conversation: Conversation, response: Response
    ) -> None:
        """Start before the first item."""
        self._line = line
        self._conversation = conversation
        self._response = response
        self._open: _Open | None = None
        self._sounds: dict[str, bytes | None] = {}
        self._wanted: dict[int, list[tuple[str, str]]] = {}
        self._ending: Ending | None = None

    def prepare(self, plan: Plan) -> None:
        """Ask for the voice of everything the plan says, sentence by sentence."""
        for index, output in enumerate(plan.outputs):
            if isinstance(output, Say) and self._response.speaks:
                self._wanted[index] = [
                    self._ask(output, each) for each in _pieces(output)
                ]

    def climb(self, plan: Plan) -> Steps[Ending]:
        """Put out the plan's items; returns how the response ends."""
        for index, output in enumerate(plan.outputs):
            yield from self._put_out(index, output)
            if self._ending is not None:
                self.close("incomplete")
                return self._ending
            self.close("completed")
        return plan.ending

    def spoken(self, sound: Spoken) -> bool:
        """Take in the sound of a sentence; tells whether it was asked for here."""
        if not any(
            sound.request_id == name for ask in self._wanted.values() for name, _ in ask
        ):
            return False
        self._sounds[sound.request_id] = sound.pcm
        return True

    def _ask(self, say: Say, sentence: str) -> tuple[str, str]:
        """Return the request and the text of a sentence, with its sound on the way."""
        request_id = self._line.ids.make("speech")
        if say.pcm is not None:
            self._sounds[request_id] = say.pcm
        elif self._line.options.voices is Source.INSIDE or say.duration_ms is not None:
            length = say.duration_ms or reading_ms(sentence, self._response.speed)
            self._sounds[request_id] = tone(length)
        else:
            voice, speed = self._response.voice_name, self._response.speed
            self._line.put(Speak(request_id, sentence.strip(), voice, speed))
        return request_id, sentence

    def _put_out(self, index: int, output: PlannedOutput) -> Steps[None]:
        """Put out one item up to its last delta."""
        match output:
            case Call():
                yield from self._call(output)
            case Say() if self._response.speaks:
                yield from self._speech(output, self._wanted[index])
            case Say():
                yield from self._text(output)

    def _speech(self, say: Say, sounds: list[tuple[str, str]]) -> Steps[None]:
        """Put out a spoken message."""
        part = self._begin_message(Part("output_audio", transcript=""), say)
        encoder = Encoder(self._response.audio_format)
        for request_id, sentence in sounds:
            while request_id not in self._sounds:
                yield None
            pcm = self._sounds.pop(request_id)
            if pcm is None:
                self._ending = Failed(message="The voice failed.")
                return
            yield from self._sentence(part, encoder, pcm, words(sentence))
            if self._ending is not None:
                return

    def _sentence(
        self, part: Part, encoder: Encoder, pcm: bytes, said: list[str]
    ) -> Steps[None]:
        """Put out one sentence: words and sound interleaved, words ahead."""
        size = self._line.options.delta_ms * BYTES_PER_MS
        chunks = [pcm[at : at + size] for at in range(0, len(pcm), size)] or [b""]
        told = 0
        for number, chunk in enumerate(chunks, 1):
            upto = -(-number * len(said) // len(chunks))
            text, told = "".join(said[told:upto]), upto
            if self._runs_out(text, chunk):
                return
            self._speech_deltas(part, encoder, chunk, text)
            yield milliseconds(len(chunk)) / 1000 / self._line.options.pace

    def _speech_deltas(
        self, part: Part, encoder: Encoder, chunk: bytes, text: str
    ) -> None:
        """Send one piece of a sentence, as words and as sound."""
        part.transcript = (part.transcript or "") + text
        part.grow(chunk)
        encoded = encoder.encode(chunk)
        sound_first = self._line.options.vary and self._line.ids.flip()
        if encoded and sound_first:
            self._send_sound(encoded)
        if text:
            self._send_words("response.output_audio_transcript.delta", text)
        if encoded and not sound_first:
            self._send_sound(encoded)

    def _text(self, say: Say) -> Steps[None]:
        """Put out a written message."""
        part = self._begin_message(Part("output_text", text=""), say)
        for word in words(say.text):
            if self._runs_out(word, b""):
                return
            part.text = (part.text or "") + word
            self._send_words("response.output_text.delta", word)
            yield self._text_pause()

    def _call(self, call: Call) -> Steps[None]:
        """Put out a function call."""
        arguments = call.arguments
        if not isinstance(arguments, str):
            arguments = orjson.dumps(dict(arguments)).decode()
        call_id = call.call_id or self._line.ids.make("call")
        extra = {"name": call.name, "call_id": call_id, "arguments": ""}
        opened = self._begin(
            Item(self._new_id(), "function_call", "in_progress", extra=extra)
        )
        self._join(opened)
        for at in range(0, len(arguments), _ARGUMENT_LETTERS):
            piece = arguments[at : at + _ARGUMENT_LETTERS]
            if self._runs_out(piece, b""):
                return
            extra["arguments"] += piece
            place = self._place(opened)
            self._line.send_text_delta(
                "response.function_call_arguments.delta",
                **place,
                call_id=call_id,
                delta=piece,
            )
            yield self._text_pause()

    def _new_id(self) -> str:
        """Return the id of a new item."""
        return self._line.ids.make("item")

    def _text_pause(self) -> float:
        """Return the time between two pieces of text."""
        options = self._line.options
        return 0.0 if options.pace == float("inf") else options.text_delta_ms / 1000

    def _runs_out(self, text: str, pcm: bytes) -> bool:
        """Tell whether this much more would exceed `max_output_tokens`."""
        most = self._response.max_output_tokens
        if isinstance(most, str):
            return False
        more = text_tokens(text) + audio_tokens(
            milliseconds(len(pcm)), ASSISTANT_MS_PER_TOKEN
        )
        if self._response.written().total + more <= most:
            return False
        self._ending = Incomplete("max_output_tokens")
        return True

    def _begin(self, item: Item) -> _Open:
        """Open an item."""
        response = self._response
        index = len(response.items)
        response.items.append(item)
        self._line.send(
            "response.output_item.added",
            response_id=response.id,
            output_index=index,
            item=self._line.wire(item),
        )
        previous = None if response.out_of_band else self._conversation.add(item)
        self._open = _Open(item, index, previous)
        return self._open

    def _join(self, opened: _Open) -> None:
        """Announce the open item in the conversation."""
        if not self._response.out_of_band:
            self._line.send_item_added(opened.item, opened.previous)

    def _begin_message(self, part: Part, say: Say) -> Part:
        """Open a message and its only part."""
        extra = {"phase": say.phase} if say.phase else {}
        item = Item(
            self._new_id(), "message", "in_progress", role="assistant", extra=extra
        )
        opened = self._begin(item)
        opened.part = part

        def begin_part() -> None:
            item.parts.append(part)
            self._line.send(
                "response.content_part.added",
                **self._place(opened, 0),
                part=_short(part),
            )

        for begin in self._in_free_order([lambda: self._join(opened), begin_part]):
            begin()
        return part

    def _place(self, opened: _Open, content: int | None = None) -> JsonObject:
        """Return the ids that say where an event belongs."""
        place: JsonObject = {
            "response_id": self._response.id,
            "item_id": opened.item.id,
            "output_index": opened.index,
        }
        return place if content is None else {**place, "content_index": content}

    def _send_words(self, event_type: str, text: str) -> None:
        """Send a delta of the open message's text."""
        if self._open is not None:
            place = self._place(self._open, 0)
            self._line.send_text_delta(event_type, **place, delta=text)

    def _send_sound(self, encoded: bytes) -> None:
        """Send a delta of the open message's audio."""
        if self._open is not None:
            self._line.send_sound(self._place(self._open, 0), encoded)

    def close(self, status: str) -> None:
        """Close the open item, whole (`completed`) or not (`incomplete`)."""
        opened, self._open = self._open, None
        if opened is None:
            return
        opened.item.status = status
        match opened:
            case _Open(part=Part() as part):
                self._close_part(opened, part)
            case _ if status == "completed":
                extra = opened.item.extra
                self._line.send(
                    "response.function_call_arguments.done",
                    **self._place(opened),
                    call_id=extra["call_id"],
                    name=extra["name"],
                    arguments=extra["arguments"],
                )
        self._close_item(opened)

    def _close_part(self, opened: _Open, part: Part) -> None:
        """Send the ends of a message's content."""
        place = self._place(opened, 0)
        if part.kind == "output_text":
            self._line.send("response.output_text.done", **place, text=part.text)
        else:
            ends: list[tuple[str, JsonObject]] = [
                ("response.output_audio.done", {}),
                (
                    "response.output_audio_transcript.done",
                    {"transcript": part.transcript or ""},
                ),
            ]
            for name, content in self._in_free_order(ends):
                self._line.send(name, **place, **content)
        self._line.send("response.content_part.done", **place, part=_short(part))

    def _close_item(self, opened: _Open) -> None:
        """Send the ends of an item: the response's and the conversation's."""

        def in_response() -> None:
            self._line.send(
                "response.output_item.done",
                response_id=self._response.id,
                output_index=opened.index,
                item=self._line.wire(opened.item),
            )

        def in_conversation() -> None:
            if not self._response.out_of_band:
                self._line.send_item_done(opened.item, opened.previous)

        for send in self._in_free_order([in_response, in_conversation]):
            send()

    def _in_free_order[T](self, both: list[T]) -> list[T]:
        """Turn round what has no fixed order, where the options ask for it."""
        if self._line.options.vary and self._line.ids.flip():
            return both[::-1]
        return both


def _pieces(say: Say) -> list[str]:
    """Return what of a message is spoken in one go."""
    if say.pcm is not None or say.duration_ms is not None:
        return [say.text]
    return sentences(say.text)


def _short(part: Part) -> JsonObject:
    """Return a part under the short names of `response.content_part` events."""
    if part.kind == "output_text":
        return {"type": "text", "text": part.text or ""}
    return {"type": "audio", "transcript": part.transcript or ""}
