"""What keeps strangers out of what is said, and secrets in."""

import logging
from types import SimpleNamespace
from typing import Any, Final

from aiohttp import web
from homeassistant.core import HomeAssistant, ServiceCall
from homeassistant.helpers.entity_platform import async_get_platforms
from websockets.asyncio.client import ClientConnection

from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.realtime.errors import RealtimeError, redact
from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import as_it_is, no, nothing, yes

_TOKENS: Final = "tests/security/test_stream_tokens.py"
_TOLD: Final = "tests/security/test_told_tokens.py"
_USERS: Final = "tests/security/test_users.py"
_KEY: Final = "tests/security/test_key.py"
_ADDRESSES: Final = "tests/security/test_addresses.py"
_SECRECY: Final = "tests/realtime/test_secrecy.py"
_CANARY: Final = "tests/test_canary.py"


def _any_stream(self: Any, token: str) -> Any:
    """Return some stream, whatever the token is."""
    return next((each.stream for each in self._leases.values()), None)


def _plain(token: str) -> bytes:
    """Return a token as it is."""
    return token.encode(errors="replace")


def _found_or_forbidden(self: Any, name: str) -> Any:
    """Tell a token that is not good from a page that is not there."""
    if (stream := self._streams.find(name.removesuffix(".mp3"))) is None:
        raise web.HTTPForbidden
    return stream


