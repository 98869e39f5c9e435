"""The form for how a voice behaves, in folded parts."""

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from homeassistant.core import split_entity_id
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    SelectOptionDict,
    TextSelector,
)
import probatio

from ..const import (
    CONF_BARGE_IN,
    CONF_JOINS_BROADCASTS,
    CONF_SCRIPTS,
    CONF_SPEAKER_VOLUME,
    CONF_TRANSCRIPTS,
    SCENE_DOMAIN,
    SCRIPT_DOMAIN,
    BargeIn,
    BusyPolicy,
    Eagerness,
    NoiseReduction,
    Transcripts,
    TurnDetection,
)
from ..fields import Field
from ..manners import Children, Limits, TurnTaking
from ..staging import HouseRules
from .level_targets import level_targets
from .parts import choice, group, number, several, switch, time_of_day
from .senses import SENSES
from .show import SHOW

_TURN_TAKING: Final = group(
    {CONF_BARGE_IN: BargeIn.AUTO.value, **TurnTaking().as_data()},
    barge_in=choice("barge_in", BargeIn),
    echo_tail_ms=number(0, 5000, "ms"),
    min_speech_ms=number(0, 2000, "ms"),
    turn_detection=choice("turn_detection", TurnDetection),
    threshold=number(0, 1, step=0.05),
    prefix_padding_ms=number(0, 2000, "ms"),
    silence_duration_ms=number(100, 5000, "ms"),
    eagerness=choice("eagerness", Eagerness),
    noise_reduction=choice("noise_reduction", NoiseReduction),
    trims_silence=switch(),
)
_SOUND: Final = group({CONF_SPEAKER_VOLUME: None}, speaker_volume=number(0, 100, "%"))
_LIMITS: Final = group(
    {**Limits().as_data(), CONF_JOINS_BROADCASTS: False},
    max_duration_s=number(10, 3600, "s"),
    idle_timeout_s=number(5, 600, "s"),
    busy=choice("busy", BusyPolicy),
    cooldown_s=number(0, 86400, "s"),
    quiet_from=time_of_day(),
    quiet_until=time_of_day(),
    daily_budget_usd=number(0, 10000, "USD", step=0.01),
    monthly_budget_usd=number(0, 100000, "USD", step=0.01),
    joins_broadcasts=switch(),
)


def _only_props(entity_ids: list[str]) -> list[str]:
    """Return props as they are; raise `ValueError` where one is none."""
    if any(split_entity_id(one)[0] not in _PROPS for one in entity_ids):
        raise ValueError("neither a script nor a scene")
    return entity_ids


_PROPS: Final = [SCRIPT_DOMAIN, SCENE_DOMAIN]


_ANY_ENTITIES: Final = EntitySelector(EntitySelectorConfig(multiple=True))
_ANY_PROPS: Final = EntitySelector(
    EntitySelectorConfig(
        multiple=True, filter=EntityWithDeviceFilterSelectorConfig(domain=_PROPS)
    )
)


def _tools(apis: Iterable[SelectOptionDict] = ()) -> section:
    """Return the part for what a voice may use, with the APIs that there are."""
    rules = HouseRules()
    return group(
        {
            CONF_SCRIPTS: None,
            "llm_apis": None,
            "exposed_entities": None,
            "strangers": rules.strangers,
            "sensitive": None,
            "confirmation_phrase": None,
        },
        scripts=Field(_ANY_PROPS, _only_props),
        llm_apis=several(apis),
        exposed_entities=Field(_ANY_ENTITIES),
        strangers=switch(),
        sensitive=Field(_ANY_ENTITIES),
        confirmation_phrase=Field(TextSelector()),
    )


def _jaw_and_candle(labels: Mapping[str, str] = MappingProxyType({})) -> section:
    """Return the part for what moves with a level, with its choices' texts."""
    return group({"level_targets": None}, level_targets=level_targets(labels))


_PRIVACY: Final = group(
    {CONF_TRANSCRIPTS: Transcripts.ALL.value},
    transcripts=choice(CONF_TRANSCRIPTS, Transcripts),
)
_CHILDREN: Final = group(
    Children().as_data(),
    safety_rules=switch(),
    says_it_is_a_computer=switch(),
)
_GROUPS: Final[Mapping[str, section]] = {
    "turn_taking": _TURN_TAKING,
    "sound": _SOUND,
    "limits": _LIMITS,
    "tools": _tools(),
    "jaw_and_candle": _jaw_and_candle(),
    **SENSES,
    **SHOW,
    "privacy": _PRIVACY,
    "children": _CHILDREN,
}
# A part has no default: the frontend would take it for what is inside the part.
MANNERS: Final = probatio.Schema(
    {probatio.Optional(name): group for name, group in _GROUPS.items()}
)


def manners(
    apis: Iterable[SelectOptionDict], followed: Mapping[str, str]
) -> probatio.Schema:
    """Return the form with what there is only when it is shown.

    `apis` are the tools of Assist and MCP servers, `followed` the texts of whose level
    a thing follows.
    """
    return MANNERS.extend(
        {
            probatio.Optional("tools"): _tools(apis),
            probatio.Optional("jaw_and_candle"): _jaw_and_candle(followed),
        }
    )


_FIELDS: Final[Mapping[str, Field]] = {
    str(name): field
    for group in _GROUPS.values()
    for name, field in group.schema.schema.items()
}
MANNERS_FIELDS: Final = frozenset(_FIELDS)
# Which tools of other integrations there are is not known before those are set up.
MANNERS_READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **_FIELDS,
    "llm_apis": several([], typed=True),
}
"""What each field makes of a value that is stored: it is `Wrong`, or as it was taken."""


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
