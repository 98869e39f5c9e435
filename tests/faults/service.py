"""The Realtime service that a visit is held with, and the ways in which it fails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, override

from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say, ServerOptions
from custom_components.realtime_pumpkin.rehearsal.plan import Failed, ResponseRequest
from demo.realtime_server.ears import Ears
from demo.realtime_server.server import RealtimeServer
from demo.realtime_server.settings import ServerSettings
from demo.realtime_server.voices import Voices
from tests.realtime_server import KEY, error_event, say

LINES = ("Trick or treat!", "Thank you, bye!")
"""What the visitor says, one after the other."""

GREETING_MS, ANSWER_MS, REST_MS, GOODBYE_MS = 800, 4000, 1200, 2000
THINK_MS = 1500
"""How long the answer is thought about: the phase of processing."""

GREETING = Plan((Say("Welcome!", duration_ms=GREETING_MS),))
ANSWER = Plan((Say("A long answer.", duration_ms=ANSWER_MS),), think_ms=THINK_MS)
REST = Plan((Say("…and the rest of it.", duration_ms=REST_MS),))
STILL_THERE = Plan((Say("Is somebody there?", duration_ms=REST_MS),))
GOODBYE = Say("Goodbye!", duration_ms=GOODBYE_MS)
BYE = Plan((GOODBYE, Call("finish_conversation", {"reason": "done"})))


class Brain:
    """Answer a visit, whatever sessions it is spread over."""

    def __init__(self) -> None:
        """Have credit, and hear nothing yet."""
        self.words = ""
        """What the visitor says just now."""

        self.has_credit = True
        self.half = False
        """Credit ends within the next answer."""

    def plan(self, request: ResponseRequest) -> Plan:
        """Return what is to be said, by what the conversation holds."""
        plan = self._plan(request)
        if self.half:
            self.has_credit = False
            half = tuple(_halved(each) for each in plan.outputs[:1])
            return Plan(half, _quota(), think_ms=plan.think_ms)
        return plan if self.has_credit else Plan(ending=_quota())

    def _plan(self, request: ResponseRequest) -> Plan:
        """Return what would be said with credit."""
        said = [item for item in request.history if item.type == "message"]
        if request.tool_choice == "none":
            return Plan((GOODBYE,))
        turns = [item for item in said if item.role == "user"]
        is_answered = any(item.role == "assistant" for item in said[_last(said) :])
        if not turns:
            return STILL_THERE if is_answered else GREETING
        if turns[-1].words == LINES[-1]:
            return BYE
        return REST if is_answered else ANSWER

    def hear(self, pcm: bytes) -> str | None:
        """Return what the visitor has said."""
        return self.words


def _last(said: list[Any]) -> int:
    """Return where the visitor's last turn is; 0 without one."""
    return max((i for i, item in enumerate(said) if item.role == "user"), default=0)


def _halved(output: Any) -> Say:
    """Return half of what was to be said."""
    assert isinstance(output, Say)
    return Say(output.text, duration_ms=(output.duration_ms or 0) // 2)


def _quota() -> Failed:
    """Return the end of an answer for which there was no credit."""
    return Failed(
        "insufficient_quota", "You exceeded your quota.", "insufficient_quota"
    )


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a session is refused with, after the upgrade as OpenAI does it."""

    close_code: int
    error_type: str = "server_error"
    code: str | None = None

    @property
    def reason(self) -> str:
        """Return what the close frame says."""
        return f"{self.error_type}.{self.code}" if self.code else self.error_type


@dataclass
class Service:
    """The local Realtime server, with a hand on each of its sockets."""

    certificate: Path | None = None
    brain: Brain = field(default_factory=Brain)
    refusal: Refusal | None = None
    is_mute: bool = False
    """It answers pings, and nothing else."""

    port: int = 0
    visits: set[ServerConnection] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Service]:
        """Serve on a free port of 127.0.0.1."""
        options = ServerOptions(pace=2.0, key=KEY)
        pem = self.certificate
        settings = ServerSettings(
            options=options,
            seed="faults",
            refuse_by_http=True,
            certificate=pem,
            private_key=pem,
        )
        server = _Server(self, settings, lambda: self.brain, Ears(), Voices())
        async with server.listening("127.0.0.1", 0) as self.port:
            yield self
            for task in tuple(self._tasks):
                task.cancel()

    def close_all(self, refusal: Refusal) -> None:
        """Close every session with a code, as a service does that goes away."""
        for visit in tuple(self.visits):
            task = asyncio.create_task(turn_away(visit, refusal))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def garble(self) -> None:
        """Send each client a frame whose JSON is cut off."""
        for visit in tuple(self.visits):
            task = asyncio.create_task(visit.send('{"type":"response.output_au'))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)


class _Server(RealtimeServer):
    """A server whose sessions can be ended from outside."""

    def __init__(self, service: Service, *arguments: Any) -> None:
        """Serve for a service."""
        super().__init__(*arguments)
        self._service = service

    @override
    def _connection_class(self) -> type[ServerConnection]:
        """Return connections that say nothing while the service is mute."""
        service = self._service

        class Muteable(super()._connection_class()):  # type: ignore[misc]
            """Keep what is to be said while it may not be said."""

            async def send(self, *arguments: Any, **options: Any) -> None:
                """Send, or forget."""
                if not service.is_mute:
                    await super().send(*arguments, **options)

        return Muteable

    @override
    async def _visit(self, websocket: ServerConnection) -> None:
        """Hold a session, unless none is to be had."""
        if (refusal := self._service.refusal) is not None:
            await turn_away(websocket, refusal)
            return
        self._service.visits.add(websocket)
        try:
            await super()._visit(websocket)
        finally:
            self._service.visits.discard(websocket)


async def turn_away(websocket: ServerConnection, refusal: Refusal) -> None:
    """Say an error, where there is one to say, and close."""
    with suppress(ConnectionClosed):
        if refusal.code is not None:
            await say(websocket, error_event(refusal.error_type, refusal.code, "No."))
        await websocket.close(refusal.close_code, refusal.reason)
