"""What Home Assistant really does because of one tool call."""

from types import TracebackType
from typing import Any, Final, Self

from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_SERVICE,
    ATTR_SERVICE_DATA,
    EVENT_CALL_SERVICE,
)
from homeassistant.core import CALLBACK_TYPE, Context, Event, HomeAssistant, callback

from ..const import LOGGER
from ..guard.classes import KEPT_DOMAINS

MOST: Final = 50


class Witness:
    """Write down each action in a context, and in those that follow from it."""

    def __init__(
        self, hass: HomeAssistant, cause: Context, *, is_for_strangers: bool
    ) -> None:
        """Begin with a context of its own, a child of what led to the conversation."""
        self.context = Context(parent_id=cause.id)
        self.actions: list[str] = []
        self._hass = hass
        self._is_for_strangers = is_for_strangers
        self._contexts = {self.context.id}
        self._stop: CALLBACK_TYPE | None = None

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._stop = self._hass.bus.async_listen(EVENT_CALL_SERVICE, self._note)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Listen no more."""
        if self._stop is not None:
            self._stop()

    @callback
    def _note(self, event: Event[Any]) -> None:
        """Write an action down."""
        if not self._contexts & {event.context.id, event.context.parent_id}:
            return
        self._contexts.add(event.context.id)
        domain = event.data[ATTR_DOMAIN]
        called = f"{domain}.{event.data[ATTR_SERVICE]}"
        if self._is_for_strangers and domain in KEPT_DOMAINS:
            LOGGER.error("A tool for strangers came through to %s: report this", called)
        if len(self.actions) < MOST:
            self.actions.append(" ".join([called, *_targets(event.data)]))


def _targets(data: dict[str, Any]) -> list[str]:
    """Return the entities that an action names."""
    named = data.get(ATTR_SERVICE_DATA, {}).get("entity_id") or ()
    return [named] if isinstance(named, str) else [str(one) for one in named]
