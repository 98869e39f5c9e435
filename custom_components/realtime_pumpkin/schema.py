"""The forms of the flows."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from homeassistant.const import CONF_API_KEY, CONF_NAME
from homeassistant.core import split_entity_id
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TextSelector,
    TextSelectorConfig,
    TextSelectorType,
    TimeSelector,
)
import probatio

from .catalog import models_of, voices_of
from .const import (
    CONF_BARGE_IN,
    CONF_BASE_URL,
    CONF_HOST,
    CONF_INSTRUCTIONS,
    CONF_JOINS_BROADCASTS,
    CONF_MICROPHONE,
    CONF_MODEL,
    CONF_OPENINGS,
    CONF_ORGANIZATION,
    CONF_PERSONA,
    CONF_PORT,
    CONF_PROVIDER,
    CONF_SCRIPTS,
    CONF_SPEAKER,
    CONF_SPEAKER_VOLUME,
    CONF_TRANSCRIPTS,
    CONF_VOICE,
    DEFAULT_SATELLITE_PORT,
    SCRIPT_DOMAIN,
    BargeIn,
    BusyPolicy,
    Eagerness,
    NoiseReduction,
    Provider,
    Transcripts,
    TurnDetection,
)
from .fields import Field
from .manners import Children, Limits, TurnTaking
from .personas import Persona

ADVANCED: Final = "advanced"
CONF_CONSENT: Final = "consent"
CONF_REGARDLESS: Final = "regardless"
KEEP: Final = "keep"
"""Chosen instead of a persona: the voice stays who it is."""

_KEY: Final = Field(
    TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off"))
)


class _OnOrOff(BooleanSelector):
    """A switch that takes no word for yes: consent is nothing to guess."""

    def __call__(self, data: Any) -> bool:
        """Return whether it is on."""
        if not isinstance(data, bool):
            raise probatio.Invalid("neither on nor off")
        return data


def _switch() -> Field:
    """Return a field that is on or off."""
    return Field(_OnOrOff())


def _choice(name: str, options: Iterable[StrEnum]) -> Field:
    """Return a field for one of a few options, whose texts have its name."""
    return Field(
        SelectSelector(
            SelectSelectorConfig(
                options=[option.value for option in options],
                translation_key=name,
                mode=SelectSelectorMode.DROPDOWN,
            )
        )
    )


_SERVERS: Final = tuple(each for each in Provider if each is not Provider.REHEARSAL)
_PROVIDER: Final = probatio.Required(CONF_PROVIDER, default=Provider.OPENAI.value)
_SERVER: Final = section(
    probatio.Schema(
        {
            probatio.Optional(CONF_BASE_URL): Field(
                TextSelector(TextSelectorConfig(type=TextSelectorType.URL))
            ),
            probatio.Optional(CONF_ORGANIZATION): Field(TextSelector()),
        }
    ),
    {"collapsed": True},
)
ACCOUNT: Final = probatio.Schema(
    {
        _PROVIDER: _choice(CONF_PROVIDER, _SERVERS),
        probatio.Required(CONF_API_KEY): _KEY,
        probatio.Optional(ADVANCED): _SERVER,
    }
)
REAUTH: Final = probatio.Schema({probatio.Required(CONF_API_KEY): _KEY})
# An empty key keeps the stored one, which no form ever shows.
RECONFIGURE: Final = probatio.Schema(
    {
        _PROVIDER: _choice(CONF_PROVIDER, _SERVERS),
        probatio.Optional(CONF_API_KEY): _KEY,
        probatio.Optional(ADVANCED): _SERVER,
    }
)


def folded_account(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return an account's data as its form shows them."""
    inner = (CONF_BASE_URL, CONF_ORGANIZATION)
    shown = {key: value for key, value in data.items() if key not in inner}
    shown[ADVANCED] = {key: data[key] for key in inner if key in data}
    return shown


