"""Make the house ready for a visit, one step of the user interface at a time."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from .client import House, HouseError, Json
from .flows import Answers, add_integration, add_subentry

DOMAIN = "realtime_pumpkin"
DOORBELL = "input_button.doorbell"
_AUTOMATION = "pumpkin_at_the_door"
_LOCAL = "127.0.0.1"
_WITHIN_S = 30.0
_POLL_S = 0.1


@dataclass(frozen=True, slots=True)
class Account:
    """Which Realtime service the house uses, and with which key."""

    base_url: str | None
    """None is what the form suggests: OpenAI's own."""

    api_key: str

    @property
    def answers(self) -> Answers:
        """Return the answers to the form."""
        url = {} if self.base_url is None else {"base_url": self.base_url}
        return {"api_key": self.api_key, **url}

    def __repr__(self) -> str:
        """Keep the key out of whatever shows an account."""
        return f"Account(base_url={self.base_url!r})"


async def wait_until_running(house: House) -> None:
    """Wait until Home Assistant has started all that it has."""

    async def running() -> bool:
        return bool((await house.get("/api/config"))["state"] == "RUNNING")

    await _until(running, "Home Assistant did not start")


async def add_player(house: House, port: int) -> str:
    """Add the Music Player Daemon; return its entity."""
    await add_integration(house, "mpd", {"host": _LOCAL, "port": port})
    return await entity(house, "mpd", "media_player")


async def add_account(house: House, account: Account) -> str:
    """Add Realtime Pumpkin; return its entry's id."""
    return await add_integration(house, DOMAIN, account.answers)


async def add_esphome(house: House, port: int) -> str:
    """Add the device with ESPHome's firmware; return its satellite's entity."""
    await add_integration(house, "esphome", {"host": _LOCAL, "port": port})
    return await entity(house, "esphome", "assist_satellite")


def at_address(port: int) -> Answers:
    """Return how a satellite that nobody holds is chosen as the microphone."""
    return {"microphone": "address", "host": _LOCAL, "port": port}


def of_house(entity_id: str) -> Answers:
    """Return how a satellite that Home Assistant holds is chosen."""
    return {"microphone": f"assist:{entity_id}"}


async def add_voice(
    house: House,
    entry_id: str,
    microphone: Answers,
    speaker: str | None,
    more: Answers,
) -> str:
    """Add the pumpkin; it speaks at a media player, else at its satellite.

    `more` is what its form is given besides.
    """
    answers: Json = {**more, **microphone, "speaker": speaker or "satellite"}
    await add_subentry(house, DOMAIN, entry_id, "voice", answers)
    return await entity(house, DOMAIN, "assist_satellite")


async def add_doorbell(house: House) -> str:
    """Add a button as the doorbell."""
    await house.ask("input_button/create", name="Doorbell", icon="mdi:doorbell")
    return await available(house, DOORBELL)


async def add_automation(house: House, blueprint: Path, inputs: Answers) -> None:
    """Import a blueprint and make an automation of it."""
    path = f"{DOMAIN}/{blueprint.name}"
    await house.ask(
        "blueprint/save",
        domain="automation",
        path=path,
        yaml=await asyncio.to_thread(blueprint.read_text, encoding="utf-8"),
    )
    use = {"path": path, "input": dict(inputs)}
    await house.post(
        f"/api/config/automation/config/{_AUTOMATION}",
        {"alias": "Pumpkin at the door", "use_blueprint": use},
    )
    await entity(house, "automation", "automation")


async def ring(house: House) -> None:
    """Press the doorbell."""
    await house.act("input_button.press", entity_id=DOORBELL)


async def entity(house: House, platform: str, domain: str, ending: str = "") -> str:
    """Wait for the first entity of a platform with such a name; return its id."""
    found: list[str] = []

    async def registered() -> bool:
        for known in await house.ask("config/entity_registry/list"):
            name = str(known["entity_id"])
            fits = name.startswith(f"{domain}.") and name.endswith(ending)
            if known["platform"] == platform and fits:
                found.append(name)
        return bool(found)

    await _until(registered, f"{platform} has no {domain} entity")
    return await available(house, found[0])


async def available(house: House, entity_id: str) -> str:
    """Wait until an entity is available and return its id."""

    async def there() -> bool:
        return await _state(house, entity_id) not in {None, "unavailable"}

    await _until(there, f"{entity_id} did not become available")
    return entity_id


async def _until(true: Callable[[], Awaitable[bool]], else_what: str) -> None:
    """Wait until something is true; raise `HouseError` where it does not become so."""
    try:
        async with asyncio.timeout(_WITHIN_S):
            while not await true():  # noqa: ASYNC110 - only asking tells
                await asyncio.sleep(_POLL_S)
    except TimeoutError as err:
        raise HouseError(else_what) from err


async def _state(house: House, entity_id: str) -> str | None:
    """Return an entity's state, None where there is no such entity."""
    for state in await house.get("/api/states"):
        if state["entity_id"] == entity_id:
            return str(state["state"])
    return None
