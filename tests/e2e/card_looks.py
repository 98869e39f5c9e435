"""How the card looks where somebody wants calm, other colours or a dark page."""

import asyncio
from typing import Any

from .card import CARD, PATH, Doorstep
from .chromium import Page

type Facts = dict[str, Any]

_FACE = f"{CARD}._svg.innerHTML"
_COLORS = (
    f"({{ skin: getComputedStyle({CARD}._svg.querySelector('.skin')).stopColor,"
    f" flame: getComputedStyle({CARD}._svg.querySelector('.flame')).stopColor,"
    f" sky: getComputedStyle({CARD}.shadowRoot.querySelector('.stage')).backgroundImage,"
    f" words: getComputedStyle({CARD}._controls.mute).color,"
    f" stars: getComputedStyle({CARD}.shadowRoot.querySelector('.stars')).opacity }})"
)
_LONG_ENOUGH_S = 1.0
_THEME = {
    "realtime-pumpkin-skin": "rgb(1, 2, 3)",
    "realtime-pumpkin-flame": "rgb(4, 5, 6)",
    "realtime-pumpkin-sky-top": "rgb(7, 8, 9)",
}


async def looks(at: Doorstep) -> Facts:
    """Return what is seen of the face's movement and of its colours."""
    page = at.page
    await page.open(f"{at.house.url}/{PATH}/0")
    await page.until(f"({CARD})?._voice?.type === 'state' && {CARD}._svg.dataset.face")
    facts = {"lively": await _moves(page), "light": await page.run(_COLORS)}
    # A theme of Home Assistant's is set in just this way.
    for name, color in _THEME.items():
        await page.run(
            f"document.documentElement.style.setProperty('--{name}', '{color}')"
        )
    facts["themed"] = await page.run(_COLORS)
    for name in _THEME:
        await page.run(f"document.documentElement.style.removeProperty('--{name}')")
    await page.resize(1280, 900, dark=True)
    await page.until(f"{CARD}.hasAttribute('dark')")
    facts["dark"] = await page.run(_COLORS)
    calm = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    await page.ask("Emulation.setEmulatedMedia", features=calm)
    await asyncio.sleep(_LONG_ENOUGH_S)
    facts["calm"] = await _moves(page)
    await page.resize(1280, 900)
    facts["lively_again"] = await _moves(page)
    return facts


async def _moves(page: Page) -> bool:
    """Tell whether the face moves by itself."""
    before = await page.run(_FACE)
    await asyncio.sleep(_LONG_ENOUGH_S)
    return bool(before != await page.run(_FACE))
