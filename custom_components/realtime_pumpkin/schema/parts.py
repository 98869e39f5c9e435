"""Fields and folded parts that the forms are made of."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
import math
from typing import Any, Final

from homeassistant.const import MAX_LENGTH_STATE_STATE
from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TemplateSelector,
    TimeSelector,
)
from homeassistant.util import dt as dt_util
import probatio

from ..fields import Field


class _OnOrOff(BooleanSelector):
    """A switch that takes no word for yes: consent is nothing to guess."""

    def __call__(self, data: Any) -> bool:
        """Return whether it is on."""
        if not isinstance(data, bool):
            raise probatio.Invalid("neither on nor off")
        return data


def switch() -> Field:
    """Return a field that is on or off."""
    return Field(_OnOrOff())


def choice(name: str, options: Iterable[StrEnum]) -> Field:
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


def select(
    options: Iterable[SelectOptionDict],
    mode: SelectSelectorMode,
    *,
    typed: bool = False,
    convert: Callable[[str], str] = str,
) -> Field:
    """Return a field for one of options that have their texts; `typed`: or other."""
    return Field(
        SelectSelector(
            SelectSelectorConfig(options=list(options), custom_value=typed, mode=mode)
        ),
        convert,
    )


def several(options: Iterable[SelectOptionDict], *, typed: bool = False) -> Field:
    """Return a field for any number of options that have their texts; `typed`: or other."""
    return Field(
        SelectSelector(
            SelectSelectorConfig(
                options=list(options),
                multiple=True,
                custom_value=typed,
                mode=SelectSelectorMode.DROPDOWN,
            )
        )
    )


class _AnyTemplate(TemplateSelector):
    """A template editor: what is no template is said with its reason."""

    def __call__(self, data: Any) -> str:
        """Take any text; the step renders it."""
        if not isinstance(data, str):
            raise probatio.Invalid("no text")
        return data


def free_choice(options: Iterable[str]) -> Field:
    """Return a field for one of some names, or a name that is typed."""
    return Field(
        SelectSelector(
            SelectSelectorConfig(
                options=list(options),
                custom_value=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        ),
        shown,
    )


def shown(name: str) -> str:
    """Return a name; raise `ValueError` where it is too long for a state."""
    if len(name) > MAX_LENGTH_STATE_STATE:
        raise ValueError("too long for a state")
    return name


class _Number(NumberSelector):
    """A number, which on or off is not."""

    def __call__(self, data: Any) -> float:
        """Return a number within its limits."""
        if isinstance(data, bool):
            raise probatio.Invalid("no number")
        return super().__call__(data)


def number(
    least: float, most: float, unit: str | None = None, step: float = 1
) -> Field:
    """Return a field for a number; whole steps make it an integer."""
    box = NumberSelectorConfig(
        min=least, max=most, step=step, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        box["unit_of_measurement"] = unit
    return Field(_Number(box), int if step == 1 else _finite)


def _finite(value: float) -> float:
    """Return a number; raise `ValueError` for what no limit is compared with."""
    if not math.isfinite(value):
        raise ValueError("no finite number")
    return value


def time_of_day() -> Field:
    """Return a field for a time of the day."""
    return Field(TimeSelector(), _time_of_day)


def _time_of_day(text: str) -> str:
    """Return a time as it is read again: the selector takes more than that."""
    if (parsed := dt_util.parse_time(text)) is None:
        raise ValueError("no time")
    return parsed.isoformat()


def group(defaults: Mapping[str, Any], **fields: Any) -> section:
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


TEMPLATE: Final = Field(_AnyTemplate())
