"""Set up all that a visit needs, with every part real."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
from typing import Any

from .house import setup
from .house.client import House
from .porch.voice import speak
from .rig import home_assistant, realtime, sound
from .rig.places import BLUEPRINTS, OUTPUT, Folder
from .rig.processes import Process, RigError, Supervisor
from .terminal import Terminal
from .visit import Visit

CARD_RATES = {"mpd": 48000, "satellite": 22050}
"""The sample rate of the speaker's sound card, by who plays."""

_KEY = "OPENAI_API_KEY"


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for."""

    visit: str = "trick_or_treat"
    speaker: str = "mpd"
    openai: bool = False
    keep: bool = False
    output: Path = OUTPUT
    server_arguments: tuple[str, ...] = ()
    echo_db: float | None = None
    """How loud the speaker is in the microphone; None: not at all."""


@dataclass(frozen=True, slots=True)
class Porch:
    """What can be heard and touched at the door."""

    card: sound.Card
    satellite: Process
    satellite_port: int
    player_port: int | None
    lines: Sequence[Path]


@dataclass(frozen=True, slots=True)
class Stage:
    """A house that is ready for a visit."""

    folder: Folder
    supervisor: Supervisor
    home_assistant: Process
    service_url: str | None
    porch: Porch
    house: House
    entry_id: str
    voice: str
    player: str | None


@asynccontextmanager
async def stage(
    options: Options, script: Visit, terminal: Terminal
) -> AsyncIterator[Stage]:
    """Set up everything; end it all on leaving.

    Raises `RigError` or `HouseError` where something could not be had.
    """
    account_key = _key(options)
    folder = Folder(options.output)
    folder.renew()
    async with Supervisor(folder.logs) as supervisor:
        with terminal.step("Sound card of the porch"):
            card = await sound.start_card(
                supervisor, folder, CARD_RATES[options.speaker], options.echo_db
            )
        parts = _Parts(supervisor, folder, options, terminal)
        async with asyncio.TaskGroup() as tasks:
            home = tasks.create_task(parts.home_assistant())
            service = tasks.create_task(parts.service())
            porch = tasks.create_task(parts.porch(card, script))
        process, url = home.result()
        async with House.at(url) as house:
            account = setup.Account(service.result(), account_key)
            entry_id, voice, player = await _furnish(
                house, porch.result(), account, script.voice, terminal
            )
            yield Stage(
                folder,
                supervisor,
                process,
                service.result(),
                porch.result(),
                house,
                entry_id,
                voice,
                player,
            )


@dataclass(frozen=True, slots=True)
class _Parts:
    """The parts of the rig that do not need each other."""

    supervisor: Supervisor
    folder: Folder
    options: Options
    terminal: Terminal

    async def home_assistant(self) -> tuple[Process, str]:
        """Start Home Assistant; return it and its address."""
        with self.terminal.step("Home Assistant"):
            return await home_assistant.start(self.supervisor, self.folder)

    async def service(self) -> str | None:
        """Start the local Realtime server; None where OpenAI's is meant."""
        if self.options.openai:
            return None
        with self.terminal.step("Local Realtime server"):
            arguments = self.options.server_arguments
            _, url = await realtime.start(self.supervisor, arguments)
        return url

    async def porch(self, card: sound.Card, script: Visit) -> Porch:
        """Start what stands at the door, and give the visitor a voice."""
        with self.terminal.step("Wyoming satellite"):
            satellite, port = await sound.start_satellite(self.supervisor, card)
        player_port = None
        if self.options.speaker == "mpd":
            with self.terminal.step("Music Player Daemon"):
                _, player_port = await sound.start_player(
                    self.supervisor, card, self.folder
                )
        with self.terminal.step(f"Voice of the visitor ({script.visitor.name})"):
            speaking = [
                speak(script.visitor, line.text, self.folder.sound)
                for line in script.lines
            ]
            lines = await asyncio.gather(*speaking)
        return Porch(card, satellite, port, player_port, lines)


async def _furnish(
    house: House,
    porch: Porch,
    account: setup.Account,
    more: Mapping[str, Any],
    terminal: Terminal,
) -> tuple[str, str, str | None]:
    """Do in the user interface what a new user does.

    Returns the account's entry, the voice's entity and the media player's.
    """
    with terminal.step("First user, logged in"):
        await house.onboard()
        await house.connect()
        await setup.wait_until_running(house)
    player = None
    if porch.player_port:
        with terminal.step("Integration: Music Player Daemon"):
            player = await setup.add_player(house, porch.player_port)
    with terminal.step("Integration: Realtime Pumpkin"):
        entry_id = await setup.add_account(house, account)
    with terminal.step("Voice: the pumpkin"):
        voice = await setup.add_voice(
            house, entry_id, porch.satellite_port, player, more
        )
    with terminal.step("Doorbell, blueprint and automation"):
        doorbell = await setup.add_doorbell(house)
        inputs = {"doorbell": doorbell, "voice": voice}
        await setup.add_automation(house, _blueprint(), inputs)
    return entry_id, voice, player


def _blueprint() -> Path:
    """Return the doorbell's blueprint."""
    return BLUEPRINTS / "doorbell.yaml"


def _key(options: Options) -> str:
    """Return the API key; raise `RigError` where OpenAI is meant without one."""
    if not options.openai:
        return realtime.KEY
    if not (key := os.environ.get(_KEY, "").strip()):
        raise RigError(f"--openai needs your key: {_KEY}=… script/demo --openai")
    return key
