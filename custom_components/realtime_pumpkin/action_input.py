"""Wrong input to an action: told as a translated error that names its field.

Home Assistant refuses what a schema does not take with English words of its own. So
a field says what it expects by the key of a text, and a schema raises that text.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, override

from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.helpers.typing import VolDictType
import probatio
from probatio.error import render_path

from .const import DOMAIN

_TARGETS: Final = tuple(str(target) for target in cv.ENTITY_SERVICE_FIELDS)
_BY_CODE: Final[Mapping[str, str]] = {
    "required": "field_missing",
    "extra_keys_not_allowed": "field_unknown",
    "not_a_sequence": "field_not_a_list",
    "not_a_dictionary": "field_not_a_mapping",
}


class Unfit(probatio.Invalid):
    """A field got what it cannot take; the translation key says why."""


@dataclass(frozen=True, slots=True)
class Expects:
    """A check of a field whose refusal is a text of ours."""

    key: str
    """The key of the exception's text, which has the placeholder `field`."""

    check: Callable[[Any], Any]
    placeholders: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, value: Any) -> Any:
        """Return the value as the check has it; raise `Unfit` where it refuses."""
        try:
            return self.check(value)
        # What reads sentences asserts, and goes as deep as their brackets.
        except (probatio.Invalid, ValueError, AssertionError, RecursionError) as err:
            raise Unfit(
                translation_key=self.key,
                placeholders={**self.placeholders, "error": str(err)},
            ) from err


def one_of(choices: Sequence[str], convert: Callable[[str], Any]) -> Expects:
    """Return the check of a field for one of a few words."""
    check = probatio.All(probatio.In(choices), convert)
    return Expects("field_not_a_choice", check, {"choices": ", ".join(choices)})


TEXT: Final = probatio.All(Expects("field_not_text", cv.string), probatio.Strip)
SOME_TEXT: Final = probatio.All(TEXT, Expects("field_empty", probatio.Length(min=1)))
ON_OR_OFF: Final = Expects("field_not_on_or_off", cv.boolean)


class ActionSchema(probatio.Schema):
    """The fields and the target of an action of entities.

    Raises a translated `ServiceValidationError` for the first that is wrong.
    """

    def __init__(self, action: str, fields: VolDictType) -> None:
        """Take the name of an action and its fields."""
        super().__init__(cv.make_entity_service_schema(fields))
        self._action = action
        self._fields = fields

    @override
    def __call__(self, data: Any, **options: Any) -> Any:
        """Return the data as the action gets them."""
        try:
            return super().__call__(data, **options)
        except probatio.MultipleInvalid as err:
            raise self._told(err.errors[0]) from err
        except TypeError as err:
            # Home Assistant's own check of entity ids stumbles over a number.
            raise self._told(probatio.Invalid(path=[ATTR_ENTITY_ID])) from err

    def _told(self, error: probatio.Invalid) -> ServiceValidationError:
        """Return an error in words of the translations."""
        key, placeholders = self._reason(error)
        return ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key=key,
            translation_placeholders={
                "action": f"{DOMAIN}.{self._action}",
                "field": render_path(error.path),
                **placeholders,
            },
        )

    def _reason(self, error: probatio.Invalid) -> tuple[str, Mapping[str, str]]:
        """Return the key of the text that says what is wrong, and what it needs."""
        if not error.path:
            return "target_missing", {}
        if isinstance(error, Unfit):
            return error.translation_key or "", error.placeholders
        if error.path[0] in _TARGETS:
            return "target_invalid", {"field": str(error.path[0])}
        match key := _BY_CODE.get(error.code or "", "field_invalid"):
            case "field_unknown":
                return key, {"fields": self._fields_of(error.path[:-1])}
            case "field_not_a_mapping":
                return key, {"fields": self._fields_of(error.path)}
            case _:
                return key, {}

    def _fields_of(self, path: Sequence[str | int]) -> str:
        """Return the names of the fields at a path: of the action, or of a part."""
        fields: Any = self._fields
        for step in path:
            fields = fields[0 if isinstance(step, int) else step]
        names = [str(name) for name in fields]
        return ", ".join(names if path else [*names, *_TARGETS])
