"""The rig of the whole paths: Home Assistant on one core, all else on the other."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from benchmarks.processes import MEASURED, OURS, ROOT, SERVING, pinned
from demo.rig import home_assistant
from demo.rig.places import INTEGRATION
from demo.rig.processes import Process, Supervisor, answers, free_port

_READY_S: Final = 60.0
_LIMIT: Final = 2**26
_BENCH: Final = Path(__file__).parent / "pumpkin_bench"

# As in a house, modules are compiled once and for all.
_PINNED: Final = (
    *("env", "-u", "PYTHONDONTWRITEBYTECODE"),
    *("taskset", "-c", str(MEASURED)),
)

_CONFIGURATION: Final = """\
homeassistant:
  name: The bench
  time_zone: UTC
  internal_url: {url}
logger:
  default: warning
pumpkin_bench:
  port: {port}
"""


class Line:
    """Orders out, answers in, a line of JSON each."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Order over a pair of streams."""
        self._reader = reader
        self._writer = writer

    async def read(self) -> Any:
        """Return the next line."""
        async with asyncio.timeout(_READY_S):
            line = await self._reader.readline()
        if not line:
            raise RuntimeError("The other side is gone")
        return json.loads(line)

    async def ask(self, order: str, **data: Any) -> Any:
        """Give an order and return the answer."""
        self._writer.write(json.dumps({"do": order, **data}).encode() + b"\n")
        return await self.read()

    def close(self) -> None:
        """Say that no more orders come."""
        self._writer.close()


class Home:
    """Home Assistant, and the integration's voices in it."""

    def __init__(self, process: Process, line: Line) -> None:
        """Order over a line."""
        self._line = line
        self.process = process

    async def ask(self, order: str, **data: Any) -> Any:
        """Give an order; raise `RuntimeError` with what went wrong."""
        answer = await self._line.ask(order, **data)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["answer"]

    def log(self) -> str:
        """Return what it logged: warnings and worse."""
        return self.process.log.read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class Rig:
    """Both sides."""

    home: Home
    world: Line
    server_port: int
    players_port: int

    @property
    def url(self) -> str:
        """Return the account's base URL."""
        return f"http://127.0.0.1:{self.server_port}/v1"

    async def add_voices(
        self,
        ports: Sequence[int],
        players: Sequence[str] = (),
        options: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Add an account with a voice at each satellite; speak at players if given."""
        voices = [
            {
                "instructions": "You are a jack-o'-lantern.",
                "voice": "echo",
                "model": "gpt-realtime",
                "microphone": {"kind": "wyoming", "host": "127.0.0.1", "port": port},
                "speaker": {"kind": "satellite"}
                if not players
                else {"kind": "media_player", "entity_id": players[number]},
                **(options or {}),
            }
            for number, port in enumerate(ports)
        ]
        added: dict[str, Any] = await self.home.ask(
            "add_account", url=self.url, voices=voices
        )
        assert added["state"] == "loaded", added
        return added


@asynccontextmanager
async def rig(*world: str) -> AsyncIterator[Rig]:
    """Start both sides; the world with these arguments. Ends them on leaving."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="pumpkin-bench-")))
        outside = await stack.enter_async_context(_world(*world))
        supervisor = await stack.enter_async_context(Supervisor(folder / "logs"))
        home = await _home(supervisor, folder)
        facts = await outside.read()
        yield Rig(home, outside, facts["server"], facts["players"])


@asynccontextmanager
async def _world(*arguments: str) -> AsyncIterator[Line]:
    """Run all that is outside of Home Assistant."""
    process = await asyncio.create_subprocess_exec(
        *pinned(SERVING, OURS, "benchmarks.paths.world", *arguments),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LIMIT,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    line = Line(process.stdout, process.stdin)
    try:
        yield line
    finally:
        line.close()
        try:
            async with asyncio.timeout(10):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def _home(supervisor: Supervisor, folder: Path) -> Home:
    """Start Home Assistant with nothing but its defaults and the bench."""
    home, web, port = folder / "home", free_port(), free_port()
    home.mkdir()
    configuration = _CONFIGURATION.format(url=f"http://127.0.0.1:{web}", port=port)
    home_assistant.furnish(home, web, configuration, (INTEGRATION, _BENCH))
    process = await home_assistant.launch(supervisor, home, _PINNED)
    await process.ready(lambda: answers(port), _READY_S)
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=_LIMIT)
    return Home(process, Line(reader, writer))
