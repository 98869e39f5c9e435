"""The account at a Realtime server, and whether that lets us in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any, Final, Protocol, cast

from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
from homeassistant.helpers.httpx_client import get_async_client
from homeassistant.util.ssl import get_default_context
from openai import AsyncOpenAI
from yarl import URL

from .const import (
    CONF_BASE_URL,
    CONF_ORGANIZATION,
    CONF_PROVIDER,
    DEFAULT_BASE_URL,
    XAI_BASE_URL,
    Provider,
)
from .realtime.connection import RealtimeConnection, open_connection
from .realtime.errors import ErrorKind, RealtimeError
from .rehearsal_account import RehearsalAccount

PROVIDER_URLS: Final = {
    Provider.OPENAI: DEFAULT_BASE_URL,
    Provider.XAI: XAI_BASE_URL,
}
"""Where the providers are that have one address for everybody."""

AZURE_PATH: Final = "/openai/v1"
_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}
CREDENTIALS: Final = "credentials"
"""The code of the error of an address that holds a user name or a password."""


class Account(Protocol):
    """Whoever opens sessions."""

    async def async_connect(self, model: str) -> RealtimeConnection:
        """Open a session with a model; raise `RealtimeError` if refused."""


@dataclass(frozen=True, slots=True)
class RealtimeAccount:
    """What opens sessions at one server with one key."""

    client: AsyncOpenAI = field(repr=False)
    ssl_context: SSLContext = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What is sent beside the key; it may be the key again."""

    async def async_connect(self, model: str) -> RealtimeConnection:
        """Open a socket for a new session; raise `RealtimeError` if refused."""
        return await open_connection(
            self.client, model, ssl_context=self.ssl_context, headers=self.headers
        )


def normalize_url(url: str, provider: Provider = Provider.COMPATIBLE) -> str:
    """Return the base URL as the SDK wants it; a path that goes without saying.

    Raises `RealtimeError` where it is no address of a web server, or holds a user
    name or a password: an address is shown where no secret may be.
    """
    try:
        parsed = URL(url.strip())
        scheme = _SCHEMES[parsed.scheme.lower()]
        clean = parsed.with_scheme(scheme).with_query(None).with_fragment(None)
    except (KeyError, ValueError) as err:
        raise RealtimeError(ErrorKind.WRONG_URL, None, "Not a web address") from err
    if not clean.host:
        raise RealtimeError(ErrorKind.WRONG_URL, None, "Not a web address")
    if clean.raw_user is not None or clean.raw_password is not None:
        message = "The address holds a user name or a password"
        raise RealtimeError(ErrorKind.WRONG_URL, CREDENTIALS, message)
    if provider is Provider.AZURE and clean.path == "/":
        clean = clean.with_path(AZURE_PATH)
    return str(clean).rstrip("/")


def is_header(value: str) -> bool:
    """Tell whether a text can be sent in a header."""
    return bool(value.strip()) and value.isascii() and value.isprintable()


def create_account(hass: HomeAssistant, data: Mapping[str, Any]) -> Account:
    """Return the account that a config entry's data describe.

    Raises `RealtimeError` where its key or its base URL cannot be one.
    """
    if data.get(CONF_PROVIDER) == Provider.REHEARSAL:
        return RehearsalAccount(hass)
    key: str = data.get(CONF_API_KEY, "")
    if not is_header(key):
        raise RealtimeError(ErrorKind.AUTH, None, "Not an API key")
    client = AsyncOpenAI(
        api_key=key,
        base_url=normalize_url(data.get(CONF_BASE_URL, "")),
        # The SDK would build a client and its TLS context in the event loop;
        # it takes Home Assistant's at run time, whatever its types say.
        http_client=cast("Any", get_async_client(hass)),
    )
    return RealtimeAccount(client, get_default_context(), _headers(data, key))


def _headers(data: Mapping[str, Any], key: str) -> dict[str, str]:
    """Return what the SDK does not send to a Realtime server by itself."""
    headers: dict[str, str] = {}
    if organization := data.get(CONF_ORGANIZATION):
        headers["OpenAI-Organization"] = organization
    if data.get(CONF_PROVIDER) == Provider.AZURE:
        headers["api-key"] = key
    return headers


async def async_check_account(account: Account, model: str) -> None:
    """Open a session and close it again: the only check that every key allows.

    Costs nothing. Raises `RealtimeError`.
    """
    connection = await account.async_connect(model)
    try:
        await connection.expect_session()
    finally:
        await connection.close()
