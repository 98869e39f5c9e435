"""What fuzzing of stored data has found, each as a test of its own."""

from typing import Any
from unittest.mock import AsyncMock, patch

from homeassistant.config_entries import SOURCE_REAUTH, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin import unreadable
from custom_components.realtime_pumpkin.client import create_account
from custom_components.realtime_pumpkin.const import (
    CONF_UNREADABLE,
    DOMAIN,
    Transcripts,
)
from custom_components.realtime_pumpkin.disabled_entries import DisabledEntries
from custom_components.realtime_pumpkin.ledger import Ledger
from custom_components.realtime_pumpkin.loans import Loans
from custom_components.realtime_pumpkin.migration import MINOR_VERSION
from custom_components.realtime_pumpkin.pipelines import Pipelines
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from custom_components.realtime_pumpkin.theatre.nights import Nights
from tests.common import account, async_set_up, only_subentry, only_voice, voice

from . import damage

pytestmark = pytest.mark.usefixtures("homeassistant_component")

URL = "http://127.0.0.1:1/v1"
TOTAL = {"period": "2026-10", "tokens": {}, "usd": 1.0, "conversations": 1}
PAGE = {"day": TOTAL, "month": TOTAL, "last_end": None}


@pytest.fixture(autouse=True)
def lets_in() -> Any:
    """Let the server let everybody in."""
    with patch(f"custom_components.{DOMAIN}.async_check_account", AsyncMock()) as check:
        yield check


async def _set_up(hass: HomeAssistant, **data: Any) -> MockConfigEntry:
    """Return an account whose voice has this stored."""
    entry = account(URL, voice(data=data))
    await async_set_up(hass, entry)
    return entry


def _envelope(name: str, data: Any, version: Any = 1) -> dict[str, Any]:
    """Return a file as Home Assistant writes it."""
    return {"version": version, "minor_version": 1, "key": name, "data": data}


@pytest.mark.parametrize("version", [0, 2, "1", None])
@pytest.mark.parametrize("name", ["usage.x", "pipelines.x", "nights", "loans"])
async def test_a_file_of_another_version_stops_nothing(
    hass: HomeAssistant, hass_storage: dict[str, Any], name: str, version: Any
) -> None:
    """Nobody can read it, and the voices were not set up either."""
    key = f"{DOMAIN}.{name}"
    hass_storage[key] = _envelope(key, {}, version)
    books, pipelines = Ledger(hass, "x"), Pipelines(hass, "x")
    await books.async_load(["a"])
    await pipelines.async_load()
    await Nights(hass).async_load()
    await Loans(hass).async_load()


@pytest.mark.parametrize(
    "page",
    [
        None,
        "configure",
        {"day": TOTAL},
        {**PAGE, "month": {**TOTAL, "usd": "1"}},
        {**PAGE, "month": {**TOTAL, "tokens": {"input_text": 2**63}}},
        {**PAGE, "last_end": 1e18},
    ],
)
async def test_a_page_that_cannot_be_read_costs_no_other_page(
    hass: HomeAssistant, hass_storage: dict[str, Any], page: Any
) -> None:
    """A budget holds for the voice whose page is well."""
    key = f"{DOMAIN}.usage.x"
    hass_storage[key] = _envelope(key, {"hurt": page, "well": PAGE})
    books = Ledger(hass, "x")
    await books.async_load(["hurt", "well"])
    assert list(books._voices) == ["well"]
    assert hass_storage[key]["data"] == {"well": PAGE}


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "sword"},
        {"entity_id": "porch"},
        {"kind": "volume", "old": "loud"},
        {"kind": "volume", "old": "nan"},
        {"kind": "light", "old": "on"},
        {"kind": "light", "old": "{}"},
        {"kind": "music", "since": "then"},
        {"kind": "music", "since": "2026-10-31"},
        {"old": 7},
    ],
)
async def test_a_loan_that_cannot_be_given_back_costs_no_other_loan(
    hass: HomeAssistant, hass_storage: dict[str, Any], changes: dict[str, Any]
) -> None:
    """It stopped the integration before all others were given back."""
    key = f"{DOMAIN}.loans"
    hass.states.async_set("select.whole", "unavailable")
    hass_storage[key] = _envelope(key, [{**damage.LOAN, **changes}, damage.LOAN])
    loans = Loans(hass)
    await loans.async_load()
    assert [loan.entity_id for loan in loans.open] == ["select.whole"]
    await loans.async_waive(loans.open[0])


