"""Tests of where a voice listens and speaks, step by step."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import AsyncMock, MagicMock, patch

from homeassistant.components.assist_satellite.const import AssistSatelliteEntityFeature
from homeassistant.config_entries import ConfigEntryDisabler, OperationNotAllowed
from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers import (
    area_registry as ar,
    device_registry as dr,
    entity_registry as er,
)
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from zeroconf import DNSAddress, DNSPointer, DNSRecord, DNSService, DNSText
from zeroconf._cache import DNSCache

from custom_components.realtime_pumpkin.flows.discovery import (
    SERVICE_TYPE,
    split_address,
)
from custom_components.realtime_pumpkin.links import media_player
from custom_components.realtime_pumpkin.links.errors import (
    LinkError,
    SatelliteModeUnsupported,
    SatelliteNotASatellite,
    SatelliteOccupied,
    SatelliteSilent,
    SatelliteUnreachable,
    SpeakerNeverFetched,
)
from custom_components.realtime_pumpkin.links.stream_view import async_get_streams
from custom_components.realtime_pumpkin.options import (
    AssistMicrophone,
    SatelliteSpeaker,
    VoiceOptions,
)
from tests.common import account, async_set_up, only_subentry, voice
from tests.links.satellite import HOST, on_the_porch
from tests.links.virtual_time import until
from tests.voice_flow import (
    ADDRESS,
    PLAYER,
    add_player,
    async_fill,
    async_go_on,
    async_reconfigure,
    async_to,
    choices,
    shown,
)

pytestmark = pytest.mark.usefixtures("probe")

ANNOUNCE = AssistSatelliteEntityFeature.ANNOUNCE
STARTS = ANNOUNCE | AssistSatelliteEntityFeature.START_CONVERSATION


def add_satellite(
    hass: HomeAssistant,
    platform: str = "esphome",
    model: str = "Atom Echo",
    features: AssistSatelliteEntityFeature = STARTS,
    *,
    speaks: bool = True,
) -> MockConfigEntry:
    """Add a satellite that Home Assistant has, in an area."""
    entry = MockConfigEntry(domain=platform, title="Porch satellite", data=ADDRESS)
    entry.add_to_hass(hass)
    garden = ar.async_get(hass).async_get_or_create("Garden")
    device = dr.async_get(hass).async_get_or_create(
        config_entry_id=entry.entry_id,
        identifiers={(platform, "porch")},
        name="Porch device",
        model=model,
    )
    dr.async_get(hass).async_update_device(device.id, area_id=garden.id)
    registry = er.async_get(hass)
    registry.async_get_or_create(
        "assist_satellite",
        platform,
        "s",
        config_entry=entry,
        device_id=device.id,
        suggested_object_id="porch",
        supported_features=features,
    )
    if speaks:
        registry.async_get_or_create(
            "media_player",
            platform,
            "m",
            config_entry=entry,
            device_id=device.id,
            suggested_object_id="own",
        )
    return entry


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


@pytest.mark.parametrize(
    "failure",
    [
        SatelliteUnreachable(host="porch.local", port="10700", error="refused"),
        SatelliteOccupied(host="porch.local", port="10700"),
        SatelliteNotASatellite(host="porch.local", port="10700"),
        SatelliteModeUnsupported(host="porch.local", mode="wake"),
        SatelliteSilent(host="porch.local", port="10700"),
    ],
)
async def test_a_satellite_that_cannot_listen_is_shown_at_its_field(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    probe: AsyncMock,
    failure: LinkError,
) -> None:
    """The next try may succeed."""
    result = await async_to(hass, loaded_entry, "address")
    probe.side_effect = failure
    result = await async_fill(hass, result, ADDRESS)
    assert result["errors"] == {"host": failure.translation_key}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert failure.placeholders.items() <= placeholders.items()
    assert shown(result) == ADDRESS
    probe.side_effect = None
    result = await async_fill(hass, result, ADDRESS)
    assert result["step_id"] == "speaker"


async def test_a_satellite_of_home_assistants_own_is_not_even_tried(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, probe: AsyncMock
) -> None:
    """It would answer, and then stay silent for ever."""
    MockConfigEntry(domain="wyoming", title="Porch", data=ADDRESS).add_to_hass(hass)
    result = await async_to(hass, loaded_entry, "address")
    result = await async_fill(hass, result, ADDRESS)
    assert result["errors"] == {"host": "satellite_taken"}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["name"] == "Porch"
    probe.assert_not_awaited()


@pytest.mark.usefixtures("trial")
async def test_a_satellite_that_stays_is_not_tried_again(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, probe: AsyncMock
) -> None:
    """It may be in the middle of a conversation with us."""
    stored = {"host": "192.0.2.7", "port": 10700}
    result = await async_go_on(
        hass, await async_reconfigure(hass, loaded_entry), "address"
    )
    assert shown(result) == stored
    result = await async_fill(hass, result, stored)
    assert result["step_id"] == "speaker"
    probe.assert_not_awaited()


@pytest.fixture
def wyoming_setup() -> Iterator[None]:
    """Let Home Assistant's Wyoming integration set up and unload at once."""
    with (
        patch("homeassistant.components.wyoming.async_setup_entry", return_value=True),
        patch("homeassistant.components.wyoming.async_unload_entry", return_value=True),
    ):
        yield


