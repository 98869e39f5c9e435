"""Tests of the places in which a voice can listen and speak, as the flow offers them."""

from unittest.mock import AsyncMock

from homeassistant.components.assist_satellite.const import AssistSatelliteEntityFeature
from homeassistant.core import HomeAssistant
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.options import (
    AssistMicrophone,
    SatelliteSpeaker,
    VoiceOptions,
)
from tests.common import account, async_set_up, only_subentry, voice
from tests.voice_flow import (
    ANNOUNCE,
    PLAYER,
    STARTS,
    add_player,
    add_satellite,
    async_fill,
    async_go_on,
    async_reconfigure,
    async_to,
    choices,
    shown,
)

pytestmark = pytest.mark.usefixtures("probe")


@pytest.mark.parametrize(
    ("model", "features", "can"),
    [
        (
            "Home Assistant Voice PE",
            STARTS,
            "can be started by an automation, the porch check finds out",
        ),
        (
            "Atom Echo",
            ANNOUNCE,
            "starts with its wake word only, the porch check finds out",
        ),
    ],
)
@pytest.mark.usefixtures("trial")
async def test_a_satellite_is_shown_with_its_place_and_what_it_can_do(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    model: str,
    features: AssistSatelliteEntityFeature,
    can: str,
) -> None:
    """Chosen, it speaks itself unless another speaker is chosen."""
    add_satellite(hass, model=model, features=features)
    result = await async_to(hass, loaded_entry, "microphone")
    offered = choices(result, "microphone")
    text = offered.pop("assist:assist_satellite.porch")
    assert text.startswith(f"Porch device (Garden): {can}")
    assert set(offered) == {"address", "browser"}
    chosen = {"microphone": "assist:assist_satellite.porch"}
    result = await async_go_on(hass, result, microphone=chosen)
    assert result["data"]["microphone"] == {
        "kind": "assist",
        "entity_id": "assist_satellite.porch",
    }
    options = VoiceOptions.from_subentry("Witch", result["data"])
    assert options.microphone == AssistMicrophone("assist_satellite.porch")
    assert options.speaker == SatelliteSpeaker()
    await hass.async_block_till_done()


async def test_our_own_satellites_and_disabled_ones_are_not_offered(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """A voice cannot listen through a voice."""
    add_satellite(hass)
    er.async_get(hass).async_update_entity(
        "assist_satellite.porch", disabled_by=er.RegistryEntryDisabler.USER
    )
    result = await async_to(hass, loaded_entry, "microphone")
    assert set(choices(result, "microphone")) == {"address", "browser"}


async def test_speakers_in_the_same_area_come_first(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, trial: AsyncMock
) -> None:
    """Only what plays media is offered, with its area; switched off it counts."""
    add_satellite(hass)
    registry = er.async_get(hass)
    garden = ar.async_get(hass).async_get_or_create("Garden")
    near = registry.async_get_or_create(
        "media_player", "x", "n", suggested_object_id="zz_near", supported_features=512
    )
    registry.async_update_entity(near.entity_id, area_id=garden.id)
    hass.states.async_set(near.entity_id, "unavailable", {"friendly_name": "Near"})
    add_player(hass, entity_id="media_player.aa_far")
    add_player(hass, features=1, entity_id="media_player.deaf")
    add_player(hass, entity_id="media_player.own")
    chosen = {"microphone": "assist:assist_satellite.porch"}
    result = await async_to(hass, loaded_entry, "speaker", microphone=chosen)
    assert choices(result, "speaker") == {
        "satellite": "The satellite's own speaker",
        "media_player.zz_near": "Near (Garden)",
        "media_player.aa_far": "aa far",
    }
    assert list(choices(result, "speaker"))[1] == "media_player.zz_near"


@pytest.mark.usefixtures("trial")
async def test_a_tab_of_a_browser_listens_and_speaks(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """A media player may speak instead of it."""
    add_player(hass)
    chosen = {"microphone": "browser"}
    result = await async_to(hass, loaded_entry, "speaker", microphone=chosen)
    assert set(choices(result, "speaker")) == {"browser", PLAYER}
    result = await async_go_on(hass, result, speaker={"speaker": "browser"})
    assert result["data"]["microphone"] == {"kind": "browser"}
    assert result["data"]["speaker"] == {"kind": "browser"}
    await hass.async_block_till_done()


async def test_a_satellite_beside_which_nothing_can_speak_is_refused(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The form says so at once, and takes another."""
    add_satellite(hass, speaks=False)
    result = await async_to(hass, loaded_entry, "microphone")
    chosen = {"microphone": "assist:assist_satellite.porch"}
    result = await async_fill(hass, result, chosen)
    assert result["errors"] == {"microphone": "no_speaker_fits"}
    result = await async_fill(hass, result, {"microphone": "address"})
    assert result["step_id"] == "address"


async def test_a_satellite_without_a_device_promises_nothing_about_its_echo(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Its model is unknown; it is called by its own name."""
    er.async_get(hass).async_get_or_create(
        "assist_satellite",
        "esphome",
        "s",
        suggested_object_id="porch",
        supported_features=STARTS,
    )
    hass.states.async_set("assist_satellite.porch", "idle", {"friendly_name": "Stoop"})
    result = await async_to(hass, loaded_entry, "microphone")
    text = choices(result, "microphone")["assist:assist_satellite.porch"]
    assert text.startswith("Stoop: can be started by an automation, the porch check")


@pytest.mark.parametrize(
    ("microphone", "speaker", "choice"),
    [
        (
            {"kind": "assist", "entity_id": "assist_satellite.porch"},
            {"kind": "satellite"},
            "assist:assist_satellite.porch",
        ),
        ({"kind": "browser"}, {"kind": "browser"}, "browser"),
    ],
    ids=["assist", "browser"],
)
async def test_a_microphone_that_stays_is_shown_and_kept(
    hass: HomeAssistant,
    homeassistant_component: None,
    realtime_url: str,
    probe: AsyncMock,
    trial: AsyncMock,
    microphone: dict[str, str],
    speaker: dict[str, str],
    choice: str,
) -> None:
    """Neither end is tried: the voice may be in a conversation."""
    add_satellite(hass)
    entry = account(
        realtime_url, voice(data={"microphone": microphone, "speaker": speaker})
    )
    await async_set_up(hass, entry)
    result = await async_go_on(hass, await async_reconfigure(hass, entry), "microphone")
    assert shown(result) == {"microphone": choice}
    result = await async_fill(hass, result, shown(result))
    assert shown(result) == {"speaker": speaker["kind"]}
    await async_go_on(hass, result, speaker=shown(result))
    await hass.async_block_till_done()
    data = only_subentry(entry).data
    assert (data["microphone"], data["speaker"]) == (microphone, speaker)
    probe.assert_not_awaited()
    trial.assert_not_awaited()
    await hass.config_entries.async_unload(entry.entry_id)
