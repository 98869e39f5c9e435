"""Play one whole visit at the door: `python -m demo`."""

import argparse
import asyncio
from collections.abc import Iterator
import contextlib
from pathlib import Path
import shlex
import signal
import sys
import time

from . import play, visit
from .house.client import PASSWORD, USER, HouseError
from .rig.places import OUTPUT
from .rig.processes import RigError
from .stage import SATELLITES, SPEAKERS, Options, stage
from .terminal import Terminal


def main() -> int:
    """Play the visit and return the exit status: 0 if it happened as it must."""
    options = _options()
    terminal = Terminal()
    try:
        return asyncio.run(_run(options, terminal))
    except KeyboardInterrupt, asyncio.CancelledError:
        terminal.line("Interrupted; everything is ended.")
        return 130


async def _run(options: Options, terminal: Terminal) -> int:
    """Set the stage, play, tell, and keep it where asked to."""
    task = asyncio.current_task()
    assert task is not None
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, task.cancel)
    terminal.title("Setting up the porch")
    started = time.monotonic()
    script = visit.load(options.visit)
    try:
        async with stage(options, script, terminal) as on:
            played = await play.play(on, script, options, terminal)
            play.tell(played, terminal)
            ok = bool(played.report["ok"])
            _conclude(ok, options, terminal, time.monotonic() - started)
            if options.keep:
                await _keep(on.house.url, terminal)
    except Exception as err:
        problems = list(_problems(err))
        if not problems:
            raise
        for problem in problems:
            terminal.line(problem, "bad")
        if (logs := options.output / "logs").exists():
            terminal.line(f"The logs are in {_shown(logs)}")
        return 1
    return 0 if ok else 1


def _problems(err: BaseException) -> Iterator[str]:
    """Yield what went wrong in words, where it is something a person can mend."""
    if isinstance(err, BaseExceptionGroup):
        for inner in err.exceptions:
            yield from _problems(inner)
    elif isinstance(err, RigError | HouseError):
        yield str(err)


def _conclude(ok: bool, options: Options, terminal: Terminal, seconds: float) -> None:
    """Tell how it went and where everything is."""
    verdict = "The visit happened as it must" if ok else "The visit went wrong"
    terminal.line()
    terminal.line(f"{verdict} ({seconds:.0f} s).", "good" if ok else "bad")
    terminal.line(
        f"In {_shown(options.output)}: visit.wav, transcript.md, timeline.png, "
        "events.jsonl, report.json and logs/"
    )


async def _keep(url: str, terminal: Terminal) -> None:
    """Leave everything running until the user has seen enough."""
    terminal.line()
    terminal.line(f"Home Assistant: {url}   user {USER}   password {PASSWORD}", "title")
    terminal.line("Everything runs on until Ctrl-C.")
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.Event().wait()


def _shown(path: Path) -> str:
    """Return a path as short as it can be."""
    with contextlib.suppress(ValueError):
        return str(path.relative_to(Path.cwd()))
    return str(path)


def _options() -> Options:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument(
        "--openai",
        action="store_true",
        help="talk to OpenAI's Realtime API with the key in OPENAI_API_KEY",
    )
    parser.add_argument(
        "--keep", action="store_true", help="leave everything running until Ctrl-C"
    )
    parser.add_argument(
        "--satellite", choices=SATELLITES, default="wyoming", help="who listens"
    )
    parser.add_argument(
        "--speaker",
        choices=SPEAKERS,
        default="",
        help="who speaks: MPD, or the satellite, as one with ESPHome does by itself",
    )
    parser.add_argument(
        "--visit",
        choices=visit.names(),
        default="trick_or_treat",
        help="which visit: trick_or_treat has an interruption and fog, in polite the "
        "child hears everything out",
    )
    parser.add_argument(
        "--show",
        action="store_const",
        dest="visit",
        const="show",
        help="the visit with the full show: camera, candle, sound effect and fog",
    )
    parser.add_argument(
        "--output", type=Path, default=OUTPUT, help="where the files of the visit go"
    )
    parser.add_argument(
        "--server-options",
        default="",
        metavar="OPTIONS",
        help="options of the local Realtime server, as one string",
    )
    given = parser.parse_args()
    return Options(
        visit=given.visit,
        satellite=given.satellite,
        speaker=given.speaker,
        openai=given.openai,
        keep=given.keep,
        output=given.output.resolve(),
        server_arguments=tuple(shlex.split(given.server_options)),
    )


if __name__ == "__main__":
    sys.exit(main())
