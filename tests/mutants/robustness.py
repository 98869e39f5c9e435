"""What keeps a conversation from hanging, leaking or ending for nothing."""

import asyncio
import math
from typing import Any, Final

from custom_components.realtime_pumpkin.realtime import steering
from custom_components.realtime_pumpkin.realtime.conversation import Due
from tests.mutants.mutant import Guard

_WAY = "tests/faults/test_way.py"
_SOCKET = "tests/faults/test_socket.py"
_SATELLITE = "tests/faults/test_satellite.py"
_PLAYER = "tests/faults/test_player.py"
_HOUSE = "tests/faults/test_house.py"


def _cell(file: str, fault: str, phase: str) -> tuple[str]:
    """Return a cell of the matrix as pytest names it."""
    return (f"{file}::test_cell[{fault}-{phase}]",)


async def _do_nothing(*_arguments: Any, **_options: Any) -> None:
    """Be a coroutine that guards nothing."""


async def _wait_for_ever(*_arguments: Any, **_options: Any) -> None:
    """Be a coroutine that never ends."""
    await asyncio.Event().wait()


def _nothing(*_arguments: Any, **_options: Any) -> None:
    """Do nothing."""


def _no_actions(*_arguments: Any, **_options: Any) -> tuple[()]:
    """Want nothing done."""
    return ()


def _without(due: Due) -> dict[Due, Any]:
    """Return what is done when something is due, but for one of them."""
    return {**steering._DUE, due: _no_actions}


def _never(*_arguments: Any, **_options: Any) -> bool:
    """Say no."""
    return False


