"""Repairs that mend something by a click."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigSubentry,
    OperationNotAllowed,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import probatio

from .const import CONF_DISABLED_ENTRY_ID, CONF_MICROPHONE
from .disabled_entries import async_get_disabled_entries
from .issues import ATTR_ENTRY_ID, ATTR_HOLDER_ID, ATTR_VOICE_ID


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow of an issue that can be fixed."""
    return TakeOverFlow()


class TakeOverFlow(RepairsFlow):
    """Disable Home Assistant's entry of a satellite that a voice is to listen with."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask at once."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for consent, then take the satellite over."""
        if user_input is not None:
            return await self._async_take_over()
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        return self.async_show_form(
            step_id="confirm",
            data_schema=probatio.Schema({}),
            description_placeholders=issue.translation_placeholders if issue else None,
        )

    async def _async_take_over(self) -> RepairsFlowResult:
        """Disable the entry and note with the voice that it comes back one day."""
        ids = {name: str(value) for name, value in (self.data or {}).items()}
        found = self._find(ids)
        entries = self.hass.config_entries
        if found is None or entries.async_get_entry(ids[ATTR_HOLDER_ID]) is None:
            return self.async_abort(reason="gone")
        journal = async_get_disabled_entries(self.hass)
        try:
            await journal.async_borrow(ids[ATTR_HOLDER_ID])
        except OperationNotAllowed:
            journal.release(ids[ATTR_HOLDER_ID])
            await journal.async_give_back()
            return self.async_abort(reason="not_now")
        entry, voice = found
        entries.async_update_subentry(entry, voice, data=_taken(voice, ids))
        journal.release(ids[ATTR_HOLDER_ID])
        return self.async_create_entry(data={})

    def _find(self, ids: dict[str, str]) -> tuple[ConfigEntry, ConfigSubentry] | None:
        """Return the voice that the issue is about, and its account."""
        entry = self.hass.config_entries.async_get_entry(ids[ATTR_ENTRY_ID])
        voice = entry.subentries.get(ids[ATTR_VOICE_ID]) if entry else None
        return (entry, voice) if entry and voice else None


def _taken(voice: ConfigSubentry, ids: dict[str, str]) -> dict[str, Any]:
    """Return a voice's data with the entry that is disabled for it."""
    microphone = dict(voice.data[CONF_MICROPHONE])
    microphone[CONF_DISABLED_ENTRY_ID] = ids[ATTR_HOLDER_ID]
    return {**voice.data, CONF_MICROPHONE: microphone}
