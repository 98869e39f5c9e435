"""The forms of the flows."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from homeassistant.components.media_player.const import DOMAIN as MEDIA_PLAYER_DOMAIN
from homeassistant.const import CONF_API_KEY, CONF_NAME
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    EntitySelector,
    EntitySelectorConfig,
    EntityWithDeviceFilterSelectorConfig,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
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

from .const import (
    CONF_BARGE_IN,
    CONF_BASE_URL,
    CONF_ENTITY_ID,
    CONF_HOST,
    CONF_INSTRUCTIONS,
    CONF_MODEL,
    CONF_PORT,
    CONF_SCRIPTS,
    CONF_VOICE,
    DEFAULT_BASE_URL,
    DEFAULT_INSTRUCTIONS,
    DEFAULT_MODEL,
    DEFAULT_SATELLITE_PORT,
    DEFAULT_VOICE,
    MODELS,
    SCRIPT_DOMAIN,
    VOICES,
    BargeIn,
    BusyPolicy,
    Eagerness,
    NoiseReduction,
    TurnDetection,
)
from .manners import Children, Limits, TurnTaking

DEFAULT_NAME: Final = "Pumpkin"

_KEY: Final = TextSelector(
    TextSelectorConfig(type=TextSelectorType.PASSWORD, autocomplete="off")
)
_URL: Final = TextSelector(TextSelectorConfig(type=TextSelectorType.URL))

ACCOUNT: Final = probatio.Schema(
    {
        probatio.Required(CONF_API_KEY): _KEY,
        probatio.Required(CONF_BASE_URL, default=DEFAULT_BASE_URL): _URL,
    }
)
REAUTH: Final = probatio.Schema({probatio.Required(CONF_API_KEY): _KEY})
# An empty key keeps the stored one, which no form ever shows.
RECONFIGURE: Final = probatio.Schema(
    {probatio.Optional(CONF_API_KEY): _KEY, probatio.Required(CONF_BASE_URL): _URL}
)

PERSONA: Final = probatio.Schema(
    {
        probatio.Required(CONF_NAME, default=DEFAULT_NAME): TextSelector(),
        probatio.Required(
            CONF_INSTRUCTIONS, default=DEFAULT_INSTRUCTIONS
        ): TemplateSelector(),
        probatio.Required(CONF_VOICE, default=DEFAULT_VOICE): SelectSelector(
            SelectSelectorConfig(
                options=list(VOICES),
                custom_value=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        probatio.Required(CONF_MODEL, default=DEFAULT_MODEL): SelectSelector(
            SelectSelectorConfig(
                options=list(MODELS),
                custom_value=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        probatio.Optional(CONF_SCRIPTS): EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(domain=SCRIPT_DOMAIN),
                multiple=True,
            )
        ),
    }
)
MICROPHONE: Final = probatio.Schema(
    {
        probatio.Required(CONF_HOST): TextSelector(),
        probatio.Required(CONF_PORT, default=DEFAULT_SATELLITE_PORT): probatio.All(
            NumberSelector(
                NumberSelectorConfig(
                    min=1, max=65535, step=1, mode=NumberSelectorMode.BOX
                )
            ),
            probatio.Coerce(int),
        ),
    }
)
SPEAKER: Final = probatio.Schema(
    {
        probatio.Optional(CONF_ENTITY_ID): EntitySelector(
            EntitySelectorConfig(
                filter=EntityWithDeviceFilterSelectorConfig(
                    domain=MEDIA_PLAYER_DOMAIN,
                    supported_features=[
                        "media_player.MediaPlayerEntityFeature.PLAY_MEDIA"
                    ],
                )
            )
        )
    }
)


def _number(
    least: float, most: float, unit: str | None = None, step: float = 1
) -> probatio.All[Any]:
    """Return a field for a number; whole steps make it an integer."""
    box = NumberSelectorConfig(
        min=least, max=most, step=step, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        box["unit_of_measurement"] = unit
    return probatio.All(
        NumberSelector(box), probatio.Coerce(int if step == 1 else float)
    )


def _choice(name: str, options: type[StrEnum]) -> SelectSelector:
    """Return a field for one of a few options, whose texts have its name."""
    return SelectSelector(
        SelectSelectorConfig(
            options=[option.value for option in options],
            translation_key=name,
            mode=SelectSelectorMode.DROPDOWN,
        )
    )


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
    trims_silence=BooleanSelector(),
)
_LIMITS: Final = _group(
    Limits().as_data(),
    max_duration_s=_number(10, 3600, "s"),
    idle_timeout_s=_number(5, 600, "s"),
    busy=_choice("busy", BusyPolicy),
    cooldown_s=_number(0, 86400, "s"),
    quiet_from=TimeSelector(),
    quiet_until=TimeSelector(),
    daily_budget_usd=_number(0, 10000, "USD", step=0.01),
    monthly_budget_usd=_number(0, 100000, "USD", step=0.01),
)
_CHILDREN: Final = _group(
    Children().as_data(),
    safety_rules=BooleanSelector(),
    says_it_is_a_computer=BooleanSelector(),
)
_GROUPS: Final[Mapping[str, section]] = {
    "turn_taking": _TURN_TAKING,
    "limits": _LIMITS,
    "children": _CHILDREN,
}
MANNERS: Final = probatio.Schema(
    {probatio.Required(name): group for name, group in _GROUPS.items()}
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
