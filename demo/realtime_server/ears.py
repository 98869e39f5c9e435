"""Ears without a cloud: a process of its own that recognizes speech."""

import asyncio
import json
import logging
from pathlib import Path
import sys

import numpy as np

_LOGGER = logging.getLogger(__name__)
_WORKER = Path(__file__).with_name("ears_worker.py")
_LONGEST_MS = 30_000
_ANSWER_S = 20
_EAR_RATE = 16_000
_SILENCE = 32768 * 10 ** (-50 / 20)
"""A recognizer finds words even in silence: below -50 dBFS nobody asks it."""


class Ears:
    """Hear words in audio, one utterance after the other.

    The recognizer runs in another process, so that it never holds up the
    server, and may be of another Python (`python`) that has pocketsphinx.
    """

    def __init__(self, grammar: str = "", python: str = sys.executable) -> None:
        """Prepare ears that expect what a grammar (JSGF) describes."""
        self._grammar = grammar
        self._python = python
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def hear(self, pcm: bytes) -> str | None:
        """Return the words in PCM s16le mono 24 kHz, or None when hearing fails."""
        heard = to_ear_rate(pcm[: _LONGEST_MS * 48])
        if loudest(heard) < _SILENCE:
            return ""
        async with self._turn:
            try:
                async with asyncio.timeout(_ANSWER_S):
                    return await self._ask(heard)
            except (OSError, EOFError, TimeoutError, ValueError) as error:
                _LOGGER.warning("The ears failed: %s", error or type(error).__name__)
                await self.close()
                return None

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

    async def _ask(self, pcm: bytes) -> str:
        """Ask the process for the words; raises `EOFError` when it ended."""
        process = await self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps({"bytes": len(pcm)}).encode() + b"\n" + pcm)
        await process.stdin.drain()
        answer = await process.stdout.readline()
        if not answer:
            raise EOFError("the recognizer ended (is pocketsphinx installed?)")
        return str(json.loads(answer)["text"])


def loudest(pcm: bytes) -> float:
    """Return the loudness (root mean square) of the loudest 20 ms at 16 kHz."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    frames = samples[: samples.size // 320 * 320].reshape(-1, 320)
    return float(np.sqrt((frames**2).mean(axis=1)).max()) if frames.size else 0.0


def to_ear_rate(pcm: bytes) -> bytes:
    """Return 24 kHz PCM at 16 kHz: two samples for three, behind a low pass."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    if not samples.size:
        return b""
    taps = np.arange(-18, 19)
    kernel = np.sinc(taps * 2 * 7200 / 24_000) * np.hamming(taps.size)
    smooth = np.convolve(samples, kernel / kernel.sum(), "same")
    places = np.arange(int(samples.size * _EAR_RATE / 24_000)) * 1.5
    between = np.interp(places, np.arange(smooth.size), smooth)
    rounded = np.clip(np.rint(between), -32768, 32767).astype("<i2")
    return bytes(rounded.data)
