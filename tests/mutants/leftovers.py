"""Guards against what is over and kept all the same, until garbage is collected."""

from typing import Final

from websockets.asyncio.client import ClientConnection

from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import nothing

_STREAM: Final = "tests/links/test_stream.py"
_SOCKET: Final = "tests/realtime/test_connection.py"

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
        (f"{_SOCKET}::test_a_secure_connection_that_is_over_holds_no_tls[False]",),
    ),
    Guard(
        "a closed rehearsal keeps no sound",
        "rehearsal.session:ServerSession.close",
        nothing,
        ("tests/test_rehearsal_account.py::test_a_closed_session_keeps_no_sound",),
    ),
)
