"""Tests of the recipes: what they tell people to type is typed."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
import os
from pathlib import Path
import re
import shlex
import sys
from typing import Final

import pytest

from custom_components.realtime_pumpkin.links.wyoming_handshake import (
    MODE_ALWAYS_STREAMING,
    async_probe,
)
from demo.rig.places import SATELLITE_PYTHON
from demo.rig.processes import free_port

from .documents import ROOT, parse, read

RECIPES: Final = ROOT / "docs" / "recipes"
PI: Final = RECIPES / "raspberry-pi.md"
CARD: Final = """#!{python}
import os, sys, time
open({log!r}, "a").write(" ".join(sys.argv) + chr(10))
while "record" in sys.argv[0]:
    try:
        os.write(1, bytes(640))
    except BrokenPipeError:
        break
    time.sleep(0.02)
"""


def fences(page: Path, kind: str) -> Iterator[str]:
    """Yield the blocks of a page in a language."""
    for token in parse(read(page)):
        if token.type == "fence" and token.info.strip() == kind:
            yield token.content


def satellites() -> list[list[str]]:
    """Return the arguments of the program, as the shell and as systemd get them."""
    [typed] = [block for block in fences(PI, "sh") if "--mic-command " in block]
    [unit] = fences(PI, "ini")
    started = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    assert started
    lines = (typed.replace("\\\n", " "), started[1])
    return [shlex.split(line)[1:] for line in lines]


def test_the_unit_starts_what_was_tried() -> None:
    """The same program with the same arguments, of which none waits for a wake word."""
    by_hand, by_systemd = satellites()
    assert by_systemd == by_hand
    assert by_hand[:2] == ["-m", "wyoming_satellite"]
    assert not {"--vad", "--wake-uri", "--wake-command"} & set(by_hand)


@asynccontextmanager
async def started(arguments: list[str], folder: Path) -> AsyncIterator[int]:
    """Start the real program with sound cards of ours; yield its port."""
    for name in ("parecord", "pacat"):
        card = folder / name
        card.write_text(CARD.format(python=sys.executable, log=str(folder / "log")))
        card.chmod(0o755)
    port = free_port()
    at = [
        one.replace("tcp://0.0.0.0:10700", f"tcp://127.0.0.1:{port}")
        for one in arguments
    ]
    assert at != arguments
    path = f"{folder}:{os.environ['PATH']}"
    process = await asyncio.create_subprocess_exec(
        SATELLITE_PYTHON, *at, env={**os.environ, "PATH": path}
    )
    try:
        yield port
    finally:
        process.terminate()
        await process.wait()


@pytest.mark.usefixtures("socket_enabled")
async def test_the_real_satellite_takes_the_command_and_streams(tmp_path: Path) -> None:
    """The form's own check finds its microphone, in frames of 20 ms."""
    async with started(satellites()[0], tmp_path) as port, asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                break
        found = await async_probe("127.0.0.1", port)
    assert found.name == "Pumpkin"
    assert found.mode == MODE_ALWAYS_STREAMING
    assert found.microphone.rate == 16_000
    assert found.can_speak
    called = (tmp_path / "log").read_text(encoding="utf-8")
    assert "parecord --device=pumpkin_microphone" in called


def test_the_canceller_has_the_names_that_the_satellite_uses() -> None:
    """PipeWire's file, PulseAudio's line and the commands mean the same two."""
    [conf] = fences(PI, "conf")
    [pulse] = [block for block in fences(PI, "") if "module-echo-cancel" in block]
    for name in ("pumpkin_microphone", "pumpkin_speaker"):
        assert f'node.name = "{name}"' in conf
        assert f"_name={name}" in pulse
        assert any(f"--device={name}" in one for one in satellites()[0])


def test_every_recipe_is_in_the_list() -> None:
    """Nobody has to guess its address."""
    listed = read(RECIPES / "README.md")
    assert [
        page.name
        for page in RECIPES.glob("*.md")
        if page.name != "README.md" and f"({page.name})" not in listed
    ] == []