ROBUSTNESS: Final = (
    Guard(
        "a service that cannot be reached is given up after the retry budget",
        "realtime.reconnection:BUDGET",
        math.inf,
        _cell(_WAY, "connections are refused", "listening"),
    ),
    Guard(
        "a lost socket is opened again",
        "realtime.connecting:_retry",
        _no_actions,
        _cell(_SOCKET, "the socket is closed with 1011", "listening"),
    ),
    Guard(
        "tries for a socket do not follow each other at once",
        "realtime.reconnection:FIRST_DELAY",
        0.0,
        ("tests/realtime/test_reconnection.py",),
    ),
    Guard(
        "a key that is refused is not tried again",
        "realtime.connecting:HOPELESS",
        {},
        _cell(_WAY, "401", "listening"),
    ),
    Guard(
        "credit that is used up ends the conversation",
        "realtime.answering:is_terminal",
        _never,
        _cell(_SOCKET, "quota in mid-response", "processing"),
    ),
    Guard(
        "the rest of an answer that broke off is asked for",
        "realtime.steering:_DUE",
        _without(Due.GO_ON),
        ("tests/realtime/test_reconnection.py",),
    ),
    Guard(
        "a peer that is gone without a word is noticed",
        "realtime.connection:PING_TIMEOUT",
        None,
        _cell(_SOCKET, "stalled reads", "responding"),
    ),
    Guard(
        "pings come often enough",
        "realtime.connection:PING_INTERVAL",
        60.0,
        _cell(_SOCKET, "a half-open socket, for 3 s", "processing"),
    ),
    Guard(
        "a socket that takes nothing is given up",
        "realtime.websocket:WRITE_TIMEOUT",
        3600.0,
        ("tests/realtime/test_stuck_socket.py",),
    ),
    Guard(
        "a service that opens the line but no session is given up",
        "realtime.connection:OPEN_TIMEOUT",
        3600.0,
        _cell(_SOCKET, "the service says nothing any more", "connecting"),
    ),
    Guard(
        "a response that is asked for and never begins is asked for again",
        "realtime.steering:_DUE",
        _without(Due.RESPONSE),
        ("tests/realtime/test_endurance.py",),
    ),
    Guard(
        "a response that begins and never ends is given up",
        "realtime.steering:_DUE",
        _without(Due.PROGRESS),
        ("tests/realtime/test_stalled.py",),
    ),
    Guard(
        "a frame that is no JSON is skipped",
        "realtime.connection:_read_frame",
        lambda frame: __import__("json").loads(frame),
        _cell(_SOCKET, "truncated JSON", "responding"),
    ),
    Guard(
        "a prepared socket that was closed is let go",
        "realtime.preparation:Preparation._watch",
        _wait_for_ever,
        _cell(_SOCKET, "the socket is closed with 3000", "idle"),
    ),
    Guard(
        "a satellite that sends no sound is noticed",
        "links.wyoming:_SILENCE_TIMEOUT_S",
        math.inf,
        _cell(_SATELLITE, "the satellite stalls", "listening"),
    ),
    Guard(
        "sound that nobody can read does not count as sound",
        "links.wyoming:chunk_format",
        lambda _event: object(),
        _cell(_SATELLITE, "the satellite sends a wrong format", "listening"),
    ),
    Guard(
        "a satellite that does not come back is given up",
        "links.wyoming:_RECONNECT_BUDGET_S",
        3600.0,
        _cell(_SATELLITE, "the satellite is lost", "listening"),
    ),
    Guard(
        "a satellite that came back is used again",
        "links.wyoming:WyomingSatellite._reconnect",
        _wait_for_ever,
        _cell(_SATELLITE, "the satellite is lost, for 3 s", "listening"),
    ),
    Guard(
        "a satellite that another server holds is found out",
        "links.wyoming_handshake:_STILL_THERE_TIMEOUT_S",
        3600.0,
        _cell(_SATELLITE, "another server takes the satellite", "connecting"),
    ),
    Guard(
        "a satellite's connection is closed with the conversation",
        "links.wyoming:WyomingSatellite._hang_up",
        _do_nothing,
        ("tests/links/test_wyoming_microphone.py",),
    ),
    Guard(
        "a microphone's backlog is bounded",
        "links.frames:_QUEUE_BYTES",
        math.inf,
        ("tests/links/test_wyoming_microphone.py",),
    ),
    Guard(
        "a player that never fetches is noticed",
        "links.media_player:_FETCH_TIMEOUT_S",
        3600.0,
        _cell(_PLAYER, "the player never fetches", "listening"),
    ),
    Guard(
        "a player that is gone is not told to play",
        "links.player:MediaPlayer._is_there",
        property(lambda _self: True),
        _cell(_PLAYER, "the player is unavailable", "connecting"),
    ),
    Guard(
        "a stream is cut when it must not be heard any more",
        "links.stream:AudioStream.abort",
        _nothing,
        ("tests/links/test_stream_view.py",),
    ),
    Guard(
        "addresses of streams are forgotten with the conversation",
        "links.deck:Deck._forget",
        _nothing,
        _cell(_PLAYER, "the player fetches nine times", "listening"),
    ),
    Guard(
        "what was borrowed is given back",
        "links.stay:Stay.async_end",
        _do_nothing,
        _cell(_HOUSE, "the account is reloaded", "responding"),
    ),
    Guard(
        "a conversation that ends closes its ends",
        "call:Call.async_close",
        _do_nothing,
        _cell(_WAY, "401", "listening"),
    ),
    Guard(
        "what waits to be sent is forgotten with its session",
        "realtime.outbox:Outbox.clear",
        _nothing,
        ("tests/realtime/test_runner.py",),
    ),
    Guard(
        "audio that a congested network does not take is dropped",
        "realtime.outbox:LONGEST_AUDIO_BACKLOG",
        10**9,
        ("tests/realtime/test_runner.py",),
    ),
    Guard(
        "a service that takes no events is gone",
        "realtime.outbox:Outbox.is_full",
        property(lambda _self: False),
        ("tests/backpressure/test_queues.py",),
    ),
    Guard(
        "a goodbye that never comes is not waited for",
        "realtime.steering:_DUE",
        _without(Due.FAREWELL),
        ("tests/realtime/test_ending.py",),
    ),
    Guard(
        "nobody is talked to for ever",
        "realtime.steering:_DUE",
        _without(Due.MAX_DURATION),
        ("tests/realtime/test_ending.py",),
    ),
)
