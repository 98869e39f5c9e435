"""What all steps of a voice have in common."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigSubentryFlow, SubentryFlowResult
import probatio

from ..const import SUBENTRY_VOICE
from ..fields import Input, unfolded
from ..links.errors import LinkError
from .labels import async_labels

_FLOW: Final = f"config_subentries.{SUBENTRY_VOICE}"


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
            words["fields"] = await async_labels(self.hass, _FLOW, step_id, form, typed)
        return self.async_show_form(
            step_id=step_id,
            data_schema=self.add_suggested_values_to_schema(
                unfolded(form, typed.errors), typed.values
            ),
            errors=typed.errors,
            description_placeholders=words,
        )


def refuse(typed: Input, failure: LinkError, field: str) -> Mapping[str, str]:
    """Put a device's failure to a field; return the words for its text."""
    typed.refuse(failure.translation_key, field)
    return failure.placeholders
