"""Tests of what the people of the house may do with a voice: each command, each action.

A new websocket command or action without a row here fails.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from homeassistant.components.websocket_api.const import DOMAIN as WEBSOCKET_DOMAIN
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, Unauthorized, UnknownUser
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from pytest_homeassistant_custom_component.typing import WebSocketGenerator

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from tests.card_client import Card, card
from tests.common import VOICE_ENTITY_ID, account, async_set_up, only_voice, voice
from tests.porch import GREETING
from tests.scripted_server import LocalServer
from tests.security.users import PEOPLE, async_login, async_user
from tests.test_websocket_api import BROWSER

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

COMMANDS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "subscribe": ("sees", {}),
    "browser": ("controls", {"client_id": "tab"}),
    "start_conversation": ("controls", {"in_browser": True}),
}
"""Each command: what one has to be allowed, and what else it needs."""

ACTIONS: Final[dict[str, dict[str, Any]]] = {
    "start_conversation": {},
    "stop_conversation": {},
    "say": {"text": "Boo!"},
    "ask": {"question": "Who is there?"},
    "add_message": {"text": "Boo!"},
    "prepare": {},
    "night_summary": {},
    "porch_check": {},
}
"""Each action, all of which need control, and what else it needs."""


@asynccontextmanager
async def a_voice(hass: HomeAssistant) -> AsyncIterator[MockConfigEntry]:
    """Set up a voice that lives in a tab."""
    async with LocalServer([GREETING]).listening() as server:
        data = {**BROWSER, "remembers_night": True}
        entry = account(server.url, voice(data=data))
        await async_set_up(hass, entry)
        yield entry
        await hass.config_entries.async_unload(entry.entry_id)
        await hass.async_block_till_done()


@asynccontextmanager
async def card_of(
    hass: HomeAssistant, ws_client: WebSocketGenerator, name: str, tab: str = "tab"
) -> AsyncIterator[Card]:
    """Have somebody of the house open the card."""
    token = await async_login(hass, await async_user(hass, name))
    async with card(hass, ws_client, token, tab) as opened:
        yield opened


async def test_every_command_has_its_row(hass: HomeAssistant) -> None:
    """Home Assistant knows no other command of ours."""
    async with a_voice(hass):
        known = {name for name in hass.data[WEBSOCKET_DOMAIN] if DOMAIN in name}
    assert known == {f"{DOMAIN}/{name}" for name in COMMANDS}


async def test_every_action_has_its_row(hass: HomeAssistant) -> None:
    """Home Assistant knows no other action of ours."""
    async with a_voice(hass):
        assert hass.services.async_services()[DOMAIN].keys() == ACTIONS.keys()


@pytest.mark.parametrize("name", PEOPLE)
async def test_a_command_is_for_those_who_may(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, name: str
) -> None:
    """Everybody else is refused in the same words, before anything happens."""
    person = PEOPLE[name]
    async with a_voice(hass) as entry, card_of(hass, hass_ws_client, name) as tab:
        for command, (right, fields) in COMMANDS.items():
            answer = await tab.ask(command, **fields)
            if getattr(person, right):
                assert answer["success"], (command, answer)
                continue
            assert answer["error"]["code"] == "unauthorized", command
            assert set(answer["error"]) == {"code", "message"}
        is_talking = only_voice(entry).data.conversation_id is not None
        assert is_talking is person.controls
        assert (only_voice(entry).browser.tab is not None) is person.controls
        if person.controls:
            await tab.leave("browser")
        if not person.sees:
            assert not tab.of("state")


@pytest.mark.parametrize("name", PEOPLE)
async def test_who_may_not_see_a_voice_learns_not_that_it_exists(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, name: str
) -> None:
    """A voice that there is and one that there is not answer alike."""
    async with a_voice(hass), card_of(hass, hass_ws_client, name) as tab:
        real = await tab.ask("subscribe")
        unreal = await tab.ask("subscribe", entity_id="assist_satellite.nobody")
    if not PEOPLE[name].sees:
        assert real["error"] == unreal["error"]
    else:
        assert real["success"]
        assert not unreal["success"]


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("name", [one for one in PEOPLE if not PEOPLE[one].controls])
async def test_an_action_is_refused_to_those_who_may_not_control(
    hass: HomeAssistant, name: str, action: str
) -> None:
    """Nothing happens, and nothing that was said comes back."""
    async with a_voice(hass) as entry:
        user = await async_user(hass, name)
        coordinator = only_voice(entry)
        fired: list[str] = []
        stop = coordinator.listen(lambda event: fired.append(event.name))
        wants_answer = hass.services.supports_response(DOMAIN, action).name != "NONE"
        with pytest.raises(Unauthorized):
            await hass.services.async_call(
                DOMAIN,
                action,
                {"entity_id": VOICE_ENTITY_ID, **ACTIONS[action]},
                blocking=True,
                context=Context(user_id=user.id),
                return_response=wants_answer,
            )
        stop()
        assert fired == []
        assert coordinator.data.conversation_id is None


@pytest.mark.parametrize("action", ACTIONS)
async def test_an_action_of_a_user_that_is_gone_is_refused(
    hass: HomeAssistant, action: str
) -> None:
    """As when somebody is removed while their dashboard is open."""
    async with a_voice(hass):
        wants_answer = hass.services.supports_response(DOMAIN, action).name != "NONE"
        with pytest.raises(UnknownUser):
            await hass.services.async_call(
                DOMAIN,
                action,
                {"entity_id": VOICE_ENTITY_ID, **ACTIONS[action]},
                blocking=True,
                context=Context(user_id="gone"),
                return_response=wants_answer,
            )


@pytest.mark.parametrize("name", ["user", "controller of the voice alone"])
async def test_a_user_without_the_house_may_talk_with_the_voice(
    hass: HomeAssistant, name: str
) -> None:
    """Control of the entity is all that its actions ask for."""
    async with a_voice(hass):
        user = await async_user(hass, name)
        answer = await hass.services.async_call(
            DOMAIN,
            "night_summary",
            {"entity_id": VOICE_ENTITY_ID},
            blocking=True,
            context=Context(user_id=user.id),
            return_response=True,
        )
        assert answer is not None
        with pytest.raises(HomeAssistantError) as refused:  # No tab is open.
            await hass.services.async_call(
                DOMAIN,
                "start_conversation",
                {"entity_id": VOICE_ENTITY_ID},
                blocking=True,
                context=Context(user_id=user.id),
            )
        assert refused.value.translation_key == "browser_absent"


@pytest.mark.parametrize("event", [EventName.USER_TRANSCRIPT, EventName.NIGHT_ENDED])
@pytest.mark.parametrize("name", ["user", "reader", "nobody"])
async def test_the_bus_is_for_admins(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator, name: str, event: EventName
) -> None:
    """What visitors say travels on it; Home Assistant lets nobody else listen."""
    async with a_voice(hass), card_of(hass, hass_ws_client, name) as tab:
        answer = await tab.send("subscribe_events", event_type=f"{DOMAIN}_{event}")
        assert answer["error"]["code"] == "unauthorized"


async def test_a_tab_comes_back_to_its_own_user_only(
    hass: HomeAssistant, hass_ws_client: WebSocketGenerator
) -> None:
    """Who watches a voice learns the name of its tab, which is no key to it."""
    async with (
        a_voice(hass) as entry,
        card_of(hass, hass_ws_client, "admin", "phone") as mine,
        card_of(hass, hass_ws_client, "user", "phone") as theirs,
    ):
        await mine.attach()
        await theirs.ask("subscribe")
        assert (await theirs.until("state"))["client_id"] == "phone"
        refused = await theirs.attach()
        assert refused["error"]["code"] == "browser_held"
        tab = only_voice(entry).browser.tab
        assert tab is not None
        assert tab.user_id == "id of admin"
        assert (await theirs.attach(take_over=True))["success"]
        # Taken over openly, which the holder is told.
        assert (await mine.until("taken_over"))["owner"] == "user"
        await theirs.leave("browser")
