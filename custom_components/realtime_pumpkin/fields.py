"""Wrong input: taken by the form, told at its field in the user's language.

Home Assistant answers what a selector refuses with English words of its own, and
with none at all inside a section. So fields here take anything, and the step
says what is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import Selector
import probatio

OUT_OF_RANGE: Final = "number_out_of_range"
NOT_VALID: Final = "value_invalid"


@dataclass(frozen=True, slots=True)
class Wrong:
    """What was typed into a field that cannot take it."""

    value: Any
    error: str
    """The key of the text that says why."""


class Field(Selector[Any]):
    """A selector that takes wrong values as well, as such."""

    def __init__(
        self,
        selector: Selector[Any],
        convert: Callable[[Any], Any] = lambda value: value,
        *,
        error: str | None = None,
    ) -> None:
        """Look like a selector; `convert` makes of its value what is stored.

        `error` is the key of the text for a wrong value, where it has one of its own.
        """
        self.selector_type = selector.selector_type
        self.config = selector.config
        self.allowed_context_keys = selector.allowed_context_keys
        self._selector: Any = selector
        self._convert = convert
        is_number = selector.selector_type == "number"
        self._error = error or (OUT_OF_RANGE if is_number else NOT_VALID)

    def __call__(self, value: Any) -> Any:
        """Return what is stored of a value, or that it is wrong."""
        try:
            return self._convert(self._selector(value))
        except probatio.Invalid, ValueError, TypeError:
            return Wrong(value, self._error)


@dataclass(slots=True)
class Input:
    """What was typed into a form, sorted into values and errors."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    """By field; and by section, as the frontend shows none inside one."""

    wrong: list[tuple[str, ...]] = field(default_factory=list)
    """The paths of the fields that are wrong."""

    @classmethod
    def of(cls, typed: Mapping[str, Any]) -> Self:
        """Sort what a form of fields took."""
        sorted_input = cls()
        for name, value in typed.items():
            sorted_input._add(name, value)
        return sorted_input

    def _add(self, name: str, value: Any) -> None:
        """Sort one field, or one section."""
        match value:
            case Wrong():
                self.values[name] = value.value
                self.refuse(value.error, name)
            case Mapping():
                inner = Input.of(value)
                self.values[name] = inner.values
                for path in inner.wrong:
                    self.refuse(inner.errors[path[-1]], name, *path)
            case _:
                self.values[name] = value

    def refuse(self, error: str, *path: str) -> None:
        """Say what is wrong with a field, which may lie in a section."""
        self.wrong.append(path)
        for name in path:
            self.errors.setdefault(name, error)


def unfolded(form: probatio.Schema, names: Mapping[str, str]) -> probatio.Schema:
    """Return a form whose sections with an error are open."""
    fields: dict[Any, Any] = {}
    for name, value in form.schema.items():
        if isinstance(value, section) and str(name) in names:
            fields[name] = section(value.schema, {"collapsed": False})
        else:
            fields[name] = value
    return probatio.Schema(fields)
