"""Porch mode in a browser: the whole screen, awake, until a person leads out."""

import asyncio
from pathlib import Path
from typing import Any

from .card import CARD, PATH, Doorstep
from .chromium import Page
from .person import Person

type Facts = dict[str, Any]

# Keeps every lock that the page is granted, to see which are still held.
_LOCKS = """
window.locks = [];
const ask = WakeLock.prototype.request;
WakeLock.prototype.request = async function (kind) {
  const lock = await ask.call(this, kind);
  locks.push(lock);
  return lock;
};
"""
_SEEN = (
    "({ full: document.fullscreenElement?.localName ?? null,"
    f" open: {CARD}._porch.isOpen, shown: document.visibilityState,"
    " locks: locks.filter((lock) => !lock.released).length,"
    f" width: {CARD}._card.getBoundingClientRect().width / innerWidth,"
    f" height: {CARD}._card.getBoundingClientRect().height / innerHeight,"
    " scrolls: document.documentElement.scrollHeight > innerHeight"
    " && getComputedStyle(document.documentElement).overflow !== 'hidden',"
    f" focus: {CARD}.shadowRoot.activeElement?.title || {CARD}.shadowRoot.activeElement?.className }})"
)
_REST_S = 1.0
"""Longer than all that porch mode waits for; that nothing happens has to be waited for."""


async def porch(at: Doorstep, pictures: Path) -> Facts:
    """Go in and out in every way; return what was seen at each step."""
    page, person = at.page, Person(at.page)
    await page.ask("Page.addScriptToEvaluateOnNewDocument", source=_LOCKS)
    await page.open(f"{at.house.url}/{PATH}/0")
    await page.until(f"({CARD})?._voice?.type === 'state'", 60)
    seen = {"before": await page.run(_SEEN)}
    await person.click("Porch mode")
    seen["entered"] = await _settled(page, "full === 'html' && {}.locks === 1")
    await page.screenshot(pictures / "porch.png")
    seen |= await _hidden(at, page)
    await person.click("Leave porch mode")
    seen["left"] = await _settled(page, "open === false && {}.locks === 0")
    seen |= await _by_escape(page, person)
    seen |= await _tabbed(page, person)
    return seen


async def _hidden(at: Doorstep, page: Page) -> Facts:
    """Look at another tab for a while."""
    other = await at.browser.page()
    await other.ask("Page.bringToFront")
    hidden = await _settled(page, "shown === 'hidden' && {}.locks === 0")
    await asyncio.sleep(_REST_S)
    await at.browser.close(other)
    await page.ask("Page.bringToFront")
    await page.until(f"{_SEEN}.locks === 1")
    await asyncio.sleep(_REST_S)
    return {"hidden": hidden, "back": await page.run(_SEEN)}


async def _by_escape(page: Page, person: Person) -> Facts:
    """Press Escape with the page filled, then with the screen filled.

    Only a window takes Escape for the full screen; that it is gone is all that the
    page hears of it.
    """
    await page.run(f"{CARD}._porch.enter()")
    await _settled(page, "open && {}.locks === 1")
    await person.press_key("Escape")
    escaped = await _settled(page, "open === false && {}.locks === 0")
    await person.click("Porch mode")
    await _settled(page, "full === 'html'")
    await page.run("document.exitFullscreen()")
    shrunk = await _settled(page, "open === false && {}.locks === 0")
    return {"escaped": escaped, "shrunk": shrunk}


async def _tabbed(page: Page, person: Person) -> Facts:
    """Go round by keyboard while the page behind is covered."""
    await person.click("Porch mode")
    await _settled(page, "full === 'html'")
    stops = []
    for _ in range(4):
        await person.press_key("Tab")
        stops.append((await page.run(_SEEN))["focus"])
    await person.click("Leave porch mode")
    await _settled(page, "open === false && {}.full === null")
    return {"stops": stops}


async def _settled(page: Page, what: str) -> Facts:
    """Wait until something is seen and return all that is."""
    wanted = f"((seen) => seen.{what.format('seen')} && seen)({_SEEN})"
    seen: Facts = await page.until(wanted, 15)
    return seen
