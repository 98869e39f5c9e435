"""A key that is revoked while somebody talks to a voice."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.rehearsal import Say, ServerOptions
from tests.common import VOICE_ENTITY_ID, account, voice
from tests.links.satellite import on_the_porch
from tests.porch import QUIET, Porch, microphone_at
from tests.scripted_server import LocalServer

pytestmark = pytest.mark.usefixtures("socket_enabled", "homeassistant_component")

RIDDLE = Say("What is orange and sounds like a parrot?", duration_ms=2000)
NEW_KEY = "sk-test-new-key"


class Landlord:
    """The company behind the server, which may take a key back."""

    def __init__(self) -> None:
        """Serve whoever comes."""
        self._serving = AsyncExitStack()
        self.server = LocalServer([RIDDLE])

    async def open(self, port: int = 0) -> None:
        """Serve on a port of 127.0.0.1 (0: a free one)."""
        await self._serving.enter_async_context(self.server.listening(port))

    async def revoke(self, *, by_http: bool) -> None:
        """Hang up on everybody and let in the new key only."""
        port = self.server.port
        await self.close()
        self.server = LocalServer(
            [RIDDLE], options=ServerOptions(pace=1000.0, key=NEW_KEY), by_http=by_http
        )
        await self.open(port)

    async def close(self) -> None:
        """Serve nobody."""
        await self._serving.aclose()


@asynccontextmanager
async def talking(hass: HomeAssistant) -> AsyncIterator[tuple[Porch, Landlord]]:
    """Let a voice tell its riddle; hand over in the middle of it."""
    landlord = Landlord()
    await landlord.open()
    try:
        async with on_the_porch(**QUIET) as satellite:
            stored = voice(data={"microphone": microphone_at(satellite)})
            entry = account(landlord.server.url, stored)
            porch = Porch(hass, entry, landlord.server, satellite)
            async with porch.loaded():
                await porch.act("start_conversation")
                await porch.until(EventName.ASSISTANT_TRANSCRIPT)
                yield porch, landlord
    finally:
        await landlord.close()


def reauths(hass: HomeAssistant) -> list[Any]:
    """Return the forms that ask for a new key."""
    return [
        flow
        for flow in hass.config_entries.flow.async_progress()
        if flow["context"]["source"] == SOURCE_REAUTH
    ]


@pytest.mark.parametrize("by_http", [True, False], ids=["by 401", "by an event"])
async def test_a_key_that_is_revoked_in_mid_conversation_is_asked_for_and_replaced(
    hass: HomeAssistant, by_http: bool
) -> None:
    """The visitor hears what was received, and the next conversation works."""
    async with talking(hass) as (porch, landlord):
        assert len(porch.satellite.pcm) < PCM_24K.bytes_of(RIDDLE.duration_ms)
        await landlord.revoke(by_http=by_http)
        ended = await porch.until(EventName.CONVERSATION_ENDED)
        assert ended["reason"] == "auth"
        assert ended["transcript"] == [{"role": "assistant", "text": RIDDLE.text}]
        assert len(porch.satellite.pcm) == PCM_24K.bytes_of(RIDDLE.duration_ms)
        [error] = porch.named(EventName.ERROR)
        assert (error["kind"], error["fatal"]) == ("account_auth", True)
        assert hass.states.is_state(VOICE_ENTITY_ID, "idle")

        assert porch.entry.state is ConfigEntryState.LOADED
        [form] = reauths(hass)
        assert form["step_id"] == "reauth_confirm"
        result = await hass.config_entries.flow.async_configure(
            form["flow_id"], {CONF_API_KEY: NEW_KEY}
        )
        assert result["type"] is FlowResultType.ABORT
        assert result["reason"] == "reauth_successful"
        await hass.async_block_till_done()
        assert porch.entry.data[CONF_API_KEY] == NEW_KEY

        await porch.act("start_conversation")
        told = await porch.until(EventName.ASSISTANT_TRANSCRIPT, 2)
        assert told["text"] == RIDDLE.text
        await porch.act("stop_conversation", goodbye=False)
        assert not reauths(hass)
