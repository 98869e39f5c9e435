"""Tests of the account flow: each failure at its field, and the way on."""

from http import HTTPStatus
from typing import Any
from unittest.mock import patch

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.catalog import models_of
from custom_components.realtime_pumpkin.const import (
    DEFAULT_BASE_URL,
    DOMAIN,
    XAI_BASE_URL,
)
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from tests.common import account, async_set_up, voice
from tests.realtime_server import KEY, Handler, fails, greet, realtime_server
from tests.shown_form import filled_in

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

OTHER_KEY = "sk-test-other"
ADVANCED = ("base_url", "organization")
AT_URL = {"advanced", "base_url"}


async def async_choose(hass: HomeAssistant, choice: str) -> ConfigFlowResult:
    """Choose from the menu that the flow begins with."""
    menu = await hass.config_entries.flow.async_init(
        DOMAIN, context={"source": SOURCE_USER}
    )
    assert menu["type"] is FlowResultType.MENU
    return await hass.config_entries.flow.async_configure(
        menu["flow_id"], {"next_step_id": choice}
    )


async def async_open(hass: HomeAssistant) -> ConfigFlowResult:
    """Open the flow as the user does."""
    result = await async_choose(hass, "account")
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "account")
    assert result["errors"] == {}
    return result


async def async_fill(
    hass: HomeAssistant, result: ConfigFlowResult, **values: Any
) -> ConfigFlowResult:
    """Submit the form that is shown; what is folded away in its section."""
    advanced = {key: values.pop(key) for key in ADVANCED if key in values}
    if advanced:
        values["advanced"] = advanced
    return await hass.config_entries.flow.async_configure(result["flow_id"], values)


async def async_unload_all(hass: HomeAssistant) -> None:
    """Unload what the flows have made."""
    for entry in hass.config_entries.async_loaded_entries(DOMAIN):
        await hass.config_entries.async_unload(entry.entry_id)


