"""Tests that a device in another process can be touched as one in this."""

from collections.abc import AsyncIterator

import pytest

from demo.esphome_device.assistant import Phase
from demo.esphome_device.control import ControlError, Remote, serve

from .conftest import Client


@pytest.fixture
async def remote(client: Client) -> AsyncIterator[Remote]:
    """Yield a connection to the control of a device with a client."""
    server = await serve(client.device, 0)
    try:
        async with await Remote.at(server.sockets[0].getsockname()[1]) as remote:
            yield remote
    finally:
        server.close()


async def test_the_button_can_be_pressed_from_afar(
    client: Client, remote: Remote
) -> None:
    """It is the same button."""
    await remote.ask("press")
    await client.until_heard(1)
    assert (await remote.status())["phase"] == Phase.STREAMING_MICROPHONE


async def test_mischief_is_done_from_afar(client: Client, remote: Remote) -> None:
    """By the names it has."""
    await remote.ask("misbehave", never_finish=True)
    assert client.device.mischief.never_finish
    assert (await remote.status())["mischief"]["never_finish"] is True


async def test_all_that_is_remembered_can_be_read(
    client: Client, remote: Remote
) -> None:
    """Messages, runs, complaints."""
    await remote.ask("press")
    await client.until_heard(2)
    status = await remote.status()
    assert status["runs"][0]["bytes_sent"] >= 2 * 1024
    assert "> VoiceAssistantRequest" in [entry["what"] for entry in status["entries"]]
    assert status["complaints"] == []


@pytest.mark.parametrize(
    ("what", "how"), [("dance", {}), ("press", {"hard": 1}), ("misbehave", {"x": 1})]
)
async def test_what_it_does_not_know_is_told(
    remote: Remote, what: str, how: dict[str, int]
) -> None:
    """The connection goes on."""
    with pytest.raises(ControlError):
        await remote.ask(what, **how)
    assert (await remote.status())["phase"] == Phase.IDLE
