"""The card in the companion apps' web view, as far as a browser can be one.

The apps are Home Assistant's own frontend in the system's web view: what differs is
how it logs in, the bus to the app, the size, the touch, and what the view leaves out.
"""

import asyncio
from dataclasses import dataclass
import json
from pathlib import Path
from typing import Any

from demo.house.client import House

from .card import CARD, INSECURE, NOTICE, PATH, Doorstep
from .chromium import Page
from .person import Person

type Facts = dict[str, Any]

_APP = Path(__file__).with_name("companion_app.js")
_EYES = Path(__file__).with_name("person_eyes.js")
_REFUSE = (
    "navigator.mediaDevices.getUserMedia = async () => {"
    " throw new DOMException('Permission denied', 'NotAllowedError'); }"
)


@dataclass(frozen=True, slots=True)
class Device:
    """A phone with the app."""

    kind: str
    agent: str
    size: tuple[int, int]


DEVICES = (
    Device(
        "android",
        "Mozilla/5.0 (Linux; Android 15; Pixel 8; wv) AppleWebKit/537.36 (KHTML, like"
        " Gecko) Version/4.0 Chrome/140.0.0.0 Mobile Safari/537.36"
        " Home Assistant/2026.10.1-20000",
        (412, 915),
    ),
    Device(
        "ios",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15"
        " (KHTML, like Gecko) Mobile/15E148 Home Assistant/2026.10.1",
        (393, 852),
    ),
)


async def apps(at: Doorstep, pictures: Path) -> Facts:
    """Use the card in both apps, with the microphone allowed and refused."""
    return {
        device.kind: await _use(at, device, pictures / f"app-{device.kind}.png")
        for device in DEVICES
    }


async def _use(at: Doorstep, device: Device, picture: Path) -> Facts:
    """Be refused, then talk, then fill the screen; return what was seen."""
    page = await at.browser.page()
    person = Person(page)
    await _become(page, device, at.house)
    await page.open(f"{at.house.url}/{PATH}/0?external_auth=1")
    await page.until(f"({CARD})?._voice?.type === 'state'", 60)
    refused = await _refused(page, person)
    await person.tap("Tap to wake")
    await page.until(f"{CARD}._tab.state === 'awake'", 20)
    await person.tap("Start", "button span")
    await page.until(f"{CARD}._tab.isListening", 20)
    await page.until(f"{CARD}._talk.entries.some((e) => e.who === 'assistant')", 20)
    await page.screenshot(picture)
    await person.tap("Porch mode")
    await page.until(f"{CARD}._porch.isOpen")
    await page.screenshot(picture.with_stem(f"{picture.stem}-porch"))
    await person.tap("Leave porch mode")
    await person.tap("Stop", "button span")
    await page.until(f"!{CARD}._voice.conversation_id", 40)
    facts = {
        "refused": refused,
        "asked": await page.run("app.asked.length"),
        "bus": await page.run("app.sent"),
        "printed": [line for line in page.printed if "pumpkin" in line.lower()],
        "wide": await page.run("document.documentElement.scrollWidth - innerWidth"),
    }
    await at.browser.close(page)
    await _free(at)
    return facts


async def _become(page: Page, device: Device, house: House) -> None:
    """Make a tab the web view of an app on a phone."""
    width, height = device.size
    await page.ask("Emulation.setUserAgentOverride", userAgent=device.agent)
    await page.resize(width, height, dark=True)
    await page.ask("Emulation.setTouchEmulationEnabled", enabled=True)
    app = await asyncio.to_thread(_APP.read_text, encoding="utf-8")
    eyes = await asyncio.to_thread(_EYES.read_text, encoding="utf-8")
    token = json.dumps(house.login["access_token"])
    view = f"{{ const KIND = '{device.kind}'; const TOKEN = {token};\n{app}\n}}"
    source = f"localStorage.removeItem('hassTokens');\n{view}\n{eyes}"
    await page.ask("Page.addScriptToEvaluateOnNewDocument", source=source)


async def _refused(page: Page, person: Person) -> str:
    """Tap while the app may not use the microphone; return what the card says."""
    await page.run(f"(window.allowed = navigator.mediaDevices.getUserMedia, {_REFUSE})")
    await person.tap("Tap to wake")
    told = await page.until(NOTICE)
    await page.run("delete navigator.mediaDevices.getUserMedia")
    return str(told)


async def _free(at: Doorstep) -> None:
    """Wait until no tab holds the voice any more."""
    async with asyncio.timeout(20):
        while (await at.house.state(at.voice))["state"] != "idle":  # noqa: ASYNC110
            await asyncio.sleep(0.2)


async def insecure(at: Doorstep) -> Facts:
    """Open the house without https, by a name; return what the card says to a tap."""
    page = await at.browser.page()
    person = Person(page)
    address = at.house.url.replace("127.0.0.1", INSECURE)
    await person.log_in(at.house, address)
    await page.open(f"{address}/{PATH}/0")
    await page.until(f"({CARD})?._voice?.type === 'state'", 60)
    await person.click("Tap to wake")
    facts = {
        "told": await page.until(NOTICE),
        "secure": await page.run("isSecureContext"),
    }
    await at.browser.close(page)
    return facts
