"""What a satellite's microphone hears, listened to in virtual time."""

import asyncio
from collections.abc import Callable
from typing import Any

from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
)
from tests.links.satellite import FakeSatellite, link_to, on_the_porch
from tests.links.virtual_time import now, spawn, until


class Ear:
    """Somebody who takes a microphone's frames at once."""

    def __init__(self, microphone: SatelliteMicrophone) -> None:
        """Listen from now on."""
        self.frames: list[tuple[float, bytes]] = []
        self.error: Exception | None = None
        self._microphone = microphone
        self.task = spawn(self._listen(), "ear")

    @property
    def pcm(self) -> bytes:
        """Return all that was heard."""
        return b"".join(frame for _, frame in self.frames)

    def heard_since(self, since: float) -> bool:
        """Tell whether anything was heard after a time."""
        return bool(self.frames) and self.frames[-1][0] > since

    async def _listen(self) -> None:
        """Take frames until they end."""
        try:
            async for frame in self._microphone.frames():
                self.frames.append((now(), frame))
        except Exception as err:  # noqa: BLE001 - a test looks at it
            self.error = err


async def listened(seconds: float, **options: Any) -> bytes:
    """Listen to a satellite for a while and return what was heard."""
    async with on_the_porch(**options) as satellite:
        microphone = SatelliteMicrophone(link_to(satellite))
        await microphone.open()
        ear = Ear(microphone)
        await asyncio.sleep(seconds)
        await microphone.close()
        await ear.task
        assert ear.error is None
        return ear.pcm


def chunks_of(pcm: bytes, frame_bytes: int, rate: int) -> Callable[[int], bytes]:
    """Return what a microphone hears that hears this and then silence."""
    size = rate // 50 * frame_bytes

    def sound(count: int) -> bytes:
        return pcm[count * size : (count + 1) * size].ljust(size, b"\0")

    return sound


async def interrupted(
    trouble: Callable[[FakeSatellite], Any], **changes: Any
) -> tuple[Ear, float]:
    """Listen, make trouble, and return who listened and when it began."""
    async with on_the_porch() as satellite:
        microphone = SatelliteMicrophone(link_to(satellite))
        await microphone.open()
        ear = Ear(microphone)
        await asyncio.sleep(1)
        begin = now()
        await trouble(satellite)
        for name, value in changes.items():
            setattr(satellite, name, value)
        try:
            await until(lambda: ear.error or ear.heard_since(begin + 3), 60)
        finally:
            end = now()
            await microphone.close()
            await ear.task
        return ear, end - begin
