"""Two voices on one porch: one talks at a time, and one lets the other go on."""

import asyncio
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.theatre import ensemble
from custom_components.realtime_pumpkin.theatre.ensemble import async_get_ensemble
from tests.theatre.duo import GHOST, LONG, PUMPKIN, on_one_porch

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


async def test_a_second_voice_of_the_stage_is_refused_and_does_not_listen(
    hass: HomeAssistant,
) -> None:
    """With a translated reason that names who talks; no microphone is opened."""
    async with on_one_porch(hass, LONG) as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN)
        with pytest.raises(ServiceValidationError) as caught:
            await duo.act("start_conversation", GHOST)
        assert caught.value.translation_key == "stage_taken"
        assert caught.value.translation_placeholders == {"voice": "Pumpkin"}
        assert duo.satellites[GHOST].runs == 0
        assert not duo.satellites[GHOST].is_owned
        assert duo.told(EventName.CONVERSATION_STARTED, GHOST) == []
        assert not duo.is_stage_free
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)
        assert await duo.ended(PUMPKIN) == "stopped"
        assert duo.is_stage_free


async def test_a_second_voice_waits_where_its_busy_policy_is_to_wait(
    hass: HomeAssistant,
) -> None:
    """It begins when the first has ended, and hears nothing before."""
    async with on_one_porch(hass, LONG, LONG, busy="queue") as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN)
        second = hass.async_create_task(duo.act("start_conversation", GHOST))
        await asyncio.sleep(0.1)
        assert duo.satellites[GHOST].runs == 0
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)
        await second
        await duo.until(EventName.AUDIO_STARTED, GHOST)
        kinds = [
            (event.event_type.removeprefix(f"{DOMAIN}_"), event.data["entity_id"])
            for event in duo.events
        ]
        ended = kinds.index(("conversation_ended", PUMPKIN))
        assert kinds.index(("conversation_started", GHOST)) > ended
        await duo.act("stop_conversation", GHOST, goodbye=False)
        assert await duo.ended(GHOST) == "stopped"
        assert duo.is_stage_free


async def test_a_wait_has_an_end(hass: HomeAssistant) -> None:
    """A voice that talks on and on does not block an automation for ever."""
    async with on_one_porch(hass, LONG, busy="queue") as duo:
        await duo.act("start_conversation", PUMPKIN)
        with (
            patch.object(ensemble, "PATIENCE_S", 0.05),
            pytest.raises(ServiceValidationError, match="talks on this stage"),
        ):
            await duo.act("start_conversation", GHOST)
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)


async def test_a_voice_that_is_switched_off_while_it_waits_does_not_start(
    hass: HomeAssistant,
) -> None:
    """Limits are looked at again after the wait, and the stage is free."""
    async with on_one_porch(hass, LONG, busy="queue") as duo:
        await duo.act("start_conversation", PUMPKIN)
        second = hass.async_create_task(duo.act("start_conversation", GHOST))
        await asyncio.sleep(0.05)
        duo.coordinator("Ghost").async_switch(is_enabled=False)
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)
        with pytest.raises(ServiceValidationError) as caught:
            await second
        assert caught.value.translation_key == "voice_switched_off"
        assert duo.is_stage_free


async def test_voices_that_share_no_stage_talk_at_once(hass: HomeAssistant) -> None:
    """The user may want a choir."""
    async with on_one_porch(hass, LONG, LONG, shares_stage=False) as duo:
        for who in (PUMPKIN, GHOST):
            await duo.act("start_conversation", who)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, GHOST)


@pytest.mark.parametrize("areas", [("Porch", "Porch"), ("Porch", "Attic")])
async def test_voices_of_one_area_share_its_stage(
    hass: HomeAssistant, areas: tuple[str, str]
) -> None:
    """Those of two areas do not."""
    async with on_one_porch(hass, LONG, LONG, stage_name=None) as duo:
        for who, area in zip((PUMPKIN, GHOST), areas, strict=True):
            device_id = er.async_get(hass).entities[who].device_id
            area_id = ar.async_get(hass).async_get_or_create(area).id
            dr.async_get(hass).async_update_device(device_id or "", area_id=area_id)
        await duo.act("start_conversation", PUMPKIN)
        if len(set(areas)) == 1:
            with pytest.raises(ServiceValidationError, match="Pumpkin talks on this"):
                await duo.act("start_conversation", GHOST)
        else:
            await duo.act("start_conversation", GHOST)


@pytest.mark.parametrize("broken", ["open", "run", "assembly"])
async def test_the_stage_is_free_after_a_crash(
    hass: HomeAssistant, broken: str
) -> None:
    """Wherever the conversation breaks."""
    path = "custom_components.realtime_pumpkin"
    places = {
        "open": f"{path}.call.Call.async_open",
        "run": f"{path}.call.Call.async_run",
        "assembly": f"{path}.assembly.Assembly.call",
    }
    async with on_one_porch(hass, LONG, LONG) as duo:
        with patch(places[broken], side_effect=RuntimeError("crash")):
            if broken == "run":
                await duo.act("start_conversation", PUMPKIN)
                await duo.ended(PUMPKIN)
            else:
                with pytest.raises((RuntimeError, HomeAssistantError)):
                    await duo.act("start_conversation", PUMPKIN)
        assert duo.is_stage_free
        await duo.act("start_conversation", GHOST)
        await duo.until(EventName.AUDIO_STARTED, GHOST)


async def test_the_stage_is_free_after_an_unload(hass: HomeAssistant) -> None:
    """In mid-sentence, with another voice that waits."""
    async with on_one_porch(hass, LONG, busy="queue") as duo:
        await duo.act("start_conversation", PUMPKIN)
        second = hass.async_create_task(duo.act("start_conversation", GHOST))
        await asyncio.sleep(0.05)
        await hass.config_entries.async_unload(duo.entry.entry_id)
        with pytest.raises(HomeAssistantError):
            await second
        assert duo.is_stage_free
        assert async_get_ensemble(hass).seats == {}
