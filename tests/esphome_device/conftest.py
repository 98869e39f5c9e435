"""The device alone, with aioesphomeapi's own client at it."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aioesphomeapi import APIClient, VoiceAssistantEventType
import pytest

from demo.esphome_device.device import HOST, Device
from tests.esphome_device.clips import web_server


@dataclass(slots=True)
class Client:
    """What Home Assistant's side of the wire saw."""

    api: APIClient
    device: Device
    port: int | None = 0
    """What a run is answered; None: it may not begin."""

    starts: list[str | None] = field(default_factory=list)
    """The wake word of every run that was asked for."""

    stops: list[bool] = field(default_factory=list)
    """Whether each stop was an abort."""

    audio: bytearray = field(default_factory=bytearray)
    chunks: list[int] = field(default_factory=list)
    finished: int = 0
    """How often the end of an announcement was told."""

    states: list[Any] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared: a run has to wait for its answer."""

    news: asyncio.Event = field(default_factory=asyncio.Event)

    async def subscribe(self) -> None:
        """Take the voice assistant, as the integration does."""
        self.api.subscribe_voice_assistant(
            handle_start=self._start,
            handle_stop=self._stop,
            handle_audio=self._hear,
            handle_announcement_finished=self._finish,
        )
        await self.api.get_voice_assistant_configuration(5)

    async def until_heard(self, chunks: int) -> None:
        """Wait until so many chunks of the microphone have come."""
        async with asyncio.timeout(5):
            while len(self.chunks) < chunks:
                self.news.clear()
                await self.news.wait()

    def tell(self, *kinds: str, **data: str) -> None:
        """Send events of a run."""
        for kind in kinds:
            event = VoiceAssistantEventType[f"VOICE_ASSISTANT_{kind}"]
            self.api.send_voice_assistant_event(event, data)

    async def _start(
        self, _conversation: str, _flags: int, _settings: object, word: str | None
    ) -> int | None:
        """Answer a run."""
        self.starts.append(word)
        await self.answers.wait()
        return self.port

    async def _stop(self, abort: bool) -> None:
        """Hear that a run ends."""
        self.stops.append(abort)

    async def _hear(self, data: bytes, _second: bytes | None) -> None:
        """Take a chunk."""
        self.audio += data
        self.chunks.append(len(data))
        self.news.set()

    async def _finish(self, _message: object) -> None:
        """Hear that an announcement is over."""
        self.finished += 1


@pytest.fixture
async def device(socket_enabled: None) -> AsyncIterator[Device]:
    """Yield a device that is on, and that must have nothing to complain about."""
    device = Device()
    await device.start()
    try:
        yield device
        assert device.record.complaints == []
    finally:
        await device.close()


@pytest.fixture
async def stranger(device: Device) -> AsyncIterator[APIClient]:
    """Yield a client that is connected and has asked for nothing yet."""
    api = APIClient(HOST, device.port, None)
    await api.connect(login=True)
    try:
        yield api
    finally:
        await api.disconnect(force=True)


@pytest.fixture
async def client(device: Device, stranger: APIClient) -> Client:
    """Return a client that has the voice assistant."""
    client = Client(stranger, device)
    client.answers.set()
    await client.subscribe()
    stranger.subscribe_states(client.states.append)
    return client


@pytest.fixture
async def address(socket_enabled: None) -> AsyncIterator[str]:
    """Yield the address of a server with sounds; see `clips.web_server`."""
    async with web_server() as address:
        yield address
