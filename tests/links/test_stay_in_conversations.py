"""Tests that a conversation borrows volume and music, and gives both back."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.loans import async_get_loans
from tests.links.lender import AT_A_PLAYER, MUSIC, RADIO, House, house_fixture  # noqa: F401
from tests.porch import GREETING, Porch, at_the_door


async def until_heard(porch: Porch) -> None:
    """Start a conversation and wait for the voice's first sound."""
    await porch.act("start_conversation")
    await porch.until(EventName.AUDIO_STARTED)


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_a_conversation_borrows_and_gives_back_at_its_end(
    hass: HomeAssistant, house: House
) -> None:
    """Louder than the music, which plays again afterwards."""
    house.be("playing", **MUSIC)
    async with at_the_door(hass, GREETING, data=AT_A_PLAYER) as porch:
        await until_heard(porch)
        assert house.volume == 0.6
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)
        assert house.volume == 0.3
        assert house.played[-1] == RADIO
        assert async_get_loans(hass).open == ()


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_a_conversation_that_cannot_start_gives_back(
    hass: HomeAssistant, house: House
) -> None:
    """The speaker was there, the satellite was not."""
    nowhere = {"kind": "wyoming", "host": "127.0.0.1", "port": 1}
    data = {**AT_A_PLAYER, "microphone": nowhere}
    async with at_the_door(hass, GREETING, data=data) as porch:
        with pytest.raises(HomeAssistantError):
            await porch.act("start_conversation")
        assert house.volume == 0.3
        assert async_get_loans(hass).open == ()


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_the_volume_is_a_number_that_is_kept_and_ends_no_conversation(
    hass: HomeAssistant, house: House
) -> None:
    """Unknown as long as nobody has chosen one."""
    data = {"speaker": AT_A_PLAYER["speaker"]}
    number = "number.pumpkin_speaker_volume"
    async with at_the_door(hass, GREETING, data=data) as porch:
        assert hass.states.is_state(number, "unknown")
        before = porch.entry.runtime_data
        call = {"entity_id": number, "value": 45}
        await hass.services.async_call("number", "set_value", call, blocking=True)
        await hass.async_block_till_done()
        assert hass.states.is_state(number, "45")
        assert porch.entry.runtime_data is before
        [stored] = porch.entry.subentries.values()
        assert stored.data["speaker_volume"] == 45
        await until_heard(porch)
        assert house.volume == 0.45
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_a_voice_without_a_media_player_has_no_volume(
    hass: HomeAssistant,
) -> None:
    """A number that it had with another speaker is gone."""
    async with at_the_door(hass, data=AT_A_PLAYER) as porch:
        entry, [stored] = porch.entry, porch.entry.subentries.values()
        registry = er.async_get(hass)
        assert registry.async_get("number.pumpkin_speaker_volume")
        data = {**stored.data, "speaker": {"kind": "satellite"}}
        hass.config_entries.async_update_subentry(entry, stored, data=data)
        await hass.async_block_till_done()
        assert registry.async_get("number.pumpkin_speaker_volume") is None
