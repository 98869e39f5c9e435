"""Fields and folded parts that the forms are made of."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

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
)
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


def several(options: Iterable[SelectOptionDict]) -> Field:
    """Return a field for any number of options that have their texts."""
    return Field(
        SelectSelector(
            SelectSelectorConfig(
                options=list(options), multiple=True, mode=SelectSelectorMode.DROPDOWN
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
        )
    )


def number(
    least: float, most: float, unit: str | None = None, step: float = 1
) -> Field:
    """Return a field for a number; whole steps make it an integer."""
    box = NumberSelectorConfig(
        min=least, max=most, step=step, mode=NumberSelectorMode.BOX
    )
    if unit is not None:
        box["unit_of_measurement"] = unit
    return Field(NumberSelector(box), int if step == 1 else float)


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
