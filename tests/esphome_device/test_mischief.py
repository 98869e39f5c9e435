"""Tests that the device misbehaves as it is told to, and only then."""

import asyncio

from aioesphomeapi import APIClient
from aioesphomeapi.core import TimeoutAPIError
import pytest

from demo.esphome_device.assistant import Phase
from demo.esphome_device.device import HOST, Device

from .conftest import Client

SOON_S = 0.3


async def _announce(client: Client, url: str, within_s: float = 5) -> None:
    """Announce an address that should open the microphone."""
    await client.api.send_voice_assistant_announcement_await_response(
        url, within_s, "", start_conversation=True
    )


async def _listening(client: Client) -> None:
    """Press the button and wait until the microphone is open."""
    client.device.press()
    await client.until_heard(1)


async def _silent_from_now(client: Client) -> bool:
    """Tell whether no more chunks come."""
    heard = len(client.chunks)
    await asyncio.sleep(SOON_S)
    return len(client.chunks) <= heard + 1


async def test_it_never_finishes_an_announcement(client: Client, address: str) -> None:
    """It plays it, and nobody learns that it ended."""
    client.device.misbehave(never_finish=True)
    with pytest.raises(TimeoutAPIError):
        await _announce(client, f"{address}/tone.mp3", 1)
    assert client.device.record.counts["played"] == 1
    assert client.starts == []


async def test_it_finishes_late(client: Client, address: str) -> None:
    """The microphone opens late too."""
    client.device.misbehave(finish_late_s=SOON_S)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await _announce(client, f"{address}/tone.mp3")
    assert loop.time() - started > 0.2 + SOON_S
    await client.until_heard(1)


async def test_it_finishes_what_never_began(client: Client) -> None:
    """A stale message, as an old run leaves one."""
    client.device.say_finished()
    await client.api.get_voice_assistant_configuration(5)
    assert client.finished == 1


async def test_it_is_deaf_after_an_announcement(client: Client, address: str) -> None:
    """The end is told, the microphone stays closed."""
    client.device.misbehave(deaf=True)
    await _announce(client, f"{address}/tone.mp3")
    assert client.device.assistant.phase is Phase.IDLE
    assert client.starts == []


async def test_it_refuses_an_address(client: Client, address: str) -> None:
    """Nothing is fetched."""
    client.device.misbehave(refuse_media=True)
    await _announce(client, f"{address}/tone.mp3")
    assert client.device.record.counts["refused"] == 1
    assert client.device.record.counts["sound"] == 0


async def test_it_stalls(client: Client) -> None:
    """No more sound comes, and no word about it."""
    await _listening(client)
    client.device.misbehave(stalled=True)
    assert await _silent_from_now(client)
    assert client.device.assistant.phase is Phase.STREAMING_MICROPHONE
    assert client.stops == []


async def test_a_muted_microphone_does_not_come_back_in_the_same_run(
    client: Client,
) -> None:
    """The next run hears again."""
    await _listening(client)
    client.device.mute()
    assert await _silent_from_now(client)
    client.device.mute(on=False)
    assert await _silent_from_now(client)
    client.device.press()
    client.device.press()
    await client.until_heard(len(client.chunks) + 1)


async def test_a_muted_device_hears_neither_button_nor_wake_word(
    client: Client,
) -> None:
    """It does not start."""
    client.device.mute()
    client.device.press()
    client.device.wake()
    assert client.device.assistant.phase is Phase.IDLE


async def test_it_ends_the_sound_with_a_flag(client: Client) -> None:
    """The run is not aborted."""
    await _listening(client)
    client.device.end_audio()
    assert await _silent_from_now(client)
    assert client.stops == [False]


async def test_it_dies_and_comes_back(client: Client, device: Device) -> None:
    """Every connection is gone; later the same port answers."""
    await _listening(client)
    device.die()
    await device.record.until(lambda: device.assistant.phase is Phase.IDLE)
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection(HOST, device.port)
    await device.revive()
    again = APIClient(HOST, device.port, None)
    await again.connect(login=True)
    await again.disconnect()


def test_an_unknown_mischief_is_refused() -> None:
    """A test that misspells it does not pass by accident."""
    with pytest.raises(ValueError, match="never_ends"):
        asyncio.run(_misspelt())


async def _misspelt() -> None:
    """Ask for what does not exist."""
    Device().misbehave(never_ends=True)
