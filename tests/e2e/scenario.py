"""Play a scenario with real processes and write down what happened.

`python -m tests.e2e.scenario NAME FOLDER`. A process of its own, because the test
plugin forbids sockets and watches every task of the process that it is in.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
import json
from pathlib import Path
import shutil
import sys
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession

from demo import visit
from demo.house import setup
from demo.house.events import EventLog
from demo.play import play
from demo.porch.ears import Ears
from demo.rig import sound
from demo.rig.places import PYTHON, ROOT
from demo.stage import Options, Stage, stage
from demo.terminal import Terminal

from . import esphome, first_pumpkin
from .card import converse, doorstep, fight, reconnect
from .card_here import talk_here
from .card_tour import tour
from .endurance import endurance
from .porch_checks import porch_check
from .sockets import connected_to
from .turns import turns

type Facts = dict[str, Any]

RUNS = 3
_FILES = ("visit.wav", "events.jsonl", "report.json", "transcript.md", "timeline.png")
_WITHIN_S = 20.0
_COOLDOWN_S = 10.0
_ECHO_DB = -20.0
_REST_DB = -50.0
_SHARP_EARS = {"threshold": 0.3}
"""With less the service would not always hear the echo, and nothing were shown."""

_DEFENCELESS = {"barge_in": "on", "min_speech_ms": 0}
_POLITE = "polite"
"""The visit whose every word is heard to its end."""


async def visits(folder: Path) -> Facts:
    """Play three visits at the satellite's own speaker, with no time to think."""
    await _prerender()
    options = Options(
        visit=_POLITE,
        speaker="satellite",
        output=folder / "stage",
        server_arguments=("--think-ms", "0", "--pace", "inf"),
    )
    script = visit.load(options.visit)
    async with stage(options, script, Terminal()) as on:
        for number in range(RUNS):
            await play(on, script, options, Terminal())
            _keep(on, folder / f"visit-{number}")
    return {}


async def interruption(folder: Path, speaker: str) -> Facts:
    """Play the visit whose child interrupts, with the default options."""
    await _prerender()
    options = Options(speaker=speaker, output=folder / "stage")
    script = visit.load(options.visit)
    async with stage(options, script, Terminal()) as on:
        await play(on, script, options, Terminal())
        _keep(on, folder / "visit")
        fog = await on.house.state(*script.turned_on)
    return {"fog": fog["state"]}


async def echo(folder: Path, speaker: str, **voice: Any) -> Facts:
    """Play a visit with the speaker in the microphone, at -20 dB."""
    await _prerender()
    options = Options(
        visit=_POLITE, speaker=speaker, output=folder / "stage", echo_db=_ECHO_DB
    )
    script = visit.load(options.visit)
    sharp_eared = replace(script, voice={**_SHARP_EARS, **voice})
    async with stage(options, sharp_eared, Terminal()) as on:
        await play(on, sharp_eared, options, Terminal())
        _keep(on, folder / "visit")
    return {}


async def lasting(folder: Path) -> Facts:
    """Play visits whose sessions, networks, servers and credit come to an end."""
    await _prerender()
    return await endurance(folder, _keep)


async def cancelled(folder: Path, speaker: str) -> Facts:
    """Check a porch whose echo is cancelled but for a rest; then be interrupted."""
    await _prerender()
    options = Options(speaker=speaker, output=folder / "stage", echo_db=_REST_DB)
    script = visit.load(options.visit)
    automatic = replace(script, voice={**script.voice, "barge_in": "auto"})
    async with stage(options, automatic, Terminal()) as on:
        checked = await on.house.act(
            "realtime_pumpkin.porch_check?return_response", entity_id=on.voice
        )
        await play(on, automatic, options, Terminal())
        _keep(on, folder / "visit")
    return {"found": checked["service_response"][on.voice]}


def _keep(on: Stage, folder: Path) -> None:
    """Copy a visit's files to where the next visit does not overwrite them."""
    folder.mkdir()
    for name in _FILES:
        shutil.copy(on.folder.path / name, folder)


async def disturbances(folder: Path) -> Facts:
    """Unload the entry in mid-conversation, then restart the satellite in another."""
    options = Options(visit=_POLITE, speaker="mpd", output=folder / "stage")
    script = visit.load(options.visit)
    async with stage(options, script, Terminal()) as on:
        unloaded = await _unload(on)
        await asyncio.sleep(_COOLDOWN_S)
        restarting = asyncio.create_task(_restart_while_it_speaks(on))
        played = await play(on, script, options, Terminal())
        await restarting
    log = (on.folder.logs / "satellite.log").read_text(encoding="utf-8")
    return {
        "unloaded": unloaded,
        "restarted": played.report,
        "streamed_after_restart": "Streaming audio" in log.rpartition("Ready")[2],
    }


