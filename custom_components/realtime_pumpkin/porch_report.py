"""What a porch check found out, in words."""

from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .calibration import Calibration
from .const import DOMAIN

_PREFIX: Final = f"component.{DOMAIN}.common.porch_check_"


async def async_summary(hass: HomeAssistant, found: Calibration) -> str:
    """Return what was found out as sentences in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "common", [DOMAIN])
    return " ".join(
        texts[_PREFIX + key].format_map(found.as_data()) for key in _sentences(found)
    )


def _sentences(found: Calibration) -> tuple[str, ...]:
    """Return the keys of the sentences that are true."""
    if found.is_deaf:
        return ("deaf",)
    if found.is_too_noisy:
        return ("too_noisy",)
    if not found.is_heard:
        return ("unheard", "noise")
    return "heard", "cancelled" if found.echo_cancelled else "echo", "noise"
