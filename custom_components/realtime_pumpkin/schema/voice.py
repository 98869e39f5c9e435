"""The forms of a voice: who it is, where it listens and speaks."""

from collections.abc import Iterable
from typing import Any, Final

from homeassistant.const import CONF_NAME
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import probatio

from ..catalog import models_of, voices_of
from ..const import (
    CONF_HOST,
    CONF_INSTRUCTIONS,
    CONF_MICROPHONE,
    CONF_MODEL,
    CONF_OPENINGS,
    CONF_PERSONA,
    CONF_PORT,
    CONF_SPEAKER,
    CONF_VOICE,
    DEFAULT_SATELLITE_PORT,
    Provider,
)
from ..fields import Field
from ..personas import Persona
from .parts import TEMPLATE, free_choice, number, select, shown, switch

CONF_CONSENT: Final = "consent"
CONF_REGARDLESS: Final = "regardless"
KEEP: Final = "keep"
"""Chosen instead of a persona: the voice stays who it is."""


def gallery(personas: Iterable[Persona], *, keep: str | None) -> probatio.Schema:
    """Return the form for who a voice is; `keep` is the text of staying so."""
    options = [
        SelectOptionDict(value=one.id, label=f"{one.name}: {one.description}")
        for one in personas
    ]
    if keep is not None:
        options.insert(0, SelectOptionDict(value=KEEP, label=keep))
    field = select(options, SelectSelectorMode.LIST)
    default = options[0]["value"]
    return probatio.Schema({probatio.Required(CONF_PERSONA, default=default): field})


def character(persona: Persona, provider: Provider) -> probatio.Schema:
    """Return the form for what makes a character, filled in with a persona."""
    voices, models = voices_of(provider), models_of(provider)
    voice = persona.voice if persona.voice in voices else voices[0]
    lines = {"suggested_value": list(persona.openings)} if persona.openings else None
    return probatio.Schema(
        {
            probatio.Required(CONF_NAME, default=persona.name): Field(
                TextSelector(), shown
            ),
            probatio.Required(
                CONF_INSTRUCTIONS, default=persona.instructions
            ): TEMPLATE,
            probatio.Optional(CONF_OPENINGS, description=lines): Field(
                TextSelector(TextSelectorConfig(multiple=True))
            ),
            probatio.Required(CONF_VOICE, default=voice): free_choice(voices),
            probatio.Required(CONF_MODEL, default=models[0]): free_choice(models),
        }
    )


def microphone(places: Iterable[SelectOptionDict]) -> probatio.Schema:
    """Return the form for where a voice listens."""
    places = list(places)
    field = select(places, SelectSelectorMode.LIST)
    default = places[0]["value"]
    return probatio.Schema({probatio.Required(CONF_MICROPHONE, default=default): field})


def address(found: Iterable[SelectOptionDict]) -> probatio.Schema:
    """Return the form for a satellite's address; `found` are those in the network."""
    found = list(found)
    typed = Field(TextSelector())
    host = select(found, SelectSelectorMode.DROPDOWN, typed=True) if found else typed
    return probatio.Schema(
        {
            probatio.Required(CONF_HOST): host,
            probatio.Required(CONF_PORT, default=DEFAULT_SATELLITE_PORT): number(
                1, 65535
            ),
        }
    )


CONSENT: Final = probatio.Schema(
    {probatio.Required(CONF_CONSENT, default=False): switch()}
)


def speaker(places: Iterable[SelectOptionDict], *, may_insist: bool) -> probatio.Schema:
    """Return the form for where a voice speaks, once tried with a way to insist."""
    places = list(places)
    default = places[0]["value"]
    fields: dict[Any, Any] = {
        probatio.Required(CONF_SPEAKER, default=default): select(
            places, SelectSelectorMode.DROPDOWN
        )
    }
    if may_insist:
        fields[probatio.Required(CONF_REGARDLESS, default=False)] = switch()
    return probatio.Schema(fields)
