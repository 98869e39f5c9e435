"""Tests of sound effects: chosen, bounded, and heard at the satellite in their turn."""

import json
from typing import Any
from unittest.mock import Mock

from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.audio.effects import effect
from custom_components.realtime_pumpkin.const import Effect, EventName
from custom_components.realtime_pumpkin.options import VoiceOptions
from custom_components.realtime_pumpkin.realtime.protocols import ConversationSession
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say
from custom_components.realtime_pumpkin.request import AS_USUAL, ConversationRequest
from custom_components.realtime_pumpkin.staging import SoundEffects
from custom_components.realtime_pumpkin.theatre.act import Stage
from custom_components.realtime_pumpkin.theatre.sound_effects import (
    SoundEffectsAct,
    play_effects,
)
from tests.common import VOICE_DATA
from tests.porch import GOODBYE, at_the_door


def options(**data: Any) -> VoiceOptions:
    """Return a voice that was stored with some data."""
    return VoiceOptions.from_subentry("Pumpkin", {**VOICE_DATA, **data})


async def an_act(
    hass: HomeAssistant, session: Mock, *effects: Effect, most: int = 5
) -> SoundEffectsAct:
    """Return the act of a conversation that is open."""
    act = SoundEffectsAct(Mock(Stage, hass=hass), SoundEffects(effects, most))
    await act.async_open(session)
    return act


async def ask(act: SoundEffectsAct, name: Any) -> dict[str, Any]:
    """Call the tool as the model does; return what it reads."""
    answer: dict[str, Any] = json.loads(
        await act.tools["play_effect"].run({"effect": name})
    )
    return answer


async def test_the_model_may_ask_for_what_was_chosen_and_nothing_else(
    hass: HomeAssistant,
) -> None:
    """The tool names the sounds; any other is refused in words."""
    session = Mock(ConversationSession)
    act = await an_act(hass, session, Effect.LAUGH, Effect.BELL)
    spec = act.tools["play_effect"].spec
    assert spec["parameters"]["properties"]["effect"]["enum"] == ["laugh", "bell"]
    for other in ("thunder", "explosion", None, ["laugh"], 7):
        assert "error" in await ask(act, other)
    session.play_sound.assert_not_called()
    assert await ask(act, "bell") == {"plays": "bell", "left": 4}
    session.play_sound.assert_called_once_with(effect("bell"))


async def test_a_conversation_hears_so_many_effects_and_no_more(
    hass: HomeAssistant,
) -> None:
    """What was not heard, because the visitor spoke, is not counted."""
    session = Mock(ConversationSession)
    act = await an_act(hass, session, Effect.LAUGH, most=2)
    session.play_sound.side_effect = [False, True, True, True]
    answers = [await ask(act, "laugh") for _ in range(5)]
    assert ["error" in answer for answer in answers] == [True, False, False, True, True]
    assert session.play_sound.call_count == 3


@pytest.mark.parametrize(
    ("data", "request_"),
    [({}, AS_USUAL), ({"effects": ["laugh"]}, ConversationRequest(listens=False))],
    ids=["none chosen", "nobody listens"],
)
def test_a_voice_without_effects_is_told_of_none(
    data: dict[str, Any], request_: ConversationRequest
) -> None:
    """It is an option of each voice, off by default."""
    assert play_effects(Mock(Stage), options(**data), request_) is None


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_the_satellite_plays_speech_then_the_effect_then_the_answer(
    hass: HomeAssistant,
) -> None:
    """Sample for sample, and the event on the bus names the effect."""
    laugh = Plan(
        (Say("Beware!", duration_ms=400), Call("play_effect", {"effect": "laugh"}))
    )
    async with at_the_door(
        hass, laugh, GOODBYE, data={"effects": ["laugh", "thunder"]}
    ) as porch:
        await porch.act("start_conversation")
        await porch.act("add_message", role="user", text="Hi!", respond=False)
        ended = await porch.until(EventName.CONVERSATION_ENDED)
        played = bytes(porch.satellite.pcm)
    assert porch.named(EventName.TOOL_CALLED)[0]["arguments"] == {"effect": "laugh"}
    assert len(porch.named(EventName.AUDIO_STARTED)) == 2
    sound = effect("laugh")
    at = played.find(sound)
    assert at == pytest.approx(400 * 48, abs=48 * 20)
    assert len(played) - at - len(sound) == pytest.approx(300 * 48, abs=48 * 20)
    assert [line["text"] for line in ended["transcript"]] == [
        "Hi!",
        "Beware!",
        "Goodbye!",
    ]
    told = porch.server.brain.requests[0]
    assert "play_effect" in told.instructions
