"""Lights, numbers and switches that do as they are told and keep what they were told."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from homeassistant.core import Context, HomeAssistant, ServiceCall


@dataclass
class Things:
    """Devices behind the actions that a house has for them."""

    hass: HomeAssistant
    calls: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    free: asyncio.Event = field(default_factory=asyncio.Event)
    """Cleared: the devices are slow, and no call comes back."""

    fails: bool = False

    def __post_init__(self) -> None:
        """Offer the actions."""
        self.free.set()
        for domain in ("light", "switch", "input_boolean"):
            for action in ("turn_on", "turn_off"):
                self.hass.services.async_register(domain, action, self._hear)
        for domain in ("number", "input_number"):
            self.hass.services.async_register(domain, "set_value", self._hear)

    async def _hear(self, call: ServiceCall) -> None:
        """Do as told, show it, keep it."""
        data = dict(call.data)
        entity_id = data.pop("entity_id")
        self.calls.append((entity_id, call.service, data))
        self.news.set()
        await self.free.wait()
        if self.fails:
            raise RuntimeError("The device is broken")
        before = self.hass.states.get(entity_id)
        assert before is not None
        state = str(data["value"]) if "value" in data else call.service[5:]
        attributes = {**before.attributes, **data} if state != "off" else {}
        self.hass.states.async_set(
            entity_id, state, attributes, context=call.context, force_update=True
        )

    def of(self, entity_id: str) -> list[tuple[str, dict[str, Any]]]:
        """Return what one thing was told: action and data."""
        return [(action, data) for to, action, data in self.calls if to == entity_id]

    def show(self, entity_id: str, state: str, **attributes: Any) -> None:
        """Show a state that nobody of ours has made."""
        self.hass.states.async_set(entity_id, state, attributes)

    async def by_person(self, entity_id: str, state: str, **attributes: Any) -> None:
        """Change something as somebody does in the user interface."""
        context = Context(user_id="somebody")
        self.hass.states.async_set(entity_id, state, attributes, context=context)
        await self.hass.async_block_till_done()

    async def until_told_to(self, entity_id: str, action: str) -> None:
        """Wait until one thing was told to do something."""
        async with asyncio.timeout(10):
            while action not in [told for told, _ in self.of(entity_id)]:
                self.news.clear()
                await self.news.wait()

    async def until_told(self, count: int) -> None:
        """Wait until so many calls were made."""
        async with asyncio.timeout(10):
            while len(self.calls) < count:
                self.news.clear()
                await self.news.wait()