def _any_voice(hass: HomeAssistant, *_: Any) -> Any:
    """Return some voice, whoever asks for whichever."""
    [entry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return next(iter(entry.runtime_data.voices.values()))


def _who_by_name(self: Any) -> tuple[str, str]:
    """Know a tab by its name alone."""
    return "", self.client_id


def _quote(self: RealtimeError, kind: Any, code: str | None, message: str) -> None:
    """Keep what a server said of a key that it refuses."""
    self.kind, self.code, self.message = kind, code, redact(message)
    Exception.__init__(self, f"{kind}: {self.message}")


def _all_of_the_account(data: Any) -> dict[str, Any]:
    """Show everything that is stored, the key in the place of the address."""
    return {"advanced": {"base_url": data["api_key"]}, **data}


def _register_for_anybody(
    hass: HomeAssistant, domain: str, name: str, *, func: Any, **options: Any
) -> None:
    """Register an action that asks for nobody's rights."""

    async def run(call: ServiceCall) -> Any:
        """Do it with some voice."""
        entities = [
            entity
            for platform in async_get_platforms(hass, domain)
            if platform.domain == options["entity_domain"]
            for entity in platform.entities.values()
        ]
        return await func(entities[0], call)

    response = options["supports_response"]
    hass.services.async_register(domain, name, run, supports_response=response)


SECURITY: Final = (
    Guard(
        "an action asks what the user may do",
        "services:async_register_platform_entity_service",
        _register_for_anybody,
        (f"{_USERS}::test_an_action_is_refused_to_those_who_may_not_control",),
    ),
    Guard(
        "a stream is found by its own token only",
        "links.stream_view:AudioStreams.find",
        _any_stream,
        (f"{_TOKENS}::test_a_token_is_good_for_its_own_stream_only",),
    ),
    Guard(
        "a token is taken back",
        "links.stream_view:AudioStreams.remove",
        nothing,
        (f"{_TOKENS}::test_a_token_that_is_not_good_is_any_unknown_page",),
    ),
    Guard(
        "a token expires by itself",
        "links.stream_view:AudioStreams._forget_expired",
        nothing,
        (f"{_TOKENS}::test_a_token_expires_though_nobody_takes_it_back",),
    ),
    Guard(
        "a token expires after ten minutes",
        "links.stream_view:LONGEST_LIFE_S",
        1e9,
        (f"{_TOKENS}::test_a_token_expires_though_nobody_takes_it_back",),
    ),
    Guard(
        "a token is looked up by its hash",
        "links.stream_view:_digest",
        _plain,
        (f"{_TOKENS}::test_a_token_is_looked_up_by_its_hash_alone",),
    ),
    Guard(
        "all addresses of a conversation are forgotten with it",
        "links.deck:Deck._forget",
        nothing,
        (f"{_TOLD}::test_a_token_dies_with_its_conversation[stopped]",),
    ),
    Guard(
        "a token is cut out of Home Assistant's log",
        "links.stream_view:_NoTokens.filter",
        yes,
        (f"{_TOLD}::test_a_conversation_shows_its_token_to_no_log_of_ours",),
    ),
    Guard(
        "a websocket command checks the user",
        "websocket_api:_voice",
        _any_voice,
        (f"{_USERS}::test_a_command_is_for_those_who_may",),
    ),
    Guard(
        "speaking through the card needs control",
        "websocket_api:POLICY_CONTROL",
        "read",
        (f"{_USERS}::test_a_command_is_for_those_who_may",),
    ),
    Guard(
        "a tab comes back to its own user only",
        "links.browser:BrowserTab.who",
        property(_who_by_name),
        (f"{_USERS}::test_a_tab_comes_back_to_its_own_user_only",),
    ),
    Guard(
        "a server that quotes the key is cut short",
        "realtime.connection:_without",
        as_it_is,
        (_SECRECY,),
    ),
    Guard(
        "an event that quotes the key is cleaned",
        "realtime.connection:RealtimeConnection._discreet",
        as_it_is,
        (f"{_SECRECY}::test_an_event_that_quotes_the_key_does_not_tell_it",),
    ),
    Guard(
        "what looks like a key is cut out of any error",
        "realtime.errors:redact",
        as_it_is,
        ("tests/realtime/test_errors.py",),
    ),
    Guard(
        "the websocket's log is off at debug",
        "realtime.websocket:WireLogger.isEnabledFor",
        logging.LoggerAdapter.isEnabledFor,
        (f"{_SECRECY}::test_no_log_at_any_level_holds_the_key",),
    ),
    Guard(
        "a redirect is not followed",
        "realtime.websocket:WebSocket.handshake",
        ClientConnection.handshake,
        (f"{_SECRECY}::test_a_redirect_carries_the_key_nowhere",),
    ),
    Guard(
        "an account shows neither client nor headers",
        "client:RealtimeAccount.__repr__",
        lambda self: f"{self.client.api_key} {self.headers}",
        (f"{_KEY}::test_no_object_of_ours_shows_the_key",),
    ),
    Guard(
        "a key is one line of plain characters",
        "client:is_header",
        yes,
        ("tests/test_client.py::test_a_key_that_cannot_be_one_is_refused",),
    ),
    Guard(
        "an address is one of a web server, without a login",
        "client:normalize_url",
        lambda url, provider=None: url,
        (f"{_ADDRESSES}::test_a_stored_address_is_checked_again_before_it_is_used",),
    ),
    Guard(
        "a key that leaves the house in the clear is told",
        "unprotected:is_exposed",
        no,
        (
            f"{_ADDRESSES}::test_a_key_that_leaves_the_house_in_the_clear_is_told_until_it_does_not",
        ),
    ),
    Guard(
        "a token comes from the system's secrets",
        "links.stream_view:secrets",
        SimpleNamespace(token_urlsafe=lambda size: "A" * 22),
        (f"{_TOKENS}::test_tokens_come_from_the_systems_secrets",),
    ),
    Guard(
        "a token that is not good is any unknown page",
        "links.stream_view:AudioStreamView._find",
        _found_or_forbidden,
        (f"{_TOKENS}::test_a_token_that_is_not_good_is_any_unknown_page",),
    ),
    Guard(
        "an address outlives its sound only for a while",
        "links.deck:_TOKEN_GRACE_S",
        1e6,
        (
            "tests/links/test_media_player.py::test_an_address_outlives_its_sound_only_for_a_while",
        ),
    ),
    Guard(
        "a server that refuses a key is never quoted",
        "realtime.errors:RealtimeError.__init__",
        _quote,
        (
            "tests/realtime/test_errors.py::test_a_refused_key_of_any_look_is_never_quoted",
            _CANARY,
        ),
    ),
    Guard(
        "no form shows a stored key",
        "schema:folded_account",
        _all_of_the_account,
        (f"{_KEY}::test_no_form_shows_a_stored_key",),
    ),
)
