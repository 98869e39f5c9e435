"""All that is outside of Home Assistant: the server, satellites and players.

A process of its own on the other core: `python -m benchmarks.paths.world`. It prints a
line of JSON with where it listens, and answers each line that it reads with one.
"""

from demo.bare import stand_in_for_integration

stand_in_for_integration()

from argparse import ArgumentParser, Namespace  # noqa: E402 - see demo.bare
import asyncio  # noqa: E402
from dataclasses import asdict  # noqa: E402
from functools import partial  # noqa: E402
import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

from aiohttp import ClientSession, ClientTimeout  # noqa: E402

from custom_components.realtime_pumpkin.audio.decode import decode  # noqa: E402
from custom_components.realtime_pumpkin.audio.formats import PCM_24K, AudioFormat  # noqa: E402
from custom_components.realtime_pumpkin.audio.resample import Resampler  # noqa: E402
from custom_components.realtime_pumpkin.rehearsal.clips import FOLDER  # noqa: E402
from demo.realtime_server.ears import Ears  # noqa: E402
from demo.realtime_server.server import RealtimeServer  # noqa: E402
from demo.realtime_server.settings import read_command_line, settings_from  # noqa: E402
from demo.realtime_server.voices import Voices  # noqa: E402

from .player import Players  # noqa: E402
from .satellite import MICROPHONE_RATE, Model, Satellite  # noqa: E402
from .sessions import Listener, Noted, canned, listening  # noqa: E402


class World:
    """What orders can be given to."""

    def __init__(self, noted: Noted, players: Players) -> None:
        """Note what the server sends, and what players fetch."""
        self._noted = noted
        self._players = players
        self._satellites: list[Satellite] = []
        self._speech = b""

    async def do_satellites(self, count: int, **model: Any) -> list[int]:
        """Put up satellites; return their ports."""
        kind, before = Model(**model), len(self._satellites)
        added = [Satellite(kind, number / count) for number in range(count)]
        self._satellites += added
        assert len(self._satellites) == before + count
        return [await each.start() for each in added]

    async def do_take(self) -> dict[str, Any]:
        """Return all that was noted, and forget it."""
        return {
            "responses": self._noted.take(),
            "turn_over_at": self._noted.turn_over_at,
            "satellites": [asdict(each.take()) for each in self._satellites],
            "players": [asdict(each) for each in self._players.take()],
            "player_bytes": self._players.bytes,
            "cpu_s": time.process_time(),
        }

    async def do_say(self, satellite: int) -> dict[str, Any]:
        """Say a sentence at a satellite; return when it ended and was answered."""
        if not self._speech:
            self._speech = _speech()
        noted = await self._satellites[satellite].say(self._speech)
        return asdict(noted) | {"turn_over_at": self._noted.turn_over_at}


def _speech() -> bytes:
    """Return something that is said, PCM s16le mono 16 kHz, without silence behind."""
    clip = decode(str(FOLDER / "here_is_a_riddle.mp3"), 10_000)
    pcm = Resampler(PCM_24K, AudioFormat(MICROPHONE_RATE)).push(clip)
    samples = memoryview(pcm).cast("h")
    end = max(at for at, sample in enumerate(samples) if abs(sample) > 1000)
    return pcm[: (end + 1) * 2]


def _read_command_line() -> tuple[Namespace, list[str]]:
    """Return our own options, and those that are the server's."""
    parser = ArgumentParser()
    parser.add_argument("--turn-ms", type=int, default=4000)
    parser.add_argument("--listens", action="store_true")
    parser.add_argument("--decodes", action="store_true")
    return parser.parse_known_args()


def _server(given: Namespace, rest: list[str], noted: Noted) -> RealtimeServer:
    """Return a server that answers at once, from a can or after listening."""
    arguments = ["--port", "0", "--think-ms", "0", "--canned", *rest]
    make = partial(canned, noted, given.turn_ms)
    return RealtimeServer(
        settings_from(read_command_line(arguments)),
        Listener,
        Ears(""),
        Voices(),
        canned=partial(listening, noted) if given.listens else make,
    )


async def main() -> None:
    """Take orders until the standard input ends."""
    given, rest = _read_command_line()
    noted = Noted()
    loop = asyncio.get_running_loop()
    server = _server(given, rest, noted)
    async with (
        ClientSession(timeout=ClientTimeout(total=None)) as session,
        server.listening("127.0.0.1", 0) as port,
    ):
        players = Players(session, decodes=given.decodes)
        world = World(noted, players)
        print(
            json.dumps({"server": port, "players": await players.start()}), flush=True
        )
        while line := await loop.run_in_executor(None, sys.stdin.readline):
            order = json.loads(line)
            answer = await getattr(world, f"do_{order.pop('do')}")(**order)
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
