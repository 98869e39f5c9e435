"""A porch check by its action and its button, where all is real but the air."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
import time
from typing import Any
from urllib.parse import urlsplit

from custom_components.realtime_pumpkin.audio.chirp import chirp
from demo import visit
from demo.house import setup
from demo.porch.ears import Ears
from demo.recording import assemble
from demo.stage import Options, Stage, stage
from demo.terminal import Terminal

from .listening import places_of
from .relay import Relay, http_sound, relay, wyoming_sound

type Facts = dict[str, Any]

ECHO_DB = -20.0
AIR_MS = 35
_NAME = "Checked"
_VOICE = "assist_satellite.checked"
_BUTTON = "button.checked_porch_check"
_SETTLED_S = 1.0


async def porch_check(folder: Path, speaker: str) -> Facts:
    """Check by action and button with an echo, then without."""
    options = Options(speaker=speaker, output=folder / "stage")
    script = visit.load(options.visit)
    async with stage(options, script, Terminal()) as on, _wired(on) as wire:
        async with await Ears.at(on.porch.card.address) as ears:
            ears.let_echo(ECHO_DB, AIR_MS)
            began_at = time.time()
            answered = [await _act(on) for _ in range(2)]
            told = await _press(on)
            ears.let_echo(None)
            without = await _act(on)
            await asyncio.sleep(_SETTLED_S)
        return {
            "answered": answered,
            "told": told,
            "without": without,
            "latencies_ms": _latencies_ms(on, wire, began_at),
        }


@asynccontextmanager
async def _wired(on: Stage) -> AsyncIterator[Relay]:
    """Add a voice whose sound passes through a wire that we watch."""
    if on.player is None:
        async with relay(
            on.porch.satellite_port, back=False, watch=wyoming_sound
        ) as wire:
            await _add(on, wire.port)
            yield wire
        return
    port = urlsplit(on.house.url).port
    assert port is not None
    async with relay(port, back=True, watch=http_sound) as wire:
        url = f"http://127.0.0.1:{wire.port}"
        await on.house.ask("config/core/update", internal_url=url)
        await _add(on, on.porch.satellite_port)
        yield wire


async def _add(on: Stage, satellite_port: int) -> None:
    """Add the voice."""
    await setup.add_voice(
        on.house,
        on.entry_id,
        setup.at_address(satellite_port),
        on.player,
        {"name": _NAME},
    )
    await setup.available(on.house, _BUTTON)


async def _act(on: Stage) -> Facts:
    """Check by the action; return its answer."""
    answer = await on.house.act(
        "realtime_pumpkin.porch_check?return_response", entity_id=_VOICE
    )
    found: Facts = answer["service_response"][_VOICE]
    return found


async def _press(on: Stage) -> str:
    """Check by the button; return the notification's message."""
    await on.house.act("button.press", entity_id=_BUTTON)
    notes = await on.house.ask("persistent_notification/get")
    return str(notes[0]["message"])


def _latencies_ms(on: Stage, wire: Relay, began_at: float) -> list[float]:
    """Return how long after each beginning on the wire a chirp was in the air.

    Counted from the last beginning before it: players fetch several times. What
    was played before `began_at` was a trial of the flow.
    """
    recording = assemble(on.folder.sound)
    latencies = []
    for place in places_of(chirp(), recording.speaker):
        at = recording.started_at + place / recording.rate
        if at < began_at:
            continue
        began = max(each for each in wire.began_at if each < at)
        latencies.append(round((at - began) * 1000, 1))
    return latencies
