"""What keeps strangers out, secrets in, and words where they belong."""

import logging
from typing import Any, Final

from homeassistant.core import HomeAssistant
from websockets.asyncio.client import ClientConnection

from custom_components.realtime_pumpkin.const import DOMAIN
from tests.mutants.mutant import Guard

_TOKENS: Final = "tests/security/test_stream_tokens.py"
_USERS: Final = "tests/security/test_users.py"
_WORDS: Final = "tests/security/test_kept_words.py"
_KEY: Final = "tests/security/test_key.py"
_ADDRESSES: Final = "tests/security/test_addresses.py"
_INJECTION: Final = "tests/security/test_injection.py"
_SECRECY: Final = "tests/realtime/test_secrecy.py"
_APIS: Final = "tests/test_private_apis.py"


def _nothing(*_: Any, **__: Any) -> None:
    """Do nothing."""


def _empty(*_: Any, **__: Any) -> str:
    """Return an empty text."""
    return ""


def _true(*_: Any, **__: Any) -> bool:
    """Agree."""
    return True


def _false(*_: Any, **__: Any) -> bool:
    """Disagree."""
    return False


async def _async_true(*_: Any, **__: Any) -> bool:
    """Agree, after a while."""
    return True


def _as_it_is(*values: Any) -> Any:
    """Return the last value."""
    return values[-1]


def _as_a_dict(data: Any) -> dict[str, Any]:
    """Return all of it."""
    return dict(data)


def _any_stream(self: Any, token: str) -> Any:
    """Return some stream, whatever the token is."""
    return next((each.stream for each in self._leases.values()), None)


def _plain(token: str) -> bytes:
    """Return a token as it is."""
    return token.encode(errors="replace")


def _any_voice(hass: HomeAssistant, *_: Any) -> Any:
    """Return some voice, whoever asks for whichever."""
    [entry] = hass.config_entries.async_loaded_entries(DOMAIN)
    return next(iter(entry.runtime_data.voices.values()))


async def _async_unguarded(self: Any, entity_ids: Any, run: Any) -> Any:
    """Run something at once."""
    return await self._async_run(run)


def _who_by_name(self: Any) -> tuple[str, str]:
    """Know a tab by its name alone."""
    return "", self.client_id


