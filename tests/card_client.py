"""The card as Home Assistant meets it: a websocket client that plays in real time."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
import contextlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from typing import Any

from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.typing import (
    MockHAClientWebSocket,
    WebSocketGenerator,
)

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.links.browser import KIND_REPORT, KIND_SOUND
from tests.common import VOICE_ENTITY_ID

FRAME = bytes(960)


@dataclass
class Card:
    """One tab with the card, on one connection."""

    socket: MockHAClientWebSocket
    client_id: str = "tab"
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    played: dict[int, bytearray] = field(default_factory=dict)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    subscriptions: dict[str, int] = field(default_factory=dict)
    handler: int = 0
    _ends: dict[int, int] = field(default_factory=dict)
    _done: set[int] = field(default_factory=set)
    _listens: bool = False

    async def ask(self, command: str, **fields: Any) -> dict[str, Any]:
        """Send one of our commands for the voice and return its answer."""
        fields = {"entity_id": VOICE_ENTITY_ID, **fields}
        return await self.send(f"{DOMAIN}/{command}", **fields)

    async def send(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Send a command and return its answer."""
        message: dict[str, Any] = {"type": kind, **fields}
        await self.socket.send_json_auto_id(message)
        sent: int = message["id"]
        self.subscriptions[kind.removeprefix(f"{DOMAIN}/")] = sent
        async with asyncio.timeout(10):
            while sent not in self.answers:
                self.news.clear()
                await self.news.wait()
        return self.answers[sent]

    async def attach(self, **fields: Any) -> dict[str, Any]:
        """Lend the voice this tab's microphone and speaker."""
        fields = {"client_id": self.client_id, "echo_cancelled": True, **fields}
        return await self.ask("browser", **fields)

    async def leave(self, command: str) -> dict[str, Any]:
        """Unsubscribe from a command; a tab falls silent before it goes."""
        if command == "browser":
            self.handler = 0
        number = self.subscriptions[command]
        return await self.send("unsubscribe_events", subscription=number)

    def of(self, kind: str) -> list[dict[str, Any]]:
        """Return the events of a kind."""
        return [event for event in self.events if event["type"] == kind]

    async def until(self, kind: str, **fields: Any) -> dict[str, Any]:
        """Wait for an event of a kind that has such fields, and return it."""
        async with asyncio.timeout(15):
            while True:
                for event in self.of(kind):
                    if fields.items() <= event.items():
                        return event
                self.news.clear()
                await self.news.wait()

    async def until_told(self, name: str) -> dict[str, Any]:
        """Wait for something to happen in the conversation; return its data."""
        data: dict[str, Any] = (await self.until("event", event=name))["data"]
        return data

    async def send_bytes(self, kind: int, payload: bytes) -> None:
        """Send a binary message, where the voice takes any."""
        if not self.handler:
            return
        with contextlib.suppress(ConnectionResetError):
            await self.socket.send_bytes(bytes((self.handler, kind)) + payload)

    async def report(self, **report: Any) -> None:
        """Send a report."""
        await self.send_bytes(KIND_REPORT, json.dumps(report).encode())

    async def read(self) -> None:
        """Take what Home Assistant sends, until the connection ends."""
        while True:
            message = await self.socket.receive_json()
            if message["type"] == "result":
                self.answers[message["id"]] = message
            elif message["type"] == "event":
                await self._take(message["event"])
            self.news.set()

    async def _take(self, event: dict[str, Any]) -> None:
        """Do what the voice wants."""
        self.events.append(event)
        match event["type"]:
            case "handler":
                self.handler = event["id"]
            case "microphone":
                self._listens = event["on"]
                if event["on"]:
                    await self.report(type="microphone", on=True, rate=24_000)
            case "audio":
                sound = self.played.setdefault(event["n"], bytearray())
                pcm = b64decode(event["pcm"])
                sound[event["at"] : event["at"] + len(pcm)] = pcm
            case "end":
                self.played.setdefault(event["n"], bytearray())
                self._ends[event["n"]] = event["at"]
            case "clear":
                self._done |= {n for n in self.played if n < event["below"]}

    async def live(self) -> None:
        """Listen and play in real time, in steps of 20 ms."""
        position: dict[int, int] = {}
        while True:
            await asyncio.sleep(0.02)
            if self._listens:
                await self.send_bytes(KIND_SOUND, FRAME)
            for number, sound in sorted(self.played.items()):
                if number in self._done:
                    continue
                at = min(len(sound), position.get(number, 0) + len(FRAME))
                is_done = at == self._ends.get(number)
                is_playing = at > position.get(number, 0)
                position[number] = at
                if is_done:
                    self._done.add(number)
                await self.report(
                    type="speaker",
                    n=number,
                    played=at / 48,
                    latency=0,
                    playing=is_playing and not is_done,
                    done=is_done,
                )
                break


@asynccontextmanager
async def card(
    hass: HomeAssistant,
    hass_ws_client: WebSocketGenerator,
    token: str | None = None,
    client_id: str = "tab",
) -> AsyncIterator[Card]:
    """Open a tab with the card; close it at the end."""
    tokens = () if token is None else (token,)
    tab = Card(await hass_ws_client(hass, *tokens), client_id)
    tasks = [asyncio.create_task(work) for work in (tab.read(), tab.live())]
    try:
        yield tab
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await tab.socket.close()
