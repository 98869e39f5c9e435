"""Data of an account or a voice that cannot be read: put aside, and told.

Somebody edited them, a disk broke, or a newer release wrote them. What lies aside is
tried again at each set-up, and is gone once its form was filled in anew.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal, NotRequired, TypedDict

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import CONF_API_KEY, MAX_LENGTH_STATE_STATE
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from pydantic import Field as Bound, TypeAdapter

from . import schema
from .calibration import Calibration
from .const import (
    CONF_BASE_URL,
    CONF_CALIBRATION,
    CONF_CHARACTERS,
    CONF_DISPLACED,
    CONF_INSTRUCTIONS,
    CONF_KIND,
    CONF_MICROPHONE,
    CONF_MODEL,
    CONF_OPENINGS,
    CONF_ORGANIZATION,
    CONF_PERSONA,
    CONF_PORT,
    CONF_PROVIDER,
    CONF_SCRIPTS,
    CONF_SPEAKER,
    CONF_TRANSCRIPT_DELTAS,
    CONF_TRANSCRIPTS,
    CONF_UNREADABLE,
    CONF_VOICE,
    DEFAULT_SATELLITE_PORT,
    DOMAIN,
    LOGGER,
    SUBENTRY_VOICE,
    MicrophoneKind,
    Provider,
    SpeakerKind,
    Transcripts,
)
from .fields import Wrong
from .manners import Limits
from .migration import provider_of
from .stored import EntityId, read

ISSUE: Final = "voice_unreadable"

type _Readers = Mapping[str, Callable[[Any], Any]]
"""What is stored of each field, as it is read; `ValueError` where it cannot be."""


type _Shown = Annotated[str, Bound(max_length=MAX_LENGTH_STATE_STATE)]
"""A name that is the state of an entity."""


class _Wyoming(TypedDict):
    """A satellite that we connect to."""

    kind: Literal[MicrophoneKind.WYOMING]
    host: str
    port: NotRequired[Annotated[float, Bound(ge=1, le=65535)]]
    disabled_entry_id: NotRequired[str]


class _Entity(TypedDict):
    """A satellite or a player of the house."""

    kind: Literal[MicrophoneKind.ASSIST, SpeakerKind.MEDIA_PLAYER]
    entity_id: EntityId


class _Itself(TypedDict):
    """A browser's tab, or the satellite that is the microphone."""

    kind: Literal[MicrophoneKind.BROWSER, SpeakerKind.SATELLITE]


class _Character(TypedDict, total=False):
    """Who a voice was before."""

    instructions: str
    openings: list[str]
    voice: _Shown


def _as(kind: Any) -> Callable[[Any], Any]:
    """Return what leaves a value as it is; it raises `ValueError` for other types."""
    adapter = TypeAdapter[Any](kind)

    def reader(value: Any) -> Any:
        """Return a value of this type."""
        read(adapter, value)
        return value

    return reader


def _microphone(value: Any) -> Any:
    """Return where a voice listens, with the port of a satellite."""
    read(_MICROPHONE, value)
    if MicrophoneKind(value[CONF_KIND]) is MicrophoneKind.WYOMING:
        return {**value, CONF_PORT: int(value.get(CONF_PORT, DEFAULT_SATELLITE_PORT))}
    return value


def _speaker(value: Any) -> Any:
    """Return where a voice speaks."""
    read(_SPEAKER, value)
    SpeakerKind(value[CONF_KIND])
    return value


def _displaced(value: Any) -> Any:
    """Return the manners that a persona displaced; None is one that was not set."""
    for name, old in read(_ANY_OF_THEM, value).items():
        if old is not None:
            schema.MANNERS_READERS[name](old)
    return value


