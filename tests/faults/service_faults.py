"""The service and the way to it, as they fail."""

import asyncio
from http import HTTPStatus
from pathlib import Path
import ssl
from tempfile import mkdtemp

from tests.faults.cell import Phase, Trouble
from tests.faults.fault import Fault, Group
from tests.faults.service import Refusal
from tests.faults.world import Kind, World
from tests.links.satellite import HOST
from tests.tls import server_context

_PING_S = 15.0
"""Within how long a socket whose peer is gone is noticed."""

_STALL_S = 20.0
"""Within how long a response that says nothing is given up."""

_STILL_THERE_S = 40.0
"""The voice asks who is there after 20 s, and waits twice for its own question."""

_BRIEF_S = 3.0


async def _forget_name(world: World) -> None:
    """Lose the network's names, and what is connected."""
    world.loop.knows_names = False
    world.line.drop()


async def _know_name(world: World) -> None:
    """Have names again."""
    world.loop.knows_names = True


async def _refuse(world: World) -> None:
    """Let nothing listen at the address."""
    world.line.refuse()
    world.line.drop()


async def _heal(world: World) -> None:
    """Let the line be good again."""
    await world.line.heal()


def _answered(status: HTTPStatus) -> Trouble:
    """Drop what is connected, and answer whoever comes again with a status."""

    async def strike(world: World) -> None:
        world.line.status = status
        world.line.drop()

    return Trouble(strike, _heal)


def _closed(refusal: Refusal) -> Fault:
    """Close sessions with a code; while connecting, all that are tried."""

    async def close(world: World) -> None:
        world.service.close_all(refusal)

    async def strike(world: World) -> None:
        world.service.refusal = refusal

    async def lift(world: World) -> None:
        world.service.refusal = None

    return Fault(
        f"the socket is closed with {refusal.close_code}",
        Group.SERVICE,
        Trouble(close),
        at={Phase.CONNECTING: Trouble(strike, lift)},
    )


async def _lose_peer(world: World) -> None:
    """Let the peer be gone: nothing arrives, nothing is acknowledged, no FIN."""
    world.line.lose_peer()


async def _stall_reads(world: World) -> None:
    """Let nothing of the service arrive."""
    world.line.flow.down.clear()


async def _stall_writes(world: World) -> None:
    """Let the service take nothing."""
    world.line.flow.up.clear()


async def _truncate(world: World) -> None:
    """Let the next frame end in its middle, and the socket with it."""
    world.line.is_cutting = True


async def _garble(world: World) -> None:
    """Send a frame whose JSON is cut off."""
    world.service.garble()


async def _slow(world: World) -> None:
    """Let sound come at two thirds of the speed at which it is heard."""
    world.line.bytes_per_s = 44_000


async def _mute(world: World) -> None:
    """Let the service answer pings, and nothing else."""
    world.service.is_mute = True


async def _unmute(world: World) -> None:
    """Let the service speak again."""
    world.service.is_mute = False


async def _no_credit(world: World) -> None:
    """Have no credit for the next answer."""
    world.service.brain.has_credit = False


async def _half_credit(world: World) -> None:
    """Have credit for half of the next answer."""
    world.service.brain.half = True


async def _credit(world: World) -> None:
    """Have credit again."""
    world.service.brain.has_credit, world.service.brain.half = True, False


async def _nothing(world: World) -> None:
    """Strike by what was armed."""


class _Certificates:
    """Who the service says it is, and whom the house trusts."""

    def __init__(self) -> None:
        """Make two certificates, of which one is trusted."""
        good, bad = (Path(mkdtemp()) for _ in range(2))
        server_context(good)
        self._bad = server_context(bad)
        self._impostor: asyncio.Server | None = None
        trusted = ssl.create_default_context(cafile=str(good / "server.pem"))
        trusted.check_hostname = False
        self.kind = Kind(certificate=good / "server.pem", trusted=trusted)

    async def strike(self, world: World) -> None:
        """Lead whoever comes to somebody whom nobody trusts."""
        self._impostor = await asyncio.start_server(
            lambda _reader, writer: writer.close(), HOST, 0, ssl=self._bad
        )
        world.line.target = self._impostor.sockets[0].getsockname()[1]
        world.line.drop()

    async def lift(self, world: World) -> None:
        """Lead to the service again."""
        world.line.target = world.service.port
        impostor, self._impostor = self._impostor, None
        if impostor is not None:
            impostor.close()


_CERTIFICATES = _Certificates()

_REFUSED = Fault("connections are refused", Group.SERVICE, Trouble(_refuse, _heal))
_NAMELESS = Fault("no names (DNS)", Group.SERVICE, Trouble(_forget_name, _know_name))
_UNTRUSTED = Fault(
    "no TLS: an unknown certificate",
    Group.SERVICE,
    Trouble(_CERTIFICATES.strike, _CERTIFICATES.lift),
    kind=_CERTIFICATES.kind,
)
_BUSY = Fault("429", Group.SERVICE, _answered(HTTPStatus.TOO_MANY_REQUESTS))
_GONE = Fault(
    "a half-open socket",
    Group.SERVICE,
    Trouble(_lose_peer, _heal, noticed_s=_PING_S),
)
_DEAF = Fault(
    "stalled reads",
    Group.SERVICE,
    Trouble(_stall_reads, _heal, noticed_s=_PING_S),
)
_STUCK = Fault(
    "stalled writes",
    Group.SERVICE,
    Trouble(_stall_writes, _heal, noticed_s=_PING_S),
)
_MUTE = Fault(
    "the service says nothing any more",
    Group.SERVICE,
    Trouble(_mute, _unmute, noticed_s=_STALL_S),
    at={
        phase: Trouble(_mute, _unmute, noticed_s=_STILL_THERE_S)
        # It may just have said all of its answer: then it is to listen.
        for phase in (Phase.LISTENING, Phase.RESPONDING)
    },
)

WAY_FAULTS = (
    _NAMELESS,
    _NAMELESS.brief(_BRIEF_S),
    _REFUSED,
    _REFUSED.brief(_BRIEF_S),
    _UNTRUSTED,
    _UNTRUSTED.brief(_BRIEF_S),
    Fault("401", Group.SERVICE, _answered(HTTPStatus.UNAUTHORIZED)),
    Fault("403", Group.SERVICE, _answered(HTTPStatus.FORBIDDEN)),
    _BUSY,
    _BUSY.brief(_BRIEF_S),
)

SOCKET_FAULTS = (
    _closed(Refusal(3000, "invalid_request_error", "invalid_api_key")),
    _closed(Refusal(4000, "invalid_request_error")),
    _closed(Refusal(1001, "going away")),
    _closed(Refusal(1011)),
    _GONE,
    _GONE.brief(_BRIEF_S),
    _DEAF,
    _DEAF.brief(_BRIEF_S),
    _STUCK,
    _STUCK.brief(_BRIEF_S),
    Fault("a truncated frame", Group.SERVICE, Trouble(_truncate, _heal)),
    Fault("truncated JSON", Group.SERVICE, Trouble(_garble)),
    Fault("slow deltas", Group.SERVICE, Trouble(_slow, _heal)),
    _MUTE,
    _MUTE.brief(_BRIEF_S),
    Fault(
        "quota in mid-response",
        Group.SERVICE,
        Trouble(_nothing, _credit, arm=_half_credit),
        at={
            Phase.CONNECTING: Trouble(_no_credit, _credit),
            Phase.LISTENING: Trouble(_no_credit, _credit),
            Phase.IDLE: Trouble(_no_credit, _credit),
        },
    ),
)
