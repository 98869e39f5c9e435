"""What others announce at media players, as far as Home Assistant's actions tell.

A player such as ESPHome's has one place for announcements, which the last one takes: a
doorbell's chime would cut the voice off, and the voice would cut off whatever the house
says. No state tells whose an announcement is, but the action does.
"""

import asyncio
from collections.abc import Callable, Mapping
import functools
from typing import Any, Final

from homeassistant.components.media_player.const import (
    ATTR_MEDIA_ANNOUNCE,
    ATTR_MEDIA_CONTENT_ID,
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    SERVICE_PLAY_MEDIA,
    MediaPlayerState,
)
from homeassistant.const import (
    ATTR_DOMAIN,
    ATTR_SERVICE,
    ATTR_SERVICE_DATA,
    ENTITY_MATCH_ALL,
    EVENT_CALL_SERVICE,
)
from homeassistant.core import (
    CALLBACK_TYPE,
    Event,
    EventStateChangedData,
    HomeAssistant,
    callback,
)
from homeassistant.helpers.event import async_track_state_change_event
from homeassistant.helpers.target import (
    TargetSelection,
    async_extract_referenced_entity_ids,
)

from .stream_view import AUDIO_PATH

type OnTaken = Callable[[bool], None]
"""Hear that a player is taken by somebody else (True), or free again."""

# A player fetches first; until then its state is of what it played before.
_SETTLE_S: Final = 1.0
# Some players say for ever that they play, and under music they rightly do.
_LONGEST_S: Final = 15.0


class _Announcement:
    """One announcement at a player, from its action to its end."""

    def __init__(
        self, hass: HomeAssistant, entity_id: str, on_over: CALLBACK_TYPE
    ) -> None:
        """Follow the player until it plays no more, for 1 to 15 s."""
        self._hass = hass
        self._entity_id = entity_id
        self._on_over = on_over
        self._is_settled = False
        self._timers = (
            hass.loop.call_later(_SETTLE_S, self._settle),
            hass.loop.call_later(_LONGEST_S, on_over),
        )
        self._stop = async_track_state_change_event(hass, entity_id, self._changed)

    def close(self) -> None:
        """Follow it no more."""
        self._stop()
        for timer in self._timers:
            timer.cancel()

    def _settle(self) -> None:
        """Believe the player's state from now on."""
        self._is_settled = True
        self._look()

    @callback
    def _changed(self, event: Event[EventStateChangedData]) -> None:
        """Look at the new state."""
        self._look()

    def _look(self) -> None:
        """See whether the player still plays."""
        plays = self._hass.states.is_state(self._entity_id, MediaPlayerState.PLAYING)
        if self._is_settled and not plays:
            self._on_over()


class Announcements:
    """Which players somebody else announces at now."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Listen to Home Assistant's actions until `close`."""
        self._hass = hass
        self._running: dict[str, _Announcement] = {}
        self._watchers: list[tuple[str, OnTaken]] = []
        self._stop: CALLBACK_TYPE | None = hass.bus.async_listen(
            EVENT_CALL_SERVICE, self._called, _plays
        )

    @callback
    def close(self) -> None:
        """Listen no more."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        for entity_id in tuple(self._running):
            self._over(entity_id)

    def is_taken(self, entity_id: str) -> bool:
        """Tell whether somebody else announces at a player."""
        return entity_id in self._running

    @callback
    def watch(self, entity_id: str, on_taken: OnTaken) -> CALLBACK_TYPE:
        """Call `on_taken` whenever that changes for a player, until unsubscribed."""
        watcher = entity_id, on_taken
        self._watchers.append(watcher)
        return functools.partial(self._watchers.remove, watcher)

    async def async_wait(self, entity_id: str, seconds: float) -> bool:
        """Wait until nobody else announces at a player; tell whether that came."""
        free = asyncio.Event()
        stop = self.watch(entity_id, lambda is_taken: None if is_taken else free.set())
        try:
            async with asyncio.timeout(seconds):
                while self.is_taken(entity_id):
                    free.clear()
                    await free.wait()
        except TimeoutError:
            return False
        finally:
            stop()
        return True

    @callback
    def _called(self, event: Event[Mapping[str, Any]]) -> None:
        """Follow what is announced, at each of the players."""
        for entity_id in _targets(self._hass, event.data[ATTR_SERVICE_DATA]):
            if (before := self._running.pop(entity_id, None)) is not None:
                before.close()
            self._running[entity_id] = _Announcement(
                self._hass, entity_id, functools.partial(self._over, entity_id)
            )
            if before is None:
                self._tell(entity_id, is_taken=True)

    @callback
    def _over(self, entity_id: str) -> None:
        """Note that a player is free again."""
        if (announcement := self._running.pop(entity_id, None)) is not None:
            announcement.close()
            self._tell(entity_id, is_taken=False)

    def _tell(self, entity_id: str, *, is_taken: bool) -> None:
        """Tell whoever watches the player."""
        for watched, on_taken in tuple(self._watchers):
            if watched == entity_id:
                on_taken(is_taken)


@callback
def _plays(data: Mapping[str, Any]) -> bool:
    """Tell whether an action announces something that is not ours."""
    if data[ATTR_DOMAIN] != MEDIA_PLAYER_DOMAIN:
        return False
    if data[ATTR_SERVICE] != SERVICE_PLAY_MEDIA:
        return False
    media = data[ATTR_SERVICE_DATA]
    is_announced = media.get(ATTR_MEDIA_ANNOUNCE) in (True, "true", "on", "yes", 1)
    return is_announced and AUDIO_PATH not in str(media.get(ATTR_MEDIA_CONTENT_ID))


def _targets(hass: HomeAssistant, data: Mapping[str, Any]) -> set[str]:
    """Return the media players that an action is for."""
    found = async_extract_referenced_entity_ids(hass, TargetSelection(dict(data)))
    entity_ids = found.referenced | found.indirectly_referenced
    players = set(hass.states.async_entity_ids(MEDIA_PLAYER_DOMAIN))
    return players if ENTITY_MATCH_ALL in entity_ids else players & entity_ids
