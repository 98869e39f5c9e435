"""Conversation items: what they hold, how they look on the wire."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .sound import milliseconds

type JsonObject = dict[str, Any]


@dataclass(slots=True)
class Part:
    """One piece of a message's content.

    `transcript` is what clients see; `heard` is what the brain understood (of a
    user) or what the user got to hear (of the assistant). `audio` is s16le mono
    24 kHz; `spoken_ms` stays when the audio is no longer kept.
    """

    kind: str
    text: str | None = None
    transcript: str | None = None
    heard: str | None = None
    image: JsonObject | None = None
    audio: bytearray = field(default_factory=bytearray, repr=False)
    spoken_ms: int = 0

    def wire(self, *, with_audio: bool = False) -> JsonObject:
        """Return the part as JSON, with its audio only when asked."""
        match self.kind:
            case "input_audio" | "output_audio":
                shown: JsonObject = {"type": self.kind, "transcript": self.transcript}
                if with_audio:
                    shown["audio"] = b64encode(self.audio).decode()
                return shown
            case "input_image":
                return {"type": self.kind, **(self.image or {})}
            case _:
                return {"type": self.kind, "text": self.text or ""}

    @property
    def words(self) -> str:
        """Return the part as text, as far as it was understood or heard."""
        if self.text is not None:
            return self.text
        return self.heard if self.heard is not None else self.transcript or ""

    def grow(self, pcm: bytes) -> None:
        """Append audio."""
        self.audio += pcm
        self.spoken_ms = milliseconds(len(self.audio))


@dataclass(slots=True)
class Item:
    """One item of a conversation."""

    id: str
    type: str
    status: str = "completed"
    role: str | None = None
    parts: list[Part] = field(default_factory=list)
    extra: JsonObject = field(default_factory=dict)
    """What the other types hold: name, call_id, arguments, output, phase…"""

    def wire(self, *, with_object: bool = True, with_audio: bool = False) -> JsonObject:
        """Return the item as JSON."""
        shown: JsonObject = {"id": self.id}
        if with_object:
            shown["object"] = "realtime.item"
        shown |= {"type": self.type, "status": self.status}
        if self.type == "message":
            content = [part.wire(with_audio=with_audio) for part in self.parts]
            shown |= {"role": self.role, "content": content}
        return shown | self.extra

    @property
    def words(self) -> str:
        """Return the text of all parts."""
        return " ".join(part.words for part in self.parts if part.words)

    @property
    def by_model(self) -> bool:
        """Tell whether the model said or did this."""
        return self.role == "assistant" or self.type == "function_call"

    def audio_part(self) -> Part | None:
        """Return the part with the assistant's audio."""
        return next((p for p in self.parts if p.kind == "output_audio"), None)


class Conversation:
    """The items of a conversation in order."""

    def __init__(self, conversation_id: str, keep_audio_bytes: int) -> None:
        """Start empty; keep at most so much audio."""
        self.id = conversation_id
        self._items: list[Item] = []
        self._keep_audio_bytes = keep_audio_bytes

    def __iter__(self) -> Iterator[Item]:
        """Walk the items in order."""
        return iter(self._items)

    def __len__(self) -> int:
        """Count the items."""
        return len(self._items)

    def find(self, item_id: str) -> Item | None:
        """Return the item with an id."""
        return next((each for each in self._items if each.id == item_id), None)

    def knows_call(self, call_id: str) -> bool:
        """Tell whether a function call with this call id stands here."""
        return any(
            each.type == "function_call" and each.extra.get("call_id") == call_id
            for each in self._items
        )

    @property
    def last_id(self) -> str | None:
        """Return the id of the last item."""
        return self._items[-1].id if self._items else None

    def add(self, item: Item) -> str | None:
        """Append an item and return the id of the one before it."""
        return self.insert(item, len(self._items))

    def insert(self, item: Item, position: int) -> str | None:
        """Put an item at a position and return the id of the one before it."""
        self._items.insert(position, item)
        self._forget_old_audio()
        return self._items[position - 1].id if position else None

    def position_after(self, item_id: str) -> int | None:
        """Return the position behind an item; `root` is the beginning."""
        if item_id == "root":
            return 0
        for index, each in enumerate(self._items):
            if each.id == item_id:
                return index + 1
        return None

    def remove(self, item: Item) -> None:
        """Take an item out."""
        self._items.remove(item)

    def news(self) -> list[Item]:
        """Return the items behind the model's last one."""
        fresh: list[Item] = []
        for each in reversed(self._items):
            if each.by_model:
                break
            fresh.append(each)
        return fresh[::-1]

    def has_assistant_audio(self) -> bool:
        """Tell whether the assistant has been heard."""
        return any(
            part.spoken_ms
            for each in self._items
            if each.by_model
            for part in each.parts
        )

    def forget_audio(self) -> None:
        """Drop all audio: nobody can ask for it any more."""
        for item in self._items:
            for part in item.parts:
                part.audio = bytearray()

    def _forget_old_audio(self) -> None:
        """Drop the oldest audio beyond what is kept."""
        spare = self._keep_audio_bytes
        for item in reversed(self._items):
            for part in item.parts:
                spare -= len(part.audio)
                if spare < 0 and item is not self._items[-1]:
                    part.audio = bytearray()
