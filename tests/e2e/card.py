"""The card in chromium, with Home Assistant and the Realtime server as real processes.

The microphone is a WAV file. What the tab plays is recorded behind the playback
worklet, sample by sample, by a worklet of the test's own.
"""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any
import wave

import numpy as np
from numpy.typing import NDArray

from demo.house.client import House
from demo.house.events import EventLog
from demo.house.setup import Account, add_account, add_voice, wait_until_running
from demo.porch.voice import MICROPHONE_RATE, speak
from demo.realtime_server.ears import Ears
from demo.rig import home_assistant, realtime
from demo.rig.places import Folder
from demo.rig.processes import Process, Supervisor
from demo.visit import Visitor

from .chromium import Chromium, Page, chromium
from .person import Person
from .tap import Tap, tap

PATH = "porch-card"
PLACES = {"microphone": "browser"}
VOICE = {"model": "gpt-realtime-2.1"}
VISITOR = Visitor("Child", "awb", 1.18, 0.97)
INSECURE = "porch.test"
"""Another name of this machine: what is not localhost needs https."""

# When each line is said, in s after the microphone was opened.
LINES = ((3.2, "Trick or treat!"), (17.0, "Is it a skeleton?"))
CARD = (
    "(function find(root) { for (const e of root.querySelectorAll('*')) {"
    " if (e.localName === 'realtime-pumpkin-card') return e;"
    " const f = e.shadowRoot && find(e.shadowRoot); if (f) return f; } return null;"
    "})(document)"
)
NOTICE = f"(!{CARD}._notice.element.hidden && {CARD}._notice.element.innerText)"
_PROBES = Path(__file__).with_name("card_probes.js")
_LEAD_BYTES = 2700 * 48


@dataclass(frozen=True, slots=True)
class Doorstep:
    """A house whose voice lives in a tab."""

    browser: Chromium
    folder: Folder
    house: House
    home_assistant: Process
    wire: Tap
    page: Page
    voice: str
    log: EventLog


async def microphone_file(folder: Path, lines: Sequence[tuple[float, str]]) -> Path:
    """Write what the microphone hears as WAV, 16 kHz; return its path."""
    heard = np.zeros(int(MICROPHONE_RATE * 60), np.int16)
    for at_s, text in lines:
        spoken = await speak(VISITOR, text, folder)
        pcm = np.frombuffer(await asyncio.to_thread(spoken.read_bytes), "<i2")
        start = int(at_s * MICROPHONE_RATE)
        heard[start : start + pcm.size] = pcm
    path = folder / "microphone.wav"
    await asyncio.to_thread(_write_wav, path, heard, MICROPHONE_RATE)
    return path


def _write_wav(path: Path, samples: NDArray[np.int16], rate: int) -> None:
    """Write PCM s16le mono."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())


@asynccontextmanager
async def doorstep(
    path: Path,
    server_arguments: Sequence[str] = (),
    lines: Sequence[tuple[float, str]] = LINES,
) -> AsyncIterator[Doorstep]:
    """Set everything up, with a dashboard that shows the card."""
    folder = Folder(path / "stage")
    folder.renew()
    heard = await microphone_file(folder.path, lines)
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={heard}%noloop",
        f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1",
    )
    async with Supervisor(folder.logs) as supervisor:
        _, server = await realtime.start(supervisor, server_arguments)
        async with tap(server) as wire:
            process, url = await home_assistant.start(supervisor, folder)
            async with (
                House.at(url) as house,
                chromium(supervisor, folder.path / "chromium", flags) as browser,
            ):
                await house.onboard()
                await house.connect()
                await wait_until_running(house)
                account = Account(wire.url, realtime.KEY)
                entry_id = await add_account(house, account)
                voice = await add_voice(house, entry_id, PLACES, "browser", VOICE)
                await add_dashboard(house, [{"entity": voice}])
                log = EventLog(folder.path / "events.jsonl", {voice})
                await log.follow(house)
                page = await browser.page()
                await open_dashboard(page, house)
                yield Doorstep(browser, folder, house, process, wire, page, voice, log)
                log.close()


async def add_dashboard(
    house: House, cards: Sequence[dict[str, Any]], path: str = PATH
) -> None:
    """Make a dashboard that shows the card so often."""
    await house.ask(
        "lovelace/dashboards/create",
        url_path=path,
        title="Porch",
        mode="storage",
        require_admin=False,
        show_in_sidebar=False,
    )
    shown = [{"type": "custom:realtime-pumpkin-card", **card} for card in cards]
    section = {"type": "grid", "cards": shown}
    view = {"title": "Porch", "type": "sections", "sections": [section]}
    await house.ask("lovelace/config/save", url_path=path, config={"views": [view]})


async def open_dashboard(page: Page, house: House) -> None:
    """Log the tab in and show the dashboard, with the test's probes in the page."""
    await Person(page).log_in(house)
    probes = await asyncio.to_thread(_PROBES.read_text, encoding="utf-8")
    await page.ask("Page.addScriptToEvaluateOnNewDocument", source=probes)
    await page.resize(1280, 900)
    await page.open(f"{house.url}/{PATH}/0")
    await page.until(f"({CARD})?._voice?.type === 'state'", 60)


async def press(page: Page, button: str) -> None:
    """Press one of the buttons below the face by its name in the card's code."""
    await page.run(f"{CARD}._controls.{button}.click()")


