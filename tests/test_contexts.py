"""Who Home Assistant holds responsible for the events of a conversation."""

import asyncio
from collections.abc import Awaitable, Callable
import gc
import logging
from types import NoneType
from typing import Any

from homeassistant.components.conversation import async_converse
from homeassistant.const import EVENT_CALL_SERVICE, EVENT_STATE_CHANGED
from homeassistant.core import Context, Event, HomeAssistant, State, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.rehearsal import Call
from custom_components.realtime_pumpkin.request import ConversationRequest
from tests.common import VOICE_ENTITY_ID, only_voice
from tests.garbage import uncollected
from tests.porch import GREETING, Porch, at_the_door

pytestmark = pytest.mark.usefixtures("socket_enabled", "homeassistant_component")

START_BUTTON = "button.pumpkin_start_conversation"

type Ring = Callable[[Porch, Context], Awaitable[Any]]


def by_action(
    domain: str,
    action: str,
    entity_id: str = VOICE_ENTITY_ID,
    *,
    answers: bool = False,
    **data: Any,
) -> Ring:
    """Return what calls an action for the voice."""

    async def ring(porch: Porch, context: Context) -> Any:
        """Call the action on somebody's behalf."""
        return await porch.hass.services.async_call(
            domain,
            action,
            {"entity_id": entity_id, **data},
            blocking=True,
            context=context,
            return_response=answers,
        )

    return ring


@pytest.mark.parametrize(
    "ring",
    [
        by_action(DOMAIN, "start_conversation"),
        by_action(DOMAIN, "say", text="Boo!"),
        by_action(DOMAIN, "ask", question="Who?", answers=True),
        by_action("assist_satellite", "announce", message="Boo!"),
        by_action("assist_satellite", "start_conversation", start_message="Boo!"),
        by_action("assist_satellite", "ask_question", question="Who?", answers=True),
        by_action("button", "press", START_BUTTON),
    ],
    ids=[
        "start",
        "say",
        "ask",
        "announce",
        "assist start",
        "ask question",
        "button",
    ],
)
async def test_all_that_a_conversation_tells_is_the_doing_of_whoever_started_it(
    hass: HomeAssistant, ring: Ring
) -> None:
    """Traces and the logbook lead from the goodbye back to the bell."""
    bell = Context()
    async with at_the_door(hass, GREETING) as porch:
        ringing = asyncio.ensure_future(ring(porch, bell))
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)
        await asyncio.wait([ringing])
        assert {event.context.id for event in porch.events} == {bell.id}
        assert isinstance(ringing.exception(), NoneType | HomeAssistantError)


async def test_who_starts_it_in_the_browser_is_responsible(
    hass: HomeAssistant, hass_ws_client: Any
) -> None:
    """The card's button counts as an act of its user."""
    async with at_the_door(hass, GREETING) as porch:
        client = await hass_ws_client(hass)
        kind = f"{DOMAIN}/start_conversation"
        await client.send_json_auto_id({"type": kind, "entity_id": VOICE_ENTITY_ID})
        assert (await client.receive_json())["success"]
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)
        [user_id] = {event.context.user_id for event in porch.events}
        assert user_id is not None


async def test_who_types_the_first_line_is_responsible(hass: HomeAssistant) -> None:
    """An automation that asks the voice leads to the answer's events."""
    writer = Context()
    agent = "conversation.pumpkin"
    async with at_the_door(hass, GREETING) as porch:
        await async_converse(hass, "Who are you?", None, writer, agent_id=agent)
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        assert {event.context.id for event in porch.events} == {writer.id}


async def test_what_entities_show_of_a_conversation_is_its_doing(
    hass: HomeAssistant,
) -> None:
    """The logbook says what made a voice speak, and what the event entity tells."""
    bell, shows = Context(), "event.pumpkin_conversation"
    ring = by_action("button", "press", START_BUTTON)
    changes = async_capture_events(hass, EVENT_STATE_CHANGED)
    async with at_the_door(hass, GREETING) as porch:
        await hass.async_block_till_done()
        changes.clear()
        await ring(porch, bell)
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        voice = hass.states.get(VOICE_ENTITY_ID)
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)
        told = [each for each in changes if each.data["entity_id"] == shows]
    assert voice is not None
    assert voice.context.id == bell.id
    last = told[-1].data["new_state"]
    assert last.attributes["event_type"] == EventName.CONVERSATION_ENDED
    assert {each.context.id for each in told} == {bell.id}


async def test_what_somebody_does_to_an_entity_is_their_doing(
    hass: HomeAssistant,
) -> None:
    """Whoever mutes the microphone in a conversation is not whoever rang."""
    bell, hand = Context(), Context()
    mute = {"entity_id": "switch.pumpkin_microphone_muted"}
    async with at_the_door(hass, GREETING) as porch:
        await by_action(DOMAIN, "start_conversation")(porch, bell)
        await hass.services.async_call(
            "switch", "turn_on", mute, blocking=True, context=hand
        )
        state = hass.states.get("switch.pumpkin_microphone_muted")
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)
    assert state is not None
    assert state.state == "on"
    assert state.context.id == hand.id


