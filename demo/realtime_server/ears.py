"""Ears without a cloud: processes of their own that recognize speech."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
import json
import logging
from pathlib import Path
import sys
from typing import Any

import numpy as np

from custom_components.realtime_pumpkin.rehearsal.sound import BYTES_PER_MS, RATE

from .resampling import resampled

_LOGGER = logging.getLogger(__name__)
_WORKER = Path(__file__).with_name("ears_worker.py")
_AT_ONCE = 2
_LONGEST_MS = 30_000
_ANSWER_S = 20
_EAR_RATE = 16_000
_SILENCE = 32768 * 10 ** (-50 / 20)
"""A recognizer finds words even in silence: below -50 dBFS nobody asks it."""


class Recognizer:
    """One process that hears one utterance after the other.

    It never holds up the server, and starts anew where it failed.
    """

    def __init__(self, grammar: str, python: str) -> None:
        """Prepare a process; without a grammar (JSGF) it expects plain English."""
        self._grammar = grammar
        self._python = python
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def start(self) -> None:
        """Start the process before it is needed."""
        async with self._turn:
            await self._running()

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def ask(self, pcm: bytes) -> dict[str, Any]:
        """Return what it heard in PCM s16le mono 16 kHz: `text`, `plausible`.

        Raises `OSError` or `TimeoutError` when the process fails.
        """
        async with self._turn:
            try:
                async with asyncio.timeout(_ANSWER_S):
                    return await self._exchange(pcm)
            except BaseException:
                # Whatever it still says would be taken for the next answer.
                await self.close()
                raise

    async def _running(self) -> asyncio.subprocess.Process:
        """Return the process, started anew where it is gone."""
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *(self._python, "-I", str(_WORKER)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
            )
            hello = json.dumps({"grammar": self._grammar}).encode() + b"\n"
            assert self._process.stdin is not None
            self._process.stdin.write(hello)
        return self._process

    async def _exchange(self, pcm: bytes) -> dict[str, Any]:
        """Send an utterance and return the answer."""
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"bytes": len(pcm)}).encode() + b"\n" + pcm)
        await process.stdin.drain()
        line = await process.stdout.readline()
        if not line:
            raise OSError("the recognizer ended (is pocketsphinx installed?)")
        answer: dict[str, Any] = json.loads(line)
        return answer


class Ears:
    """Hear words: what a grammar expects first, and plain English where it must be.

    `python` is any Python that has pocketsphinx.
    """

    def __init__(self, grammar: str = "", python: str = sys.executable) -> None:
        """Prepare ears that expect what a grammar (JSGF) describes."""
        several = [
            Recognizer(grammar, python) for _ in range(_AT_ONCE if grammar else 0)
        ]
        self._open = Recognizer("", python)
        self._all = [*several, self._open]
        self._idle: asyncio.Queue[Recognizer] = asyncio.Queue(_AT_ONCE)
        for recognizer in several:
            self._idle.put_nowait(recognizer)
        self._expects = bool(grammar)
        # One is enough, and every thread more costs memory.
        self._thread = ThreadPoolExecutor(1, "ears")

    async def hear(self, pcm: bytes) -> str | None:
        """Return the words in PCM s16le mono 24 kHz, or None when hearing fails."""
        short = pcm[: _LONGEST_MS * BYTES_PER_MS]
        loop = asyncio.get_running_loop()
        heard = await loop.run_in_executor(self._thread, to_ear_rate, short)
        if loudest(heard) < _SILENCE:
            return ""
        try:
            return await self._recognize(heard)
        except (OSError, TimeoutError, ValueError) as error:
            _LOGGER.warning("The ears failed: %s", str(error) or type(error).__name__)
            return None

    async def start(self) -> None:
        """Start what expects the grammar; the rest starts when it is needed."""
        for recognizer in self._all:
            if recognizer is not self._open:
                await recognizer.start()

    async def close(self) -> None:
        """End all processes, and the thread."""
        self._thread.shutdown(cancel_futures=True)
        for recognizer in self._all:
            await recognizer.close()

    async def _recognize(self, pcm: bytes) -> str:
        """Ask one of those that expect, and the open ears where that is no use."""
        if self._expects:
            recognizer = await self._idle.get()
            try:
                answer = await recognizer.ask(pcm)
            finally:
                self._idle.put_nowait(recognizer)
            if answer["plausible"]:
                return str(answer["text"])
        return str((await self._open.ask(pcm))["text"])


def loudest(pcm: bytes) -> float:
    """Return the loudness (root mean square) of the loudest 20 ms at 16 kHz."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    frames = samples[: samples.size // 320 * 320].reshape(-1, 320)
    return float(np.sqrt((frames**2).mean(axis=1)).max()) if frames.size else 0.0


def to_ear_rate(pcm: bytes) -> bytes:
    """Return 24 kHz PCM at 16 kHz."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    rounded = np.rint(resampled(samples, _EAR_RATE / RATE))
    return bytes(np.clip(rounded, -32768, 32767).astype("<i2").data)
