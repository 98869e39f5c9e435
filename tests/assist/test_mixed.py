"""Pipelines that use parts of a voice: nobody pays for an answer that nobody hears."""

from homeassistant.components.assist_pipeline import (
    PipelineEventType,
    async_create_default_pipeline,
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.components.conversation import HOME_ASSISTANT_AGENT
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.links import satellites
from custom_components.realtime_pumpkin.rehearsal import Say
from custom_components.realtime_pumpkin.turns import conversation
from tests.assist.browsers import Browsers
from tests.assist.dialog import SAID
from tests.assist.house import MAKER, Device
from tests.assist.test_turn_limits import today
from tests.assist.test_unasked import choose
from tests.assist.visit import Visit, visit
from tests.links.virtual_time import until

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

LONG = Say("A long tale.", duration_ms=60_000)
PACE = 6.0
"""So it takes the server ten seconds to make, as the real one."""

LONG_TOKENS = 60 * 20


async def foreign_agent(hass: HomeAssistant, name: str = "Mixed") -> None:
    """Put Home Assistant's own agent between the voice's ears and its sound."""
    made = await async_create_default_pipeline(
        hass, "stt.pumpkin", "tts.pumpkin_voice", name
    )
    assert made is not None
    await async_update_pipeline(hass, made, conversation_engine=HOME_ASSISTANT_AGENT)


async def until_spent(there: Visit) -> int:
    """Return the tokens of sound that were paid, once any were."""
    await until(lambda: today(there).tokens.get("output_audio", 0) > 0)
    return today(there).tokens["output_audio"]


async def test_another_agent_behind_the_ears_asks_the_model_for_nothing(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """What was said is all it wants; both turns are heard by one session."""
    async with browsers.talk(heard=("Hello?", "Are you there?")) as (there, dialog):
        await foreign_agent(hass)
        dialog.name, dialog.last_stage = "Mixed", "intent"
        runs = [await dialog.speak(), await dialog.speak()]
        assert there.server.brain.requests == []
        assert there.server.sessions == 2  # The other is the account's check.
        assert today(there).conversations == 0
    assert [run.heard for run in runs] == ["Hello?", "Are you there?"]
    assert all(run.answer for run in runs)


async def test_another_agent_is_read_in_the_voice(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """The only response that is asked for reads what the agent said."""
    answer = "Hello from Home Assistant."
    async with browsers.talk(answer, heard=("Hello?",)) as (there, dialog):
        await foreign_agent(hass)
        dialog.name = "Mixed"
        run = await dialog.speak()
        assert await dialog.sound_of(run) > 1
        [request] = there.server.brain.requests
    assert [item.words for item in request.history] == [answer]


async def test_the_own_agent_is_still_asked_beside_such_a_pipeline(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """It answers with its own sound, once for each turn."""
    async with browsers.talk(
        Say("Boo!", duration_ms=300), Say("Boo!", duration_ms=800), heard=("a", "b")
    ) as (there, dialog):
        await foreign_agent(hass)
        runs = [await dialog.speak(), await dialog.speak()]
        sounds = [await dialog.sound_of(run) for run in runs]
        assert len(there.server.brain.requests) == 2
        assert there.server.sessions == 2
    assert sounds == pytest.approx([0.3, 0.8], abs=0.06)
    assert runs[0].goes_on


async def test_what_another_voice_reads_is_answered_in_writing(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """Sound costs most of an answer; the dialog listens again all the same."""
    async with browsers.talk("Boo!", heard=("Hello?",)) as (there, dialog):
        [own] = [p for p in async_get_pipelines(hass) if p.name == "Pumpkin"]
        await async_update_pipeline(hass, own, tts_engine=None)
        dialog.last_stage = "intent"
        run = await dialog.speak()
        assert [list(r.modalities) for r in there.server.brain.requests] == [["text"]]
    assert run.answer == "Boo!"
    assert run.goes_on


async def test_an_answer_that_a_sentence_trigger_gives_is_not_paid_for_twice(
    hass: HomeAssistant, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is stopped as soon as it is certain that its agent is not asked."""
    monkeypatch.setattr(conversation, "UNASKED_S", 0.05)
    answers = {
        "alias": "x",
        "triggers": {"trigger": "conversation", "command": "secret word"},
        "actions": {"set_conversation_response": "Dinner is ready!"},
    }
    assert await async_setup_component(hass, "automation", {"automation": answers})
    async with browsers.talk(LONG, heard=("secret word",), pace=PACE) as (
        there,
        dialog,
    ):
        dialog.last_stage = "intent"
        run = await dialog.speak()
        assert await until_spent(there) < LONG_TOKENS / 2
    assert run.answer == "Dinner is ready!"


async def test_an_answer_that_nobody_waits_for_is_stopped(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller has hung up while the model was still making it."""
    monkeypatch.setattr(satellites, "_TELEPHONES", {MAKER})
    phone = Device("phone", has_player=False, says=SAID)
    async with visit(hass, phone, LONG, heard=("Hello?",), pace=PACE) as there:
        await choose(hass, phone)
        phone.satellite.wake()
        await there.until(EventName.USER_TRANSCRIPT)
        await until(lambda: PipelineEventType.INTENT_PROGRESS in phone.satellite.kinds)
        phone.satellite.press()
        assert await until_spent(there) < LONG_TOKENS / 2
