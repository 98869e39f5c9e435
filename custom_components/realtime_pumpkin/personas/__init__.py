"""Who a voice can be: characters as YAML files, beside this module."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.yaml import load_yaml_dict
import probatio

from ..const import DEFAULT_VOICE, DOMAIN, LOGGER

BUILT_IN: Final = Path(__file__).parent
DEFAULT_PERSONA: Final = "jack_o_lantern"
CUSTOM_PERSONA: Final = "custom"

_WORDS: Final = probatio.All(str, probatio.Length(min=1))
_TEMPLATE: Final = probatio.All(_WORDS, cv.template)
SCHEMA: Final = probatio.Schema(
    {
        probatio.Required("name"): _WORDS,
        probatio.Required("description"): _WORDS,
        probatio.Optional("voice", default=DEFAULT_VOICE): _WORDS,
        probatio.Required("instructions"): _TEMPLATE,
        probatio.Optional("openings", default=[]): [_TEMPLATE],
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

    @classmethod
    def from_data(cls, persona_id: str, data: Any) -> Self:
        """Read what a file holds; raise `probatio.Invalid` where it is no persona."""
        SCHEMA(data)
        return cls(
            persona_id,
            data["name"],
            data["description"],
            data.get("voice", DEFAULT_VOICE),
            data["instructions"].strip(),
            tuple(data.get("openings", ())),
        )


@dataclass(frozen=True, slots=True)
class Gallery:
    """All characters by id, and the files that hold none with the reason."""

    personas: dict[str, Persona] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def get(self, persona_id: str) -> Persona:
        """Return a character; one that is gone is a custom one."""
        return self.personas.get(persona_id) or self.personas[CUSTOM_PERSONA]

    def in_order(self) -> list[Persona]:
        """Return the characters as a list shows them: the custom one is last."""
        first, last = self.personas[DEFAULT_PERSONA], self.personas[CUSTOM_PERSONA]
        others = [one for one in self.personas.values() if one not in (first, last)]
        return [first, *others, last]


def read_files(*folders: Path) -> dict[str, dict[str, Any] | str]:
    """Return what the files of folders hold by name, or why one cannot be read.

    Later folders replace earlier ones. Blocks.
    """
    files: dict[str, dict[str, Any] | str] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*.yaml"))):
        try:
            files[path.name] = load_yaml_dict(str(path))
        except (HomeAssistantError, OSError) as err:
            files[path.name] = str(err)
    return files


@callback
def gallery_of(files: Mapping[str, dict[str, Any] | str]) -> Gallery:
    """Return the characters in files; those that hold none are named in the log.

    In the event loop, where templates can be checked.
    """
    gallery = Gallery()
    for name, content in files.items():
        try:
            persona = Persona.from_data(Path(name).stem, content)
        except probatio.Invalid as err:
            why = content if isinstance(content, str) else str(err)
            gallery.broken[name] = why
            LOGGER.warning("No persona in %s: %s", name, why)
        else:
            gallery.personas[persona.id] = persona
    return gallery


_GALLERY: Final[HassKey[Gallery]] = HassKey(f"{DOMAIN}_gallery")


async def async_get_gallery(hass: HomeAssistant) -> Gallery:
    """Return all characters; the files are read once."""
    if _GALLERY not in hass.data:
        files = await hass.async_add_executor_job(read_files, BUILT_IN)
        hass.data[_GALLERY] = gallery_of(files)
    return hass.data[_GALLERY]
