"""Saying, asking, announcing, and waiting for the end of a conversation."""

import asyncio
import inspect
from typing import Any
from unittest.mock import patch

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import intent
from homeassistant.helpers.chat_session import async_get_chat_session
from homeassistant.setup import async_setup_component
import pytest

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say
from tests.common import VOICE_ENTITY_ID
from tests.links.satellite import CHUNK_MS
from tests.porch import GOODBYE, GREETING, at_the_door

pytestmark = pytest.mark.usefixtures("socket_enabled", "homeassistant_component")

DINNER = Say("Dinner is ready!", duration_ms=300)
ANSWERS = [
    {"id": "treat", "sentences": ["[a] treat [please]"]},
    {"id": "count", "sentences": ["{number} pieces"]},
]


async def satellite_action(hass: HomeAssistant, action: str, **data: Any) -> Any:
    """Call an action of Home Assistant's satellites for the voice."""
    return await hass.services.async_call(
        "assist_satellite",
        action,
        {"entity_id": VOICE_ENTITY_ID, **data},
        blocking=True,
        return_response=action == "ask_question",
    )


async def test_what_is_said_has_been_heard_when_the_action_returns(
    hass: HomeAssistant,
) -> None:
    """Nobody is listened to, and the voice is idle again."""
    async with at_the_door(hass, DINNER) as porch:
        await porch.act("say", text="Dinner is ready!")
        [ended] = porch.named(EventName.CONVERSATION_ENDED)
        assert ended["reason"] == "said"
        assert ended["transcript"] == [{"role": "assistant", "text": DINNER.text}]
        assert porch.satellite.played
        [request] = porch.server.brain.requests
        assert "Dinner is ready!" in request.news[-1].words
        assert not request.tools


async def test_in_a_conversation_the_visitor_is_told(hass: HomeAssistant) -> None:
    """No second session is opened."""
    async with at_the_door(hass, GREETING, DINNER) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        await porch.act("say", text="Dinner is ready!")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT, 2)
        assert len(porch.named(EventName.CONVERSATION_STARTED)) == 1
        assert not porch.named(EventName.CONVERSATION_ENDED)
        await porch.act("stop_conversation", goodbye=False)


async def test_an_announcement_is_said_in_the_voice(hass: HomeAssistant) -> None:
    """Home Assistant's own action needs no pipeline."""
    async with at_the_door(hass, DINNER) as porch:
        await satellite_action(hass, "announce", message="Dinner is ready!")
        [ended] = porch.named(EventName.CONVERSATION_ENDED)
        assert ended["reason"] == "said"


@pytest.mark.parametrize(("joins", "sessions"), [(False, 0), (True, 1)])
async def test_a_broadcast_opens_a_session_only_where_it_may(
    hass: HomeAssistant, joins: bool, sessions: int
) -> None:
    """Whoever tells Assist to broadcast means the kitchen, not the porch."""
    await async_setup_component(hass, "intent", {})
    async with at_the_door(hass, DINNER, data={"joins_broadcasts": joins}) as porch:
        # 2026.11 wants to know whose chat it is; 2026.10 does not let us say.
        whose = inspect.signature(async_get_chat_session).parameters.keys() & {
            "context"
        }
        with async_get_chat_session(hass, **dict.fromkeys(whose, Context())):
            await intent.async_handle(
                hass,
                "assist_satellite",
                intent.INTENT_BROADCAST,
                {"message": {"value": "Dinner is ready!"}},
            )
        assert len(porch.named(EventName.CONVERSATION_STARTED)) == sessions


async def test_media_is_announced_without_a_session(hass: HomeAssistant) -> None:
    """The voice's own speaker plays it, and nothing is paid for."""
    async with at_the_door(hass) as porch:
        with patch(
            "custom_components.realtime_pumpkin.announcer.decode",
            return_value=bytes(PCM_24K.bytes_of(400)),
        ) as decode:
            await satellite_action(
                hass, "announce", media_id="http://127.0.0.1/hello.mp3"
            )
        decode.assert_called_once()
        assert not porch.named(EventName.CONVERSATION_STARTED)
        heard = sum(sound.end - sound.begin for sound in porch.satellite.played)
        assert heard == pytest.approx(0.4, abs=0.1)


