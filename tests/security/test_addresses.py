"""Tests of where an account's key may be sent: by which scheme, to whom, and told how."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.client import create_account, normalize_url
from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from custom_components.realtime_pumpkin.unprotected import is_exposed, issue_id
from tests.common import account, async_set_up, voice
from tests.realtime_server import KEY, realtime_server
from tests.test_config_flow import AT_URL, async_fill, async_open

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

WITH_LOGIN = (
    "https://ada:secret@pumpkin.example/v1",
    "https://ada@pumpkin.example/v1",
    "https://:secret@pumpkin.example/v1",
    "wss://ada:secret@127.0.0.1:1/v1",
)
OTHER_SCHEMES = (
    "ftp://pumpkin.example/v1",
    "file:///etc/passwd",
    "gopher://pumpkin.example",
    "javascript:alert(1)",
    "data:text/plain,x",
    "unix:///run/pumpkin.sock",
    "//pumpkin.example/v1",
    "pumpkin.example/v1",
)


@pytest.mark.parametrize("url", WITH_LOGIN)
def test_an_address_holds_no_login(url: str) -> None:
    """It is shown in reports, titles and repairs, where no secret may be."""
    with pytest.raises(RealtimeError) as caught:
        normalize_url(url)
    assert caught.value.kind is ErrorKind.WRONG_URL
    assert "secret" not in str(caught.value)


def test_a_query_with_a_key_in_it_is_left_out() -> None:
    """As is what stands behind a number sign."""
    assert normalize_url("https://pumpkin.example/v1?api-key=s#t").endswith("/v1")


@pytest.mark.parametrize("url", [*WITH_LOGIN, *OTHER_SCHEMES])
async def test_the_account_form_takes_web_addresses_without_a_login_only(
    hass: HomeAssistant, url: str
) -> None:
    """Each is refused at its field, and nobody is called."""
    form = await async_open(hass)
    refused = await async_fill(
        hass, form, provider="compatible", api_key=KEY, base_url=url
    )
    error = "base_url_credentials" if url in WITH_LOGIN else "base_url_invalid"
    assert refused["errors"] == dict.fromkeys(AT_URL, error)


@pytest.mark.parametrize("url", [WITH_LOGIN[0], OTHER_SCHEMES[0]])
async def test_reconfiguring_takes_no_other_addresses_either(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, url: str
) -> None:
    """What is stored stays."""
    before = dict(loaded_entry.data)
    form = await loaded_entry.start_reconfigure_flow(hass)
    refused = await async_fill(hass, form, provider="compatible", base_url=url)
    assert refused["errors"].keys() == set(AT_URL)
    assert loaded_entry.data == before


@pytest.mark.parametrize("url", [WITH_LOGIN[0], *OTHER_SCHEMES])
async def test_a_stored_address_is_checked_again_before_it_is_used(
    hass: HomeAssistant, url: str
) -> None:
    """Whoever wrote it there."""
    with pytest.raises(RealtimeError) as caught:
        create_account(hass, {"api_key": KEY, "base_url": url})
    assert caught.value.kind is ErrorKind.WRONG_URL
    entry = account(url, voice())
    await async_set_up(hass, entry)
    assert entry.state is ConfigEntryState.SETUP_RETRY
    assert "secret" not in str(entry.reason)
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    ("url", "exposed"),
    [
        ("https://api.openai.com/v1", False),
        ("https://8.8.8.8/v1", False),
        ("http://127.0.0.1:8765/v1", False),
        ("http://192.168.1.7/v1", False),
        ("http://10.0.0.7/v1", False),
        ("http://172.31.0.7/v1", False),
        ("http://169.254.7.7/v1", False),
        ("http://100.64.0.7/v1", False),  # Where VPNs such as Tailscale live.
        ("http://[::1]:8765/v1", False),
        ("http://[fd00::7]/v1", False),
        ("http://[fe80::7]/v1", False),
        ("http://porch/v1", False),
        ("http://pumpkin.local:8765/v1", False),
        ("http://pumpkin.home.arpa/v1", False),
        ("http://pumpkin.lan./v1", False),
        ("http://8.8.8.8/v1", True),
        ("http://[2001:4860:4860::8888]/v1", True),
        ("http://pumpkin.example.com/v1", True),
        ("http://api.openai.com/v1", True),
        ("http://local.example.com/v1", True),
        ("http://192.168.1.7.example.com/v1", True),
    ],
)
def test_a_key_in_the_clear_is_exposed_outside_of_the_house(
    url: str, exposed: bool
) -> None:
    """By the address alone: nobody is asked for a name."""
    assert is_exposed(url) is exposed


async def test_a_key_that_leaves_the_house_in_the_clear_is_told_until_it_does_not(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    """Before the first word is sent, and whether the server answers or not."""
    async with realtime_server(key=KEY) as local:
        entry = account("http://pumpkin.invalid.example/v1", voice())
        await async_set_up(hass, entry)
        issue = issue_registry.async_get_issue(DOMAIN, issue_id(entry.entry_id))
        assert issue is not None
        assert issue.severity is ir.IssueSeverity.WARNING
        assert issue.translation_placeholders == {
            "account": "OpenAI",
            "url": "http://pumpkin.invalid.example/v1",
        }
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, "base_url": local}
        )
        await hass.config_entries.async_reload(entry.entry_id)
        assert entry.state is ConfigEntryState.LOADED
        assert not issue_registry.issues
        await hass.config_entries.async_unload(entry.entry_id)


async def test_an_account_that_is_removed_takes_its_warning_with_it(
    hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    """Nobody is warned of what is not there."""
    entry = account("http://pumpkin.invalid.example/v1", voice())
    await async_set_up(hass, entry)
    assert issue_registry.issues
    await hass.config_entries.async_remove(entry.entry_id)
    assert not issue_registry.issues