def select(
    options: Iterable[SelectOptionDict],
    mode: SelectSelectorMode,
    *,
    typed: bool = False,
) -> Field:
    """Return a field for one of options that have their texts; `typed`: or other."""
    return Field(
        SelectSelector(
            SelectSelectorConfig(options=list(options), custom_value=typed, mode=mode)
        )
    )


def gallery(personas: Iterable[Persona], *, keep: str | None) -> probatio.Schema:
    """Return the form for who a voice is; `keep` is the text of staying so."""
    options = [
        SelectOptionDict(value=one.id, label=f"{one.name}: {one.description}")
        for one in personas
    ]
    if keep is not None:
        options.insert(0, SelectOptionDict(value=KEEP, label=keep))
    field = select(options, SelectSelectorMode.LIST)
    default = options[0]["value"]
    return probatio.Schema({probatio.Required(CONF_PERSONA, default=default): field})


def character(persona: Persona, provider: Provider) -> probatio.Schema:
    """Return the form for what makes a character, filled in with a persona."""
    voices, models = voices_of(provider), models_of(provider)
    voice = persona.voice if persona.voice in voices else voices[0]
    lines = {"suggested_value": list(persona.openings)} if persona.openings else None
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME, default=persona.name): Field(TextSelector()),
            probatio.Required(
                CONF_INSTRUCTIONS, default=persona.instructions
            ): _Template,
            probatio.Optional(CONF_OPENINGS, description=lines): Field(
                TextSelector(TextSelectorConfig(multiple=True))
            ),
            probatio.Required(CONF_VOICE, default=voice): _free_choice(voices),
            probatio.Required(CONF_MODEL, default=models[0]): _free_choice(models),
        }
    )


class _AnyTemplate(TemplateSelector):
    """A template editor: what is no template is said with its reason."""

    def __call__(self, data: Any) -> str:
        """Take any text; the step renders it."""
        if not isinstance(data, str):
            raise probatio.Invalid("no text")
        return data


_Template: Final = Field(_AnyTemplate())


