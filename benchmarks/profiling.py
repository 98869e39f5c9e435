"""Where a contender spends its time: `python -m benchmarks.profiling pumpkin`.

py-spy looks at it 500 times a second while it holds many conversations at once; the
functions are listed by their share of all time that the contender's event loop was busy.
"""

from argparse import ArgumentParser
import asyncio
from collections import Counter
from collections.abc import Iterator
import json
from pathlib import Path
import re
from tempfile import TemporaryDirectory
from typing import Final

from .processes import MEASURED, OURS, PEERS, ROOT, pinned, running_server

_SPY: Final = PEERS.with_name("py-spy")
_FRAME: Final = re.compile(r"(?P<function>\S+) \((?P<path>.+?)(:\d+)?\)$")
_PACKAGES: Final = re.compile(r"(site-packages|python3\.\d+|custom_components)/")
_BUSY: Final = "_run_once"
_OTHER: Final = re.compile(r"select \(|importlib|resident_kb|(open|close) \(benchmarks")
"""Waiting, and what is done before and after the conversations."""


async def profile(contender: str, voices: int, seconds: float) -> Counter[str]:
    """Return how often each stack was seen while the loop of a contender was busy."""
    python = OURS if contender == "pumpkin" else PEERS
    job = {"voices": voices, "seconds": seconds}
    with TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        command = (
            *(str(_SPY), "record", "-r", "500", "-f", "raw", "-o", str(raw), "--"),
            *pinned(MEASURED, python, f"benchmarks.contenders.{contender}"),
        )
        async with running_server() as server:
            process = await asyncio.create_subprocess_exec(
                *command, cwd=ROOT, stdin=-1, stdout=-1, stderr=-1, limit=2**26
            )
            await process.communicate(
                json.dumps({"url": server.url, **job}).encode() + b"\n"
            )
        lines = raw.read_text().splitlines()
    return Counter(
        {
            stack: int(count)
            for stack, count in (line.rsplit(" ", 1) for line in lines)
            if _BUSY in stack and not _OTHER.search(stack)
        }
    )


def shares(stacks: Counter[str]) -> tuple[Counter[str], Counter[str]]:
    """Return how often each function was seen at work itself, and at all."""
    own: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for stack, count in stacks.items():
        frames = [_name(frame) for frame in stack.split(";")]
        own[frames[-1]] += count
        for frame in set(frames):
            total[frame] += count
    return own, total


def _name(frame: str) -> str:
    """Return a frame's function and module, without this machine's folders."""
    found = _FRAME.match(frame)
    if found is None:
        return frame
    place = _PACKAGES.split(found["path"])[-1].removeprefix("realtime_pumpkin/")
    return f"{found['function']} ({place})"


def table(stacks: Counter[str], rows: int) -> Iterator[str]:
    """Yield the lines of a table: the functions that take the most by themselves."""
    own, total = shares(stacks)
    seen = stacks.total()
    yield "| itself | with what it calls | function |"
    yield "| ---: | ---: | --- |"
    for name, count in own.most_common(rows):
        yield f"| {count / seen:.1%} | {total[name] / seen:.1%} | `{name}` |"


def main() -> None:
    """Profile whom the command line names, and print where the time goes."""
    parser = ArgumentParser(prog="python -m benchmarks.profiling")
    parser.add_argument("contender", nargs="?", default="pumpkin")
    parser.add_argument("--voices", type=int, default=40)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--rows", type=int, default=25)
    given = parser.parse_args()
    stacks = asyncio.run(profile(given.contender, given.voices, given.seconds))
    print("\n".join(table(stacks, given.rows)))


if __name__ == "__main__":
    main()
