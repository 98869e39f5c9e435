"""Start the server, or render what it can say beforehand."""

from argparse import Namespace
import asyncio
import logging
import re
import signal
import sys
import tomllib

from custom_components.realtime_pumpkin.rehearsal import RuleBrain, read_rules

from .brain import PERSONAS, Doorkeeper, FinishStyle, repertoire
from .brain.grammar import grammar
from .ears import Ears
from .server import RealtimeServer
from .settings import BrainFactory, read_command_line, settings_from
from .voices import Voices


def main() -> None:
    """Do what the command line says until the process is told to stop."""
    given = read_command_line()
    logging.basicConfig(
        level=logging.DEBUG if given.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
    )
    try:
        asyncio.run(prerender() if given.prerender else serve(given))
    except (OSError, ValueError, ImportError, re.error) as error:
        sys.exit(f"The server cannot start: {error}")


async def serve(given: Namespace) -> None:
    """Serve until SIGINT or SIGTERM."""
    ears = Ears(grammar())
    server = RealtimeServer(settings_from(given), _brain(given), ears, Voices())
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    try:
        async with server.listening(given.host, given.port) as port:
            scheme = "wss" if given.certificate else "ws"
            print(
                f"Listening on {scheme}://{given.host}:{port}/v1/realtime", flush=True
            )
            if not given.canned:
                await ears.start()
            await stopped.wait()
    finally:
        await ears.close()


def _brain(given: Namespace) -> BrainFactory:
    """Return what makes a session's brain: the doorkeeper, or rules."""
    if given.script is not None:
        rules = read_rules(tomllib.loads(given.script.read_text("utf-8")))
        return lambda: RuleBrain(rules)
    finish = FinishStyle(given.call_tool)
    return lambda: Doorkeeper(finish=finish)


async def prerender() -> None:
    """Render everything the jack-o'-lantern can say in the voice it has."""
    voices = Voices()
    pumpkin = next(each for each in PERSONAS if "pumpkin" in each.marks)
    said = repertoire(pumpkin)
    async with asyncio.TaskGroup() as group:
        for sentence in said:
            group.create_task(voices.speak(sentence, "echo", 1.0))
    print(f"{len(said)} sentences are ready", file=sys.stderr)
