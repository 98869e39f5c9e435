"""What keeps a conversation from hanging, leaking or ending for nothing.

The service and the way to it, and what becomes of a conversation's parts.
"""

import asyncio
from collections.abc import Iterable
import json
import math
import time
from typing import Any, Final

from websockets.asyncio.client import ClientConnection

from custom_components.realtime_pumpkin.realtime import connecting
from custom_components.realtime_pumpkin.realtime.actions import Action
from custom_components.realtime_pumpkin.realtime.connection import RealtimeConnection
from custom_components.realtime_pumpkin.realtime.conversation import Conversation, Due
from custom_components.realtime_pumpkin.realtime.events import SessionCreated
from custom_components.realtime_pumpkin.realtime.finish import EndReason
from custom_components.realtime_pumpkin.realtime.preparation import Preparation
from custom_components.realtime_pumpkin.realtime.reconnection import (
    FIRST_DELAY,
    LONGEST_DELAY,
    Reconnection,
)
from custom_components.realtime_pumpkin.realtime.runner import RealtimeSession
from custom_components.realtime_pumpkin.realtime.session import HANDLERS
from custom_components.realtime_pumpkin.running import Running
from tests.mutants.cells import HOUSE, SOCKET, WAY, cell
from tests.mutants.core import without
from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import (
    FOR_EVER,
    async_for_ever,
    async_nothing,
    empty,
    no,
    nothing,
)

_CONNECTION: Final = "tests/realtime/test_connection.py"
_PREPARATION: Final = "tests/realtime/test_preparation.py"
_RECONNECTION: Final = "tests/realtime/test_reconnection.py"


async def _async_session_at_once(_self: RealtimeConnection) -> dict[str, Any]:
    """Take a socket for a session."""
    return {}


async def _async_configure_blindly(
    self: RealtimeConnection, session: dict[str, Any]
) -> None:
    """Configure a session, and wait for no answer."""
    await self.send({"type": "session.update", "session": session})


def _begin_at_once(talk: Conversation, event: Any) -> Iterable[Action]:
    """Begin to talk while the session is still being configured."""
    yield from connecting.on_session_created(talk, event)
    yield from connecting.on_session_updated(talk, event)


def _grow_to_the_end(self: Reconnection, now: float) -> float | None:
    """Try at growing distances, however little is left."""
    if self._lost_at is None:
        self._lost_at, self._delay = now, FIRST_DELAY
    delay, self._delay = self._delay, min(self._delay * 2, LONGEST_DELAY)
    return delay if delay <= self.left(now) else None


async def _async_take_beside_the_watch(self: Preparation) -> RealtimeConnection:
    """Take what is kept, which somebody else still reads."""
    connection, self._kept = self._kept, None
    return connection or await self._connect()


def _renew_what_has_expired(talk: Conversation, expires_at: float | None) -> None:
    """Renew any session, even one that ended before it began."""
    if expires_at is not None:
        left = expires_at - talk.epoch_offset - talk.now - connecting.RENEWAL_LEAD
        talk.wait(Due.RENEWAL, max(connecting.RENEWAL_RETRY, left))


class _ClockOfTheHouse:
    """An event loop whose time jumps with the clock of the house."""

    def __init__(self, loop: Any) -> None:
        """Leave all else to the loop."""
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        """Return what the loop has."""
        return getattr(self._loop, name)

    def time(self) -> float:
        """Return the loop's time, and how far the house's clock has jumped."""
        jumped = time.time() - time.clock_gettime(time.CLOCK_REALTIME)
        return float(self._loop.time()) + jumped


_begin_a_session = RealtimeSession.__init__


def _begin_by_the_wall(self: RealtimeSession, *parts: Any, **options: Any) -> None:
    """Begin a session that reads the clock of the house."""
    _begin_a_session(self, *parts, **options)
    loop: Any = _ClockOfTheHouse(self._loop)
    self._loop = loop


async def _async_wait_only(self: Running, *, cancels: bool) -> None:
    """Wait for the end, and let a voice that was removed talk on."""
    while (task := self._task) is not None:
        if cancels:
            self._cancel(EndReason.RESTARTED)
        await asyncio.wait([task])


