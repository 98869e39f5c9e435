"""A device on the porch whose protocol is ESPHome's, which can be told to misbehave."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
import contextlib
from contextlib import asynccontextmanager
from typing import override
from unittest.mock import patch

from aiohttp import ClientError, ClientSession
import av
import numpy as np

from demo.esphome_device.assistant import RATE, Phase
from demo.esphome_device.connection import Connection
from demo.esphome_device.description import Description
from demo.esphome_device.device import Device
from demo.esphome_device.frames import Message, pb
from demo.esphome_device.media import MediaError
from demo.esphome_device.sound import Hear, Write
from tests.audio.signals import tone
from tests.links.satellite import Sound
from tests.links.virtual_time import now

VOLUME = 0.3
CHUNK = 2048
"""64 ms in one message, as linux-voice-assistant sends them."""

FLOOD_CHUNKS = 1000
"""A minute of sound at once."""

CHIME = "http://porch.test/chime/"
"""An address of so many seconds of something that is not the voice."""

_SPEAKER_RATE = 24_000
_PERIOD_MS = 128
_MOST_AHEAD_S, _LEAST_AHEAD_S = 0.3, 0.06
_LOUD = 100
_OF_NO_RUN = " without a run"
_ONCE = {"Connection": "close"}


class PorchCard:
    """A sound card: its microphone hears the visitor, and what it plays is noted."""

    rate = _SPEAKER_RATE

    def __init__(self) -> None:
        """Hear nobody and play nothing."""
        self.is_spoken_to = False
        self.played: list[Sound] = []
        self._task: asyncio.Task[None] | None = None

    async def start(self, hear: Hear) -> None:
        """Give `hear` what the microphone hears, 128 ms at a time, from now on."""
        self._task = asyncio.create_task(self._listen(hear), name="sound card")

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    @asynccontextmanager
    async def playing(self) -> AsyncIterator[Write]:
        """Yield what writes sound; see `demo.esphome_device.sound.Card`."""
        ends_at = now()

        async def write(pcm: bytes) -> None:
            """Play something behind what plays, a little ahead of what is heard."""
            nonlocal ends_at
            begin = max(now(), ends_at)
            ends_at = begin + len(pcm) / 2 / self.rate
            if np.abs(np.frombuffer(pcm, "<i2")).max(initial=0) > _LOUD:
                self.played.append(Sound(begin, ends_at))
            if ends_at - now() > _MOST_AHEAD_S:
                await asyncio.sleep(ends_at - now() - _LEAST_AHEAD_S)

        try:
            yield write
            await asyncio.sleep(max(0, ends_at - now()))
        except BaseException:
            self._cut()
            raise

    def _cut(self) -> None:
        """Play nothing of what still waits."""
        at = now()
        self.played = [
            Sound(each.begin, min(each.end, at))
            for each in self.played
            if each.begin < at
        ]

    async def _listen(self, hear: Hear) -> None:
        """Let the microphone hear."""
        speech = tone(RATE, _PERIOD_MS)
        silence = bytes(len(speech))
        begin = now()
        while True:
            hear(speech if self.is_spoken_to else silence)
            begin += _PERIOD_MS / 1000
            await asyncio.sleep(max(0, begin - now()))


class PorchDevice(Device):
    """A device that a visitor stands before, and that may fail."""

    card: PorchCard

    def __init__(self) -> None:
        """Be switched off."""
        self._is_on = False
        self._is_hanging = False
        self._late: list[Callable[[], None]] = []
        """What is heard and said when it goes on."""

        self.is_odd = False
        """It sends half samples."""

        super().__init__(Description(), PorchCard())
        self.player.volume = VOLUME

    @property
    def volume_level(self) -> float:
        """Return how loud its player is, from 0 to 1."""
        return round(self.player.volume, 2)

    def flood(self) -> None:
        """Send a minute of sound at once, where somebody listens."""
        if self.assistant.phase is Phase.STREAMING_MICROPHONE:
            for _ in range(FLOOD_CHUNKS):
                self._send(pb.VoiceAssistantAudio(data=bytes(CHUNK)))

    @property
    def complaints(self) -> list[str]:
        """Return what came that it does not expect.

        How a run ended that it has dropped is told by Home Assistant's pipeline all
        the same, and firmware takes no notice.
        """
        told = self.record.complaints
        return [each for each in told if not each.endswith(_OF_NO_RUN)]

    def hang(self) -> None:
        """Neither hear nor say anything, with connections open."""
        self._is_hanging = True

    def go_on(self) -> None:
        """Hear and say what was left; the microphone is not kept so long."""
        self._is_hanging = False
        late, self._late = self._late, []
        for each in late:
            each()

    @override
    async def revive(self, port: int = 0) -> None:
        """Have power, as after a start of its own."""
        if not self._is_on:
            await super().revive(port)
            self._is_on = True

    @override
    def die(self) -> None:
        """Lose power, and what was to be heard and said."""
        self._is_on = self._is_hanging = False
        self._late.clear()
        super().die()

    @override
    def _take(self, connection: Connection, message: Message) -> None:
        """Take a message, or hang."""
        if self._is_hanging:
            self._late.append(lambda: self._take(connection, message))
        else:
            super()._take(connection, message)

    @override
    def _answer(self, connection: Connection, message: Message) -> None:
        """Send a message, or hang."""
        is_sound = isinstance(message, pb.VoiceAssistantAudio)
        if self.is_odd and is_sound:
            message.data = message.data[:-1]
        if not self._is_hanging:
            super()._answer(connection, message)
        elif not is_sound:
            self._late.append(lambda: self._answer(connection, message))


async def play(session: ClientSession, url: str, rate: int) -> AsyncGenerator[bytes]:
    """Yield PCM as `demo.esphome_device.media.play` does, without a thread.

    A thread would decode while virtual time passes.
    """
    if url.startswith(CHIME):
        async for pcm in _chime(float(url.removeprefix(CHIME)), rate):
            yield pcm
        return
    decoder = av.CodecContext.create("mp3", "r")
    try:
        async with session.get(url, headers=_ONCE) as response:
            if response.status != 200:
                raise MediaError(f"{response.status} {response.reason}")
            async for block in response.content.iter_any():
                for packet in decoder.parse(block):
                    for frame in decoder.decode(packet):
                        yield (frame.to_ndarray()[0] * 32767).astype("<i2").tobytes()
    except (ClientError, TimeoutError, av.FFmpegError) as err:
        raise MediaError(f"{type(err).__name__}: {err}") from err


async def _chime(seconds: float, rate: int) -> AsyncGenerator[bytes]:
    """Yield what is too soft to be taken for the voice."""
    played = 0.0
    while played < seconds:
        played += _PERIOD_MS / 1000
        yield bytes(rate * _PERIOD_MS // 1000 * 2)


@asynccontextmanager
async def porch_device() -> AsyncIterator[PorchDevice]:
    """Have a device for a while."""
    device = PorchDevice()
    with (
        patch("demo.esphome_device.player.play", play),
        patch("demo.esphome_device.assistant.CHUNK", CHUNK),
    ):
        await device.start()
        try:
            yield device
        finally:
            await device.close()
