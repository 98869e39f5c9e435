"""Repairs that mend something by a click."""

from typing import Any, override

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import (
    ConfigEntry,
    ConfigSubentry,
    OperationNotAllowed,
)
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import probatio

from .const import CONF_DISABLED_ENTRY_ID, CONF_MICROPHONE, CONF_MODEL
from .disabled_entries import async_get_disabled_entries
from .issues import ATTR_ENTRY_ID, ATTR_HOLDER_ID, ATTR_VOICE_ID
from .retirement import ISSUE as RETIRED, retiring_model


async def async_create_fix_flow(
    hass: HomeAssistant, issue_id: str, data: dict[str, Any] | None
) -> RepairsFlow:
    """Return the flow of an issue that can be fixed."""
    return MoveFlow() if issue_id.startswith(RETIRED) else TakeOverFlow()


class _ClickFlow(RepairsFlow):
    """Mend something of a voice once the user agrees."""

    async def async_step_init(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask at once."""
        return await self.async_step_confirm()

    async def async_step_confirm(
        self, user_input: dict[str, str] | None = None
    ) -> RepairsFlowResult:
        """Ask for consent, then mend it."""
        if user_input is not None:
            return await self._async_mend()
        issue = ir.async_get(self.hass).async_get_issue(self.handler, self.issue_id)
        return self.async_show_form(
            step_id="confirm",
            data_schema=probatio.Schema({}),
            description_placeholders=issue.translation_placeholders if issue else None,
        )

    @property
    def _ids(self) -> dict[str, str]:
        """Return the ids that came with the issue."""
        return {name: str(value) for name, value in (self.data or {}).items()}

    def _find(self) -> tuple[ConfigEntry, ConfigSubentry] | None:
        """Return the voice that the issue is about, and its account."""
        ids = self._ids
        entry = self.hass.config_entries.async_get_entry(ids[ATTR_ENTRY_ID])
        voice = entry.subentries.get(ids[ATTR_VOICE_ID]) if entry else None
        return (entry, voice) if entry and voice else None

    async def _async_mend(self) -> RepairsFlowResult:
        """Do what was agreed to."""
        raise NotImplementedError


class MoveFlow(_ClickFlow):
    """Move a voice from a model that is shut down to the one that follows it."""

    @override
    async def _async_mend(self) -> RepairsFlowResult:
        """Store the other model, with which the voice is then set up."""
        found = self._find()
        model = retiring_model(*found) if found else None
        if found is None or model is None:
            return self.async_abort(reason="gone")
        entry, voice = found
        data = {**voice.data, CONF_MODEL: model.replacement}
        self.hass.config_entries.async_update_subentry(entry, voice, data=data)
        return self.async_create_entry(data={})


class TakeOverFlow(_ClickFlow):
    """Disable Home Assistant's entry of a satellite that a voice is to listen with."""

    @override
    async def _async_mend(self) -> RepairsFlowResult:
        """Disable the entry and note with the voice that it comes back one day."""
        ids, found = self._ids, self._find()
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


def _taken(voice: ConfigSubentry, ids: dict[str, str]) -> dict[str, Any]:
    """Return a voice's data with the entry that is disabled for it."""
    microphone = dict(voice.data[CONF_MICROPHONE])
    microphone[CONF_DISABLED_ENTRY_ID] = ids[ATTR_HOLDER_ID]
    return {**voice.data, CONF_MICROPHONE: microphone}
