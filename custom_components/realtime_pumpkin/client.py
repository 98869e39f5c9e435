"""The account at a Realtime server, and whether that lets us in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ssl import SSLContext
from typing import Any, Final, cast

from homeassistant.const import CONF_API_KEY
from homeassistant.core import HomeAssistant
from homeassistant.helpers.httpx_client import get_async_client
from homeassistant.util.ssl import get_default_context
from openai import AsyncOpenAI
from yarl import URL

from .const import CONF_BASE_URL, DEFAULT_BASE_URL
from .realtime.connection import RealtimeConnection, open_connection
from .realtime.errors import ErrorKind, RealtimeError

_SCHEMES: Final = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class RealtimeAccount:
    """What opens sessions at one server with one key."""

    client: AsyncOpenAI = field(repr=False)
    ssl_context: SSLContext = field(repr=False)

    async def async_connect(self, model: str) -> RealtimeConnection:
        """Open a socket for a new session; raise `RealtimeError` if refused."""
        return await open_connection(self.client, model, ssl_context=self.ssl_context)


def normalize_url(url: str) -> str:
    """Return the base URL as the SDK wants it.

    Raises `RealtimeError` where it is no address of a web server.
    """
    try:
        parsed = URL(url.strip())
        scheme = _SCHEMES[parsed.scheme.lower()]
        clean = parsed.with_scheme(scheme).with_query(None).with_fragment(None)
    except (KeyError, ValueError) as err:
        raise RealtimeError(ErrorKind.WRONG_URL, None, "Not a web address") from err
    return str(clean).rstrip("/")


def create_account(hass: HomeAssistant, data: Mapping[str, Any]) -> RealtimeAccount:
    """Return the account that a config entry's data describe.

    Raises `RealtimeError` where its key or its base URL cannot be one.
    """
    key: str = data[CONF_API_KEY]
    if not key.isascii() or not key.isprintable() or not key.strip():
        raise RealtimeError(ErrorKind.AUTH, None, "Not an API key")
    client = AsyncOpenAI(
        api_key=key,
        base_url=normalize_url(data.get(CONF_BASE_URL, DEFAULT_BASE_URL)),
        # The SDK would build a client and its TLS context in the event loop;
        # it takes Home Assistant's at run time, whatever its types say.
        http_client=cast("Any", get_async_client(hass)),
    )
    return RealtimeAccount(client, get_default_context())


async def async_check_account(account: RealtimeAccount, model: str) -> None:
    """Open a session and close it again: the only check that every key allows.

    Costs nothing. Raises `RealtimeError`.
    """
    connection = await account.async_connect(model)
    try:
        await connection.expect_session()
    finally:
        await connection.close()
