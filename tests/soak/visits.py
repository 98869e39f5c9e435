"""Visits to a door in virtual time, each with or without something that goes wrong."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from homeassistant.core import Event, HomeAssistant, callback
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Plan,
    ResponseRequest,
    Say,
)
from tests.audio.signals import tone
from tests.links.satellite import CHUNK_MS, PCM_16K

from .fragile_server import FragileServer
from .porch import EndlessSatellite

_CHUNK_BYTES: Final = PCM_16K.bytes_of(CHUNK_MS)
_WORDS_MS: Final = 500
_WITHIN_S: Final = 120.0
_TURNS: Final = 2


class Doorkeeper:
    """A brain: greet, answer once, say goodbye."""

    def plan(self, request: ResponseRequest) -> Plan:
        """Return what is said next; the goodbye comes after two turns."""
        turns = sum(item.role == "user" for item in request.history)
        if turns < _TURNS and "oodbye" not in _directions(request):
            return Plan((Say(f"This is line {turns}.", duration_ms=900),))
        finish = Call("finish_conversation", {"reason": "done", "summary": "A visit."})
        has_tool = any(tool.get("name") == finish.name for tool in request.tools)
        tools = (finish,) if has_tool and request.tool_choice != "none" else ()
        return Plan((Say("Goodbye!", duration_ms=600), *tools))

    def hear(self, pcm: bytes) -> str | None:
        """Understand every sound."""
        return "Trick or treat!"


def _directions(request: ResponseRequest) -> str:
    """Return what stage directions were given since the last answer."""
    return " ".join(item.words for item in request.news if item.role == "system")


class Mouth:
    """What a satellite's microphone hears: silence, until somebody speaks."""

    def __init__(self) -> None:
        """Be silent."""
        self._sound = tone(PCM_16K.rate, 1000)
        self._left = 0

    def say(self, ms: int = _WORDS_MS) -> None:
        """Speak for so long."""
        self._left = max(self._left, ms // CHUNK_MS)

    def chunk(self, number: int) -> bytes:
        """Return the n-th chunk of 20 ms."""
        if self._left <= 0:
            return bytes(_CHUNK_BYTES)
        self._left -= 1
        at = number * _CHUNK_BYTES % len(self._sound)
        return self._sound[at : at + _CHUNK_BYTES]


class Trouble(StrEnum):
    """What may happen to a visit."""

    NOTHING = "nothing"
    INTERRUPTED = "interrupted"
    CUT = "cut"
    DOWN = "down"
    UNPLUGGED = "unplugged"
    GONE = "gone"
    RELOADED = "reloaded"
    STOPPED = "stopped"
    HUNG_UP = "hung up"
    RANG_TWICE = "rang twice"


ENDS: Final[Mapping[Trouble, frozenset[str]]] = {
    Trouble.NOTHING: frozenset({"finished"}),
    Trouble.INTERRUPTED: frozenset({"finished"}),
    Trouble.CUT: frozenset({"finished"}),
    Trouble.DOWN: frozenset({"connection_lost"}),
    Trouble.UNPLUGGED: frozenset({"finished"}),
    Trouble.GONE: frozenset({"microphone_lost", "speaker_lost"}),
    Trouble.RELOADED: frozenset({"unloaded"}),
    Trouble.STOPPED: frozenset({"stopped"}),
    Trouble.HUNG_UP: frozenset({"stopped"}),
    Trouble.RANG_TWICE: frozenset({"finished"}),
}
"""How a conversation may end after each."""

NEEDS_SERVER: Final = frozenset({Trouble.CUT, Trouble.DOWN})
"""What cannot happen where the server is in this process."""


@dataclass(slots=True)
class Door:
    """A voice, and who stands in front of it."""

    hass: HomeAssistant
    entry: MockConfigEntry
    entity_id: str
    satellite: EndlessSatellite
    mouth: Mouth
    server: FragileServer | None
    """None where the voice rehearses."""

    news: asyncio.Event = field(default_factory=asyncio.Event)
    happened: list[str] = field(default_factory=list)
    ended: str | None = None

    @property
    def faults(self) -> list[str]:
        """Return what was done wrong at the satellite."""
        return self.satellite.faults

    @callback
    def hear(self, event: Event[Any]) -> None:
        """Note an event of this voice."""
        if event.data.get("entity_id") != self.entity_id:
            return
        name = event.event_type.removeprefix(f"{DOMAIN}_")
        self.happened.append(name)
        if name == EventName.CONVERSATION_ENDED:
            self.ended = event.data["reason"]
        self.news.set()

    async def until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true, looked at after each event of the voice."""
        async with asyncio.timeout(_WITHIN_S):
            while not true():
                self.news.clear()
                await self.news.wait()

    async def act(self, action: str, **data: Any) -> None:
        """Perform one of our actions."""
        target = {"entity_id": self.entity_id, **data}
        await self.hass.services.async_call(DOMAIN, action, target, blocking=True)

    async def visit(self, trouble: Trouble) -> str:
        """Come to the door, talk, and say how it ended."""
        self.happened.clear()
        self.ended = None
        await self.act("start_conversation")
        await self.until(
            lambda: EventName.AUDIO_STARTED in self.happened or bool(self.ended)
        )
        talking = asyncio.create_task(self._talk())
        try:
            await self._happen(trouble)
            await self.until(lambda: self.ended is not None)
        finally:
            talking.cancel()
            await asyncio.wait([talking])
        assert self.ended is not None
        return self.ended

    async def _talk(self) -> None:
        """Say something whenever the voice has been quiet for a moment."""
        while True:
            await asyncio.sleep(0.4)
            if self._is_quiet:
                self.mouth.say()
                await asyncio.sleep(2.0)

    @property
    def _is_quiet(self) -> bool:
        """Tell whether the voice waits for an answer."""
        state = self.hass.states.get(self.entity_id)
        return state is not None and state.state == "listening"

    async def _happen(self, trouble: Trouble) -> None:
        """Let something happen while the voice speaks."""
        match trouble:
            case Trouble.INTERRUPTED:
                self.mouth.say(800)
            case Trouble.CUT if self.server is not None:
                self.server.cut()
            case Trouble.DOWN if self.server is not None:
                self.server.is_down = True
                self.server.cut()
                await self.until(lambda: self.ended is not None)
                self.server.is_down = False
            case Trouble.UNPLUGGED | Trouble.GONE:
                await self.satellite.stop()
                if trouble is Trouble.GONE:
                    await self.until(lambda: self.ended is not None)
                await asyncio.sleep(0.3)
                await self.satellite.start()
            case Trouble.RELOADED:
                await self.hass.config_entries.async_reload(self.entry.entry_id)
            case Trouble.STOPPED:
                await self.act("stop_conversation")
            case Trouble.HUNG_UP:
                await self.act("stop_conversation", goodbye=False)
            case Trouble.RANG_TWICE:
                await self.act("start_conversation")
