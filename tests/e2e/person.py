"""A person before Home Assistant's frontend: looks, points, clicks and types."""

import asyncio
import json
from pathlib import Path
from typing import Any

from demo.house.client import House

from .chromium import Page

_EYES = Path(__file__).with_name("person_eyes.js")
_PATIENCE_S = 60.0
_PAUSE_S = 0.5
_CODES = {"Tab": 9, "Enter": 13, "Escape": 27}


class Person:
    """Whoever sits before a tab: all is found by what can be read there."""

    def __init__(self, page: Page) -> None:
        """Sit down before a tab."""
        self.page = page

    async def log_in(self, house: House, address: str | None = None) -> None:
        """Be logged in as soon as a page is opened, and open one's eyes.

        `address` is another name for the house, such as one without https.
        """
        login = house.login if address is None else house.login | {"hassUrl": address}
        eyes = await asyncio.to_thread(_EYES.read_text, encoding="utf-8")
        stored = json.dumps(json.dumps(login))
        source = f"localStorage.setItem('hassTokens', {stored});\n{eyes}"
        await self.page.ask("Page.addScriptToEvaluateOnNewDocument", source=source)

    async def sees(self, words: str, among: str = "*") -> dict[str, float]:
        """Wait until something can be read and return where, at rest."""
        seen: dict[str, float] = await self.page.until(
            f"eyes.rests({json.dumps(words)}, {json.dumps(among)})", _PATIENCE_S
        )
        return seen

    async def sees_one_of(self, *words: str) -> str:
        """Wait until one of several things can be read and return which."""
        found = " || ".join(
            f"(eyes.find({json.dumps(one)}) && {json.dumps(one)})" for one in words
        )
        return str(await self.page.until(found, _PATIENCE_S))

    async def can_read(self, line: str) -> None:
        """Wait until a line can be read, whether or not it can be clicked."""
        words = json.dumps(line)
        await self.page.until(
            f"eyes.read().split('\\n').includes({words})", _PATIENCE_S
        )

    async def reads(self) -> str:
        """Return all that can be read, one text per line."""
        return str(await self.page.run("eyes.read()"))

    async def click(self, words: str, among: str = "*") -> None:
        """Click on what says these words; those that end with … may go on."""
        await self.click_at(await self.sees(words, among))

    async def click_through(self, words: str, to: str) -> None:
        """Click until what lies behind can be read: a dialog may open slowly."""
        async with asyncio.timeout(_PATIENCE_S):
            while not await self.page.run(f"eyes.find({json.dumps(to)})"):
                await self.click(words)
                await asyncio.sleep(_PAUSE_S)

    async def fill_in(self, label: str, text: str) -> None:
        """Click into the field with a label and type over what is in it."""
        await self.click(label)
        await self.press_key("a", ctrl=True)
        await self.page.ask("Input.insertText", text=text)

    async def typed(self, label: str) -> str:
        """Return what is in the field with a label."""
        return str(await self.page.run(f"eyes.typed({json.dumps(label)})"))

    async def click_at(self, at: dict[str, float]) -> None:
        """Press and release the mouse somewhere."""
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            held: dict[str, Any] = {"button": "left", "clickCount": 1}
            await self.page.ask(
                "Input.dispatchMouseEvent",
                type=kind,
                x=at["x"],
                y=at["y"],
                **({} if kind == "mouseMoved" else held),
            )

    async def tap(self, words: str, among: str = "*") -> None:
        """Tap with a finger on what says these words."""
        at = await self.sees(words, among)
        touches = ("touchStart", [{"x": at["x"], "y": at["y"]}]), ("touchEnd", [])
        for kind, points in touches:
            await self.page.ask(
                "Input.dispatchTouchEvent", type=kind, touchPoints=points
            )

    async def press_key(self, key: str, *, ctrl: bool = False) -> None:
        """Press a key, by the name that the page knows it by."""
        more: dict[str, Any] = {"commands": ["selectAll"]} if ctrl else {}
        if key in _CODES:
            more |= {"code": key, "windowsVirtualKeyCode": _CODES[key]}
        if key == "Enter":
            more["text"] = "\r"
        for kind in ("keyDown", "keyUp"):
            await self.page.ask(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                modifiers=2 if ctrl else 0,
                **more,
            )
