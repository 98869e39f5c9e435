"""What makes a voice somebody: taken from the gallery, kept where it was changed.

A character is the part of a voice's data that a persona decides: instructions, first
words and the model's voice. Whom a voice was before is stored by the id of its
persona, so that whoever has written their own finds it again.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from .const import (
    CONF_CHARACTERS,
    CONF_DISPLACED,
    CONF_INSTRUCTIONS,
    CONF_OPENINGS,
    CONF_PERSONA,
    CONF_VOICE,
)
from .personas import CUSTOM_PERSONA, Gallery, Persona

FIELDS: Final = (CONF_INSTRUCTIONS, CONF_OPENINGS, CONF_VOICE)


def persona_of(data: Mapping[str, Any]) -> str:
    """Return the id of the persona that a voice is."""
    persona: str = data.get(CONF_PERSONA, CUSTOM_PERSONA)
    return persona


def personas_for(data: Mapping[str, Any], gallery: Gallery) -> list[Persona]:
    """Return whom a voice can be: the custom one only where there is one."""
    known = {persona_of(data), *data.get(CONF_CHARACTERS, {})}
    return [
        persona
        for persona in gallery.in_order()
        if persona.id != CUSTOM_PERSONA or persona.id in known
    ]


def become(
    data: Mapping[str, Any], persona: Persona, voices: Collection[str]
) -> dict[str, Any]:
    """Return a voice's data as another persona; who it was is kept with it.

    A persona's voice that is not among the provider's `voices` changes nothing. Of
    the manners it decides only what its file names; what that displaces comes back
    with the next persona.
    """
    data = _undisplaced(data)
    kept = {name: data[name] for name in FIELDS if name in data}
    characters = {**data.get(CONF_CHARACTERS, {}), persona_of(data): kept}
    new = characters.pop(persona.id, None)
    if new is None:
        new = _from_gallery(persona)
        if persona.voice not in voices and CONF_VOICE in data:
            new[CONF_VOICE] = data[CONF_VOICE]
    rest = {name: value for name, value in data.items() if name not in FIELDS}
    return {
        **rest,
        **new,
        **_decided(rest, persona),
        CONF_PERSONA: persona.id,
        CONF_CHARACTERS: characters,
    }


def _undisplaced(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return a voice's data with the manners that it had before its persona."""
    displaced = data.get(CONF_DISPLACED, {})
    merged = {**data, **displaced}
    gone = {CONF_DISPLACED, *(name for name, old in displaced.items() if old is None)}
    return {name: value for name, value in merged.items() if name not in gone}


def _decided(data: Mapping[str, Any], persona: Persona) -> dict[str, Any]:
    """Return the manners that a persona decides, and those that it displaces."""
    if not persona.manners:
        return {}
    displaced = {name: data.get(name) for name in persona.manners}
    return {**persona.manners, CONF_DISPLACED: displaced}


def _from_gallery(persona: Persona) -> dict[str, Any]:
    """Return a character as its file has it."""
    character: dict[str, Any] = {
        CONF_INSTRUCTIONS: persona.instructions,
        CONF_VOICE: persona.voice,
    }
    if persona.openings:
        character[CONF_OPENINGS] = list(persona.openings)
    return character
