"""Tests that the device plays what it is told to, when the firmware would."""

import asyncio

from aioesphomeapi import MediaPlayerCommand, MediaPlayerState
import numpy as np
import pytest

from demo.esphome_device.assistant import Phase
from demo.esphome_device.device import Device
from demo.esphome_device.sound import OwnCard

from .clips import RATE
from .conftest import Client

KEY = 1


def _played(device: Device) -> np.ndarray:
    """Return all that was played, without the silence around it."""
    assert isinstance(device.card, OwnCard)
    samples = np.frombuffer(bytes(device.card.played), "<i2")
    loud = np.flatnonzero(np.abs(samples) > 1000)
    return samples[loud[0] : loud[-1] + 1] if len(loud) else samples[:0]


async def _announce(client: Client, url: str, *, start: bool = False) -> None:
    """Announce an address and wait for its end."""
    await client.api.send_voice_assistant_announcement_await_response(
        url, 10, "", start_conversation=start
    )


async def _until_level(device: Device, least: int, most: int) -> None:
    """Wait until the peak of the last 100 ms that were played is within limits."""
    assert isinstance(device.card, OwnCard)
    async with asyncio.timeout(3):
        while not least <= device.card.peak <= most:  # noqa: ASYNC110 - only listening tells
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("kind", ["mp3", "flac", "wav"])
async def test_an_announcement_is_played_whole(
    client: Client, address: str, kind: str
) -> None:
    """Fetched, decoded, in real time; the end is told when it was heard."""
    loop = asyncio.get_running_loop()
    started = loop.time()
    await _announce(client, f"{address}/tone.{kind}")
    assert loop.time() - started >= 0.19
    assert len(_played(client.device)) == pytest.approx(0.2 * RATE, rel=0.15)
    assert client.finished == 1
    assert client.device.assistant.phase is Phase.IDLE


async def test_after_an_announcement_the_microphone_opens(
    client: Client, address: str
) -> None:
    """Where that was asked for: first the end is told, then a run is wanted."""
    await _announce(client, f"{address}/tone.mp3", start=True)
    await client.until_heard(1)
    sent = [
        entry.what
        for entry in client.device.record.entries
        if entry.what.startswith("> VoiceAssistant")
    ]
    assert sent[-2:] == ["> VoiceAssistantAnnounceFinished", "> VoiceAssistantRequest"]


async def test_an_announcement_waits_for_the_one_before_it(
    client: Client, address: str
) -> None:
    """The device calls it over after two seconds, as it heard of no beginning."""
    _command(client, f"{address}/endless.mp3")
    await client.device.record.until(lambda: client.device.record.counts["sound"] == 1)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await _announce(client, f"{address}/tone.mp3")
    assert 1.9 < loop.time() - started < 6
    assert client.device.record.counts["fetch"] == 1


async def test_a_new_announcement_of_the_player_replaces_the_old(
    client: Client, address: str
) -> None:
    """At once: that is how a voice is silenced."""
    _command(client, f"{address}/endless.mp3")
    record = client.device.record
    await record.until(lambda: record.counts["sound"] == 1)
    _command(client, f"{address}/tone.mp3")
    await record.until(lambda: record.counts["played"] == 1)
    assert record.counts["dropped"] == 1
    await _until_level(client.device, 0, 0)


async def test_a_stop_without_a_word_of_announcements_stops_none(
    client: Client, address: str
) -> None:
    """`media_stop` is for music; only a stop for announcements ends one."""
    _command(client, f"{address}/endless.mp3")
    record = client.device.record
    await record.until(lambda: record.counts["sound"] == 1)
    client.api.media_player_command(KEY, command=MediaPlayerCommand.STOP)
    await asyncio.sleep(0.2)
    assert record.counts["dropped"] == 0
    client.api.media_player_command(
        KEY, command=MediaPlayerCommand.STOP, announcement=True
    )
    await record.until(lambda: record.counts["dropped"] == 1)


async def test_music_is_low_under_an_announcement(client: Client, address: str) -> None:
    """It goes on, and is loud again afterwards."""
    _command(client, f"{address}/endless.mp3", announcement=False)
    record = client.device.record
    await record.until(lambda: record.counts["sound"] == 1)
    await _until_level(client.device, 10000, 13000)
    _command(client, f"{address}/silence.mp3")
    await record.until(lambda: record.counts["sound"] == 2)
    await _until_level(client.device, 800, 2000)
    await record.until(lambda: record.counts["played"] == 1)
    await _until_level(client.device, 10000, 13000)
    assert record.counts["dropped"] == 0


async def test_the_volume_is_what_was_set(client: Client, address: str) -> None:
    """It is told, and it is heard."""
    client.api.media_player_command(KEY, volume=0.5)
    await _announce(client, f"{address}/tone.wav")
    assert np.abs(_played(client.device)).max() == pytest.approx(6000, rel=0.05)
    assert client.states[-1].volume == 0.5


async def test_an_announcement_is_told_as_playing(client: Client, address: str) -> None:
    """And as idle when it is over."""
    await _announce(client, f"{address}/tone.mp3")
    await client.device.record.until(
        lambda: client.device.record.counts["> MediaPlayerStateResponse"] == 3
    )
    await client.api.get_voice_assistant_configuration(5)
    assert [state.state for state in client.states] == [
        MediaPlayerState.IDLE,
        MediaPlayerState.PLAYING,
        MediaPlayerState.IDLE,
    ]


@pytest.mark.parametrize("path", ["missing.mp3", "tone.ogg"])
async def test_what_is_not_there_is_refused(
    client: Client, address: str, path: str
) -> None:
    """The announcement is over at once."""
    await _announce(client, f"{address}/{path}")
    [refused] = client.device.record.all("refused")
    assert "404" in refused.detail["why"]


def _command(client: Client, url: str, *, announcement: bool = True) -> None:
    """Play an address at the media player."""
    client.api.media_player_command(KEY, media_url=url, announcement=announcement)
