"""Who uses the card: by mouse, by keyboard, by ear, in another language, or only looks."""

import asyncio
import json
from pathlib import Path
from typing import Any

from demo.house.client import House

from .card import CARD, NOTICE, PATH, Doorstep
from .chromium import Page
from .person import Person

type Facts = dict[str, Any]

LANGUAGES = ("de", "es", "fr", "nl")
VIEWER = "Viewer"
_PASSWORD = "only-looking"
_TOLD = f"{CARD}._conversation.element.innerText"
_READY = f"({CARD})?._voice?.type === 'state'"
_FOCUS = (
    f"(({CARD}).shadowRoot.activeElement ?? {{}}).ariaLabel"
    f" || {CARD}.shadowRoot.activeElement?.textContent || ''"
)
_UNSAID = ("generic", "InlineTextBox", "MenuListPopup")
"""Roles that no screen reader mentions."""

_MUTED = f"{CARD}._controls.mute.ariaPressed"


async def by_mouse(at: Doorstep, pictures: Path) -> Facts:
    """Press everything that there is to press in one conversation."""
    page, person = at.page, Person(at.page)
    await page.open(f"{at.house.url}/{PATH}/0")
    await page.until(_READY, 60)
    await person.click("Tap to wake")
    await person.click("Check the porch")
    checking = await page.until(NOTICE)
    await page.until(f"{NOTICE} !== {json.dumps(checking)} && {NOTICE}", 60)
    checked = await page.run(NOTICE)
    await person.click("Start", "button span")
    await person.sees("Say something")
    await _say(person, "Say something", "Trick or treat!")
    await person.can_read("Trick or treat!")
    await page.run(f"({CARD}._form.querySelector('select').value = 'system')")
    await page.run(
        f"{CARD}._form.querySelector('select').dispatchEvent(new Event('change'))"
    )
    await _say(person, "Give a direction", "Answer with an evil laugh")
    await person.click("Whisper")
    await person.click("Mute microphone")
    await page.until(f"{_MUTED} === 'true'")
    muted = (await at.house.state(await _switch(at)))["state"]
    await page.screenshot(pictures / "controls.png")
    await person.click("Mute microphone")
    await page.until(f"{_MUTED} === 'false'")
    await person.click("Stop", "button span")
    await page.until(f"{_TOLD}.includes('Ended:')", 40)
    return {
        "checking": checking,
        "checked": checked,
        "muted": muted,
        "told": await page.run(_TOLD),
        "cost": await page.run(f"{CARD}._controls.element.innerText"),
    }


async def _say(person: Person, field: str, words: str) -> None:
    """Type something and send it with the return key."""
    await person.click(field, "input")
    await person.page.ask("Input.insertText", text=words)
    await person.press_key("Enter")


async def _switch(at: Doorstep) -> str:
    """Return the switch that mutes the voice's microphone."""
    [found] = [
        state["entity_id"]
        for state in await at.house.get("/api/states")
        if state["entity_id"].endswith("_microphone_muted")
    ]
    return str(found)


async def by_keyboard(at: Doorstep) -> Facts:
    """Go through the card with the Tab key, start and stop with the return key."""
    page, person = at.page, Person(at.page)
    await page.open(f"{at.house.url}/{PATH}/0")
    await page.until(_READY, 60)
    await page.run(f"{CARD}._wake.focus()")
    order = [await page.run(_FOCUS)]
    for _ in range(5):
        await person.press_key("Tab")
        order.append(await page.run(_FOCUS))
    await page.run(f"{CARD}._wake.focus()")
    await person.press_key("Enter")
    await page.until(f"{CARD}._tab.state === 'awake'", 20)
    await page.run(f"{CARD}._controls.start.focus()")
    await person.press_key("Enter")
    await page.until(f"{CARD}._voice.conversation_id", 20)
    started = await page.until(_FOCUS)
    heard = await by_ear(page)
    await person.press_key("Enter")
    await page.until(f"!{CARD}._voice.conversation_id", 40)
    await page.until(f"{_FOCUS} === 'Start'")
    return {"order": order, "started": started, "heard": heard}


