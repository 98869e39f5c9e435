"""Three turns in Assist with real processes, spoken over Home Assistant's websocket."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from pathlib import Path
import time
from typing import Any

from aiohttp import ClientSession, WSMsgType

from demo.house.client import House
from demo.house.setup import Account, add_account, add_voice, wait_until_running
from demo.porch.voice import speak
from demo.rig import home_assistant, realtime
from demo.rig.places import Folder
from demo.rig.processes import Supervisor

from .card import VISITOR
from .tap import Tap, tap

TURNS = 3
_CHUNK = 1280
_CHUNK_S = 0.04
_PATIENCE_S = 30.0


async def _said(folder: Path) -> bytes:
    """Return a question and the pause after it, PCM s16le mono 16 kHz.

    The pause is all zeros, by which the end of what was said is known.
    """
    spoken = await speak(VISITOR, "Trick or treat!", folder)
    return bytes(6400) + await asyncio.to_thread(spoken.read_bytes) + bytes(96_000)


@dataclass
class _Dialog:
    """The Assist dialog of a browser."""

    house: House
    http: ClientSession
    socket: Any
    pipeline: str
    wire: Tap
    said: bytes
    number: int = 0
    conversation_id: str | None = None
    silent_at: float = 0.0
    """When the last of what was said was sent."""

    events: list[dict[str, Any]] = field(default_factory=list)

    async def turn(self) -> dict[str, Any]:
        """Speak in real time, play the answer; tell when what happened, in s."""
        self.number += 1
        self.events.clear()
        before = len(self.wire.deltas)
        await self.socket.send_json(
            {
                "id": self.number,
                "type": "assist_pipeline/run",
                "pipeline": self.pipeline,
                "start_stage": "stt",
                "end_stage": "tts",
                "input": {"sample_rate": 16_000},
                "conversation_id": self.conversation_id,
            }
        )
        began = (await self._until("run-start"))["data"]
        handler = began["runner_data"]["stt_binary_handler_id"]
        playing = asyncio.create_task(self._play(began["tts_output"]["url"]))
        speaking = asyncio.create_task(self._speak(handler))
        ended = await self._until("intent-end")
        await self._until("run-end")
        speaking.cancel()
        first_at, size = await playing
        self.conversation_id = ended["data"]["intent_output"]["conversation_id"]
        sent = [each.at_ms / 1000 for each in self.wire.deltas[before:]]
        heard_at = max(each.at_ms / 1000 for each in self.wire.appends if any(each.pcm))
        asked = (self.wire.creates[-1] - self.wire.commits[-1]) / 1000
        return {
            "waited": first_at - self.silent_at,
            "server": sent[0] - heard_at - asked,
            "bytes": size,
            "deltas": len(sent),
            "words": ended["data"]["intent_output"]["response"]["speech"],
        }

    async def _speak(self, handler: int) -> None:
        """Send the microphone at its own pace."""
        pcm = self.said
        due = time.monotonic()
        for at in range(0, len(pcm), _CHUNK):
            chunk = pcm[at : at + _CHUNK]
            await self.socket.send_bytes(bytes([handler]) + chunk)
            if any(chunk):
                self.silent_at = time.time()
            due += _CHUNK_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))

    async def _play(self, path: str) -> tuple[float, int]:
        """Fetch the answer as a player does; return when it began and its bytes."""
        first_at, size = 0.0, 0
        async with self.http.get(self.house.url + path) as response:
            async for chunk in response.content.iter_any():
                first_at = first_at or time.time()
                size += len(chunk)
        return first_at, size

    async def _until(self, kind: str) -> dict[str, Any]:
        """Read up to an event of a kind."""
        async with asyncio.timeout(_PATIENCE_S):
            while True:
                message = await self.socket.receive()
                assert message.type is WSMsgType.TEXT, message
                event = json.loads(message.data).get("event") or {}
                if event.get("type") == "error":
                    raise AssertionError(event)
                if event.get("type") == kind:
                    return dict(event)


@asynccontextmanager
async def _dialog(path: Path) -> AsyncIterator[_Dialog]:
    """Set a house up whose voice is asked in Assist."""
    folder = Folder(path / "stage")
    folder.renew()
    async with Supervisor(folder.logs) as supervisor:
        _, server = await realtime.start(supervisor, ("--think-ms", "0"))
        async with tap(server) as wire:
            _, url = await home_assistant.start(supervisor, folder)
            async with House.at(url) as house, ClientSession() as http:
                await house.onboard()
                await house.connect()
                await wait_until_running(house)
                entry = await add_account(house, Account(wire.url, realtime.KEY))
                await add_voice(
                    house,
                    entry,
                    {"microphone": "browser"},
                    "browser",
                    {"model": "gpt-realtime-2.1"},
                )
                listed = await house.ask("assist_pipeline/pipeline/list")
                [pipeline] = [
                    each["id"]
                    for each in listed["pipelines"]
                    if str(each["stt_engine"]).startswith("stt.")
                ]
                async with http.ws_connect(f"{url}/api/websocket") as socket:
                    await socket.receive_json()
                    await socket.send_json(
                        {"type": "auth", "access_token": house._token}
                    )
                    await socket.receive_json()
                    said = await _said(folder.path)
                    yield _Dialog(house, http, socket, pipeline, wire, said)


async def turns(path: Path) -> dict[str, Any]:
    """Take some turns and return how each was."""
    async with _dialog(path) as dialog:
        return {"turns": [await dialog.turn() for _ in range(TURNS)]}
