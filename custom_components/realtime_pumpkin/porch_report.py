"""What a porch check found out, in words."""

from collections.abc import Iterator
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations

from .calibration import Calibration
from .const import DOMAIN, TurnDetection
from .links.assist_wake import WAKE_TIMEOUT_S
from .manners import TurnTaking

_PREFIX: Final = f"component.{DOMAIN}.common.porch_check_"


async def async_summary(
    hass: HomeAssistant, found: Calibration, turns: TurnTaking
) -> str:
    """Return what was found out, and set, as sentences in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "common", [DOMAIN])
    figures = {
        **found.as_data(),
        "threshold": found.threshold,
        "chosen_threshold": turns.threshold,
    }
    return " ".join(
        texts[_PREFIX + key].format_map(figures) for key in _sentences(found, turns)
    )


async def async_request(hass: HomeAssistant, satellite: str) -> str:
    """Return what asks for a satellite's wake word, in Home Assistant's language."""
    texts = await async_get_translations(hass, hass.config.language, "common", [DOMAIN])
    return texts[_PREFIX + "wake"].format(
        satellite=satellite, seconds=round(WAKE_TIMEOUT_S)
    )


def _sentences(found: Calibration, turns: TurnTaking) -> Iterator[str]:
    """Yield the keys of the sentences that are true."""
    if found.is_deaf:
        yield "deaf"
        return
    if found.is_too_noisy:
        yield "too_noisy"
    elif not found.is_heard:
        yield from ("unheard", "noise")
    else:
        yield "heard"
        if found.prebuffer_ms:
            yield "prebuffer"
        yield from ("cancelled" if found.echo_cancelled else "echo", "noise")
    if turns.turn_detection is TurnDetection.SERVER_VAD:
        yield "threshold" if turns.threshold is None else "threshold_chosen"
