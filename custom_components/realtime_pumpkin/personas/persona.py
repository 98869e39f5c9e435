"""A character, as its file describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

from homeassistant.const import MAX_LENGTH_STATE_STATE
from homeassistant.helpers import config_validation as cv
import probatio

from ..const import DEFAULT_VOICE, Effect


def _whole_characters(text: str) -> str:
    """Return a text; raise `probatio.Invalid` where nobody could write it down."""
    try:
        text.encode()
    except UnicodeEncodeError as err:
        raise probatio.Invalid("half a character") from err
    return text


_WORDS: Final = probatio.All(str, probatio.Length(min=1), _whole_characters)
_NAME: Final = probatio.All(_WORDS, probatio.Length(max=MAX_LENGTH_STATE_STATE))
_TEMPLATE: Final = probatio.All(_WORDS, cv.template)


def _whole(least: int, most: int) -> Any:
    """Return a check for a whole number within bounds; a truth is no number."""

    def check(value: Any) -> int:
        """Return the number; raise `probatio.Invalid`."""
        if type(value) is not int or not least <= value <= most:
            raise probatio.Invalid(f"no whole number from {least} to {most}")
        return value

    return check


_LIMITS: Final = {
    "max_duration_s": _whole(10, 3600),
    "idle_timeout_s": _whole(5, 600),
    "most_effects": _whole(1, 50),
}
PERSONA_MANNERS: Final = (*_LIMITS, "effects", "language")
"""What of a voice's manners a persona may decide, by its name in the voice's data."""

SCHEMA: Final = probatio.Schema(
    {
        probatio.Required("name"): _NAME,
        probatio.Required("description"): _WORDS,
        probatio.Optional("voice", default=DEFAULT_VOICE): _NAME,
        probatio.Required("instructions"): _TEMPLATE,
        probatio.Optional("openings", default=[]): [_TEMPLATE],
        probatio.Optional("language"): _WORDS,
        probatio.Optional("effects"): [probatio.In([each.value for each in Effect])],
        probatio.Optional("limits"): {
            probatio.Optional(name): check for name, check in _LIMITS.items()
        },
    }
)


@dataclass(frozen=True, slots=True)
class Persona:
    """A character: how it is called, how it sounds, what it is told to be."""

    id: str
    """The name of its file, without `.yaml`."""

    name: str
    description: str
    voice: str
    instructions: str
    """A template."""

    openings: tuple[str, ...] = ()
    """First words to choose from, templates as well; none: its own."""

    manners: Mapping[str, Any] = field(default_factory=dict)
    """What else of a voice's data it decides: effects, language, limits."""

    @classmethod
    def from_data(cls, persona_id: str, data: Any) -> Self:
        """Read what a file holds; raise `probatio.Invalid` where it is no persona."""
        SCHEMA(data)
        manners = {str(name): value for name, value in data.get("limits", {}).items()}
        if "effects" in data:
            manners["effects"] = [str(effect) for effect in data["effects"]]
        if "language" in data:
            manners["language"] = str(data["language"]).strip()
        return cls(
            persona_id,
            str(data["name"]),
            str(data["description"]),
            str(data.get("voice", DEFAULT_VOICE)),
            str(data["instructions"]).strip(),
            tuple(str(opening) for opening in data.get("openings", ())),
            manners,
        )