@pytest.mark.parametrize("media_id", ["/etc/passwd", "file:///etc/passwd", "boo"])
async def test_what_is_no_media_is_refused(hass: HomeAssistant, media_id: str) -> None:
    """No file of the machine is read aloud, and the error names what was asked."""
    async with at_the_door(hass):
        with pytest.raises(ServiceValidationError) as caught:
            await satellite_action(hass, "announce", media_id=media_id)
        assert caught.value.translation_key == "media_unplayable"
        assert media_id in str(caught.value)


async def test_a_conversation_waits_for_no_media(hass: HomeAssistant) -> None:
    """In a conversation media would play over it."""
    async with at_the_door(hass, GREETING) as porch:
        await porch.act("start_conversation")
        with pytest.raises(ServiceValidationError) as caught:
            await satellite_action(hass, "announce", media_id="http://127.0.0.1/a.mp3")
        assert caught.value.translation_key == "in_conversation"
        await porch.act("stop_conversation", goodbye=False)


async def test_a_start_can_wait_for_the_end(hass: HomeAssistant) -> None:
    """The action returns what the end tells."""
    async with at_the_door(hass, GREETING, GOODBYE) as porch:
        waiting = hass.async_create_task(porch.act("start_conversation", wait=True))
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        await porch.act("add_message", role="user", text="I must go.")
        response = (await waiting)[VOICE_ENTITY_ID]
        assert response["reason"] == "finished"
        assert response["transcript"]


def visitor(number: int) -> bytes:
    """Return a chunk of the microphone: somebody speaks from 0.6 s to 1 s."""
    loud = 60 <= number < 100
    return (b"\x00\x20\x00\xe0" if loud else bytes(4)) * (CHUNK_MS * 8)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("A treat, please!", {"id": "treat", "slots": {}}),
        ("Seven pieces.", {"id": "count", "slots": {"number": "seven"}}),
    ],
)
async def test_a_question_returns_the_answer_that_matches(
    hass: HomeAssistant, words: str, answer: dict[str, Any]
) -> None:
    """The visitor's words are matched, and the voice says goodbye."""
    question = Say("Trick or treat?", duration_ms=300)
    replies = (question, Say("Thank you!", duration_ms=300), GOODBYE)
    async with at_the_door(hass, *replies, heard=[words], sound=visitor) as porch:
        async with asyncio.timeout(20):
            response = await porch.act(
                "ask", question="Trick or treat?", answers=ANSWERS
            )
        found = response[VOICE_ENTITY_ID]
        assert found["id"] == answer["id"]
        assert found["slots"].keys() == answer["slots"].keys()
        await porch.until(EventName.CONVERSATION_ENDED)


async def test_a_question_without_choices_takes_any_answer(
    hass: HomeAssistant,
) -> None:
    """The sentence itself is what is returned."""
    replies = (
        Say("Who are you?", duration_ms=300),
        Say("Ah!", duration_ms=300),
        GOODBYE,
    )
    async with at_the_door(
        hass, *replies, heard=["I am a ghost."], sound=visitor
    ) as porch:
        async with asyncio.timeout(20):
            answer = await satellite_action(
                hass, "ask_question", question="Who are you?"
            )
        assert answer["sentence"] == "I am a ghost."
        await porch.until(EventName.CONVERSATION_ENDED)


async def test_a_question_that_nobody_answers_is_an_error(hass: HomeAssistant) -> None:
    """The automation learns that nobody was there."""
    leaves = Plan(
        (
            Say("Nobody there.", duration_ms=200),
            Call("finish_conversation", {"reason": "x"}),
        )
    )
    data = {"idle_timeout_s": 5}
    async with at_the_door(
        hass, GREETING, leaves, GOODBYE, GOODBYE, data=data
    ) as porch:
        asking = hass.async_create_task(porch.act("ask", question="Trick or treat?"))
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        await porch.act("stop_conversation", goodbye=False)
        with pytest.raises(HomeAssistantError) as caught:
            await asking
        assert caught.value.translation_key == "no_answer"