async def async_fog_machine(hass: HomeAssistant) -> list[Event]:
    """Have a script of a fog machine; return where each action is noted."""
    fog = {"fog": {"sequence": [{"event": "fog"}]}}
    assert await async_setup_component(hass, "script", {"script": fog})
    return async_capture_events(hass, EVENT_CALL_SERVICE)


async def test_what_a_voice_does_in_the_house_follows_from_its_conversation(
    hass: HomeAssistant,
) -> None:
    """The logbook leads from the fog back to the bell."""
    done = await async_fog_machine(hass)
    bell, ring = Context(), by_action(DOMAIN, "start_conversation")
    data = {"scripts": ["script.fog"]}
    async with at_the_door(hass, Call("fog", {}), GREETING, data=data) as porch:
        await ring(porch, bell)
        await porch.until(EventName.TOOL_FINISHED)
    [called] = [each for each in done if each.data["domain"] == "script"]
    assert called.context.parent_id == bell.id


async def test_what_is_done_on_a_typed_word_follows_from_it(
    hass: HomeAssistant,
) -> None:
    """In Assist too."""
    done = await async_fog_machine(hass)
    writer, agent = Context(), "conversation.pumpkin"
    data = {"scripts": ["script.fog"]}
    async with at_the_door(hass, Call("fog", {}), GREETING, data=data):
        await async_converse(hass, "Make fog!", None, writer, agent_id=agent)
    [called] = [each for each in done if each.data["domain"] == "script"]
    assert called.context.parent_id == writer.id


async def test_each_conversation_that_nobody_started_is_a_story_of_its_own(
    hass: HomeAssistant,
) -> None:
    """All of its events belong together, and to no other conversation."""
    async with at_the_door(hass, GREETING, GREETING) as porch:
        voice = only_voice(porch.entry)
        for count in (1, 2):
            await voice.async_start_conversation(ConversationRequest())
            await voice.async_stop_conversation(goodbye=False)
            await porch.until(EventName.CONVERSATION_ENDED, count)
            await voice.async_wait_for_end()
        stories = {
            (event.data["conversation_id"], event.context.id) for event in porch.events
        }
        assert len(stories) == 2
        assert len({context for _, context in stories}) == 2


async def test_one_event_of_a_conversation_at_most_waits_for_the_collector_of_garbage(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """A context holds the first event that it led to, and each event its context."""
    caplog.set_level(logging.WARNING)  # The log of the test would keep them as well.
    async with at_the_door(hass, GREETING) as porch:
        with uncollected():
            before = len(_events_of_ours())
            await porch.act("start_conversation")
            await porch.until(EventName.ASSISTANT_TRANSCRIPT)
            await porch.act("stop_conversation", goodbye=False)
            await porch.until(EventName.CONVERSATION_ENDED)
            await only_voice(porch.entry).async_wait_for_end()
            porch.events.clear()
            assert len(_events_of_ours()) <= before + 1


async def test_no_state_of_a_conversation_waits_for_the_collector_of_garbage(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Each was the first event of a context of its own, and held it and its past."""
    caplog.set_level(logging.WARNING)
    # As any dashboard does.
    hass.bus.async_listen(EVENT_STATE_CHANGED, callback(lambda _: None))
    async with at_the_door(hass, GREETING, GREETING) as porch:
        with uncollected():
            states: list[int] = []
            for count in (1, 2):
                await porch.act("start_conversation")
                await porch.until(EventName.ASSISTANT_TRANSCRIPT, count)
                await only_voice(porch.entry).async_stop_conversation(goodbye=False)
                await only_voice(porch.entry).async_wait_for_end()
                await hass.async_block_till_done()
                states.append(_states_of_ours())
        assert states[1] <= states[0]


async def test_the_end_of_a_conversation_is_not_kept_by_the_context_of_it(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Home Assistant makes no event that nobody listens to: this may be the first."""
    caplog.set_level(logging.WARNING)
    async with at_the_door(hass, GREETING) as porch:
        ends: list[Event] = []
        for stop in porch.stops:
            stop()
        hass.bus.async_listen(f"{DOMAIN}_conversation_ended", ends.append)
        with uncollected():
            before = len(_events_of_ours())
            await porch.act("start_conversation")
            await porch.act("stop_conversation", goodbye=False)
            await only_voice(porch.entry).async_wait_for_end()
            await hass.async_block_till_done()
            [ended] = ends
            assert ended.context.origin_event is not ended
            del ended
            ends.clear()
            left = _events_of_ours()[before:]
            assert not any(kind.endswith("_ended") for kind in left)


def _events_of_ours() -> list[str]:
    """Return the events of conversations that are still in memory."""
    events = (each for each in gc.get_objects() if isinstance(each, Event))
    return [each.event_type for each in events if each.event_type.startswith(DOMAIN)]


def _states_of_ours() -> int:
    """Count the states of the voice that are still in memory."""
    states = (each for each in gc.get_objects() if isinstance(each, State))
    return sum("pumpkin" in each.entity_id for each in states)