async def test_a_working_account_is_added_and_leads_on_to_its_first_voice(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """The key is stored without its blanks, the address without its slash."""
    form = await async_open(hass)
    result = await async_fill(
        hass, form, api_key=f" {KEY} ", base_url=f"{realtime_url}/"
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == realtime_url.removeprefix("http://").removesuffix("/v1")
    assert result["data"] == {
        "provider": "openai",
        "api_key": KEY,
        "base_url": realtime_url,
    }
    [following] = hass.config_entries.subentries.async_progress()
    assert result["next_flow"] == ("config_subentries_flow", following["flow_id"])
    assert following["step_id"] == "user"
    await async_unload_all(hass)


async def test_openais_own_server_is_the_default_and_names_the_account(
    hass: HomeAssistant,
) -> None:
    """Who has an OpenAI key types nothing else."""
    form = await async_open(hass)
    with (
        patch(
            "custom_components.realtime_pumpkin.flows.trials.async_check_account"
        ) as check,
        patch("custom_components.realtime_pumpkin.async_setup_entry") as setup,
    ):
        result = await async_fill(hass, form, api_key=KEY)
        await hass.async_block_till_done()
    assert check.await_count == setup.await_count == 1
    assert result["title"] == "OpenAI"
    assert result["data"] == {
        "provider": "openai",
        "api_key": KEY,
        "base_url": DEFAULT_BASE_URL,
    }


async def test_an_account_that_does_not_load_leads_nowhere(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """A server that went away in between has no form for a voice."""
    form = await async_open(hass)
    with patch(
        "custom_components.realtime_pumpkin.async_setup_entry", return_value=False
    ):
        result = await async_fill(hass, form, api_key=KEY, base_url=realtime_url)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert "next_flow" not in result


@pytest.mark.parametrize(
    ("handler", "status", "errors"),
    [
        (greet, HTTPStatus.UNAUTHORIZED, {"api_key": "account_auth"}),
        (greet, HTTPStatus.FORBIDDEN, {"api_key": "account_auth"}),
        (
            fails("invalid_request_error", "invalid_api_key", 3000),
            None,
            {"api_key": "account_auth"},
        ),
        (greet, HTTPStatus.NOT_FOUND, dict.fromkeys(AT_URL, "account_wrong_url")),
        (greet, HTTPStatus.OK, dict.fromkeys(AT_URL, "account_wrong_url")),
        (greet, HTTPStatus.TOO_MANY_REQUESTS, {"base": "account_rate_limit"}),
        (greet, HTTPStatus.SERVICE_UNAVAILABLE, {"base": "account_server"}),
        (fails("x", "insufficient_quota", 4000), None, {"base": "account_quota"}),
    ],
)
async def test_a_refusal_is_shown_at_its_field_and_can_be_mended(
    hass: HomeAssistant,
    realtime_url: str,
    handler: Handler,
    status: HTTPStatus | None,
    errors: dict[str, str],
) -> None:
    """After the error the same form takes what works."""
    form = await async_open(hass)
    async with realtime_server(handler, status=status) as url:
        result = await async_fill(hass, form, api_key=KEY, base_url=url)
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, errors)
    assert KEY not in str(result["description_placeholders"])
    result = await async_fill(hass, result, api_key=KEY, base_url=realtime_url)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await async_unload_all(hass)


async def test_a_server_with_other_models_is_a_good_account(
    hass: HomeAssistant,
) -> None:
    """The default model is not the account's business."""
    form = await async_open(hass)
    refusal = fails("invalid_request_error", "model_not_found", 4004)
    async with realtime_server(refusal) as url:
        result = await async_fill(hass, form, api_key=KEY, base_url=url)
        assert result["type"] is FlowResultType.CREATE_ENTRY
        await async_unload_all(hass)


async def test_the_same_account_is_added_once(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, realtime_url: str
) -> None:
    """Another spelling of the address is no other account."""
    form = await async_open(hass)
    result = await async_fill(hass, form, api_key=KEY, base_url=f"{realtime_url}/ ")
    assert (result["type"], result["reason"]) == (
        FlowResultType.ABORT,
        "already_configured",
    )


async def test_a_refused_key_is_replaced(hass: HomeAssistant) -> None:
    """After a new key the account works at once."""
    async with realtime_server(key=OTHER_KEY) as url:
        entry = account(url, voice())
        await async_set_up(hass, entry)
        assert entry.state is ConfigEntryState.SETUP_ERROR
        [form] = hass.config_entries.flow.async_progress()
        assert form["step_id"] == "reauth_confirm"

        result = await async_fill(hass, form, api_key="sk-test-wrong")
        assert result["errors"] == {"api_key": "account_auth"}
        result = await async_fill(hass, result, api_key=OTHER_KEY)
        assert (result["type"], result["reason"]) == (
            FlowResultType.ABORT,
            "reauth_successful",
        )
        await hass.async_block_till_done()
        assert entry.state is ConfigEntryState.LOADED
        assert entry.data == {
            "provider": "compatible",
            "api_key": OTHER_KEY,
            "base_url": url,
        }
        await async_unload_all(hass)


async def test_a_form_without_an_address_shows_its_failure_as_a_whole(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Reauthentication asks for the key only, but the server may be away."""
    form = await loaded_entry.start_reauth_flow(hass)
    with patch(
        "custom_components.realtime_pumpkin.client.open_connection",
        side_effect=RealtimeError(ErrorKind.UNREACHABLE, None, "gone"),
    ):
        result = await async_fill(hass, form, api_key=OTHER_KEY)
    assert result["errors"] == {"base": "account_unreachable"}
    with (
        patch("custom_components.realtime_pumpkin.flows.trials.async_check_account"),
        patch("custom_components.realtime_pumpkin.async_check_account"),
    ):
        result = await async_fill(hass, result, api_key=OTHER_KEY)
        await hass.async_block_till_done()
    assert result["reason"] == "reauth_successful"
    assert loaded_entry.state is ConfigEntryState.LOADED
    assert loaded_entry.data["api_key"] == OTHER_KEY


@pytest.mark.parametrize(
    ("values", "key"), [({}, KEY), ({"api_key": OTHER_KEY}, OTHER_KEY)]
)
async def test_an_account_moves_to_another_server(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    values: dict[str, str],
    key: str,
) -> None:
    """An empty key keeps the stored one; no form ever shows it."""
    async with realtime_server(key=key) as url:
        form = await loaded_entry.start_reconfigure_flow(hass)
        assert form["step_id"] == "reconfigure"
        assert KEY not in str(form["data_schema"])
        answers = {"provider": "compatible", "base_url": url, **values}
        result = await async_fill(hass, form, **answers)
        assert (result["type"], result["reason"]) == (
            FlowResultType.ABORT,
            "reconfigure_successful",
        )
        await hass.async_block_till_done()
        assert loaded_entry.data == {
            "provider": "compatible",
            "api_key": key,
            "base_url": url,
        }
        assert loaded_entry.state is ConfigEntryState.LOADED
        await async_unload_all(hass)


async def test_an_account_that_moves_nowhere_keeps_its_form(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """What the user typed is still there after the error."""
    form = await loaded_entry.start_reconfigure_flow(hass)
    result = await async_fill(hass, form, base_url="porch")
    assert result["errors"] == dict.fromkeys(AT_URL, "base_url_invalid")
    schema = result["data_schema"]
    assert schema is not None
    assert schema.schema["advanced"].options == {"collapsed": False}
    assert filled_in(schema)["advanced"] == {"base_url": "porch"}


@pytest.mark.parametrize(
    ("values", "url", "title", "headers"),
    [
        ({"provider": "xai"}, XAI_BASE_URL, "xAI", {}),
        (
            {"provider": "azure", "base_url": "https://porch.openai.azure.com"},
            "https://porch.openai.azure.com/openai/v1",
            "porch.openai.azure.com",
            {"api-key": KEY},
        ),
        (
            {"provider": "azure", "base_url": "wss://porch.openai.azure.com/mine/v1/"},
            "https://porch.openai.azure.com/mine/v1",
            "porch.openai.azure.com",
            {"api-key": KEY},
        ),
        (
            {"organization": " org-porch "},
            DEFAULT_BASE_URL,
            "OpenAI",
            {"OpenAI-Organization": "org-porch"},
        ),
    ],
)
async def test_every_provider_has_its_address_and_its_headers(
    hass: HomeAssistant,
    values: dict[str, str],
    url: str,
    title: str,
    headers: dict[str, str],
) -> None:
    """Who chooses one types no more than it needs."""
    form = await async_open(hass)
    with (
        patch(
            "custom_components.realtime_pumpkin.flows.trials.async_check_account"
        ) as check,
        patch("custom_components.realtime_pumpkin.async_setup_entry"),
    ):
        result = await async_fill(hass, form, **{"api_key": KEY, **values})
        await hass.async_block_till_done()
    assert (result["title"], result["data"]["base_url"]) == (title, url)
    account_tried, model = check.await_args.args
    assert account_tried.headers == headers
    assert model == models_of(result["data"]["provider"])[0]


async def test_an_account_can_be_paid_by_another_organization(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, realtime_url: str
) -> None:
    """The same key at the same server is no duplicate of itself."""
    form = await loaded_entry.start_reconfigure_flow(hass)
    result = await async_fill(
        hass,
        form,
        provider="compatible",
        base_url=realtime_url,
        organization="org-porch",
    )
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert loaded_entry.data["organization"] == "org-porch"
    form = await loaded_entry.start_reconfigure_flow(hass)
    result = await async_fill(hass, form, provider="compatible", base_url=realtime_url)
    await hass.async_block_till_done()
    assert "organization" not in loaded_entry.data


async def test_a_rehearsal_asks_for_nothing_and_leads_on_to_its_first_voice(
    hass: HomeAssistant,
) -> None:
    """Who has no key yet can try everything else."""
    result = await async_choose(hass, "rehearsal")
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {"provider": "rehearsal"}
    assert result["result"].state is ConfigEntryState.LOADED
    assert result["next_flow"][0] == "config_subentries_flow"
    await async_unload_all(hass)


async def test_one_rehearsal_is_enough(hass: HomeAssistant) -> None:
    """A second one would be the same."""
    await async_choose(hass, "rehearsal")
    result = await async_choose(hass, "rehearsal")
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "already_configured"
    await async_unload_all(hass)


async def test_a_rehearsal_has_nothing_to_change(hass: HomeAssistant) -> None:
    """It says so instead of showing an empty form."""
    entry = (await async_choose(hass, "rehearsal"))["result"]
    result = await hass.config_entries.flow.async_init(
        DOMAIN,
        context={"source": SOURCE_RECONFIGURE, "entry_id": entry.entry_id},
    )
    assert result["type"] is FlowResultType.ABORT
    assert result["reason"] == "rehearsal_is_fixed"
    await async_unload_all(hass)
