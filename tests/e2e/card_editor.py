"""A person chooses the card in the card picker and sets it up in its editor."""

from pathlib import Path
from typing import Any

from .card import PATH, Doorstep, add_dashboard
from .person import Person

type Facts = dict[str, Any]

NAME = "Gruesome"
LABELS = (
    "Voice",
    "Name",
    "Face",
    "Show the conversation",
    "Show the controls",
    "Start in porch mode",
    "Add Direction",
)
"""The editor's options; Home Assistant draws each when its kind of field has come."""

_EDITED = f"{PATH}-edited"
_SIZE = (1280, 900)
_PREVIEW = ".card-header"
"""Where the picker says what a preview shows."""

_FACES = (
    "[...eyes.elements()].filter((e) => e.localName === 'realtime-pumpkin-card')"
    ".map((e) => e._svg.dataset.face)"
)
_COVERED = (
    "[...eyes.elements()].some((e) => e.localName === 'realtime-pumpkin-card'"
    " && e._porch.isOpen)"
)
# The third of four columns, the fifth row, of the picker of a card's size.
_CELL = (
    "(() => { for (const e of eyes.elements()) if (e.localName === 'td') {"
    " const rows = e.closest('table').rows; const r = rows[4]?.cells[2]"
    "?.getBoundingClientRect();"
    " return r && { x: r.x + r.width / 2, y: r.y + r.height / 2 }; } return null; })()"
)
_HEIGHT = (
    "[...eyes.elements()].find((e) => e.localName === 'realtime-pumpkin-card')"
    "?.getBoundingClientRect().height"
)


async def edit(at: Doorstep, pictures: Path) -> Facts:
    """Add the card to an empty dashboard by hand; return what was seen and saved."""
    await add_dashboard(at.house, [], _EDITED)
    person = Person(at.page)
    await at.page.resize(*_SIZE)
    await at.page.open(f"{at.house.url}/{_EDITED}/0?edit=1")
    facts = await _pick(person, pictures)
    facts |= await _fill_in(person, pictures)
    facts |= await _size(person, pictures)
    await person.click("Save")
    await person.can_read("Add footer")
    await person.page.until("!eyes.find('Save')")
    config = await at.house.ask("lovelace/config", url_path=_EDITED)
    facts["saved"] = config["views"][0]["sections"][0]["cards"]
    await person.click("Done")
    await at.page.until(_COVERED)
    await at.page.screenshot(pictures / "shown.png")
    await person.press_key("Escape")
    await at.page.until(f"!({_COVERED})")
    facts["height"] = await at.page.run(_HEIGHT)
    await at.page.screenshot(pictures / "section.png")
    return facts


async def _pick(person: Person, pictures: Path) -> Facts:
    """Find the card by its name; its preview is a living face."""
    await person.click_through("Add card", "By card")
    await person.click_through("By card", "Search cards")
    await person.fill_in("Search cards", "pumpkin")
    await person.sees("Realtime Pumpkin", _PREVIEW)
    faces = await person.page.until(f"{_FACES}.length && {_FACES}")
    await person.can_read("Jack-o'-lantern · Waiting")
    await person.page.screenshot(pictures / "picker.png")
    await person.click("Realtime Pumpkin", _PREVIEW)
    for label in LABELS:
        await person.can_read(label)
    return {"previewed": faces, "form": await person.reads()}


async def _fill_in(person: Person, pictures: Path) -> Facts:
    """Change every kind of field; the preview follows at once."""
    await person.fill_in("Name", NAME)
    await person.click("Face")
    await person.click("Skull")
    await person.click("Show the conversation")
    await person.click("Start in porch mode")
    await person.click("Add Direction")
    await person.fill_in("Direction", "Moan")
    await person.can_read(f"{NAME} · Waiting")
    await person.page.until(f"{_FACES}.at(-1) === 'skull'")
    await person.page.screenshot(pictures / "editor.png")
    return {"covered": await person.page.run(_COVERED)}


async def _size(person: Person, pictures: Path) -> Facts:
    """Choose a size in the sections view."""
    await person.click_through("Layout", "Full width")
    cell = await person.page.until(_CELL)
    offered = await person.reads()
    await person.click_at(cell)
    await person.page.screenshot(pictures / "layout.png")
    return {"layout": offered}
