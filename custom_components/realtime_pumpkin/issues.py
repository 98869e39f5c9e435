"""What went wrong, told to a person: as an action's error and as a repair."""

from typing import Final

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import issue_registry as ir

from .const import (
    CONF_HOST,
    CONF_KIND,
    CONF_MICROPHONE,
    CONF_PORT,
    DOMAIN,
    MicrophoneKind,
)
from .disabled_entries import holder
from .limits import BudgetReached, MonthlyBudgetReached, Refusal
from .links.errors import (
    LinkError,
    NoInternalUrl,
    SatelliteModeUnsupported,
    SatelliteNotASatellite,
    SatelliteOccupied,
    SatelliteSilent,
    SatelliteTaken,
    SpeakerNeverFetched,
)
from .realtime.errors import ErrorKind, RealtimeError

ATTR_ENTRY_ID: Final = "entry_id"
ATTR_VOICE_ID: Final = "voice_id"
ATTR_HOLDER_ID: Final = "holder_id"

type Failure = LinkError | RealtimeError

# Only these need a person's hand; the rest passes or is told by the action.
_LINK_ISSUES: Final = frozenset(
    error.translation_key
    for error in (
        NoInternalUrl,
        SatelliteModeUnsupported,
        SatelliteNotASatellite,
        SatelliteOccupied,
        SatelliteSilent,
        SatelliteTaken,
        SpeakerNeverFetched,
    )
)
_ACCOUNT_ISSUES: Final = frozenset(
    kind.translation_key
    for kind in (ErrorKind.MODEL, ErrorKind.QUOTA, ErrorKind.WRONG_URL, ErrorKind.TLS)
)
_BUDGET_ISSUES: Final = frozenset(
    budget.translation_key for budget in (BudgetReached, MonthlyBudgetReached)
)
ISSUES: Final = _LINK_ISSUES | _ACCOUNT_ISSUES | _BUDGET_ISSUES


def as_home_assistant_error(failure: Failure) -> HomeAssistantError:
    """Return the failure as an action raises it, translated."""
    return HomeAssistantError(
        translation_domain=DOMAIN,
        translation_key=failure.translation_key,
        translation_placeholders=failure.placeholders,
    )


def as_validation_error(refusal: Refusal) -> ServiceValidationError:
    """Return why no conversation may start as an action raises it, translated."""
    return ServiceValidationError(
        translation_domain=DOMAIN,
        translation_key=refusal.translation_key,
        translation_placeholders=refusal.placeholders,
    )


@callback
def async_show_budget(
    hass: HomeAssistant, reached: BudgetReached | None, voice: ConfigSubentry
) -> None:
    """Tell that a budget is spent for as long as it is."""
    for key in _BUDGET_ISSUES:
        if reached is None or key != reached.translation_key:
            ir.async_delete_issue(hass, DOMAIN, _issue_id(key, voice.subentry_id))
    if reached is not None:
        _create_issue(hass, reached, voice, ir.IssueSeverity.WARNING)


@callback
def async_raise_issue(
    hass: HomeAssistant, failure: Failure, entry: ConfigEntry, voice: ConfigSubentry
) -> None:
    """Ask the user for help where only they can mend what failed.

    A refused key asks for a new one, as Home Assistant does everywhere.
    """
    if isinstance(failure, RealtimeError) and failure.kind is ErrorKind.AUTH:
        entry.async_start_reauth(hass)
        return
    if isinstance(failure, SatelliteOccupied) and async_check_satellite(
        hass, entry, voice
    ):
        return
    if failure.translation_key in ISSUES:
        _create_issue(hass, failure, voice, ir.IssueSeverity.ERROR)


@callback
def async_check_satellite(
    hass: HomeAssistant, entry: ConfigEntry, voice: ConfigSubentry
) -> bool:
    """Offer to take a voice's satellite over where Home Assistant itself holds it."""
    microphone = voice.data[CONF_MICROPHONE]
    if microphone[CONF_KIND] != MicrophoneKind.WYOMING:
        return False
    holding = holder(hass, microphone[CONF_HOST], microphone[CONF_PORT])
    if holding is None:
        return False
    ids: dict[str, str | int | float | None] = {
        ATTR_ENTRY_ID: entry.entry_id,
        ATTR_VOICE_ID: voice.subentry_id,
        ATTR_HOLDER_ID: holding.entry_id,
    }
    taken = SatelliteTaken(name=holding.title)
    _create_issue(hass, taken, voice, ir.IssueSeverity.ERROR, ids)
    return True


@callback
def async_clear_issues(hass: HomeAssistant, voice_id: str) -> None:
    """Take back what was asked for a voice (its subentry id): it works now."""
    for key in ISSUES:
        ir.async_delete_issue(hass, DOMAIN, _issue_id(key, voice_id))


def _create_issue(
    hass: HomeAssistant,
    reason: Failure | BudgetReached,
    voice: ConfigSubentry,
    severity: ir.IssueSeverity,
    fix: dict[str, str | int | float | None] | None = None,
) -> None:
    """Create a voice's repair; `fix` is what its fix flow needs, where it has one."""
    key = reason.translation_key
    ir.async_create_issue(
        hass,
        DOMAIN,
        _issue_id(key, voice.subentry_id),
        is_fixable=fix is not None,
        data=fix,
        severity=severity,
        translation_key=key,
        translation_placeholders={"voice": voice.title, **reason.placeholders},
    )


def _issue_id(key: str, voice_id: str) -> str:
    """Return the id of a voice's issue."""
    return f"{key}_{voice_id}"
