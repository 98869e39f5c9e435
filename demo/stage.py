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
from .porch.ears import Ears
from .porch.voice import speak
from .rig import home_assistant, realtime, sound
from .rig.places import BLUEPRINTS, OUTPUT, Folder
from .rig.processes import Process, RigError, Supervisor
from .terminal import Terminal
from .visit import Visit

SPEAKERS = ("mpd", "satellite")
SATELLITES = ("wyoming", "esphome")

_CARD_RATES = {"wyoming": 22050, "esphome": 48000}
_PLAYER_RATE = 48000
_SPEAKS = {"wyoming": "mpd", "esphome": "satellite"}

_KEY = "OPENAI_API_KEY"
_CHECK_ECHO_DB = -20.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the user asked for."""

    visit: str = "trick_or_treat"
    satellite: str = "wyoming"
    speaker: str = ""
    """Who speaks; empty: MPD, or a device with ESPHome's firmware itself."""

    openai: bool = False
    keep: bool = False
    output: Path = OUTPUT
    server_arguments: tuple[str, ...] = ()
    service_url: str | None = None
    """The base URL of a Realtime server that runs already; None: one is started."""

    echo_db: float | None = None
    """How loud the speaker is in the microphone; None: not at all."""

    device_arguments: tuple[str, ...] = ()
    """What a device with ESPHome's firmware is told besides."""

    @property
    def has_player(self) -> bool:
        """Tell whether MPD speaks."""
        return (self.speaker or _SPEAKS[self.satellite]) == "mpd"

    @property
    def card_rate(self) -> int:
        """Return the sample rate of the speaker's sound card, in Hz."""
        return _PLAYER_RATE if self.has_player else _CARD_RATES[self.satellite]


@dataclass(frozen=True, slots=True)
class Porch:
    """What can be heard and touched at the door."""

    card: sound.Card
    satellite: Process
    satellite_port: int
    control_port: int | None
    """Where a device with ESPHome's firmware can be touched."""

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
                supervisor, folder, options.card_rate, options.echo_db
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
            if script.checks_porch:
                with terminal.step("Porch check: a chirp, heard again"):
                    await _check_porch(house, card, voice)
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
        if self.options.openai or self.options.service_url:
            return self.options.service_url
        with self.terminal.step("Local Realtime server"):
            arguments = self.options.server_arguments
            _, url = await realtime.start(self.supervisor, arguments)
        return url

    async def porch(self, card: sound.Card, script: Visit) -> Porch:
        """Start what stands at the door, and give the visitor a voice."""
        satellite, port, control_port = await self._satellite(card)
        player_port = None
        if self.options.has_player:
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
        return Porch(card, satellite, port, control_port, player_port, lines)

    async def _satellite(self, card: sound.Card) -> tuple[Process, int, int | None]:
        """Start the satellite; return it, its port and its control's."""
        if self.options.satellite == "esphome":
            with self.terminal.step("Device with ESPHome's protocol"):
                return await sound.start_esphome(
                    self.supervisor, card, *self.options.device_arguments
                )
        with self.terminal.step("Wyoming satellite"):
            return *await sound.start_satellite(self.supervisor, card), None


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
    microphone = await _microphone(house, porch, terminal)
    with terminal.step("Integration: Realtime Pumpkin"):
        entry_id = await setup.add_account(house, account)
    with terminal.step("Voice: the pumpkin"):
        voice = await setup.add_voice(house, entry_id, microphone, player, more)
    with terminal.step("Doorbell, blueprint and automation"):
        doorbell = await setup.add_doorbell(house)
        inputs = {"doorbell": doorbell, "voice": voice}
        await setup.add_automation(house, _blueprint(), inputs)
    return entry_id, voice, player


async def _check_porch(house: House, card: sound.Card, voice: str) -> None:
    """Let the voice find out when its speaker is heard, by its own microphone."""
    async with await Ears.at(card.address) as ears:
        ears.let_echo(_CHECK_ECHO_DB)
        await house.act("realtime_pumpkin.porch_check?return_response", entity_id=voice)
        ears.let_echo(None)


async def _microphone(
    house: House, porch: Porch, terminal: Terminal
) -> Mapping[str, Any]:
    """Return how the satellite is chosen as the microphone; add it where it must be."""
    if porch.control_port is None:
        return setup.at_address(porch.satellite_port)
    with terminal.step("Integration: ESPHome"):
        return setup.of_house(await setup.add_esphome(house, porch.satellite_port))


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
