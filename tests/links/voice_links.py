"""The links of a voice, as its coordinator has them."""

from homeassistant.core import HomeAssistant

from custom_components.realtime_pumpkin.links.announcements import Announcements
from custom_components.realtime_pumpkin.links.assist_run import AssistAccess
from custom_components.realtime_pumpkin.links.browser import BrowserPort
from custom_components.realtime_pumpkin.links.open import VoiceLinks
from custom_components.realtime_pumpkin.links.satellite_stream import SatelliteStream
from custom_components.realtime_pumpkin.links.tap import Tap
from custom_components.realtime_pumpkin.loans import Loans
from tests.links.virtual_time import spawn

PIPELINE = "Pumpkin"


def _close(stream: SatelliteStream) -> None:
    """Talk with nobody who was not asked."""
    stream.close()


def assist_access(hass: HomeAssistant) -> AssistAccess:
    """Return a way to satellites whose pipeline has a name and no voice."""

    async def pipeline() -> str:
        """Return the name of the pipeline."""
        return PIPELINE

    return AssistAccess(Tap(hass, _close), Loans(hass), pipeline, Announcements(hass))


def voice_links(hass: HomeAssistant, browser: BrowserPort) -> VoiceLinks:
    """Return what makes the ends of a voice."""
    return VoiceLinks(hass, spawn, browser=browser, access=assist_access(hass))
