"""A person's first pumpkin, from an empty house to a voice that is heard.

All of it is clicked in Home Assistant's own frontend; only who stands at the door is
not human. `python -m tests.e2e.first_pumpkin FOLDER` takes the pictures of the docs.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
import sys
import tempfile
from typing import Any

from demo.house.client import House
from demo.house.setup import wait_until_running
from demo.porch.ears import Ears
from demo.recording import RATE, assemble
from demo.rig import home_assistant, realtime, sound
from demo.rig.places import ROOT, Folder
from demo.rig.processes import Supervisor

from .chromium import chromium
from .person import Person

IMAGES = ROOT / "docs/images/setup"
SIZE = (1000, 760)
NAME = "Jack-o'-lantern"
_RATE = 22050
_WITHIN_S = 30.0

type Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewHouse:
    """An empty house, a satellite at its door, and a person before its frontend."""

    folder: Folder
    house: House
    person: Person
    satellite_port: int
    ears: Ears
    pictures: Path

    async def picture(self, name: str) -> None:
        """Keep what the person sees now."""
        await self.person.page.screenshot(self.pictures / f"{name}.png")


@asynccontextmanager
async def new_house(path: Path, pictures: Path) -> AsyncIterator[NewHouse]:
    """Start Home Assistant, a satellite and a browser."""
    folder = Folder(path / "stage")
    folder.renew()
    await asyncio.to_thread(pictures.mkdir, parents=True, exist_ok=True)
    async with Supervisor(folder.logs) as supervisor:
        card = await sound.start_card(supervisor, folder, _RATE)
        _, port = await sound.start_satellite(supervisor, card)
        _, url = await home_assistant.start(supervisor, folder)
        async with (
            House.at(url) as house,
            await Ears.at(card.address) as ears,
            chromium(supervisor, folder.path / "chromium") as browser,
        ):
            await house.onboard()
            await house.connect()
            await wait_until_running(house)
            person = Person(await browser.page())
            await person.log_in(house)
            await person.page.resize(*SIZE)
            yield NewHouse(folder, house, person, port, ears, pictures)


async def with_account(folder: Path, pictures: Path | None = None) -> Facts:
    """Add an account at the local server, and a voice; start it."""
    async with (
        new_house(folder, pictures or folder / "pictures") as at,
        Supervisor(folder / "server-logs") as supervisor,
    ):
        _, server = await realtime.start(supervisor)
        await _find_integration(at)
        slip = await _add_account(at, server)
        return {**slip, **await _first_voice(at)}


async def rehearsal(folder: Path, pictures: Path | None = None) -> Facts:
    """Add the account that needs no key, and a voice; hear it speak."""
    async with new_house(folder, pictures or folder / "pictures") as at:
        await _find_integration(at)
        await at.person.click("Rehearsal (no key, no cloud)")
        facts = await _first_voice(at)
    played = await asyncio.to_thread(assemble, at.folder.sound)
    heard = played.speaker[facts["began_ms"] * RATE // 1000 :]
    await asyncio.to_thread(heard.tofile, folder / "heard.pcm")
    return facts


async def _find_integration(at: NewHouse) -> None:
    """Open the dialogue as everybody does."""
    person = at.person
    await person.page.open(f"{at.house.url}/config/integrations/dashboard")
    await person.click("Add integration")
    await person.fill_in("Search for a brand name", "pumpkin")
    await person.click("Realtime Pumpkin")
    await person.sees("A voice needs a Realtime server and a key.…")
    await at.picture("menu")


async def _add_account(at: NewHouse, server: str) -> Facts:
    """Fill in an account, first with a slip; return what the form says to it."""
    person = at.person
    await person.click("OpenAI, or another server (with a key)")
    await person.click("Server")
    await person.click("Another compatible server")
    await person.fill_in("API key", realtime.KEY)
    await person.click("Advanced")
    await person.fill_in("Base URL", server.replace("http", "htp"))
    await person.click("Submit")
    await person.sees("Base URL: this is not a web address.…")
    slip = {"refused": await person.reads(), "kept": await person.typed("Base URL")}
    await person.fill_in("Base URL", server)
    await at.picture("account")
    await person.click("Submit")
    return slip


async def _first_voice(at: NewHouse) -> Facts:
    """Add a voice, look at its device, start it; return what was seen."""
    await _add_voice(at)
    person = at.person
    await person.page.open(f"{at.house.url}/config/devices/dashboard")
    await person.click(NAME)
    await person.sees("Start conversation")
    await at.picture("device")
    entities = await person.reads()
    rests = await _state(at)
    began_ms = at.ears.heard.now_ms
    await person.click("Press")
    talking = await person.sees_one_of("Responding", "Listening")
    async with asyncio.timeout(_WITHIN_S):
        await at.ears.wait_for_sound(began_ms)
        await at.picture("talking")
        await at.ears.wait_for_quiet(1500)
    return {
        "entities": entities,
        "rests": rests,
        "talking": talking,
        "began_ms": began_ms,
    }


async def _state(at: NewHouse) -> str:
    """Return the state of the voice's satellite."""
    [satellite] = [
        state
        for state in await at.house.get("/api/states")
        if state["entity_id"].startswith("assist_satellite.")
    ]
    return str(satellite["state"])


async def _add_voice(at: NewHouse) -> None:
    """Go through the forms of a voice."""
    person = at.person
    await person.sees("Who is it?")
    await at.picture("persona")
    await person.click("Submit")
    await person.sees("What is it like?")
    await person.sees("Instructions")
    await at.picture("character")
    await person.click("Submit")
    await person.sees("Where does it listen?")
    await at.picture("microphone")
    await person.click("Another Wyoming satellite, by its address")
    await person.click("Submit")
    await person.fill_in("Host", "127.0.0.1")
    await person.fill_in("Port", str(at.satellite_port))
    await at.picture("address")
    await person.click("Submit")
    await person.sees("Where does it speak?")
    await at.picture("speaker")
    await person.click("Submit")
    await person.sees("How does it behave?")
    await person.click("Limits and budget")
    await person.sees("Longest conversation")
    await at.picture("manners")
    await person.click("Submit")
    await person.sees("The voice is ready.…")
    await at.picture("ready")
    await person.click("Finish")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        target = Path(sys.argv[1]) if len(sys.argv) > 1 else IMAGES
        asyncio.run(rehearsal(Path(name), target))
