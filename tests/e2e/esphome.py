"""Visits at a device with ESPHome's protocol, and what it and the service noted."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
import time
from typing import Any

from demo import visit
from demo.esphome_device.control import Remote
from demo.house import setup
from demo.play import play
from demo.stage import Options, Stage, stage
from demo.terminal import Terminal

type Facts = dict[str, Any]

STARTS = 7
_WITHIN_S = 20.0
_POLL_S = 0.05
_QUARTER_S = 15.0
_WARM_S = 60.0
_UNGATED = {"barge_in": "on", "daily_budget_usd": 0}
"""Half duplex would send silence in the place of what the microphone hears."""


@asynccontextmanager
async def esphome_stage(
    folder: Path, name: str, *server: str, **voice: Any
) -> AsyncIterator[tuple[Stage, visit.Visit, Options, Remote]]:
    """Set a stage whose device and whose service keep every sound of the microphone."""
    kept = folder / "kept"
    kept.mkdir()
    options = Options(
        visit=name,
        satellite="esphome",
        output=folder / "stage",
        server_arguments=(*server, "--microphones", str(kept)),
        device_arguments=("--keep", str(kept / "device.pcm")),
    )
    script = visit.load(name)
    script = replace(script, voice={**script.voice, **voice})
    async with stage(options, script, Terminal()) as on:
        assert on.porch.control_port
        async with await Remote.at(on.porch.control_port) as device:
            yield on, script, options, device


async def conversation(folder: Path) -> Facts:
    """Play a visit of more than a minute; tell what the device thinks of it."""
    async with esphome_stage(folder, "curious", "--think-ms", "0") as (
        on,
        script,
        options,
        device,
    ):
        playing = asyncio.create_task(play(on, script, options, Terminal()))
        listening = await _until(device, "streaming_microphone")
        selected = await _selected(on)
        played = await playing
        await _until(device, "idle")
        return {
            "report": played.report,
            "phase_while_talking": listening["phase"],
            "selected_while_talking": selected,
            "selected_after": await _selected(on),
            "device": await device.status(),
        }


async def starts(folder: Path) -> Facts:
    """Start and stop some conversations; tell when the device did what."""
    called: list[float] = []
    async with esphome_stage(folder, "polite") as (on, _, _, device):
        for _ in range(STARTS):
            called.append(time.time())
            await on.house.act(
                "realtime_pumpkin.start_conversation", entity_id=on.voice
            )
            await _until(device, "streaming_microphone")
            await on.house.act(
                "realtime_pumpkin.stop_conversation", entity_id=on.voice, goodbye=False
            )
            await _until(device, "idle")
            await _rests(on)
        return {"called": called, "device": await device.status()}


async def long(folder: Path, seconds: float) -> Facts:
    """Talk for so long over one stage; tell how Home Assistant's memory grew."""
    async with esphome_stage(
        folder, "polite", "--canned", **_UNGATED, max_duration_s=3600
    ) as (on, _, _, device):
        await on.house.act("realtime_pumpkin.start_conversation", entity_id=on.voice)
        await _until(device, "streaming_microphone")
        started, memory = time.monotonic(), []
        while (passed := time.monotonic() - started) < seconds:
            if passed >= min(_WARM_S, seconds / 2):
                memory.append(_resident(on.home_assistant.pid))
            await asyncio.sleep(min(_QUARTER_S, seconds / 8))
        talking = await device.status()
        await on.house.act(
            "realtime_pumpkin.stop_conversation", entity_id=on.voice, goodbye=False
        )
        await _until(device, "idle")
        return {
            "phase_while_talking": talking["phase"],
            "resident_mb": memory,
            "device": await device.status(),
        }


def pauses(entries: list[dict[str, Any]], first: str, second: str) -> list[float]:
    """Return how long each second thing came after the first before it, in s."""
    wanted = [entry for entry in entries if entry["what"] in (first, second)]
    return [
        after["at"] - before["at"]
        for before, after in pairwise(wanted)
        if (before["what"], after["what"]) == (first, second)
    ]


async def _until(device: Remote, phase: str) -> dict[str, Any]:
    """Wait until the device is in a phase and return its status."""
    async with asyncio.timeout(_WITHIN_S):
        while (status := await device.status())["phase"] != phase:  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(_POLL_S)
    return status


async def _rests(on: Stage) -> None:
    """Wait until the voice is idle."""
    async with asyncio.timeout(_WITHIN_S):
        while (await on.house.state(on.voice))["state"] != "idle":  # noqa: ASYNC110 - so does this
            await asyncio.sleep(_POLL_S)


async def _selected(on: Stage) -> str:
    """Return which assistant the device has."""
    select = await setup.entity(on.house, "esphome", "select", "_assistant")
    return str((await on.house.state(select))["state"])


def _resident(pid: int) -> float:
    """Return how much memory a process has, in MB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
