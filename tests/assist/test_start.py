"""A satellite of the house is started by an automation, without a wake word."""

from homeassistant.components.assist_pipeline import PipelineEventType
from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.const import CONVERSATION_OVER, EventName
from tests.assist.house import Device
from tests.assist.visit import option, visit
from tests.porch import GOODBYE, GREETING

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


async def test_a_visit_ends_without_a_word_of_the_pipeline(hass: HomeAssistant) -> None:
    """Started, held to its goodbye, idle again: no tone, nothing spoken twice."""
    device = Device("porch")
    async with visit(hass, device, GREETING, GOODBYE) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        assert hass.states.is_state(device.entity_id, "listening")
        await porch.act("add_message", role="user", text="Bye!", respond=True)
        ended = await porch.until(EventName.CONVERSATION_ENDED)
        assert hass.states.is_state(device.entity_id, "idle")
    assert ended["reason"] == "finished"
    satellite = device.satellite
    assert satellite.texts == [CONVERSATION_OVER]
    assert satellite.kinds[-4:] == [
        PipelineEventType.STT_END,
        PipelineEventType.INTENT_START,
        PipelineEventType.INTENT_END,
        PipelineEventType.RUN_END,
    ]
    assert PipelineEventType.TTS_START not in satellite.kinds
    assert PipelineEventType.STT_VAD_START not in satellite.kinds
    assert PipelineEventType.ERROR not in satellite.kinds
    [clip] = satellite.clips
    assert clip.startswith("http://10.0.0.2:8123/api/realtime_pumpkin/audio/")
    assert clip.endswith(".mp3?v=1")
    assert [is_announced for _, is_announced in device.player.played] == [True, True]


async def test_the_assistant_is_borrowed_and_given_back(hass: HomeAssistant) -> None:
    """Chosen for the start, and back before the first word."""
    device = Device("porch")
    async with visit(hass, device, GREETING) as porch:
        before = option(hass, device)
        await porch.act("start_conversation")
        assert device.satellite.option_at_start == "Pumpkin"
        assert option(hass, device) == before == "preferred"
        await porch.act("stop_conversation", goodbye=False)
        ended = await porch.until(EventName.CONVERSATION_ENDED)
    assert ended["reason"] == "stopped"
