"""Models that their provider shuts down, told in time and with a way on."""

from datetime import timedelta
from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util

from .catalog import MODELS, Model
from .const import CONF_MODEL, CONF_PROVIDER, DEFAULT_MODEL, DOMAIN, Provider
from .issues import ATTR_ENTRY_ID, ATTR_VOICE_ID

ISSUE: Final = "model_retired"
TOLD_BEFORE: Final = timedelta(weeks=8)


@callback
def async_check_model(
    hass: HomeAssistant, entry: ConfigEntry, voice: ConfigSubentry
) -> None:
    """Offer another model where a voice's is or will soon be shut down."""
    model = retiring_model(entry, voice)
    today = dt_util.now().date()
    if (
        model is None
        or model.retired_on is None
        or today < model.retired_on - TOLD_BEFORE
    ):
        async_clear_model(hass, voice.subentry_id)
    else:
        _create_issue(hass, entry, voice, model, is_gone=model.retired_on <= today)


def retiring_model(entry: ConfigEntry, voice: ConfigSubentry) -> Model | None:
    """Return the model of a voice where it has a date and a replacement.

    Only OpenAI's own: deployments and other servers name theirs as they like.
    """
    if entry.data.get(CONF_PROVIDER) != Provider.OPENAI:
        return None
    model = MODELS.get(voice.data.get(CONF_MODEL, DEFAULT_MODEL))
    return model if model and model.retired_on and model.replacement else None


@callback
def async_clear_model(hass: HomeAssistant, voice_id: str) -> None:
    """Take back what was said of a voice's model."""
    ir.async_delete_issue(hass, DOMAIN, issue_id(voice_id))


def issue_id(voice_id: str) -> str:
    """Return the id of the issue of a voice's model."""
    return f"{ISSUE}_{voice_id}"


def _create_issue(
    hass: HomeAssistant,
    entry: ConfigEntry,
    voice: ConfigSubentry,
    model: Model,
    *,
    is_gone: bool,
) -> None:
    """Create a repair that moves the voice by a click."""
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue_id(voice.subentry_id),
        is_fixable=True,
        data={ATTR_ENTRY_ID: entry.entry_id, ATTR_VOICE_ID: voice.subentry_id},
        severity=ir.IssueSeverity.ERROR if is_gone else ir.IssueSeverity.WARNING,
        translation_key=ISSUE,
        translation_placeholders={
            "voice": voice.title,
            "model": model.id,
            "date": str(model.retired_on),
            "replacement": str(model.replacement),
        },
    )
