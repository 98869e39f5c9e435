"""Pipelines that use parts of a voice: nobody pays for an answer that nobody hears."""

from typing import Any

from homeassistant.components.assist_pipeline import (
    PipelineEventType,
    async_create_default_pipeline,
    async_update_pipeline,
)
from homeassistant.components.conversation import HOME_ASSISTANT_AGENT
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.realtime_pumpkin import answering
from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.links import satellites
from custom_components.realtime_pumpkin.rehearsal import Say, ServerOptions
from custom_components.realtime_pumpkin.rehearsal.options import TranscriptionOrder
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
SLOW = ServerOptions(pace=6.0)
"""So it takes the server ten seconds to make, as the real one."""

TOLD_LAST = ServerOptions(pace=1000.0, transcription_order=TranscriptionOrder.AFTER)
"""Only whoever asks at once is answered soon: the words come behind the answer."""

LONG_TOKENS = 60 * 20


async def mixed(hass: HomeAssistant, **changes: Any) -> None:
    """Have a pipeline that is the voice's but for some changes, beside its own."""
    made = await async_create_default_pipeline(
        hass, "stt.pumpkin", "tts.pumpkin_voice", "Mixed"
    )
    assert made is not None
    engines = {"conversation_engine": "conversation.pumpkin", **changes}
    await async_update_pipeline(hass, made, **engines)


async def foreign_agent(hass: HomeAssistant) -> None:
    """Put Home Assistant's own agent between the voice's ears and its sound."""
    await mixed(hass, conversation_engine=HOME_ASSISTANT_AGENT)


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
    """It answers with its own sound, at once, and once for each turn."""
    async with browsers.talk(
        Say("Boo!", duration_ms=300),
        Say("Boo!", duration_ms=800),
        heard=("a", "b"),
        options=TOLD_LAST,
    ) as (there, dialog):
        await foreign_agent(hass)
        runs = [await dialog.speak(), await dialog.speak()]
        sounds = [await dialog.sound_of(run) for run in runs]
        assert len(there.server.brain.requests) == 2
        assert there.server.sessions == 2
    assert [run.heard for run in runs] == ["a", "b"]
    assert sounds == pytest.approx([0.3, 0.8], abs=0.06)
    assert runs[0].goes_on


async def test_what_another_voice_reads_is_answered_in_writing(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """Sound costs most of an answer; the dialog listens again all the same."""
    async with browsers.talk("Boo!", heard=("Hello?",)) as (there, dialog):
        await mixed(hass, tts_engine=None)
        dialog.name, dialog.last_stage = "Mixed", "intent"
        run = await dialog.speak()
        assert [list(r.modalities) for r in there.server.brain.requests] == [["text"]]
    assert run.answer == "Boo!"
    assert run.goes_on


async def test_what_nobody_wants_to_hear_is_answered_in_writing(
    browsers: Browsers,
) -> None:
    """A client that asks for no sound gets words, from the voice's own pipeline."""
    async with browsers.talk("Boo!", heard=("Hello?",)) as (there, dialog):
        dialog.last_stage = "intent"
        run = await dialog.speak()
        assert [list(r.modalities) for r in there.server.brain.requests] == [["text"]]
    assert run.answer == "Boo!"


async def test_a_command_that_is_handled_locally_asks_the_model_for_nothing(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """What Home Assistant does not know is answered by the voice, in its own sound."""
    spoken = "what time is it", "who are you"
    async with browsers.talk(Say("Boo!", duration_ms=400), heard=spoken) as (
        there,
        dialog,
    ):
        await mixed(hass, prefer_local_intents=True)
        dialog.name, dialog.last_stage = "Mixed", "intent"
        local = await dialog.speak()
        assert there.server.brain.requests == []
        dialog.last_stage = "tts"
        run = await dialog.speak()
        assert await dialog.sound_of(run) == pytest.approx(0.4, abs=0.06)
        assert len(there.server.brain.requests) == 1
    assert local.answer
    assert run.answer == "Boo!"


async def test_all_pipelines_tell_where_the_run_is_not_known(
    hass: HomeAssistant, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone, the voice's own is answered at once; beside another, when it is asked."""
    monkeypatch.setattr(answering, "_running", lambda *_: None)
    async with browsers.talk() as (there, _):
        [voice_id] = there.entry.runtime_data.voices
        alone = answering.answering(hass, voice_id, "x")
        await foreign_agent(hass)
        beside = answering.answering(hass, voice_id, "x")
    assert alone is answering.Answering.AT_ONCE
    assert beside is answering.Answering.WHEN_ASKED


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
    async with browsers.talk(LONG, heard=("secret word",), options=SLOW) as (
        there,
        dialog,
    ):
        run = await dialog.speak()
        assert await until_spent(there) < LONG_TOKENS / 2
    assert run.answer == "Dinner is ready!"


async def test_an_answer_that_nobody_waits_for_is_stopped(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A caller has hung up while the model was still making it."""
    monkeypatch.setattr(satellites, "_TELEPHONES", {MAKER})
    phone = Device("phone", has_player=False, says=SAID)
    async with visit(hass, phone, LONG, heard=("Hello?",), options=SLOW) as there:
        await choose(hass, phone)
        phone.satellite.wake()
        await there.until(EventName.USER_TRANSCRIPT)
        await until(lambda: PipelineEventType.INTENT_PROGRESS in phone.satellite.kinds)
        phone.satellite.press()
        assert await until_spent(there) < LONG_TOKENS / 2