def _free_choice(options: Iterable[str]) -> Field:
    """Return a field for one of some names, or a name that is typed."""
    return Field(
        SelectSelector(
            SelectSelectorConfig(
                options=list(options),
                custom_value=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        )
    )


def microphone(places: Iterable[SelectOptionDict]) -> probatio.Schema:
    """Return the form for where a voice listens."""
    places = list(places)
    field = select(places, SelectSelectorMode.LIST)
    default = places[0]["value"]
    return probatio.Schema({probatio.Required(CONF_MICROPHONE, default=default): field})


def address(found: Iterable[SelectOptionDict]) -> probatio.Schema:
    """Return the form for a satellite's address; `found` are those in the network."""
    found = list(found)
    typed = Field(TextSelector())
    host = select(found, SelectSelectorMode.DROPDOWN, typed=True) if found else typed
    return probatio.Schema(
        {
            probatio.Required(CONF_HOST): host,
            probatio.Required(CONF_PORT, default=DEFAULT_SATELLITE_PORT): _number(
                1, 65535
            ),
        }
    )


CONSENT: Final = probatio.Schema(
    {probatio.Required(CONF_CONSENT, default=False): _switch()}
)


def speaker(places: Iterable[SelectOptionDict], *, may_insist: bool) -> probatio.Schema:
    """Return the form for where a voice speaks, once tried with a way to insist."""
    places = list(places)
    default = places[0]["value"]
    fields: dict[Any, Any] = {
        probatio.Required(CONF_SPEAKER, default=default): select(
            places, SelectSelectorMode.DROPDOWN
        )
    }
    if may_insist:
        fields[probatio.Required(CONF_REGARDLESS, default=False)] = _switch()
    return probatio.Schema(fields)


def _number(
    least: float, most: float, unit: str | None = None, step: float = 1
) -> Field:
    """Return a field for a number; whole steps make it an integer."""
    box = NumberSelectorConfig(
        min=least, max=most, step=step, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        box["unit_of_measurement"] = unit
    return Field(NumberSelector(box), int if step == 1 else float)


def _group(defaults: Mapping[str, Any], **fields: Any) -> section:
    """Return a folded part of a form; a field without a default may stay empty."""
    return section(
        probatio.Schema(
            {
                probatio.Optional(name)
                if defaults[name] is None
                else probatio.Required(name, default=defaults[name]): field
                for name, field in fields.items()
            }
        ),
        {"collapsed": True},
    )


_TURN_TAKING: Final = _group(
    {CONF_BARGE_IN: BargeIn.AUTO.value, **TurnTaking().as_data()},
    barge_in=_choice("barge_in", BargeIn),
    echo_tail_ms=_number(0, 5000, "ms"),
    min_speech_ms=_number(0, 2000, "ms"),
    turn_detection=_choice("turn_detection", TurnDetection),
    threshold=_number(0, 1, step=0.05),
    prefix_padding_ms=_number(0, 2000, "ms"),
    silence_duration_ms=_number(100, 5000, "ms"),
    eagerness=_choice("eagerness", Eagerness),
    noise_reduction=_choice("noise_reduction", NoiseReduction),
    trims_silence=_switch(),
)
_SOUND: Final = _group({CONF_SPEAKER_VOLUME: None}, speaker_volume=_number(0, 100, "%"))
_LIMITS: Final = _group(
    {**Limits().as_data(), CONF_JOINS_BROADCASTS: False},
    max_duration_s=_number(10, 3600, "s"),
    idle_timeout_s=_number(5, 600, "s"),
    busy=_choice("busy", BusyPolicy),
    cooldown_s=_number(0, 86400, "s"),
    quiet_from=Field(TimeSelector()),
    quiet_until=Field(TimeSelector()),
    daily_budget_usd=_number(0, 10000, "USD", step=0.01),
    monthly_budget_usd=_number(0, 100000, "USD", step=0.01),
    joins_broadcasts=_switch(),
)


def _only_scripts(entity_ids: list[str]) -> list[str]:
    """Return scripts as they are; raise `ValueError` where one is no script."""
    if any(split_entity_id(one)[0] != SCRIPT_DOMAIN for one in entity_ids):
        raise ValueError("no script")
    return entity_ids


_TOOLS: Final = _group(
    {CONF_SCRIPTS: None},
    scripts=Field(
        EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(domain=SCRIPT_DOMAIN),
                multiple=True,
            )
        ),
        _only_scripts,
    ),
)
_PRIVACY: Final = _group(
    {CONF_TRANSCRIPTS: Transcripts.ALL.value},
    transcripts=_choice(CONF_TRANSCRIPTS, Transcripts),
)
_CHILDREN: Final = _group(
    Children().as_data(),
    safety_rules=_switch(),
    says_it_is_a_computer=_switch(),
)
_GROUPS: Final[Mapping[str, section]] = {
    "turn_taking": _TURN_TAKING,
    "sound": _SOUND,
    "limits": _LIMITS,
    "tools": _TOOLS,
    "privacy": _PRIVACY,
    "children": _CHILDREN,
}
# A part has no default: the frontend would take it for what is inside the part.
MANNERS: Final = probatio.Schema(
    {probatio.Optional(name): group for name, group in _GROUPS.items()}
)
MANNERS_FIELDS: Final = frozenset(
    str(field) for group in _GROUPS.values() for field in group.schema.schema
)


def fold(stored: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return a voice's data as its manners' form shows them, part by part."""
    return {
        name: {
            str(field): stored[field]
            for field in group.schema.schema
            if field in stored
        }
        for name, group in _GROUPS.items()
    }


def unfold(given: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return what was filled in, as it is stored: without parts."""
    return {field: value for part in given.values() for field, value in part.items()}