@pytest.mark.usefixtures("trial", "wyoming_setup")
async def test_a_satellite_of_home_assistant_can_be_shared(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """With its wake word, and a media player that speaks."""
    lender = add_satellite(hass, "wyoming", speaks=False)
    add_player(hass)
    result = await async_to(hass, loaded_entry, "microphone")
    offered = choices(result, "microphone")
    assert "wake word only" in offered["assist:assist_satellite.porch"]
    assert "taken over" in offered[f"direct:{lender.entry_id}"]
    chosen = {"microphone": "assist:assist_satellite.porch"}
    result = await async_fill(hass, result, chosen)
    assert set(choices(result, "speaker")) == {PLAYER}


@pytest.mark.usefixtures("trial", "wyoming_setup")
async def test_a_satellite_is_taken_over_with_consent_and_given_back(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, probe: AsyncMock
) -> None:
    """Home Assistant's entry is enabled again when the voice listens elsewhere."""
    lender = add_satellite(hass, "wyoming")
    await hass.config_entries.async_setup(lender.entry_id)
    direct = {"microphone": f"direct:{lender.entry_id}"}
    result = await async_go_on(
        hass,
        await async_reconfigure(hass, loaded_entry),
        "consent",
        microphone=direct,
    )
    assert lender.disabled_by is None
    result = await async_go_on(hass, result, consent={"consent": True})
    await hass.async_block_till_done()
    assert only_subentry(loaded_entry).data["microphone"] == {
        "kind": "wyoming",
        **ADDRESS,
        "disabled_entry_id": lender.entry_id,
    }
    assert lender.disabled_by is ConfigEntryDisabler.USER
    probe.assert_awaited_once_with(ADDRESS["host"], ADDRESS["port"])

    # Shown again, kept without another question.
    result = await async_reconfigure(hass, loaded_entry)
    result = await async_go_on(hass, result, "microphone")
    assert shown(result) == direct
    assert direct["microphone"] in choices(result, "microphone")
    await async_go_on(hass, result, microphone=direct)
    await hass.async_block_till_done()
    assert lender.disabled_by is ConfigEntryDisabler.USER

    result = await async_reconfigure(hass, loaded_entry)
    await async_go_on(hass, result, address={"host": "elsewhere", "port": 1})
    await hass.async_block_till_done()
    assert lender.disabled_by is None


@pytest.mark.usefixtures("wyoming_setup")
async def test_a_flow_that_is_given_up_gives_back(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Whoever closes the dialog changed their mind."""
    lender = add_satellite(hass, "wyoming")
    await hass.config_entries.async_setup(lender.entry_id)
    direct = {"microphone": f"direct:{lender.entry_id}"}
    result = await async_to(hass, loaded_entry, "consent", microphone=direct)
    result = await async_fill(hass, result, {"consent": True})
    assert result["step_id"] == "speaker"
    assert lender.disabled_by is ConfigEntryDisabler.USER
    hass.config_entries.subentries.async_abort(result["flow_id"])
    await hass.async_block_till_done()
    assert lender.disabled_by is None


@pytest.mark.parametrize(
    ("failing", "failure", "error"),
    [
        ("probe", SatelliteSilent(host="h", port="1"), "satellite_silent"),
        ("disable", OperationNotAllowed, "satellite_taken"),
    ],
)
@pytest.mark.usefixtures("wyoming_setup")
async def test_a_satellite_that_does_not_listen_to_us_goes_back_at_once(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    probe: AsyncMock,
    failing: str,
    failure: Any,
    error: str,
) -> None:
    """The form says why, and a second try may succeed."""
    lender = add_satellite(hass, "wyoming")
    await hass.config_entries.async_setup(lender.entry_id)
    direct = {"microphone": f"direct:{lender.entry_id}"}
    result = await async_to(hass, loaded_entry, "consent", microphone=direct)
    if failing == "probe":
        probe.side_effect = failure
        result = await async_fill(hass, result, {"consent": True})
    else:
        with patch.object(hass.config_entries, "async_reload", side_effect=failure):
            result = await async_fill(hass, result, {"consent": True})
    assert result["errors"] == {"consent": error}
    assert lender.disabled_by is None
    probe.side_effect = None
    result = await async_fill(hass, result, {"consent": True})
    assert result["step_id"] == "speaker"
    hass.config_entries.subentries.async_abort(result["flow_id"])
    await hass.async_block_till_done()


async def test_satellites_in_the_network_are_offered(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, mock_zeroconf: MagicMock
) -> None:
    """Home Assistant has heard them already; nobody has to wait."""
    form = (await async_to(hass, loaded_entry, "address"))["data_schema"]
    assert form is not None
    assert form.schema["host"].selector_type == "text"
    hass.config.components.add("zeroconf")
    name = f"Porch satellite.{SERVICE_TYPE}"
    gone = f"Gone.{SERVICE_TYPE}"
    records: list[DNSRecord] = [
        DNSPointer(SERVICE_TYPE, 12, 1, 4500, name),
        DNSPointer(SERVICE_TYPE, 12, 1, 4500, gone),
        DNSService(SERVICE_TYPE, 33, 1, 120, 0, 0, 1, "odd.local."),
        DNSText(name, 16, 1, 4500, b""),
    ]
    service = DNSService(name, 33, 1, 120, 0, 0, 10701, "porch.local.")
    address = DNSAddress("porch.local.", 1, 1, 120, bytes([192, 0, 2, 9]))
    cache = DNSCache()
    cache.async_add_records([*records, service, address])
    instance = MagicMock(cache=cache)
    path = "homeassistant.components.zeroconf.async_get_instance"
    with patch(path, return_value=instance):
        result = await async_to(hass, loaded_entry, "address")
        assert choices(result, "host") == {
            "192.0.2.9:10701": "Porch satellite (192.0.2.9:10701)"
        }


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("porch:10701", ("porch", 10701)),
        (" porch ", ("porch", 1)),
        ("porch:99999", ("porch:99999", 1)),
        ("fe80::1", ("fe80::1", 1)),
        ("porch:x", ("porch:x", 1)),
    ],
)
def test_a_port_behind_the_host_wins(host: str, found: tuple[str, int]) -> None:
    """An IPv6 address has colons of its own."""
    assert split_address(host, 1) == found


async def async_play_on(
    hass: HomeAssistant, fetch: ClientSessionGenerator | None
) -> list[str]:
    """Let the player fetch what it is told to play, or not; return the addresses."""
    urls: list[str] = []
    async_get_streams(hass)  # The router takes no more views once a client is there.
    client = await fetch() if fetch else None

    async def play(call: ServiceCall) -> None:
        """Fetch the sound to its end."""
        urls.append(call.data["media_content_id"])
        if client is not None:
            path = "/api/" + urls[-1].partition("/api/")[2]
            hass.async_create_task(_async_drain(client, path))

    hass.services.async_register("media_player", "play_media", play)
    hass.services.async_register("media_player", "media_stop", AsyncMock())
    hass.config.internal_url = "http://192.0.2.1:8123"
    return urls


async def _async_drain(client: Any, path: str) -> None:
    """Read a sound to its end."""
    async with client.get(path) as response:
        assert await response.read()


async def test_the_player_plays_a_chirp_before_it_is_stored(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """It fetched the sound from Home Assistant itself."""
    urls = await async_play_on(hass, hass_client_no_auth)
    add_player(hass)
    result = await async_to(hass, loaded_entry, "speaker")
    result = await async_fill(hass, result, {"speaker": PLAYER})
    assert result["step_id"] == "manners"
    assert urls[0].startswith("http://192.0.2.1:8123/api/realtime_pumpkin/audio/")
    await hass.async_block_till_done()


async def test_a_player_that_never_fetches_is_named_with_the_address(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The user may go on regardless, and the speaker is stored."""
    monkeypatch.setattr(media_player, "_FETCH_TIMEOUT_S", 0.05)
    urls = await async_play_on(hass, None)
    add_player(hass)
    result = await async_to(hass, loaded_entry, "speaker")
    assert "regardless" not in (result["data_schema"] or {}).schema  # type: ignore[union-attr]
    result = await async_fill(hass, result, {"speaker": PLAYER})
    assert result["errors"] == {"speaker": SpeakerNeverFetched.translation_key}
    placeholders = result["description_placeholders"]
    assert placeholders is not None
    assert placeholders["entity_id"] == PLAYER
    assert urls[0].startswith(placeholders["url"].split("?")[0][:20])
    insisting = {"speaker": PLAYER, "regardless": True}
    result = await async_fill(hass, result, insisting)
    assert result["step_id"] == "manners"
    await hass.async_block_till_done()


async def test_a_player_that_went_away_is_named(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """It was removed while the form was open."""
    add_player(hass)
    result = await async_to(hass, loaded_entry, "speaker")
    hass.states.async_remove(PLAYER)
    result = await async_fill(
        hass, result, {"speaker": "satellite"} | {"speaker": PLAYER}
    )
    assert result["errors"] == {"speaker": "speaker_unavailable"}


async def test_a_satellites_own_player_is_tried(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_client_no_auth: ClientSessionGenerator,
) -> None:
    """It is found by its device."""
    add_satellite(hass)
    hass.states.async_set("media_player.own", "idle", {ATTR_SUPPORTED_FEATURES: 512})
    urls = await async_play_on(hass, hass_client_no_auth)
    chosen = {"microphone": "assist:assist_satellite.porch"}
    result = await async_to(hass, loaded_entry, "speaker", microphone=chosen)
    result = await async_fill(hass, result, {"speaker": "satellite"})
    assert result["step_id"] == "manners"
    assert len(urls) == 1
    await hass.async_block_till_done()


async def test_a_wyoming_satellite_plays_the_chirp_itself(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """And is free again afterwards."""
    async with on_the_porch(most_ahead=1.0) as satellite:
        address = {"host": HOST, "port": satellite.port}
        result = await async_to(hass, loaded_entry, "speaker", address=address)
        result = await async_fill(hass, result, {"speaker": "satellite"})
        assert result["step_id"] == "manners"
        assert satellite.played
        await until(lambda: not satellite.is_owned)


@pytest.mark.usefixtures("trial")
async def test_what_did_not_change_is_not_tried(
    hass: HomeAssistant,
    homeassistant_component: None,
    realtime_url: str,
    trial: AsyncMock,
) -> None:
    """A voice may be in a conversation while it is renamed."""
    add_player(hass)
    speaker = {"kind": "media_player", "entity_id": PLAYER}
    entry = account(realtime_url, voice(data={"speaker": speaker}))
    await async_set_up(hass, entry)
    result = await async_go_on(
        hass,
        await async_reconfigure(hass, entry),
        "speaker",
        address={"host": "192.0.2.7", "port": 10700},
    )
    assert shown(result) == {"speaker": PLAYER}
    await async_go_on(hass, result, speaker={"speaker": PLAYER})
    await hass.async_block_till_done()
    trial.assert_not_awaited()
    await hass.config_entries.async_unload(entry.entry_id)