_MICROPHONE: Final = TypeAdapter[Any](_Wyoming | _Entity | _Itself)
_SPEAKER: Final = TypeAdapter[Any](_Entity | _Itself)
_ANY_OF_THEM: Final = TypeAdapter(dict[str, Any])
_VOICE: Final[_Readers] = {
    **schema.MANNERS_READERS,
    CONF_INSTRUCTIONS: _as(str),
    CONF_VOICE: _as(_Shown),
    CONF_MODEL: _as(str),
    CONF_PERSONA: _as(str),
    CONF_OPENINGS: _as(list[str]),
    CONF_MICROPHONE: _microphone,
    CONF_SPEAKER: _speaker,
    CONF_TRANSCRIPT_DELTAS: _as(bool),
    CONF_CALIBRATION: _as(Calibration),
    CONF_CHARACTERS: _as(dict[str, _Character]),
    CONF_DISPLACED: _displaced,
}
_ACCOUNT: Final[_Readers] = {
    CONF_PROVIDER: _as(Provider),
    CONF_API_KEY: _as(str),
    CONF_BASE_URL: _as(str),
    CONF_ORGANIZATION: _as(str),
}
_CAREFUL: Final[Mapping[str, Mapping[str, Any]]] = {
    CONF_TRANSCRIPTS: {CONF_TRANSCRIPTS: Transcripts.NONE.value},
    "sensitive": {CONF_SCRIPTS: [], "llm_apis": [], "exposed_entities": []},
    "monthly_budget_usd": {"daily_budget_usd": Limits().daily_budget_usd},
    # The key is for the server that cannot be read, and for no other.
    CONF_BASE_URL: {CONF_BASE_URL: ""},
}
"""What is stored meanwhile, where the default is more than was allowed."""


@callback
def async_put_aside(hass: HomeAssistant, entry: ConfigEntry) -> None:
    """Put aside what of an account and its voices cannot be read; say so."""
    data = sorted_out(entry.data, _ACCOUNT)
    if CONF_PROVIDER not in data:
        data[CONF_PROVIDER] = provider_of(data.get(CONF_BASE_URL, "")).value
    if data != entry.data:
        hass.config_entries.async_update_entry(entry, data=data)
    _tell(entry.title, data)
    for voice in entry.subentries.values():
        if voice.subentry_type == SUBENTRY_VOICE:
            data = sorted_out(voice.data, _VOICE)
            if data != voice.data:
                hass.config_entries.async_update_subentry(entry, voice, data=data)
            _tell(voice.title, data)


def sorted_out(stored: Mapping[str, Any], readers: _Readers) -> dict[str, Any]:
    """Return data of which what cannot be read lies aside, in a field of its own."""
    own = dict(stored)
    aside = own.pop(CONF_UNREADABLE, None)
    aside = aside if isinstance(aside, dict) else {}
    known = {**own, **aside}
    values = {name: _value(name, value, readers) for name, value in known.items()}
    broken = {name for name, value in values.items() if isinstance(value, Wrong)}
    held = broken | {
        name
        for broke in broken
        for name in _CAREFUL.get(broke, {}).keys()
        & (aside if broke in aside else known)
    }
    data = {name: value for name, value in values.items() if name not in held}
    for name in held & aside.keys() & own.keys():  # It was set since.
        if not isinstance(value := _value(name, own[name], readers), Wrong):
            data[name] = value
    for name in broken:
        data = {**_CAREFUL.get(name, {}), **data}
    return data | (
        {CONF_UNREADABLE: {name: known[name] for name in held}} if held else {}
    )


def _value(name: str, stored: Any, readers: _Readers) -> Any:
    """Return a field's value, or that it is wrong; what nobody reads stays as it is."""
    if name not in readers:
        return stored
    try:
        value = readers[name](stored)
    except KeyError, TypeError, ValueError:
        return Wrong(stored, ISSUE)
    # Home Assistant stores no 240 in place of 240.0: they are equal.
    is_split = isinstance(stored, float) and isinstance(value, int)
    return Wrong(stored, ISSUE) if is_split else value


def _tell(title: str, data: Mapping[str, Any]) -> None:
    """Name what lies aside: the values may be secret."""
    if aside := data.get(CONF_UNREADABLE):
        names = ", ".join(sorted(aside))
        LOGGER.warning("Some of %s cannot be read and lies aside: %s", title, names)


@callback
def async_check_ends(
    hass: HomeAssistant, entry: ConfigEntry, voice: ConfigSubentry
) -> bool:
    """Tell whether a voice has its two ends, without which it cannot be set up."""
    if {CONF_MICROPHONE, CONF_SPEAKER} <= voice.data.keys():
        return True
    issue = issue_id(voice.subentry_id)
    ir.async_create_issue(
        hass,
        DOMAIN,
        issue,
        is_fixable=False,
        severity=ir.IssueSeverity.ERROR,
        translation_key=ISSUE,
        translation_placeholders={"voice": voice.title},
    )
    entry.async_on_unload(lambda: ir.async_delete_issue(hass, DOMAIN, issue))
    return False


def issue_id(voice_id: str) -> str:
    """Return the id of the issue of a voice that cannot be set up."""
    return f"{ISSUE}_{voice_id}"
