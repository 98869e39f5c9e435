"""Tests that the device's assistant does as the firmware does."""

import asyncio
import re

from aioesphomeapi import APIClient
import pytest

from demo.esphome_device.assistant import CHUNK, Phase
from demo.esphome_device.device import HOST, Device

from .conftest import Client

ENDLESS_S = 0.3
"""Longer than a message takes on loopback, shorter than a patience."""


async def _listening(client: Client) -> None:
    """Press the button and wait until the microphone is open."""
    client.device.press()
    await client.until_heard(1)


async def _until(device: Device, phase: Phase) -> None:
    """Wait until the device is in a phase."""
    await device.record.until(lambda: device.assistant.phase is phase)


async def test_the_device_introduces_itself(stranger: APIClient) -> None:
    """Name, address and abilities, and a media player."""
    info, entities, _ = await stranger.device_info_and_list_entities()
    assert (info.name, info.friendly_name) == ("porch", "Porch")
    assert info.voice_assistant_feature_flags == 1 | 4 | 16 | 32
    assert [type(entity).__name__ for entity in entities] == ["MediaPlayerInfo"]


async def test_the_button_asks_for_a_run(client: Client) -> None:
    """Without a wake word."""
    await _listening(client)
    assert client.starts == [None]


async def test_the_wake_word_asks_for_a_run_by_its_name(client: Client) -> None:
    """The phrase comes along."""
    client.device.wake()
    await client.until_heard(1)
    assert client.starts == ["Okay Nabu"]


async def test_no_sound_is_sent_before_the_run_was_answered(client: Client) -> None:
    """What was heard meanwhile comes then, as far as the ring buffer reaches."""
    client.answers.clear()
    client.device.press()
    await asyncio.sleep(ENDLESS_S)
    assert client.chunks == []
    client.answers.set()
    await client.until_heard(int(ENDLESS_S * 1000 / 32) - 1)


async def test_the_microphone_comes_in_chunks_in_real_time(client: Client) -> None:
    """32 ms each, and a second of them in a second."""
    loop = asyncio.get_running_loop()
    await _listening(client)
    before, started = len(client.chunks), loop.time()
    await client.until_heard(before + 32)
    assert set(client.chunks) == {CHUNK}
    assert 0.9 < loop.time() - started < 5


async def test_a_run_that_is_refused_leaves_the_device_idle(client: Client) -> None:
    """Nothing is sent."""
    client.port = None
    client.device.press()
    await _until(client.device, Phase.STARTING_PIPELINE)
    await _until(client.device, Phase.IDLE)
    assert client.chunks == []


async def test_the_end_of_the_run_closes_the_microphone(client: Client) -> None:
    """An answer without speech brings no tone and no more sound."""
    await _listening(client)
    client.tell("RUN_START", "STT_START", "STT_END", "INTENT_START", "INTENT_END")
    client.tell("RUN_END")
    await _until(client.device, Phase.IDLE)
    heard = len(client.chunks)
    await asyncio.sleep(ENDLESS_S)
    assert len(client.chunks) == heard
    assert client.device.record.counts["fetch"] == 0


async def test_what_was_sent_until_the_end_of_hearing_is_known(client: Client) -> None:
    """Sent minus received can be computed to the byte."""
    await _listening(client)
    client.tell("RUN_START", "STT_START", "STT_END", "RUN_END")
    await _until(client.device, Phase.IDLE)
    [run] = client.device.record.runs
    assert run.bytes_sent_before_end == run.bytes_sent == len(client.audio)
    assert run.events == ["RUN_START", "STT_START", "STT_END", "RUN_END"]


@pytest.mark.parametrize("what", ["press", "wake"])
async def test_a_second_press_or_wake_word_aborts_the_run(
    client: Client, what: str
) -> None:
    """As the stop word does."""
    await _listening(client)
    getattr(client.device, what)()
    await _until(client.device, Phase.IDLE)
    client.tell("RUN_END")
    await client.device.record.until(
        lambda: client.device.record.runs[0].ended_at is not None
    )
    assert client.stops == [True]


async def test_an_error_stops_the_run(client: Client) -> None:
    """The device says stop too."""
    await _listening(client)
    client.tell("ERROR", code="stt-stream-failed", message="Broken")
    await _until(client.device, Phase.IDLE)
    client.tell("RUN_END")
    run = client.device.record.runs[0]
    await client.device.record.until(lambda: run.ended_at is not None)
    assert client.stops == [True]


async def test_the_pipelines_voice_activity_closes_the_microphone(
    client: Client,
) -> None:
    """Then the device waits for an answer."""
    await _listening(client)
    client.tell("RUN_START", "STT_START", "STT_VAD_START", "STT_VAD_END")
    await _until(client.device, Phase.AWAITING_RESPONSE)
    client.tell("STT_END", "RUN_END")
    await _until(client.device, Phase.IDLE)


async def test_a_client_that_leaves_leaves_the_device_idle(client: Client) -> None:
    """Nobody is listened for any more."""
    await _listening(client)
    await client.api.disconnect(force=True)
    await _until(client.device, Phase.IDLE)


class TestStrict:
    """What the firmware would not expect is remembered and fails a test."""

    @pytest.fixture
    async def complaining(self, client: Client) -> Client:
        """Return a client whose device will complain."""
        yield client
        client.device.record.complaints.clear()

    async def _complaint(self, device: Device) -> str:
        """Wait for a complaint."""
        await device.record.until(lambda: bool(device.record.complaints))
        return device.record.complaints[0]

    async def test_a_second_subscription_is_refused(self, complaining: Client) -> None:
        """Who came first keeps the voice assistant."""
        device = complaining.device
        second = APIClient(HOST, device.port, None)
        await second.connect(login=True)
        try:
            await Client(second, device).subscribe()
            assert "second subscription" in await self._complaint(device)
        finally:
            await second.disconnect(force=True)
        await _listening(complaining)

    async def test_an_event_without_a_run_is_told(self, complaining: Client) -> None:
        """Nothing was asked for."""
        complaining.tell("STT_START")
        assert await self._complaint(complaining.device) == "STT_START without a run"

    async def test_an_unknown_message_is_told(self, complaining: Client) -> None:
        """By its name."""
        complaining.api.switch_command(7, True)
        assert re.match("SwitchCommand", await self._complaint(complaining.device))

    async def test_sound_for_a_device_without_that_ability_is_told(
        self, complaining: Client
    ) -> None:
        """It plays addresses only."""
        complaining.api.send_voice_assistant_audio(b"\0" * 1024)
        assert "VoiceAssistantAudio" in await self._complaint(complaining.device)

    async def test_an_announcement_into_an_open_microphone_is_told(
        self, complaining: Client, address: str
    ) -> None:
        """Home Assistant ends the run first."""
        await _listening(complaining)
        await complaining.api.send_voice_assistant_announcement_await_response(
            f"{address}/tone.mp3", 5, ""
        )
        assert "microphone is open" in await self._complaint(complaining.device)
