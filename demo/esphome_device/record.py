"""What the device was told and what it did, for whoever tests with it."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from io import FileIO
import logging
import time
from typing import Any

from .frames import Message

_KEPT = 4000
_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, at a wall-clock time in s."""

    at: float
    what: str
    """`<` and a message that came, `>` and one that was sent, or a plain word."""

    detail: dict[str, Any]


@dataclass(slots=True)
class Run:
    """One run of the assistant, from the device's request on; times in s."""

    requested_at: float
    wake_word: str = ""
    answered_at: float | None = None
    first_audio_at: float | None = None
    stt_ended_at: float | None = None
    ended_at: float | None = None
    """When Home Assistant said that the run is over."""

    bytes_sent: int = 0
    """PCM s16le mono 16 kHz that went out."""

    bytes_sent_before_end: int = 0
    """What had gone out when Home Assistant first said that it heard enough."""

    events: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Record:
    """The device's memory; bounded, the oldest goes first."""

    clock: Callable[[], float] = time.time
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=_KEPT))
    counts: Counter[str] = field(default_factory=Counter)
    runs: list[Run] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """What came that the firmware would not have expected; empty in a good test."""

    kept: FileIO | None = None
    """Where every chunk of the microphone that went out is kept, run after run."""

    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, what: str, **detail: Any) -> None:
        """Remember that something happened."""
        self.entries.append(Entry(self.clock(), what, detail))
        self._count(what)

    async def until(self, true: Callable[[], bool], within_s: float = 10.0) -> None:
        """Wait until something is true that changes when something happens here.

        Raises `TimeoutError`, with what was remembered last.
        """
        try:
            async with asyncio.timeout(within_s):
                while not true():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError as err:
            last = [f"{entry.what} {entry.detail}" for entry in self.entries][-12:]
            raise TimeoutError("\n".join(["It did not come. Last:", *last])) from err

    def _count(self, what: str) -> None:
        """Count something and wake whoever waits."""
        self.counts[what] += 1
        self._news.set()

    def message(self, arrow: str, message: Message) -> None:
        """Remember a message; sound is only counted."""
        name = type(message).__name__
        if name == "VoiceAssistantAudio":
            self._count(f"{arrow} {name}")
        else:
            self.note(f"{arrow} {name}", **_fields(message))

    def keep(self, pcm: bytes) -> None:
        """Keep a chunk of the microphone that goes out, where that is wanted."""
        if self.kept:
            self.kept.write(pcm)

    def complain(self, what: str) -> None:
        """Say loudly what must not have come."""
        _LOGGER.error("Unexpected: %s", what)
        self.complaints.append(what)

    def all(self, what: str) -> list[Entry]:
        """Return everything of a kind that is still remembered."""
        return [entry for entry in self.entries if entry.what == what]

    @property
    def facts(self) -> dict[str, Any]:
        """Return all of it as it can be sent."""
        return {
            "entries": [asdict(entry) for entry in self.entries],
            "counts": dict(self.counts),
            "runs": [asdict(run) for run in self.runs],
            "complaints": list(self.complaints),
        }


def _fields(message: Message) -> dict[str, Any]:
    """Return a message's plain fields; an event's data as a mapping."""
    found: dict[str, Any] = {}
    for descriptor, value in message.ListFields():
        if isinstance(value, bool | int | float | str):
            found[descriptor.name] = value
    if (kind := getattr(message, "event_type", None)) is not None:
        found["event_type"] = kind
        found["data"] = {item.name: item.value for item in getattr(message, "data", ())}
    return found
