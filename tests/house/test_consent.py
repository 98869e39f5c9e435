"""The phrase that confirms what is sensitive: heard by us, not by the model."""

import asyncio
import json
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.house import consent as module
from custom_components.realtime_pumpkin.house.consent import Consent
from custom_components.realtime_pumpkin.house.props import prop_tools
from custom_components.realtime_pumpkin.rehearsal import Call, Say
from tests.guard.callers import caller
from tests.porch import at_the_door
from tests.test_conversation import _speech as speech

HATCH = "script.hatch"
PHRASE = "Open, Sesame"
RULES: dict[str, Any] = {"sensitive": [HATCH], "confirmation_phrase": PHRASE}


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for no words that never come."""
    monkeypatch.setattr(module, "PATIENCE", 0)


async def test_it_is_given_once_after_it_was_asked_for() -> None:
    """And not before, and not twice."""
    consent = Consent(PHRASE)
    consent.hear("open sesame")
    assert not await consent.async_given("hatch")
    assert not await consent.async_given("hatch")
    consent.hear("Please, OPEN sesame!")
    assert await consent.async_given("hatch")
    assert not await consent.async_given("hatch")


@pytest.mark.parametrize("said", ["sesame open", "reopen sesames", "", "no"])
async def test_other_words_do_not_count(said: str) -> None:
    """The phrase has to be there, word for word."""
    consent = Consent(PHRASE)
    assert not await consent.async_given("hatch")
    consent.hear(said)
    assert not await consent.async_given("hatch")


async def test_what_was_said_for_one_thing_is_not_good_for_another() -> None:
    """Whoever is asked for the hatch has not agreed to the cannon."""
    consent = Consent(PHRASE)
    assert not await consent.async_given("hatch")
    consent.hear(PHRASE)
    assert not await consent.async_given("cannon")
    assert not await consent.async_given("cannon")


@pytest.mark.parametrize("phrase", ["", "  ", "!?"])
async def test_without_a_phrase_nothing_is_ever_confirmed(phrase: str) -> None:
    """Silence is no consent."""
    consent = Consent(phrase)
    assert not await consent.async_given("hatch")
    consent.hear("")
    assert not await consent.async_given("hatch")


async def test_words_that_are_still_transcribed_are_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The model is often faster than the words that it answers."""
    monkeypatch.setattr(module, "PATIENCE", 5)
    consent = Consent(PHRASE)
    assert not await consent.async_given("hatch")
    waiting = asyncio.ensure_future(consent.async_given("hatch"))
    await asyncio.sleep(0)
    consent.hear("Open sesame.")
    assert await waiting


SCRIPTS = {
    "hatch": {"sequence": [{"event": "candy"}]},
    "show": {"sequence": [{"action": "script.hatch"}]},
    "thunder": {"sequence": [{"event": "thunder"}]},
}


@pytest.mark.usefixtures("homeassistant_component")
@pytest.mark.parametrize("strangers", [True, False])
async def test_whatever_leads_to_something_sensitive_is_asked_for(
    hass: HomeAssistant, strangers: bool
) -> None:
    """The thing itself and a script that runs it; all else just runs."""
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    candy = async_capture_events(hass, "candy")
    thunder = async_capture_events(hass, "thunder")
    consent = Consent(PHRASE)
    voice = caller(hass, strangers=strangers, consent=consent, sensitive=(HATCH,))
    tools = prop_tools(voice, [f"script.{name}" for name in SCRIPTS])
    for name in ("hatch", "show"):
        outcome: Any = await tools[name].run({})
        assert outcome.outcome == "unconfirmed"
        assert PHRASE not in json.loads(outcome.output)["error"]
    assert not candy
    outcome = await tools["thunder"].run({})
    assert outcome.outcome == "done"
    consent.hear(PHRASE)
    outcome = await tools["show"].run({})
    await hass.async_block_till_done()
    assert (outcome.outcome, len(candy), len(thunder)) == ("done", 1, 1)


@pytest.mark.usefixtures("homeassistant_component")
async def test_the_house_is_looked_at_again_once_the_phrase_was_said(
    hass: HomeAssistant,
) -> None:
    """Words take seconds, in which somebody may have made the hatch a door opener."""
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    candy = async_capture_events(hass, "candy")

    class SlowConsent(Consent):
        """The owner saves an automation while the visitor speaks."""

        @override
        async def async_given(self, purpose: str) -> bool:
            """Agree, after a while."""
            unlock = {"action": "lock.unlock", "target": {"entity_id": "lock.door"}}
            opener = {
                "triggers": [{"trigger": "event", "event_type": "candy"}],
                "actions": [unlock],
            }
            config = {"automation": [opener]}
            assert await async_setup_component(hass, "automation", config)
            return True

    voice = caller(hass, consent=SlowConsent(PHRASE), sensitive=(HATCH,))
    outcome: Any = await prop_tools(voice, [HATCH])["hatch"].run({})
    await hass.async_block_till_done()
    assert (outcome.outcome, candy) == ("refused", [])


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
@pytest.mark.parametrize(
    ("said", "outcome"), [("Open sesame!", "done"), ("I said it.", "unconfirmed")]
)
async def test_a_visitor_confirms_at_the_door(
    hass: HomeAssistant, said: str, outcome: str
) -> None:
    """What the microphone heard counts, whatever the model makes of it."""
    assert await async_setup_component(hass, "script", {"script": SCRIPTS})
    candy = async_capture_events(hass, "candy")
    async with at_the_door(
        hass,
        Call("hatch", {}),
        Say("Say the words!", duration_ms=100),
        Call("hatch", {}),
        Say("There you are.", duration_ms=100),
        heard=[said],
        sound=speech(1500, 600),
        data={**RULES, "scripts": [HATCH], "transcripts": "none"},
    ) as porch:
        await porch.act("start_conversation")
        first = await porch.until(EventName.TOOL_FINISHED)
        second = await porch.until(EventName.TOOL_FINISHED, 2)
    assert first["outcome"] == "unconfirmed"
    assert second["outcome"] == outcome
    assert len(candy) == (outcome == "done")