ROBUSTNESS: Final = (
    Guard(
        "a service that cannot be reached is given up after the retry budget",
        "realtime.reconnection:BUDGET",
        math.inf,
        cell(WAY, "connections are refused", "listening"),
    ),
    Guard(
        "a lost socket is opened again",
        "realtime.connecting:_retry",
        empty,
        cell(SOCKET, "the socket is closed with 1011", "listening"),
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
        cell(WAY, "401", "listening"),
    ),
    Guard(
        "credit that is used up ends the conversation",
        "realtime.answering:is_terminal",
        no,
        cell(SOCKET, "quota in mid-response", "processing"),
    ),
    Guard(
        "a peer that is gone without a word is noticed",
        "realtime.connection:PING_TIMEOUT",
        None,
        cell(SOCKET, "stalled reads", "responding"),
    ),
    Guard(
        "pings come often enough",
        "realtime.connection:PING_INTERVAL",
        60.0,
        cell(SOCKET, "a half-open socket, for 3 s", "processing"),
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
        cell(SOCKET, "the service says nothing any more", "connecting"),
    ),
    Guard(
        "a frame that is no JSON is skipped",
        "realtime.connection:_read_frame",
        json.loads,
        cell(SOCKET, "truncated JSON", "responding"),
    ),
    Guard(
        "a prepared socket that was closed is let go",
        "realtime.preparation:Preparation._watch",
        async_for_ever,
        cell(SOCKET, "the socket is closed with 3000", "idle"),
    ),
    Guard(
        "a conversation that ends closes its ends",
        "call:Call.async_close",
        async_nothing,
        cell(WAY, "401", "listening"),
    ),
    Guard(
        "what waits to be sent is forgotten with its session",
        "realtime.outbox:Outbox.clear",
        nothing,
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
        "a socket without a session is told at the start",
        "realtime.connection:RealtimeConnection.expect_session",
        _async_session_at_once,
        cell(SOCKET, "the service says nothing any more", "connecting"),
    ),
    Guard(
        "nothing is said before the session is configured",
        "realtime.session:HANDLERS",
        {**HANDLERS, SessionCreated: _begin_at_once},
        (
            "tests/realtime/test_conversation.py::test_nothing_is_said_before_the_session_is_configured",
        ),
    ),
    Guard(
        "a session that is never configured is left",
        "realtime.steering:_DUE",
        without(Due.CONFIGURED),
        (
            "tests/realtime/test_endurance.py::test_a_session_that_is_never_configured_is_left_for_a_new_socket",
        ),
    ),
    Guard(
        "a prepared session is kept once it is configured",
        "realtime.connection:RealtimeConnection.configure",
        _async_configure_blindly,
        (f"{_PREPARATION}::test_a_configuration_that_is_refused_is_told_and_not_kept",),
    ),
    Guard(
        "a prepared socket is read by one at a time",
        "realtime.preparation:Preparation.take",
        _async_take_beside_the_watch,
        (f"{_PREPARATION}::test_a_taken_socket_can_be_read_at_once",),
    ),
    Guard(
        "tries for a socket come at growing distances",
        "realtime.reconnection:LONGEST_DELAY",
        FIRST_DELAY,
        (f"{_RECONNECTION}::test_tries_come_at_growing_distances",),
    ),
    Guard(
        "tries come closer together before it is given up",
        "realtime.reconnection:Reconnection.next_delay",
        _grow_to_the_end,
        (
            f"{_RECONNECTION}::test_a_service_that_is_back_just_before_the_budget_is_spent_is_found",
        ),
    ),
    Guard(
        "each loss of a socket has the whole budget",
        "realtime.reconnection:Reconnection.succeeded",
        nothing,
        (
            f"{_RECONNECTION}::test_a_socket_that_is_lost_again_has_the_whole_budget_again",
        ),
    ),
    Guard(
        "a session is renewed before the service ends it",
        "realtime.steering:_DUE",
        without(Due.RENEWAL),
        (
            "tests/realtime/test_endurance.py::test_a_session_is_renewed_between_turns_before_it_expires",
        ),
    ),
    Guard(
        "the clock of the house does not renew sessions without an end",
        "realtime.connecting:_plan_renewal",
        _renew_what_has_expired,
        (
            "tests/realtime/test_endurance.py::test_a_session_that_ended_before_it_began_is_not_renewed",
        ),
    ),
    Guard(
        "a conversation goes by a clock that does not jump",
        "realtime.runner:RealtimeSession.__init__",
        _begin_by_the_wall,
        cell(HOUSE, "the clock jumps three hours ahead", "listening"),
    ),
    Guard(
        "a frame of no sensible size ends the session",
        "realtime.connection:LARGEST_FRAME",
        None,
        (f"{_CONNECTION}::test_a_frame_that_is_too_large_ends_the_session",),
    ),
    Guard(
        "closing does not wait for a server that is stuck",
        "realtime.connection:CLOSE_TIMEOUT",
        10.0,
        (f"{_CONNECTION}::test_closing_does_not_wait_for_a_server_that_is_stuck",),
    ),
    Guard(
        "a socket is cut where the other side does not help to close it",
        "realtime.websocket:WebSocket.close",
        ClientConnection.close,
        ("tests/realtime/test_stuck_socket.py",),
    ),
    Guard(
        "a try for a socket takes no longer than there is patience",
        "realtime.connecting:CONFIGURE_TIMEOUT",
        FOR_EVER,
        (_RECONNECTION, "tests/realtime/test_endurance.py"),
    ),
    Guard(
        "a ring that waits is sent away with the voice",
        "running:Running._async_ended",
        _async_wait_only,
        (
            "tests/test_limits.py::TestAtTheDoor::test_a_ring_that_waits_is_sent_away_with_the_voice",
        ),
    ),
)
