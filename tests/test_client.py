"""Tests of the account: its address, its key and the check that it works."""

from http import HTTPStatus
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.util.ssl import get_default_context
import pytest

from custom_components.realtime_pumpkin.client import (
    async_check_account,
    create_account,
    normalize_url,
)
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from tests.realtime_server import KEY, MODEL, Handler, fails, greet, realtime_server


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("https://api.openai.com/v1", "https://api.openai.com/v1"),
        (" https://api.openai.com/v1/ ", "https://api.openai.com/v1"),
        ("HTTP://Porch:8765/v1", "http://porch:8765/v1"),
        ("ws://127.0.0.1:8765/v1", "http://127.0.0.1:8765/v1"),
        ("wss://pumpkin.example/v1?x=1#y", "https://pumpkin.example/v1"),
        ("http://kürbis.example/v1", "http://xn--krbis-kva.example/v1"),
    ],
)
def test_a_base_url_is_stored_as_the_sdk_wants_it(given: str, stored: str) -> None:
    """Two spellings of one server are one account."""
    assert normalize_url(given) == stored


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.openai.com/v1",
        "localhost:8765/v1",
        "ftp://x/v1",
        "http://",
        "http://[",
        "http://a:999999/v1",
        "file:///etc/passwd",
    ],
)
def test_an_address_of_no_web_server_is_a_wrong_url(url: str) -> None:
    """What cannot be a server is not even tried."""
    with pytest.raises(RealtimeError) as caught:
        normalize_url(url)
    assert caught.value.kind is ErrorKind.WRONG_URL


@pytest.mark.parametrize("key", ["", "   ", "sk-1\r\nX-Evil: 1", "sk-ключ"])
def test_a_key_that_cannot_be_one_is_refused(hass: HomeAssistant, key: str) -> None:
    """A key with a line break would be a header of its own."""
    with pytest.raises(RealtimeError) as caught:
        create_account(hass, {"api_key": key})
    assert caught.value.kind is ErrorKind.AUTH


async def check(hass: HomeAssistant, url: str) -> ErrorKind | None:
    """Return why the account at the address does not work, if it does not."""
    account = create_account(hass, {"api_key": KEY, "base_url": url})
    assert KEY not in repr(account)
    try:
        await async_check_account(account, MODEL)
    except RealtimeError as err:
        return err.kind
    return None


@pytest.mark.usefixtures("socket_enabled")
async def test_a_working_account_passes_without_building_a_tls_context(
    hass: HomeAssistant, realtime_url: str
) -> None:
    """A context reads certificates, which would block the event loop."""
    with patch("ssl.create_default_context", side_effect=AssertionError):
        assert await check(hass, realtime_url) is None


@pytest.mark.usefixtures("socket_enabled")
@pytest.mark.parametrize(
    ("handler", "status", "kind"),
    [
        (greet, HTTPStatus.UNAUTHORIZED, ErrorKind.AUTH),
        (greet, HTTPStatus.NOT_FOUND, ErrorKind.WRONG_URL),
        (
            fails("invalid_request_error", "invalid_api_key", 3000),
            None,
            ErrorKind.AUTH,
        ),
        (fails("invalid_request_error", "invalid_model", 4000), None, ErrorKind.MODEL),
        (fails("insufficient_quota", None, 4000), None, ErrorKind.QUOTA),
        (fails("server_error", None, 1011), None, ErrorKind.SERVER),
    ],
)
async def test_a_refusal_is_told_apart(
    hass: HomeAssistant,
    handler: Handler,
    status: HTTPStatus | None,
    kind: ErrorKind,
) -> None:
    """Before or after the upgrade, each refusal has its kind."""
    async with realtime_server(handler, status=status) as url:
        assert await check(hass, url) is kind


def test_certificates_are_checked_by_home_assistants_own_context(
    hass: HomeAssistant,
) -> None:
    """It is warm, and it trusts what the user trusts."""
    account = create_account(hass, {"api_key": KEY, "base_url": "https://porch/v1"})
    assert account.ssl_context is get_default_context()


@pytest.mark.usefixtures("socket_enabled")
async def test_a_host_name_that_nobody_knows_is_unreachable(
    hass: HomeAssistant,
) -> None:
    """The resolver's answer is the network's failure."""
    with patch("socket.getaddrinfo", side_effect=OSError("Name does not resolve")):
        kind = await check(hass, "http://pumpkin.invalid/v1")
    assert kind is ErrorKind.UNREACHABLE
