"""The Assist dialog of a browser: what it sends over the websocket, and plays."""

import asyncio
from dataclasses import dataclass, field
import io
from itertools import count
from typing import Any, Final

from aiohttp.test_utils import TestClient
import av
from homeassistant.components.assist_pipeline import async_get_pipelines
from homeassistant.core import HomeAssistant
import numpy as np

CHUNK: Final = 1280
"""40 ms of PCM s16le mono 16 kHz."""

_MESSAGE_IDS: Final = count(1000)


def speech(ms: int) -> bytes:
    """Return something loud, PCM s16le mono 16 kHz."""
    times = np.arange(ms * 16) / 16_000
    return (np.sin(2 * np.pi * 300 * times) * 9000).astype("<i2").tobytes()


def silence(ms: int) -> bytes:
    """Return nothing to be heard, PCM s16le mono 16 kHz."""
    return bytes(ms * 32)


SAID: Final = silence(200) + speech(500) + silence(900)
"""A turn and the pause after it."""


@dataclass
class Run:
    """What one run of the pipeline told the dialog."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def data(self, kind: str) -> dict[str, Any]:
        """Return the data of the first event of a kind."""
        found: dict[str, Any] = next(
            event["data"] for event in self.events if event["type"] == kind
        )
        return found

    def has(self, kind: str) -> bool:
        """Tell whether there was an event of a kind."""
        return any(event["type"] == kind for event in self.events)

    @property
    def conversation_id(self) -> str:
        """Return what the next turn is to name."""
        found: str = self.data("intent-end")["intent_output"]["conversation_id"]
        return found

    @property
    def goes_on(self) -> bool:
        """Tell whether the dialog is to listen again."""
        found: bool = self.data("intent-end")["intent_output"]["continue_conversation"]
        return found

    @property
    def heard(self) -> str:
        """Return what was understood."""
        found: str = self.data("stt-end")["stt_output"]["text"]
        return found

    @property
    def answer(self) -> str:
        """Return what was answered."""
        response = self.data("intent-end")["intent_output"]["response"]
        found: str = response["speech"]["plain"]["speech"]
        return found


@dataclass
class Dialog:
    """A browser with the dialog open."""

    hass: HomeAssistant
    socket: Any
    http: TestClient[Any, Any]
    name: str = "Pumpkin"
    conversation_id: str | None = None
    last_stage: str = "tts"
    """Where a spoken turn ends."""

    async def speak(self, pcm: bytes = SAID, *, closes: bool = False) -> Run:
        """Speak PCM s16le mono 16 kHz; `closes` as when the button is pressed again."""
        sent = await self._start("stt", self.last_stage, {"sample_rate": 16_000})
        run = Run()
        await self._read(sent, run, until="stt-start")
        handler = run.data("run-start")["runner_data"]["stt_binary_handler_id"]
        for at in range(0, len(pcm), CHUNK):
            await self.socket.send_bytes(bytes([handler]) + pcm[at : at + CHUNK])
        if closes:
            await self.socket.send_bytes(bytes([handler]))
        await self._read(sent, run, until="run-end")
        return self._done(run)

    async def write(self, text: str) -> Run:
        """Write to the voice."""
        sent = await self._start("intent", "intent", {"text": text})
        run = Run()
        await self._read(sent, run, until="run-end")
        return self._done(run)

    async def sound_of(self, run: Run) -> float:
        """Play what was answered; return how long it is, in seconds."""
        response = await self.http.get(run.data("tts-end")["tts_output"]["url"])
        assert response.status == 200
        return seconds_of(await response.read())

    async def _start(self, first: str, last: str, said: dict[str, Any]) -> int:
        """Run the voice's pipeline; return the message's id."""
        pipeline = next(
            each for each in async_get_pipelines(self.hass) if each.name == self.name
        )
        sent = next(_MESSAGE_IDS)
        message = {
            "id": sent,
            "type": "assist_pipeline/run",
            "pipeline": pipeline.id,
            "start_stage": first,
            "end_stage": last,
            "input": said,
        }
        if self.conversation_id is not None:
            message["conversation_id"] = self.conversation_id
        await self.socket.send_json(message)
        return sent

    async def _read(self, sent: int, run: Run, *, until: str) -> None:
        """Read events up to one of a kind."""
        async with asyncio.timeout(15):
            while not run.has(until) and not run.has("run-end"):
                message = await self.socket.receive_json()
                if message["id"] == sent and message["type"] == "event":
                    run.events.append(message["event"])
                else:
                    assert message["success"], message

    def _done(self, run: Run) -> Run:
        """Go on with the conversation that was begun."""
        if run.has("intent-end"):
            self.conversation_id = run.conversation_id
        return run


def seconds_of(file: bytes) -> float:
    """Return how long an MP3 file is loud."""
    with av.open(io.BytesIO(file)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    samples = np.concatenate(frames, axis=1)[0]
    loud = np.flatnonzero(np.abs(samples) > 0.02)
    return float(loud[-1] - loud[0]) / rate if loud.size else 0.0