async def _unload(on: Stage) -> Facts:
    """Disable the entry while the pumpkin speaks, enable it, tell what was left."""
    log = EventLog(on.folder.path / "unload.jsonl", {on.voice})
    await log.follow(on.house)
    async with await Ears.at(on.porch.card.address) as ears:
        rang_ms = ears.heard.now_ms
        await setup.ring(on.house)
        async with asyncio.timeout(_WITHIN_S):
            await ears.wait_for_sound(rang_ms)
        before = await _held(on)
        stream = await _stream(on)
        before_status = await _status(stream)
        unloaded_ms = ears.heard.now_ms
        await _set_disabled(on, by="user")
        async with asyncio.timeout(_WITHIN_S):
            ended = await log.wait_for("conversation_ended")
            await ears.wait_for_quiet(1000)
        facts = {
            "before": before,
            "after": await _held(on),
            "reason": ended.data.get("reason"),
            "silent_after_ms": ears.heard.last_sound_ms - unloaded_ms,
            "stream_before": before_status,
            "stream_after": await _status(stream),
        }
    await _set_disabled(on, by=None)
    await setup.entity(on.house, setup.DOMAIN, "assist_satellite")
    log.close()
    return facts


async def _held(on: Stage) -> Facts:
    """Return how many connections Home Assistant holds to whom."""
    assert on.service_url
    service_port = urlsplit(on.service_url).port
    assert service_port
    ports = {"satellite": on.porch.satellite_port, "service": service_port}
    pid = on.home_assistant.pid
    return {
        name: await asyncio.to_thread(connected_to, pid, port)
        for name, port in ports.items()
    }


async def _stream(on: Stage) -> str:
    """Return the address of what the media player plays now."""
    assert on.player
    await on.house.act("homeassistant.update_entity", entity_id=on.player)
    attributes = (await on.house.state(on.player))["attributes"]
    return str(attributes["media_content_id"])


async def _status(address: str) -> int:
    """Return what an address answers."""
    async with ClientSession() as session, session.head(address) as answer:
        return answer.status


async def _set_disabled(on: Stage, *, by: str | None) -> None:
    """Disable or enable the entry, as its menu does."""
    await on.house.ask("config_entries/disable", entry_id=on.entry_id, disabled_by=by)


async def _restart_while_it_speaks(on: Stage) -> None:
    """Restart the satellite while the pumpkin greets; it speaks elsewhere."""
    async with await Ears.at(on.porch.card.address) as ears:
        while ears.heard.now_ms == 0:  # noqa: ASYNC110 - until the first period
            await asyncio.sleep(0.01)
        await ears.wait_for_sound(ears.heard.now_ms)
    await on.supervisor.stop(on.porch.satellite)
    await sound.start_satellite(on.supervisor, on.porch.card, on.porch.satellite_port)


async def _prerender() -> None:
    """Let the server render all that it can say, as it would be in time."""
    command = (PYTHON, "-m", "demo.realtime_server", "--prerender")
    child = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
    if await child.wait():
        raise RuntimeError("The server could not render its sentences")


async def card(folder: Path) -> Facts:
    """Talk to the card in a browser, fight over its voice, close it as it speaks."""
    await _prerender()
    async with doorstep(folder) as at:
        talked = await converse(at)
        reconnected = await reconnect(at)
        fought = await fight(at)
    logs = at.folder.logs / "home-assistant.log"
    return {
        "talked": talked,
        "fought": fought,
        "reconnected": reconnected,
        "log": await asyncio.to_thread(logs.read_text, encoding="utf-8"),
    }


async def card_tour(folder: Path) -> Facts:
    """Set the card up, press and hear all of it, on several devices."""
    await _prerender()
    return await tour(folder)


async def card_here(folder: Path) -> Facts:
    """Talk to a satellite's voice in the browser, for once."""
    await _prerender()
    return await talk_here(folder)


async def show(folder: Path) -> Facts:
    """Play the full show at the satellite's own speaker: camera, candle, thunder, fog."""
    await _prerender()
    options = Options(visit="show", speaker="satellite", output=folder / "stage")
    script = visit.load(options.visit)
    async with stage(options, script, Terminal()) as on:
        await play(on, script, options, Terminal())
        _keep(on, folder / "visit")
        candle = await on.house.state(script.light)
        jaw = await on.house.state("number.jaw")
    return {"candle": candle["state"], "jaw": jaw["state"]}


SCENARIOS: dict[str, Callable[[Path], Awaitable[Facts]]] = {
    "card": card,
    "card-here": card_here,
    "card-tour": card_tour,
    "turns": turns,
    "visits": visits,
    "show": show,
    "disturbances": disturbances,
    "porch-check-satellite": partial(porch_check, speaker="satellite"),
    "porch-check-mpd": partial(porch_check, speaker="mpd"),
    "endurance": lasting,
    "esphome-conversation": esphome.conversation,
    "esphome-starts": esphome.starts,
    "esphome-minute": partial(esphome.long, seconds=60),
    "esphome-long": partial(esphome.long, seconds=600),
    "frontend-account": first_pumpkin.with_account,
    "frontend-rehearsal": first_pumpkin.rehearsal,
    "echo-satellite": partial(echo, speaker="satellite"),
    "echo-mpd": partial(echo, speaker="mpd"),
    "echo-defenceless": partial(echo, speaker="satellite", **_DEFENCELESS),
    "cancelled-satellite": partial(cancelled, speaker="satellite"),
    "cancelled-mpd": partial(cancelled, speaker="mpd"),
    "interruption-satellite": partial(interruption, speaker="satellite"),
    "interruption-mpd": partial(interruption, speaker="mpd"),
}


def main() -> None:
    """Play the scenario that the command line names."""
    name, folder = sys.argv[1], Path(sys.argv[2])
    facts = asyncio.run(SCENARIOS[name](folder))
    (folder / "facts.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
