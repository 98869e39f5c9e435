"""Many visitors at one local Realtime server, each in real time."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
import re
import sys
import time
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect

ROOT = Path(__file__).resolve().parents[2]
_CHUNK = 4800
_CHUNK_S = 0.1
_BYTES_PER_S = 48_000
INSTRUCTIONS = "You are a jack-o'-lantern. Greet visitors and ask them a riddle."


@dataclass(slots=True)
class ServerProcess:
    """A server that runs, and how long it took to."""

    port: int
    pid: int
    started_s: float

    def memory_mb(self) -> float:
        """Return the resident memory of the server and its ears."""
        return sum(_resident_mb(pid) for pid in (self.pid, *_children(self.pid)))


@dataclass(slots=True)
class Noted:
    """What visitors noticed."""

    transcripts: list[str] = field(default_factory=list)
    errors: list[Any] = field(default_factory=list)
    answers: int = 0
    lateness_s: list[float] = field(default_factory=list)
    """How late each delta came to be played without a gap."""
    waits_s: list[float] = field(default_factory=list)
    """From the end of what was said to the first delta of the answer."""


@asynccontextmanager
async def running_server(*arguments: str) -> AsyncIterator[ServerProcess]:
    """Run the server as a process; its memory and start-up are its own."""
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "demo.realtime_server", "--port", "0", *arguments),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(30):
            line = (await process.stdout.readline()).decode()
        found = re.search(r":(\d+)/", line)
        assert found is not None, line
        took = time.perf_counter() - began
        yield ServerProcess(int(found[1]), process.pid, took)
    finally:
        process.terminate()
        async with asyncio.timeout(10):
            await process.wait()


class Visitor:
    """One client: a microphone that never stops, and ears."""

    def __init__(self, port: int, line: bytes, noted: Noted) -> None:
        """Prepare to say a line (PCM s16le mono 24 kHz)."""
        self._url = f"ws://127.0.0.1:{port}/v1/realtime?model=m"
        self._line = line
        self._noted = noted
        self._waiting = b""
        self._said_at: float | None = None
        self._answer_began: float | None = None
        self._received_s = 0.0

    async def visit(self, answers: int, *, speaks_first: bool, pause_s: float) -> None:
        """Stay for so many answers, saying the line after each."""
        async with connect(self._url, compression=None, max_size=None) as socket:
            audio = {
                "output": {"voice": "echo"},
                "input": {"transcription": {"model": "gpt-transcribe"}},
            }
            session = {"type": "realtime", "instructions": INSTRUCTIONS, "audio": audio}
            await _send(socket, {"type": "session.update", "session": session})
            if not speaks_first:
                await _send(socket, {"type": "response.create"})
            microphone = asyncio.create_task(self._keep_talking(socket))
            try:
                await self._listen(socket, answers, pause_s)
            finally:
                microphone.cancel()

    async def _keep_talking(self, socket: ClientConnection) -> None:
        """Send a chunk every 100 ms: the line, or silence."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            chunk, self._waiting = self._waiting[:_CHUNK], self._waiting[_CHUNK:]
            if chunk and not self._waiting:
                self._said_at = loop.time()
            encoded = b64encode(chunk.ljust(_CHUNK, b"\0")).decode()
            await _send(socket, {"type": "input_audio_buffer.append", "audio": encoded})
            due += _CHUNK_S
            await asyncio.sleep(max(0, due - loop.time()))

    async def _listen(
        self, socket: ClientConnection, answers: int, pause_s: float
    ) -> None:
        """Take in events, and speak after each answer but the last."""
        async for frame in socket:
            event = orjson.loads(frame)
            match event["type"]:
                case "error":
                    self._noted.errors.append(event["error"])
                case "conversation.item.input_audio_transcription.completed":
                    self._noted.transcripts.append(event["transcript"])
                case "response.created":
                    self._answer_began = None
                case "response.output_audio.delta":
                    self._hear(len(event["delta"]) * 3 / 4 / _BYTES_PER_S)
                case "response.done":
                    self._noted.answers += 1
                    answers -= 1
                    if not answers:
                        return
                    await asyncio.sleep(pause_s)
                    self._waiting = self._line

    def _hear(self, seconds: float) -> None:
        """Note whether a delta came in time for playback."""
        now = asyncio.get_running_loop().time()
        if self._answer_began is None:
            self._answer_began, self._received_s = now, 0.0
            if self._said_at is not None:
                self._noted.waits_s.append(now - self._said_at)
                self._said_at = None
        self._noted.lateness_s.append(now - self._answer_began - self._received_s)
        self._received_s += seconds


async def _send(socket: ClientConnection, event: dict[str, Any]) -> None:
    """Send an event."""
    await socket.send(orjson.dumps(event), text=True)


def _resident_mb(pid: int) -> float:
    """Return a process's resident memory in MB."""
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def _children(pid: int) -> list[int]:
    """Return a process's children."""
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]
