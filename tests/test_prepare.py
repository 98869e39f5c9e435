"""Being ready before the ring."""

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.links.errors import SpeakerUnavailable
from custom_components.realtime_pumpkin.rehearsal import Say
from tests.common import VOICE_ENTITY_ID

from .test_conversation import at_the_door

GREETING = Say("Welcome!", duration_ms=200)

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


async def test_a_prepared_voice_needs_no_handshake(hass: HomeAssistant) -> None:
    """The conversation uses the socket that was opened ahead."""
    async with at_the_door(hass, GREETING) as porch:
        opened = porch.server.sessions
        await porch.act("prepare")
        assert porch.server.sessions == opened + 1
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        assert porch.server.sessions == opened + 1
    assert porch.named(EventName.ERROR) == []


async def test_a_prepared_session_is_closed_with_its_account(
    hass: HomeAssistant,
) -> None:
    """Unloading leaves no socket."""
    async with at_the_door(hass) as porch:
        await porch.act("prepare")
    assert porch.events == []


async def test_preparing_in_a_conversation_does_nothing(hass: HomeAssistant) -> None:
    """There is a session already."""
    async with at_the_door(hass, GREETING) as porch:
        await porch.act("start_conversation")
        opened = porch.server.sessions
        await porch.act("prepare")
        assert porch.server.sessions == opened


async def test_a_speaker_that_cannot_be_woken_is_told(hass: HomeAssistant) -> None:
    """Better now than when somebody rings."""
    speaker = {"kind": "media_player", "entity_id": "media_player.porch"}
    async with at_the_door(hass, data={"speaker": speaker}) as porch:
        with pytest.raises(HomeAssistantError) as caught:
            await porch.act("prepare")
        assert caught.value.translation_key == SpeakerUnavailable.translation_key
        assert hass.states.is_state(VOICE_ENTITY_ID, "idle")
