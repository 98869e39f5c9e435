"""The fields that are wrong, by the names that their form shows."""

from collections.abc import Sequence
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
