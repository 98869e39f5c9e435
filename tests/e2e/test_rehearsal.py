"""A rehearsal in real time: no key, no cloud, and a visitor who is heard."""

import asyncio

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.holding import async_hold
from custom_components.realtime_pumpkin.migration import MINOR_VERSION, VERSION
from custom_components.realtime_pumpkin.rehearsal.play import ACTS
from custom_components.realtime_pumpkin.request import AS_USUAL
from tests.common import async_set_up, only_voice, voice
from tests.links.satellite import CHUNK_MS, HOST, on_the_porch

pytestmark = pytest.mark.usefixtures("socket_enabled", "homeassistant_component")


async def test_a_whole_visit_is_rehearsed_through_home_assistant(
    hass: HomeAssistant,
) -> None:
    """Greeting, two riddles, goodbye: with a satellite, and for nothing."""

    def visitor(number: int) -> bytes:
        """Return a chunk of the microphone: half a second of sound every three."""
        loud = number % 300 >= 250
        return (b"\x00\x20\x00\xe0" if loud else bytes(4)) * (CHUNK_MS * 8)

    async with on_the_porch(most_ahead=0.5, sound=visitor) as satellite:
        microphone = {"kind": "wyoming", "host": HOST, "port": satellite.port}
        data = {"microphone": microphone, "barge_in": "off"}
        entry = MockConfigEntry(
            domain=DOMAIN,
            data={"provider": "rehearsal"},
            subentries_data=[voice(data=data)],
            version=VERSION,
            minor_version=MINOR_VERSION,
        )
        await async_set_up(hass, entry)
        try:
            async with asyncio.timeout(90):
                ended = await async_hold(only_voice(entry), AS_USUAL)
        finally:
            await hass.config_entries.async_unload(entry.entry_id)
    assert ended["reason"] == "finished"
    assert ended["cost_usd"] is None
    said = [line["text"] for line in ended["transcript"] if line["role"] == "assistant"]
    assert said[0].endswith(ACTS[0].riddle)
    assert said[-1].startswith(ACTS[1].solution)
