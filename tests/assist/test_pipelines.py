"""A pipeline for each voice: made once, renamed and removed with it."""

from types import MappingProxyType
from typing import Any

from homeassistant.components.assist_pipeline import (
    async_get_pipeline,
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.components.assist_pipeline.models import Pipeline
from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.pipelines import async_delete_pipeline
from tests.assist.house import Device, house_with
from tests.common import VOICE_DATA, account, async_set_up, only_subentry, voice

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


def pipelines(hass: HomeAssistant) -> dict[str, Pipeline]:
    """Return all pipelines by their names."""
    return {pipeline.name: pipeline for pipeline in async_get_pipelines(hass)}


def prefer(hass: HomeAssistant, name: str) -> None:
    """Make a pipeline the preferred one, as the frontend does."""
    store = hass.data["assist_pipeline"].pipeline_store
    store.async_set_preferred_item(pipelines(hass)[name].id)


async def rename(hass: HomeAssistant, entry: MockConfigEntry, title: str) -> None:
    """Give the voice another name and wait for the reload."""
    hass.config_entries.async_update_subentry(entry, only_subentry(entry), title=title)
    await hass.async_block_till_done()


async def test_a_voice_has_a_pipeline_of_its_engines(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Its name is the voice's; no sentence of the house is looked for in it."""
    pipeline = pipelines(hass)["Pumpkin"]
    assert pipeline.stt_engine == "stt.pumpkin"
    assert pipeline.tts_engine == "tts.pumpkin_voice"
    assert pipeline.conversation_engine == "conversation.pumpkin"
    assert pipeline.conversation_language == "*"
    assert pipeline.prefer_local_intents is False


async def test_a_reload_makes_no_second_pipeline(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """It is known by its id."""
    before = pipelines(hass)
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    assert len(async_get_pipelines(hass)) == len(before)
    assert pipelines(hass)["Pumpkin"].id == before["Pumpkin"].id


async def test_a_pipeline_that_was_edited_is_mended_and_keeps_its_name(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """A name of the user's own is theirs; engines of others would not work."""
    pipeline = pipelines(hass)["Pumpkin"]
    await async_update_pipeline(
        hass,
        pipeline,
        name="My own",
        conversation_engine="conversation.home_assistant",
        prefer_local_intents=True,
    )
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    mended = async_get_pipeline(hass, pipeline.id)
    assert mended.name == "My own"
    assert mended.conversation_engine == "conversation.pumpkin"
    assert mended.prefer_local_intents is False


async def test_a_pipeline_that_was_deleted_is_made_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Without it no satellite could be started."""
    await async_delete_pipeline(hass, pipelines(hass)["Pumpkin"].id)
    assert "Pumpkin" not in pipelines(hass)
    await hass.config_entries.async_reload(loaded_entry.entry_id)
    assert "Pumpkin" in pipelines(hass)


async def test_a_renamed_voice_stays_chosen(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """Satellites choose by name, and would fall back to the preferred one."""
    device = Device("porch")
    async with house_with(hass, device):
        entry = account(realtime_url, voice())
        await async_set_up(hass, entry)
        before = pipelines(hass)["Pumpkin"].id
        await hass.services.async_call(
            "select",
            "select_option",
            {"entity_id": device.select_id, "option": "Pumpkin"},
            blocking=True,
        )
        await rename(hass, entry, "Ghost")
        assert pipelines(hass)["Ghost"].id == before
        assert "Pumpkin" not in pipelines(hass)
        assert hass.states.is_state(device.select_id, "Ghost")
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_name_that_is_taken_gets_a_number(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """Two pipelines of one name could not be told apart; `preferred` is an option."""
    entry = account(
        realtime_url,
        voice("Home Assistant"),
        voice("Witch"),
        voice("Witch"),
        voice("preferred"),
    )
    await async_set_up(hass, entry)
    assert set(pipelines(hass)) == {
        "Home Assistant",
        "Home Assistant 2",
        "Witch",
        "Witch 2",
        "preferred 2",
    }
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_removed_voice_takes_its_pipeline_along(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Where it was the preferred one, another becomes that first."""
    prefer(hass, "Pumpkin")
    hass.config_entries.async_add_subentry(
        loaded_entry,
        ConfigSubentry(
            data=MappingProxyType[str, Any](VOICE_DATA),
            subentry_type="voice",
            title="Witch",
            unique_id=None,
        ),
    )
    await hass.async_block_till_done()
    pumpkin = next(
        voice.subentry_id
        for voice in loaded_entry.subentries.values()
        if voice.title == "Pumpkin"
    )
    hass.config_entries.async_remove_subentry(loaded_entry, pumpkin)
    await hass.async_block_till_done()
    assert set(pipelines(hass)) == {"Home Assistant", "Witch"}
    assert async_get_pipeline(hass).name == "Home Assistant"


async def test_a_removed_account_leaves_no_pipeline(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, hass_storage: dict[str, Any]
) -> None:
    """Nor a note of one."""
    prefer(hass, "Pumpkin")
    await hass.config_entries.async_remove(loaded_entry.entry_id)
    await hass.async_block_till_done()
    assert set(pipelines(hass)) == {"Home Assistant"}
    assert not [key for key in hass_storage if ".pipelines." in key]


async def test_home_assistants_private_store_still_deletes_pipelines(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """The one private call: when this fails, `async_delete_pipeline` must change."""
    pipeline_id = pipelines(hass)["Pumpkin"].id
    await async_delete_pipeline(hass, pipeline_id)
    assert "could not be deleted" not in caplog.text
    assert pipeline_id not in {each.id for each in async_get_pipelines(hass)}


async def test_a_pipeline_that_cannot_be_deleted_is_told_and_left(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """A removal of ours never fails because of Home Assistant's insides."""
    await async_delete_pipeline(hass, "unknown")
    assert "could not be deleted" in caplog.text


async def test_without_its_engines_no_pipeline_is_made(
    hass: HomeAssistant, realtime_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A disabled engine is told, and the voice loads all the same."""
    entry = account(realtime_url, voice())
    await async_set_up(hass, entry)
    await async_delete_pipeline(hass, pipelines(hass)["Pumpkin"].id)
    er.async_get(hass).async_remove("tts.pumpkin_voice")
    await entry.runtime_data.pipelines.async_sync(dict(entry.subentries))
    assert "No pipeline could be made for Pumpkin" in caplog.text
    await hass.config_entries.async_unload(entry.entry_id)
