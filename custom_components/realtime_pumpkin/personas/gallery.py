"""All characters: those of the integration, and those of the user's own folder."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
import re
from typing import Any, Final

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.dispatcher import async_dispatcher_send
from homeassistant.util.hass_dict import HassKey
from homeassistant.util.yaml import load_yaml_dict
import probatio

from ..const import DOMAIN, LOGGER
from .persona import Persona

BUILT_IN: Final = Path(__file__).parent
OWN_FOLDER: Final = (DOMAIN, "personas")
"""Where users put theirs, below the folder of their configuration."""

DEFAULT_PERSONA: Final = "jack_o_lantern"
CUSTOM_PERSONA: Final = "custom"
LARGEST_FILE: Final = 64 * 1024
MOST_ALIASES: Final = 16
"""Aliases of aliases of aliases are a small file that takes for ever to read."""

LONGEST_REASON: Final = 300
SIGNAL_GALLERY: Final = f"{DOMAIN}_gallery_read"
ISSUE: Final = "persona_broken"

type Content = dict[str, Any] | str
"""What a file holds, or why it cannot be read."""

type File = tuple[str, Content]


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

    def add(self, persona: Persona) -> None:
        """Add a character, or replace it; no two have the same name."""
        taken = {one.name for one in self.personas.values() if one.id != persona.id}
        if persona.name in taken:
            persona = replace(persona, name=f"{persona.name} ({persona.id})")
        self.personas[persona.id] = persona


def read_files(*folders: Path) -> list[File]:
    """Return the files of folders by name, each with what it holds. Blocks."""
    return [
        (path.name.encode(errors="replace").decode(), _read(path))
        for folder in folders
        for path in sorted(folder.glob("*.yaml"))
    ]


def _read(path: Path) -> Content:
    """Return what a file holds, or why it cannot be read; never raises."""
    try:
        if not path.is_file():
            return "it is no file"
        if path.stat().st_size > LARGEST_FILE:
            return f"it is larger than {LARGEST_FILE // 1024} KiB"
        if _count_aliases(path) > MOST_ALIASES:
            return f"it has more than {MOST_ALIASES} aliases"
        return load_yaml_dict(str(path))
    except Exception as err:  # noqa: BLE001  # Anybody's file, read by a foreign parser.
        return str(err) or type(err).__name__


def _count_aliases(path: Path) -> int:
    """Return how often a file refers to another place of itself."""
    text = path.read_text("utf-8")
    anchors = set(re.findall(r"&([\w-]+)", text))
    return sum(name in anchors for name in re.findall(r"\*([\w-]+)", text))


@callback
def gallery_of(files: Iterable[File], first: Gallery | None = None) -> Gallery:
    """Return the characters in files; those that hold none are named in the log.

    Later files replace earlier ones of their name, and those of `first`, unless they
    hold none. In the event loop, where templates can be checked.
    """
    gallery = Gallery(dict(first.personas), dict(first.broken)) if first else Gallery()
    for name, content in files:
        try:
            gallery.add(Persona.from_data(Path(name).stem, content))
        except Exception as err:  # noqa: BLE001  # Nobody knows what a file may hold.
            why = content if isinstance(content, str) else _reason(err)
            gallery.broken[name] = why[:LONGEST_REASON]
            LOGGER.warning("No persona in %s: %s", name, gallery.broken[name])
    return gallery


def _reason(err: Exception) -> str:
    """Return what is wrong with a file that can be read."""
    return str(err) if isinstance(err, probatio.Invalid) else type(err).__name__


@cache
def _built_in_files() -> list[File]:
    """Return the integration's own, which an update alone changes. Blocks once."""
    return read_files(BUILT_IN)


@cache
def _built_in() -> Gallery:
    """Return the integration's own characters; their files were read before."""
    return gallery_of(_built_in_files())


def _read_own(folder: Path) -> list[File]:
    """Return the files of the user's folder. Blocks."""
    _built_in_files()
    return read_files(folder)


_GALLERY: Final[HassKey[Gallery]] = HassKey(f"{DOMAIN}_gallery")


async def async_get_gallery(hass: HomeAssistant) -> Gallery:
    """Return all characters, as they were read the last time."""
    return hass.data.get(_GALLERY) or await async_read_gallery(hass)


async def async_read_gallery(hass: HomeAssistant) -> Gallery:
    """Read the user's files anew; those that hold no character become repairs.

    The repair of a file that was mended or removed goes.
    """
    own = Path(hass.config.path(*OWN_FOLDER))
    files = await hass.async_add_executor_job(_read_own, own)
    before = hass.data.get(_GALLERY, Gallery())
    gallery = hass.data[_GALLERY] = gallery_of(files, _built_in())
    for name in before.broken.keys() - gallery.broken.keys():
        ir.async_delete_issue(hass, DOMAIN, f"{ISSUE}_{name}")
    for name, why in gallery.broken.items():
        ir.async_create_issue(
            hass,
            DOMAIN,
            f"{ISSUE}_{name}",
            is_fixable=False,
            severity=ir.IssueSeverity.WARNING,
            translation_key=ISSUE,
            translation_placeholders={
                "file": name,
                "folder": "/".join(OWN_FOLDER),
                "reason": why,
            },
        )
    async_dispatcher_send(hass, SIGNAL_GALLERY)
    return gallery


@callback
def async_known_gallery(hass: HomeAssistant) -> Gallery:
    """Return all characters, which were read before."""
    return hass.data[_GALLERY]
