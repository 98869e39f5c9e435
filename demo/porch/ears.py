"""Hear the porch as whoever stands there hears it."""

import asyncio
from collections.abc import Callable
import contextlib
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Self

from demo.measure.speech import SOUND_DBFS
from demo.rig.processes import RigError

from .soundcard import PERIOD_MS

_LOUD = 32768 * 10 ** (SOUND_DBFS / 20)
_PAUSE_MS = 700


@dataclass(slots=True)
class Heard:
    """What has been heard so far, in ms since the recording's start."""

    now_ms: int = 0
    sound_started_ms: int = -1
    last_sound_ms: int = -1
    lines_ended: int = 0
    line_ended_ms: int = -1

    @property
    def quiet_ms(self) -> int:
        """Return for how long the speaker has been quiet."""
        return self.now_ms - self.last_sound_ms

    def hear(
        self, ms: int, speaker_peak: int, *, line_ended: bool, pause_ms: int
    ) -> None:
        """Take in 10 ms of the porch."""
        self.now_ms = ms + PERIOD_MS
        if line_ended:
            self.lines_ended += 1
            self.line_ended_ms = self.now_ms
        if speaker_peak <= _LOUD:
            return
        if self.last_sound_ms < 0 or ms - self.last_sound_ms > pause_ms:
            self.sound_started_ms = ms
        self.last_sound_ms = self.now_ms


class Ears:
    """A connection to the sound card: hears what is played, says lines."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Listen from now on."""
        self.heard = Heard()
        self._reader = reader
        self._writer = writer
        self._news = asyncio.Condition()
        self._deaf = False
        self._task: asyncio.Task[None] | None = None

    @classmethod
    async def at(cls, address: str) -> Self:
        """Return ears at the sound card with an address."""
        reader, writer = await asyncio.open_unix_connection("\0" + address)
        writer.write(b"visitor\n")
        return cls(reader, writer)

    async def __aenter__(self) -> Self:
        """Start to listen."""
        self._task = asyncio.create_task(self._listen(), name="ears")
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        assert self._task is not None
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._writer.close()

    async def wait_for_sound(self, after_ms: int) -> int:
        """Wait until a sound starts after a time; return when it started, in ms."""
        await self._until(lambda: self.heard.sound_started_ms >= after_ms)
        return self.heard.sound_started_ms

    async def wait_for_quiet(self, quiet_ms: int) -> None:
        """Wait until the speaker has been quiet for a while."""
        await self._until(lambda: self.heard.quiet_ms >= quiet_ms)

    async def wait_until(self, ms: int) -> None:
        """Wait until a time of the recording, in ms."""
        await self._until(lambda: self.heard.now_ms >= ms)

    async def say(self, line: Path) -> int:
        """Say a line (PCM s16le mono at the microphone's rate); return its end in ms."""
        said = self.heard.lines_ended + 1
        self._writer.write(json.dumps({"say": str(line)}).encode() + b"\n")
        await self._until(lambda: self.heard.lines_ended >= said)
        return self.heard.line_ended_ms

    def let_echo(self, db: float | None, delay_ms: int = 0) -> None:
        """Lead the speaker's sound into the microphone, `db` loud; None: no more."""
        echo = None if db is None else {"db": db, "delay_ms": delay_ms}
        self._writer.write(json.dumps({"echo": echo}).encode() + b"\n")

    async def _until(self, true: Callable[[], bool]) -> None:
        """Wait until something is true; raise `RigError` where no news come any more."""
        async with self._news:
            await self._news.wait_for(lambda: self._deaf or true())
        if self._deaf:
            raise RigError("The sound card of the porch has ended; see its log")

    async def _listen(self) -> None:
        """Take in what the sound card tells."""
        while line := await self._reader.readline():
            level = json.loads(line)
            async with self._news:
                self.heard.hear(
                    level["ms"],
                    level["speaker"],
                    line_ended=level["line_ended"],
                    pause_ms=_PAUSE_MS,
                )
                self._news.notify_all()
        async with self._news:
            self._deaf = True
            self._news.notify_all()