SECURITY: Final = (
    Guard(
        "a stream is found by its own token only",
        "links.stream_view:AudioStreams.find",
        _any_stream,
        (f"{_TOKENS}::test_a_token_is_good_for_its_own_stream_only",),
    ),
    Guard(
        "a token is taken back",
        "links.stream_view:AudioStreams.remove",
        _nothing,
        (f"{_TOKENS}::test_a_token_that_is_not_good_is_any_unknown_page",),
    ),
    Guard(
        "a token expires by itself",
        "links.stream_view:AudioStreams._forget_expired",
        _nothing,
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
        _nothing,
        (f"{_TOKENS}::test_a_token_dies_with_its_conversation[stopped]",),
    ),
    Guard(
        "a token is cut out of Home Assistant's log",
        "links.stream_view:_NoTokens.filter",
        _true,
        (f"{_TOKENS}::test_a_conversation_shows_its_token_to_no_log_of_ours",),
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
        "the bus hears no words that are not for it",
        "voice_events:without_words",
        _as_a_dict,
        ("tests/test_transcripts.py",),
    ),
    Guard(
        "a card that joins late is told no secret words",
        "voice_events:VoiceEvents.tellable",
        _as_it_is,
        (f"{_WORDS}::test_a_voice_that_tells_nobody_tells_nobody",),
    ),
    Guard(
        "entities show no words that are not for them",
        "const:Transcripts.in_entities",
        property(_true),
        (f"{_WORDS}::test_entities_show_words_where_the_mode_says_so",),
    ),
    Guard(
        "the database keeps no words of the event entity",
        "event:VoiceEvent._unrecorded_attributes",
        frozenset(),
        ("tests/test_event.py",),
    ),
    Guard(
        "a secretive voice remembers no words of a night",
        "theatre.night:Night.without_words",
        _as_it_is,
        ("tests/theatre/test_memory.py",),
    ),
    Guard(
        "a note never tells the confirmation phrase",
        "staging:HouseRules.is_told_in",
        _false,
        (f"{_INJECTION}::test_a_note_never_tells_the_confirmation_phrase",),
    ),
    Guard(
        "a note is one line",
        "theatre.night:one_line",
        lambda text, most: text,
        (f"{_INJECTION}::test_a_note_is_one_line_that_ends_where_it_ends",),
    ),
    Guard(
        "a report holds no secret",
        "diagnostics:TO_REDACT",
        frozenset(),
        ("tests/test_diagnostics.py",),
    ),
    Guard(
        "a report holds no words",
        "diagnostics:_WORDS",
        frozenset(),
        ("tests/test_diagnostics.py",),
    ),
    Guard(
        "a server that quotes the key is cut short",
        "realtime.connection:_without",
        _as_it_is,
        (_SECRECY,),
    ),
    Guard(
        "an event that quotes the key is cleaned",
        "realtime.connection:RealtimeConnection._discreet",
        _as_it_is,
        (f"{_SECRECY}::test_an_event_that_quotes_the_key_does_not_tell_it",),
    ),
    Guard(
        "what looks like a key is cut out of any error",
        "realtime.errors:redact",
        _as_it_is,
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
        _true,
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
        _false,
        (
            f"{_ADDRESSES}::test_a_key_that_leaves_the_house_in_the_clear_is_told_until_it_does_not",
        ),
    ),
    Guard(
        "strangers are kept from what is kept",
        "guard.guard:Guard.check",
        _nothing,
        ("tests/guard/test_service_layer.py",),
    ),
    Guard(
        "locks, alarms and valves are kept",
        "guard.classes:KEPT_DOMAINS",
        frozenset(),
        ("tests/guard/test_reach.py",),
    ),
    Guard(
        "what belongs to the device of a lock is kept",
        "guard.classes:_COMMANDS",
        frozenset(),
        ("tests/guard/test_reach.py",),
    ),
    Guard(
        "covers that may be gates are kept",
        "guard.classes:_class_of",
        lambda hass, entity_id: "blind",
        ("tests/guard/test_service_layer.py",),
    ),
    Guard(
        "what cannot be followed is kept",
        "guard.reach:Reach._lose",
        _nothing,
        ("tests/guard/test_reach.py", "tests/guard/test_service_layer.py"),
    ),
    Guard(
        "automations that follow are followed",
        "guard.reach:Reach._follow_automations",
        _nothing,
        ("tests/guard/test_reach.py",),
    ),
    Guard(
        "triggers that cannot be seen are taken for the worst",
        "guard.house:House._watches",
        lambda self, entity_id: (),
        (f"{_APIS}::test_triggers_that_lie_elsewhere_are_taken_for_the_worst",),
    ),
    Guard(
        "the house is guarded when a tool runs",
        "house.use:Caller.async_use",
        _async_unguarded,
        ("tests/guard/test_spoken_attacks.py",),
    ),
    Guard(
        "a phrase is waited for before something sensitive",
        "house.use:Caller._async_confirmed",
        _async_true,
        ("tests/house/test_consent.py",),
    ),
    Guard(
        "a phrase counts once it was asked for, and once only",
        "house.consent:Consent.async_given",
        _async_true,
        ("tests/house/test_consent.py",),
    ),
    Guard(
        "strangers have no tools that cannot be seen through",
        "house.apis:_is_seen_through",
        _true,
        ("tests/house/test_apis.py", "tests/guard/test_assist.py"),
    ),
    Guard(
        "a voice's tools reach what is exposed to it alone",
        "house.exposure:_set",
        _nothing,
        (f"{_APIS}::test_tools_are_not_offered_where_exposure_cannot_be_told",),
    ),
    Guard(
        "the form refuses what strangers may not use",
        "flows.rules:_refuse_kept",
        lambda guard, typed: {},
        ("tests/house/test_rules_flow.py",),
    ),
    Guard(
        "children are talked with by the rules for them",
        "prompt:SAFETY",
        "",
        ("tests/test_manners.py",),
    ),
)
