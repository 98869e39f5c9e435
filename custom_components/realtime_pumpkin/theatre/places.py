"""Where a voice stands: on a stage of a name, or in an area with others."""

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr, entity_registry as er

from ..options import AssistMicrophone, MediaPlayerSpeaker, VoiceOptions


def stage_of(
    hass: HomeAssistant, options: VoiceOptions, device_id: str | None
) -> str | None:
    """Return the stage of a voice: a name of the user's, else its area's id.

    The area is that of the voice's own device, else of its satellite, else of its
    media player. None where it shares no stage or where nobody knows its area.
    """
    if not options.ensemble.shares_stage:
        return None
    if name := (options.ensemble.stage_name or "").strip():
        return f"name {name.casefold()}"
    area_id = _area_of_device(hass, device_id)
    for entity_id in _entities(options):
        area_id = area_id or _area_of_entity(hass, entity_id)
    return f"area {area_id}" if area_id else None


def _entities(options: VoiceOptions) -> list[str]:
    """Return the entities through which a voice listens and speaks."""
    ends = (options.microphone, options.speaker)
    return [
        end.entity_id
        for end in ends
        if isinstance(end, AssistMicrophone | MediaPlayerSpeaker)
    ]


def _area_of_entity(hass: HomeAssistant, entity_id: str) -> str | None:
    """Return the area of an entity, which may be its device's."""
    entry = er.async_get(hass).async_get(entity_id)
    if entry is None:
        return None
    return entry.area_id or _area_of_device(hass, entry.device_id)


def _area_of_device(hass: HomeAssistant, device_id: str | None) -> str | None:
    """Return the area of a device."""
    device = dr.async_get(hass).async_get(device_id) if device_id else None
    return device.area_id if device else None
