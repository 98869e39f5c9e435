"""Guards against what is over and kept all the same, until garbage is collected."""

from typing import Any, Final

from aiohttp import web
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers.entity import Entity
from websockets.asyncio.client import ClientConnection

from custom_components.realtime_pumpkin.house.witness import Witness
from custom_components.realtime_pumpkin.ledger import Ledger
from custom_components.realtime_pumpkin.voice_events import VoiceEvents
from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import nothing

_STREAM: Final = "tests/links/test_stream.py"
_VIEW: Final = "tests/links/test_stream_view.py"
_SOCKET: Final = "tests/realtime/test_connection.py"


def _raise_not_found() -> web.Response:
    """Refuse as a view usually does."""
    raise web.HTTPNotFound


def _begin_without_origin(self: VoiceEvents, told: str, cause: Context) -> None:
    """Let the first event that somebody listens to be the origin."""
    self._contexts[told] = cause


def _act_for_nobody(self: Witness, hass: HomeAssistant, _: Context, **who: Any) -> None:
    """Forget what led to the conversation."""
    _WITNESS(self, hass, Context(), **who)


def _put_off(self: Ledger, *used: Any, **more: Any) -> None:
    """Ask the store again for each record."""
    self._is_changed = False
    _RECORD(self, *used, **more)


_WITNESS: Final = Witness.__init__
_RECORD: Final = Ledger.record


LEFTOVERS: Final = (
    Guard(
        "FFmpeg's filters are given back at once",
        "audio.pyav:_part",
        nothing,
        ("tests/audio/test_pyav.py",),
    ),
    Guard(
        "an encoder that is through gives its filters back",
        "audio.mp3:Mp3Encoder.flush",
        lambda self: self._encode(None),
        ("tests/audio/test_pyav.py::test_an_encoder_that_is_through_holds_nothing",),
    ),
    Guard(
        "a stream without an address keeps no sound",
        "links.stream:AudioStream.retire",
        nothing,
        (
            "tests/links/test_stream.py::test_a_stream_without_an_address_keeps_no_sound",
        ),
    ),
    Guard(
        "whoever is served when an address ends gets the rest",
        "links.stream:AudioStream._give_back",
        lambda self: self._data.clear() if self._is_retired else None,
        (f"{_STREAM}::test_who_fetches_when_the_address_ends_gets_the_rest",),
    ),
    Guard(
        "a connection that is over lets its TLS go",
        "realtime.websocket:WebSocket.connection_lost",
        ClientConnection.connection_lost,
        (f"{_SOCKET}::test_a_secure_connection_that_is_over_holds_no_tls[we close]",),
    ),
    Guard(
        "a connection that is over lets its parser go",
        "realtime.websocket:WebSocket._leave_parser",
        nothing,
        (f"{_SOCKET}::test_a_connection_that_is_closed_is_gone_at_once",),
    ),
    Guard(
        "a closed rehearsal keeps no sound",
        "rehearsal.session:ServerSession.close",
        nothing,
        ("tests/test_rehearsal_account.py::test_a_closed_session_keeps_no_sound",),
    ),
    Guard(
        "a stream without an address lets who had it go",
        "links.stream:AudioStream._give_back",
        lambda self: self._data.clear() if not self._readers else None,
        (
            f"{_STREAM}::test_a_stream_without_an_address_and_its_fetches_let_each_other_go",
        ),
    ),
    Guard(
        "an unknown page is refused without raising",
        "links.stream_view:_unknown_page",
        _raise_not_found,
        (f"{_VIEW}::test_a_page_that_is_not_there_leaves_nothing_in_memory",),
    ),
    Guard(
        "what a conversation tells has one context",
        "voice_events:VoiceEvents.begin",
        nothing,
        ("tests/test_contexts.py",),
    ),
    Guard(
        "the origin of a conversation's context is its start",
        "voice_events:VoiceEvents.begin",
        _begin_without_origin,
        (
            "tests/test_contexts.py::test_the_end_of_a_conversation_is_not_kept_by_the_context_of_it",
        ),
    ),
    Guard(
        "what entities show of a conversation has its context",
        "entity:VoiceEntity._async_write_ha_state",
        Entity._async_write_ha_state,
        (
            "tests/test_contexts.py::test_what_entities_show_of_a_conversation_is_its_doing",
            "tests/test_contexts.py::test_no_state_of_a_conversation_waits_for_the_collector_of_garbage",
        ),
    ),
    Guard(
        "what a voice does in the house follows from its conversation",
        "house.witness:Witness.__init__",
        _act_for_nobody,
        ("tests/test_contexts.py",),
    ),
    Guard(
        "a voice that never rests is saved all the same",
        "ledger:Ledger.record",
        _put_off,
        ("tests/test_ledger.py",),
    ),
)
