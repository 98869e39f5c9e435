"""Take the pictures of the card that are in docs/images/card.

`python -m tests.e2e.card_pictures FOLDER`: every face in every state, in both themes,
on a phone and on a desktop, in a real dashboard.
"""

import asyncio
import json
from pathlib import Path
import sys
import tempfile

from demo.rig.places import ROOT

from .card import CARD, Doorstep, doorstep
from .chromium import Page

FACES = ("pumpkin", "ghost", "skull")
STATES = ("idle", "listening", "thinking", "speaking", "laughing", "error")
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
IMAGES = ROOT / "docs/images/card"

_PHASES = {"thinking": "processing", "speaking": "responding", "laughing": "responding"}
_TALK = (
    ("conversation_started", {}),
    ("assistant_transcript", {"item_id": "a", "text": "Who dares to ring? Boo!"}),
    ("interrupted", {"heard_ms": 1400}),
    ("user_transcript", {"item_id": "b", "text": "Trick or treat!"}),
    ("tool_called", {"call_id": "c", "name": "fog_machine", "arguments": {}}),
    ("assistant_transcript", {"item_id": "d", "text": "A riddle first, little ghost."}),
)


async def pictures(at: Doorstep, folder: Path) -> None:
    """Take every picture."""
    for theme in ("light", "dark"):
        for size, (width, height) in SIZES.items():
            await at.page.resize(width, height, dark=theme == "dark")
            await asyncio.sleep(1)
            for face in FACES:
                await _carve(at.page, face)
                for state in STATES:
                    await _pose(at.page, state)
                    name = f"{face}-{state}-{theme}-{size}.webp"
                    await at.page.screenshot(folder / name, await _around(at.page))
    await at.page.resize(*SIZES["phone"], dark=True)
    await _carve(at.page, "pumpkin")
    await _pose(at.page, "speaking")
    await at.page.run(f"{CARD}._porch.enter()")
    await asyncio.sleep(0.8)
    await at.page.screenshot(folder / "porch-mode.webp")


async def _carve(page: Page, face: str) -> None:
    """Give the card another face."""
    await page.run(f"{CARD}.setConfig({{ ...{CARD}._config, face: '{face}' }})")
    await page.until(f"({CARD})._svg.dataset.face === '{face}'")


async def _around(page: Page) -> dict[str, float]:
    """Return where the card is, with a little of what is around it."""
    place: dict[str, float] = await page.run(
        f"(() => {{ const r = {CARD}.getBoundingClientRect();"
        " return { x: Math.max(0, r.x - 12), y: r.y - 12,"
        " width: r.width + 24, height: r.height + 24 }; })()"
    )
    return place


async def _pose(page: Page, state: str) -> None:
    """Tell the card of a conversation, and let it hold a state for a moment."""
    talk = [{"type": "event", "event": name, "data": data} for name, data in _TALK]
    voice = {
        "type": "state",
        "phase": _PHASES.get(state, "idle" if state == "error" else state),
        "conversation_id": None if state in ("idle", "error") else "now",
        "browser": "Porch",
    }
    laughs = "true" if state == "laughing" else "false"
    await page.run(
        f"(() => {{ const card = {CARD};"
        f" for (const message of {json.dumps(talk)}) card._told(message);"
        f" card._told({{ ...card._voice, ...{json.dumps(voice)} }});"
        f" card._talk.isLaughing = {laughs};"
        f" card._isWrong = {'true' if state == 'error' else 'false'};"
        f" card._face._pose.level = {0.75 if state in ('speaking', 'laughing') else 0};"
        " card._talk.cost = 0.0231; card._render(); })()"
    )
    await asyncio.sleep(0.5)


async def _main(folder: Path) -> None:
    """Set up a house and take the pictures in it."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as stage:
        async with doorstep(Path(stage)) as at:
            await at.page.run(f"{CARD}._tab.wake()")
            await at.page.until(f"{CARD}._tab.state === 'awake'")
            await pictures(at, folder)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES))
