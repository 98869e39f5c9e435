"""The names and texts that a form shows, where the frontend does not find them itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers.translation import async_get_translations
import probatio

from ..const import DOMAIN
from ..fields import Input


async def async_labels(
    hass: HomeAssistant, flow: str, step_id: str, form: probatio.Schema, typed: Input
) -> str:
    """Return the names of the wrong fields, with what a number may be.

    `flow` is where its texts are: `config`, or below `config_subentries`.
    """
    category = flow.partition(".")[0]
    texts = await async_get_translations(hass, hass.config.language, category, [DOMAIN])
    labels = []
    for path in typed.wrong:
        if path[0] not in form.schema:  # It is told at no field.
            continue
        *sections, name = path
        place = "".join(f"sections.{one}." for one in sections)
        key = f"component.{DOMAIN}.{flow}.step.{step_id}.{place}data.{name}"
        labels.append(texts.get(key, name) + _limits(form, path))
    return ", ".join(labels)


async def async_choices(hass: HomeAssistant, name: str) -> Mapping[str, str]:
    """Return the texts of a selector's options in the user's language, by option."""
    language = hass.config.language
    texts = await async_get_translations(hass, language, "selector", [DOMAIN])
    prefix = f"component.{DOMAIN}.selector.{name}.options."
    return {
        key.removeprefix(prefix): text
        for key, text in texts.items()
        if key.startswith(prefix)
    }


def _limits(form: probatio.Schema, path: Sequence[str]) -> str:
    """Return the least and the most of a number, in brackets; nothing for others."""
    fields: Any = form.schema
    for name in path[:-1]:
        fields = fields[name].schema.schema
    field = fields[path[-1]]
    if field.selector_type != "number":
        return ""
    unit = field.config.get("unit_of_measurement", "")
    return f" ({field.config['min']:g}-{field.config['max']:g} {unit}".rstrip() + ")"