async def test_a_journal_with_something_else_in_it_is_read(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """A list in it has no hash."""
    key = f"{DOMAIN}.disabled_entries"
    hass_storage[key] = _envelope(key, [[], "gone"])
    await DisabledEntries(hass).async_give_back()
    assert hass_storage[key]["data"] == []


@pytest.mark.parametrize(
    "microphone", [7, {}, {"kind": "ear"}, {"kind": "wyoming"}, []]
)
async def test_a_voice_without_a_microphone_that_can_be_read_is_asked_about(
    hass: HomeAssistant, microphone: Any
) -> None:
    """The other voice of the account is there, and a form leads out of it."""
    entry = account(URL, voice(data={"microphone": microphone}), voice("Other"))
    await async_set_up(hass, entry)
    hurt, other = entry.subentries.values()
    assert list(entry.runtime_data.voices) == [other.subentry_id]
    issue = unreadable.issue_id(hurt.subentry_id)
    assert ir.async_get(hass).async_get_issue(DOMAIN, issue)
    form = await entry.start_subentry_reconfigure_flow(hass, hurt.subentry_id)
    assert form["type"] is FlowResultType.FORM
    await hass.config_entries.async_unload(entry.entry_id)
    assert not ir.async_get(hass).async_get_issue(DOMAIN, issue)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quiet_from", "late"),
        ("busy", "panic"),
        ("level_targets", 7),
        ("effects", ["explosion"]),
        ("calibration", {"noise_dbfs": "loud"}),
        ("characters", [7]),
        ("voice", "A" * 256),
        ("max_duration_s", "long"),
    ],
)
async def test_what_cannot_be_read_of_a_voice_lies_aside(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture, name: str, value: Any
) -> None:
    """The voice is set up with the default, and the log names it without its value."""
    entry = await _set_up(hass, **{name: value})
    assert entry.state is ConfigEntryState.LOADED
    stored = only_subentry(entry).data
    assert stored[CONF_UNREADABLE] == {name: value}
    assert name not in stored
    assert f"Some of Pumpkin cannot be read and lies aside: {name}" in caplog.text


async def test_what_can_be_read_again_is_back(hass: HomeAssistant) -> None:
    """After an update, as from a release that went back."""
    aside = {"max_duration_s": 99, "busy": "dance"}
    entry = await _set_up(hass, **{CONF_UNREADABLE: aside})
    assert only_subentry(entry).data[CONF_UNREADABLE] == {"busy": "dance"}
    assert only_voice(entry).options.limits.max_duration_s == 99


async def test_words_appear_nowhere_while_nobody_knows_where_they_may(
    hass: HomeAssistant,
) -> None:
    """The default would tell all."""
    entry = await _set_up(hass, transcripts="some")
    assert only_voice(entry).options.transcripts is Transcripts.NONE


async def test_nothing_is_used_while_nobody_knows_what_is_sensitive(
    hass: HomeAssistant,
) -> None:
    """What else was chosen comes back with it, at whatever start that is."""
    chosen = {"scripts": ["script.fog"], "sensitive": [7], "strangers": False}
    entry = await _set_up(hass, **chosen)
    assert only_voice(entry).options.scripts == ()
    await hass.config_entries.async_reload(entry.entry_id)
    assert only_voice(entry).options.scripts == ()
    aside = only_subentry(entry).data[CONF_UNREADABLE]
    assert aside == {"scripts": ["script.fog"], "sensitive": [7]}


@pytest.mark.parametrize("url", [7, None, ["http://porch/v1"]])
async def test_a_key_goes_nowhere_while_its_server_cannot_be_read(
    hass: HomeAssistant, lets_in: AsyncMock, url: Any
) -> None:
    """The default server is somebody else's."""
    entry = account(url, voice())
    await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert entry.error_reason_translation_key == "account_wrong_url"
    lets_in.assert_not_awaited()


def test_an_account_without_an_address_has_no_server(hass: HomeAssistant) -> None:
    """It was OpenAI's, whoever's key it is."""
    with pytest.raises(RealtimeError) as caught:
        create_account(hass, {"provider": "azure", "api_key": "sk-test"})
    assert caught.value.kind is ErrorKind.WRONG_URL


@pytest.mark.parametrize("key", [7, None, ["sk-test"]])
async def test_an_account_without_a_key_that_can_be_read_is_asked_for_one(
    hass: HomeAssistant, key: Any
) -> None:
    """It could not be set up, and nothing told why."""
    data = {**damage.ACCOUNT, "api_key": key}
    entry = MockConfigEntry(domain=DOMAIN, data=data, minor_version=MINOR_VERSION)
    await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_ERROR
    [flow] = hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == SOURCE_REAUTH
    assert flow["step_id"] == "reauth_confirm"


@pytest.mark.parametrize("provider", ["nobody", 7, None])
async def test_an_account_of_nobody_is_that_of_its_address(
    hass: HomeAssistant, provider: Any
) -> None:
    """A voice could not be set up, nor a form opened."""
    entry = account(URL, voice(), provider=provider)
    await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["provider"] == "compatible"
    assert entry.data[CONF_UNREADABLE] == {"provider": provider}
