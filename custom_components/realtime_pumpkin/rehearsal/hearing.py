"""What the user said: asking for the words and sending the transcription."""

from collections.abc import Callable

from .config import SessionConfig
from .items import Item, Part
from .line import Line
from .options import Source, TranscriptionOrder
from .outputs import Hear, Heard, JsonObject
from .plan import Brain
from .sentences import words
from .usage import transcription_usage

_EVENT = "conversation.item.input_audio_transcription"


class Hearing:
    """Understand user audio, and transcribe it where the session asks for it.

    Understanding (the brain needs words) and transcribing (the client wants
    events) are two things: an answer may come before or after the transcript.
    """

    def __init__(self, line: Line, config: SessionConfig, brain: Brain | None) -> None:
        """Start with nothing to hear."""
        self._line = line
        self._config = config
        self._brain = brain
        self._pending: dict[str, Part] = {}
        self._held: dict[str, Callable[[], None]] = {}
        self._untold: set[str] = set()
        self._waiting: list[tuple[frozenset[str], bool, Callable[[], None]]] = []

    def transcribe(self, item: Item) -> None:
        """Find out the words of a committed turn, and tell them if they are wanted."""
        wanted = self._config.listening["transcription"] is not None
        if wanted and any(part.audio for part in item.parts):
            self._untold.add(item.id)
        self.understand(item)

    def understand(self, item: Item) -> None:
        """Find out the words of a user's item."""
        part = next((each for each in item.parts if each.kind == "input_audio"), None)
        if part is None or not part.audio or part.transcript is not None:
            return
        self._pending[item.id] = part
        if self._line.options.ears is Source.OUTSIDE:
            settings = self._config.listening["transcription"] or {}
            language = settings.get("language")
            self._line.put(Hear(item.id, bytes(part.audio), language))
            return
        text = self._brain.hear(bytes(part.audio)) if self._brain else ""
        self.heard(Heard(item.id, text))

    def heard(self, answer: Heard) -> None:
        """Take in the words of an item."""
        part = self._pending.pop(answer.item_id, None)
        if part is None:
            return
        part.heard = answer.text or ""
        if answer.item_id in self._untold:
            self._schedule(part, answer)
        self._wake_waiting()

    def forget(self, item_id: str) -> None:
        """Stop caring for an item that was deleted."""
        self._pending.pop(item_id, None)
        self._told(item_id)

    def when_understood(
        self, items: frozenset[str], call: Callable[[], None], *, told: bool = False
    ) -> None:
        """Do something once items are understood (and their transcripts sent)."""
        self._waiting.append((items, told, call))
        self._wake_waiting()

    def release_held(self) -> None:
        """Send the transcripts that wait for the end of an answer."""
        held, self._held = self._held, {}
        for tell in held.values():
            tell()

    def _wake_waiting(self) -> None:
        """Call those whose items are all understood."""
        ready = [each for each in self._waiting if self._is_ready(each[0], each[1])]
        self._waiting = [each for each in self._waiting if each not in ready]
        for _, _, call in ready:
            call()

    def _is_ready(self, items: frozenset[str], told: bool) -> bool:
        """Tell whether nothing is left to wait for."""
        if not items.isdisjoint(self._pending):
            return False
        return not told or items.isdisjoint(self._untold)

    def _schedule(self, part: Part, answer: Heard) -> None:
        """Send the transcript when the options want it."""
        settings: JsonObject = self._config.listening["transcription"] or {}

        def tell() -> None:
            if answer.item_id in self._untold:
                self._tell(part, answer, settings)
                self._told(answer.item_id)

        if self._line.options.transcription_order is TranscriptionOrder.AFTER:
            self._held[answer.item_id] = tell
            return
        delay = self._line.options.transcription_delay_ms
        if delay:
            self._line.later(delay / 1000, tell)
        else:
            tell()

    def _told(self, item_id: str) -> None:
        """Note that a transcript was sent, or never will be."""
        self._untold.discard(item_id)
        self._wake_waiting()

    def _tell(self, part: Part, answer: Heard, settings: JsonObject) -> None:
        """Send the transcription events of one item."""
        place = {"item_id": answer.item_id, "content_index": 0}
        if answer.text is None:
            error = {
                "type": "transcription_error",
                "code": "audio_unintelligible",
                "message": answer.error,
                "param": None,
            }
            self._line.send(f"{_EVENT}.failed", **place, error=error)
            return
        part.transcript = answer.text
        model = settings.get("model") or "gpt-transcribe"
        for piece in _pieces(answer.text, whole=model == "whisper-1"):
            self._line.send_text_delta(f"{_EVENT}.delta", **place, delta=piece)
        usage = transcription_usage(model, part.spoken_ms, answer.text)
        wanted = (
            {"logprobs": _logprobs(answer.text)} if self._config.get("include") else {}
        )
        self._line.send(
            f"{_EVENT}.completed",
            **place,
            transcript=answer.text,
            usage=usage,
            **wanted,
        )


def _pieces(text: str, *, whole: bool) -> list[str]:
    """Split a transcript into deltas that add up to it again."""
    return [text] if whole else words(text)


def _logprobs(text: str) -> list[JsonObject]:
    """Return the certainty of each word: complete, since it was rehearsed."""
    return [
        {"token": word, "logprob": 0.0, "bytes": list(word.encode())}
        for word in words(text)
    ]