async def converse(at: Doorstep, seconds: float = 75.0) -> dict[str, Any]:
    """Hold the conversation of the WAV file and return what was found out."""
    page = at.page
    await press(page, "start")
    await page.until(f"{CARD}._tab.state === 'awake'", 20)
    await page.run(f"probes.record({CARD}._tab)")
    async with asyncio.timeout(seconds):
        ended = await at.log.wait_for("conversation_ended")
    await page.until(f"{CARD}._voice.phase === 'idle'")
    recorded = await page.run("probes.recorded()")
    samples = np.frombuffer(b64decode(recorded["pcm"]), "<i2")
    rate = int(recorded["rate"])
    await asyncio.to_thread(_write_wav, at.folder.path / "tab.wav", samples, rate)
    latency = await page.run("probes.latency()")
    return {
        "ended": dict(ended.data),
        "events": [event.name for event in at.log.events if event.name],
        "heard": await _recognized(samples, rate),
        "shown": await page.run(f"{CARD}._conversation.element.innerText"),
        "sent": _sent(latency, at.wire),
        "scheduled": _scheduled(latency, at.wire),
        "port_ms": median(latency["port"]),
        "cost": await page.run(f"({CARD}).cost"),
        "state": (await at.house.state(at.voice))["state"],
        "printed": page.printed,
    }


async def reconnect(at: Doorstep) -> dict[str, Any]:
    """Lose the tab's connection; the dashboard is drawn anew when it is back."""
    page = at.page
    before = await page.run(f"{CARD}._tab.clientId")
    await page.run(f"{CARD}._hass.connection.reconnect(true)")
    await page.until(f"{CARD}._tab?.state !== 'awake'")
    mine = f"{CARD}?._voice?.client_id === {CARD}._tab.clientId"
    await page.until(f"({mine}) && {CARD}._tab.state === 'awake'")
    return {"is_same": before == await page.run(f"{CARD}._tab.clientId")}


async def fight(at: Doorstep) -> dict[str, Any]:
    """Open a second tab, let it take the voice over, and close it while it speaks."""
    second = await at.browser.page()
    await open_dashboard(second, at.house)
    told = await second.until(NOTICE)
    await second.run(f"{CARD}._tab.wake()")
    await second.until(f"{CARD}._tab.state === 'held'")
    before = await at.page.run(f"{CARD}._tab.state")
    await second.run(f"{CARD}._tab.wake({{ takeOver: true }})")
    await second.until(f"{CARD}._tab.state === 'awake'")
    await at.page.until(f"{CARD}._tab.state === 'held'")
    taken = await at.page.until(NOTICE)
    await press(second, "start")
    await second.until(f"{CARD}._tab._position?.playing")
    await at.browser.close(second)
    loop = asyncio.get_running_loop()
    began = loop.time()
    async with asyncio.timeout(20):
        while await _is_busy(at):  # noqa: ASYNC110 - only asking tells
            await asyncio.sleep(0.1)
    return {
        "told": told,
        "before": before,
        "idle_after_s": loop.time() - began,
        "taken": taken,
        "freed": await at.page.until(f"{CARD}._tab.state === 'asleep'"),
        "reason": at.log.events[-1].data.get("reason"),
    }


async def _is_busy(at: Doorstep) -> bool:
    """Tell whether the voice's entity shows a conversation."""
    return bool((await at.house.state(at.voice))["state"] != "idle")


async def _recognized(samples: NDArray[np.int16], rate: int) -> list[str]:
    """Return what ears without a cloud understand of each stretch of speech."""
    ears = Ears()
    await ears.start()
    try:
        return [
            await _understood(ears, samples[start:end], rate)
            for start, end in _stretches(samples, rate)
        ]
    finally:
        await ears.close()


async def _understood(ears: Ears, samples: NDArray[np.int16], rate: int) -> str:
    """Return the words in a stretch of speech."""
    time = np.arange(int(samples.size * 24_000 / rate)) * rate / 24_000
    pcm = np.interp(time, np.arange(samples.size), samples).astype("<i2").tobytes()
    return str(await ears.hear(pcm))


def _stretches(samples: NDArray[np.int16], rate: int) -> list[tuple[int, int]]:
    """Return where somebody speaks; half a second of silence is between two."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > 100)
    if not loud.size:
        return []
    breaks = np.flatnonzero(np.diff(loud) > rate // 2)
    edges = [0, *(breaks + 1), loud.size]
    return [(int(loud[a]), int(loud[b - 1]) + 1) for a, b in pairwise(edges)]


def _sent(latency: dict[str, Any], wire: Tap) -> list[float]:
    """Return how long each frame took from the page to the service, in ms."""
    passed = {each.pcm[-64:]: each.at_ms for each in wire.appends if any(each.pcm)}
    frames = [(b64decode(key), at) for key, at in latency["frames"]]
    return [passed[key] - at for key, at in frames if any(key) and key in passed]


def _scheduled(latency: dict[str, Any], wire: Tap) -> list[float]:
    """Return how long sound took from the service to the audio thread, in ms.

    What comes more than the lead ahead of the mouth is held back on purpose.
    """
    passed = {each.pcm[-64:]: each.at_ms for each in wire.deltas if any(each.pcm[-64:])}
    return [
        at - passed[key]
        for key, at, place in (
            (b64decode(key), at, place) for key, at, place in latency["sound"]
        )
        if place < _LEAD_BYTES and key in passed
    ]
