"""What all steps of a voice have in common."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
from homeassistant.helpers.translation import async_get_translations
import probatio

from ..const import DOMAIN, SUBENTRY_VOICE
from ..fields import Input, unfolded
from ..links.errors import LinkError

_PREFIX: Final = f"component.{DOMAIN}.config_subentries.{SUBENTRY_VOICE}"


class VoiceSteps(ConfigSubentryFlow):
    """A voice on its way from form to form."""

    def __init__(self) -> None:
        """Start with nothing chosen."""
        self._title = ""
        self._stored: Mapping[str, Any] = {}
        self._data: dict[str, Any] = {}

    async def _async_show(
        self,
        step_id: str,
        form: probatio.Schema,
        typed: Input,
        placeholders: Mapping[str, str] | None = None,
    ) -> SubentryFlowResult:
        """Show a form with what was typed and what is wrong with it."""
        words = {"error": "", **(placeholders or {})}
        if typed.wrong:
            words["fields"] = await self._async_labels(step_id, typed)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                unfolded(form, typed.errors), typed.values
            ),
            errors=typed.errors,
            description_placeholders=words,
        )

    async def _async_labels(self, step_id: str, typed: Input) -> str:
        """Return the names of the fields that are wrong, as the form shows them."""
        language = self.hass.config.language
        texts = await async_get_translations(
            self.hass, language, "config_subentries", [DOMAIN]
        )
        labels = []
        for *sections, name in typed.wrong:
            place = "".join(f"sections.{one}." for one in sections)
            key = f"{_PREFIX}.step.{step_id}.{place}data.{name}"
            labels.append(texts.get(key, name))
        return ", ".join(labels)


def refuse(typed: Input, failure: LinkError, field: str) -> Mapping[str, str]:
    """Put a device's failure to a field; return the words for its text."""
    typed.refuse(failure.translation_key, field)
    return failure.placeholders
