"""The door to the flows: an account is added here, and leads on to its voices."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    SubentryFlowContext,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowResultType

from .const import DOMAIN, SUBENTRY_VOICE
from .flows.account import AccountFlow
from .flows.voice import VoiceFlow


class RealtimePumpkinConfigFlow(AccountFlow, domain=DOMAIN):
    """Add an account at a Realtime server."""

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return what can be added to an account."""
        return {SUBENTRY_VOICE: VoiceFlow}

    @override
    async def async_step_user(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a server, or for none."""
        return self.async_show_menu(menu_options=["account", "rehearsal"])

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Lead on to the first voice."""
        voice = await self.hass.config_entries.subentries.async_init(
            (result["result"].entry_id, SUBENTRY_VOICE),
            context=SubentryFlowContext(source=SOURCE_USER),
        )
        if voice["type"] is FlowResultType.FORM:
            result["next_flow"] = (FlowType.CONFIG_SUBENTRIES_FLOW, voice["flow_id"])
        return result
