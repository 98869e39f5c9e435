"""A voice of a satellite, talked to for once in the browser's tab."""

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from demo import visit
from demo.house.events import EventLog
from demo.measure.events import HouseEvent
from demo.porch.ears import Ears
from demo.stage import Options, Stage, stage
from demo.terminal import Terminal

from .card import CARD, add_dashboard, microphone_file, open_dashboard
from .chromium import Page, chromium
from .person import Person

_WITHIN_S = 30.0
_IS_HEARD_S = 5.0


async def talk_here(folder: Path) -> dict[str, Any]:
    """Press "Talk here" and return what was said, and where it was heard."""
    options = Options(visit="polite", speaker="satellite", output=folder / "stage")
    script = visit.load(options.visit)
    async with stage(options, script, Terminal()) as on:
        heard = await microphone_file(on.folder.path, [(8.0, "Trick or treat!")])
        flags = (
            "--use-fake-device-for-media-stream",
            "--use-fake-ui-for-media-stream",
            f"--use-file-for-fake-audio-capture={heard}%noloop",
        )
        profile = on.folder.path / "chromium"
        async with chromium(on.supervisor, profile, flags) as browser:
            await add_dashboard(on.house, [{"entity": on.voice}])
            page = await browser.page()
            await open_dashboard(page, on.house)
            return await _talk(on, page)


async def _hang_up(person: Person, log: EventLog) -> HouseEvent:
    """Press "Stop" until it is heard: what is said moves the button."""
    while True:
        await person.click("Stop")
        with suppress(TimeoutError):
            async with asyncio.timeout(_IS_HEARD_S):
                return await log.wait_for("conversation_ended")


async def _talk(on: Stage, page: Page) -> dict[str, Any]:
    """Talk in the tab while somebody listens at the door."""
    log = EventLog(on.folder.path / "here.jsonl", {on.voice})
    await log.follow(on.house)
    person = Person(page)
    async with await Ears.at(on.porch.card.address) as ears:
        await person.click("Talk here")
        await page.until(f"{CARD}._tab.state === 'awake'", _WITHIN_S)
        await page.until(f"{CARD}._tab._position?.playing", _WITHIN_S)
        async with asyncio.timeout(_WITHIN_S):
            heard = await log.wait_for("user_transcript")
        async with asyncio.timeout(_WITHIN_S):
            ended = await _hang_up(person, log)
        listened_ms, sound_ms = ears.heard.now_ms, ears.heard.sound_started_ms
    await page.until(f"{CARD}._voice.phase === 'idle'", _WITHIN_S)
    log.close()
    return {
        "heard": heard.data["text"],
        "said": ended.data["transcript"][0]["text"],
        "reason": ended.data["reason"],
        "listened_ms": listened_ms,
        "sound_at_the_door_ms": sound_ms,
        "state": (await on.house.state(on.voice))["state"],
        "offers": await page.run(f"!{CARD}._controls.here.hidden"),
    }