async def by_ear(page: Page) -> list[list[str]]:
    """Return what a screen reader finds in the card: roles and names, in order."""
    await page.ask("Accessibility.enable")
    card = await page.ask("Runtime.evaluate", expression=f"{CARD}._card")
    tree = await page.ask(
        "Accessibility.queryAXTree", objectId=card["result"]["objectId"]
    )
    return [
        [node["role"]["value"], node.get("name", {}).get("value", "")]
        for node in tree["nodes"]
        if not node["ignored"] and node["role"]["value"] not in _UNSAID
    ]


async def in_languages(at: Doorstep, pictures: Path) -> Facts:
    """Return what the card, its form and its entry in the picker say in each language."""
    return {name: await _in_language(at, name, pictures) for name in LANGUAGES}


async def _in_language(at: Doorstep, language: str, pictures: Path) -> Facts:
    """Open a tab in a language."""
    page = await at.browser.page()
    await Person(page).log_in(at.house)
    source = f"localStorage.setItem('selectedLanguage', '\"{language}\"')"
    await page.ask("Page.addScriptToEvaluateOnNewDocument", source=source)
    await page.resize(420, 900)
    await page.open(f"{at.house.url}/{PATH}/0")
    await page.until(_READY, 60)
    await page.until(f"{CARD}._strings._language === '{language}'")
    form = (
        "customElements.get('realtime-pumpkin-card').getConfigForm()"
        ".then((form) => form.schema.slice(2).map(form.computeLabel))"
    )
    await page.screenshot(pictures / f"language-{language}.png")
    facts = {
        "card": await page.run(f"{CARD}._card.innerText"),
        "form": await page.run(form),
        "picker": await page.run("customCards.at(-1).description"),
        "wide": await page.run(f"{CARD}._card.scrollWidth - {CARD}._card.clientWidth"),
    }
    await page.run("localStorage.removeItem('selectedLanguage')")
    await at.browser.close(page)
    return facts


async def only_looking(at: Doorstep, pictures: Path) -> Facts:
    """Watch a conversation as a user who may only read; try to take part in it."""
    async with House.at(at.house.url) as viewer:
        await _add_viewer(at.house, viewer)
        page = await at.browser.page()
        await Person(page).log_in(viewer)
        await page.resize(1280, 900)
        await page.open(f"{at.house.url}/{PATH}/0")
        await page.until(_READY, 60)
        before = await by_ear(page)
        await at.page.run(f"{CARD}._tab.wake()")
        await at.page.until(f"{CARD}._tab.state === 'awake'", 20)
        await at.page.run(f"{CARD}._controls.start.click()")
        await page.until(f"{_TOLD}.includes('Good evening')", 30)
        await page.screenshot(pictures / "viewer.png")
        during = await by_ear(page)
        await page.run(f"{CARD}._tab.wake()")
        await page.until(f"{CARD}._tab.problem === 'not_allowed'", 20)
        start = {"type": "realtime_pumpkin/start_conversation", "entity_id": at.voice}
        asked = f"{CARD}._hass.connection.sendMessagePromise({json.dumps(start)})"
        facts = {
            "before": before,
            "during": during,
            "told": await page.until(NOTICE),
            "started": await page.run(f"{asked}.then(() => 'yes', (e) => e.code)"),
        }
        await at.browser.close(page)
    await at.page.run(f"{CARD}._controls.stop.click()")
    await at.page.until(f"!{CARD}._voice.conversation_id", 40)
    await at.page.run(f"{CARD}._tab.sleep()")
    return facts


async def _add_viewer(house: House, viewer: House) -> None:
    """Make a user who may only read, and log in as them."""
    made = await house.ask(
        "config/auth/create", name=VIEWER, group_ids=["system-read-only"]
    )
    await house.ask(
        "config/auth_provider/homeassistant/create",
        user_id=made["user"]["id"],
        username=VIEWER.lower(),
        password=_PASSWORD,
    )
    client = f"{house.url}/"
    flow = {"client_id": client, "handler": ["homeassistant", None]}
    flow |= {"redirect_uri": client}
    step = await viewer.post("/auth/login_flow", flow)
    answer = {"client_id": client, "username": VIEWER.lower(), "password": _PASSWORD}
    done = await viewer.post(f"/auth/login_flow/{step['flow_id']}", answer)
    await viewer.log_in(done["result"])
    async with asyncio.timeout(20):
        while not await viewer.get("/api/states"):  # noqa: ASYNC110 - may be empty
            await asyncio.sleep(0.2)
