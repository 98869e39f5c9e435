"""What we ask of a media player of Home Assistant."""

from typing import Any, Final

from homeassistant.components.media_player.const import (
    ATTR_MEDIA_ANNOUNCE,
    ATTR_MEDIA_CONTENT_ID,
    ATTR_MEDIA_CONTENT_TYPE,
    ATTR_MEDIA_EXTRA,
    DOMAIN as MEDIA_PLAYER_DOMAIN,
    SERVICE_PLAY_MEDIA,
    MediaPlayerEntityFeature,
    MediaType,
)
from homeassistant.const import (
    ATTR_ENTITY_ID,
    ATTR_SUPPORTED_FEATURES,
    SERVICE_MEDIA_STOP,
    STATE_UNAVAILABLE,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .announcements import Announcements, OnTaken
from .errors import LinkError, NoInternalUrl, SpeakerUnavailable
from .satellite_state import SatelliteState

# Their announcements are full streams: music is ducked, ours is not, and the
# next one replaces it. Others (Sonos, Music Assistant, Squeezebox) want a
# finished clip there, which no media_stop reaches.
_ANNOUNCING_PLATFORMS: Final = frozenset({"esphome"})
_PATIENCE_S: Final = 20.0
_EXTRA: Final[dict[str, dict[str, Any]]] = {"cast": {"stream_type": "LIVE"}}


class MediaPlayer:
    """A media player entity as a place to play and to stop."""

    def __init__(
        self,
        hass: HomeAssistant,
        entity_id: str,
        *,
        satellite: str | None = None,
        missing: LinkError | None = None,
        announcements: Announcements | None = None,
    ) -> None:
        """Speak to the entity through its actions.

        `satellite` is the entity whose device's speaker it is, `missing` says why
        there is no player, `announcements` know what others say there.
        """
        self._announcements = announcements
        self._hass = hass
        self._entity_id = entity_id
        self._satellite = satellite
        self._missing = missing
        entry = er.async_get(hass).async_get(entity_id)
        self._platform = entry.platform if entry is not None else None

    @property
    def entity_id(self) -> str:
        """Return which player it is."""
        return self._entity_id

    @property
    def stops_by_command(self) -> bool:
        """Tell whether `stop` silences it; else only other media do."""
        return not self.announces and self._has(MediaPlayerEntityFeature.STOP)

    @property
    def is_taken(self) -> bool:
        """Tell whether somebody else announces there, or at its satellite.

        That is what would be silenced instead of what was ours.
        """
        if self._announcements and self._announcements.is_taken(self._entity_id):
            return self.announces
        if self._satellite is None:
            return False
        state = self._hass.states.get(self._satellite)
        return state is not None and state.state == SatelliteState.RESPONDING

    def watch(self, on_taken: OnTaken) -> CALLBACK_TYPE:
        """Tell when somebody else's announcement takes the place of ours."""
        if self._announcements is None or not self.announces:
            return lambda: None
        return self._announcements.watch(self._entity_id, on_taken)

    async def async_free(self) -> None:
        """Wait until nobody else announces there."""
        if self._announcements is not None and self.announces:
            await self._announcements.async_wait(self._entity_id, _PATIENCE_S)

    def open(self) -> str:
        """Return Home Assistant's address for a player that can play.

        Raises what is missing, `SpeakerUnavailable` or `NoInternalUrl`.
        """
        if self._missing is not None:
            raise self._missing
        if not self._is_there:
            raise SpeakerUnavailable(entity_id=self._entity_id)
        if not self._has(MediaPlayerEntityFeature.PLAY_MEDIA):
            raise SpeakerUnavailable(entity_id=self._entity_id)
        try:
            return get_url(self._hass, prefer_external=False, allow_cloud=False)
        except NoURLAvailableError as err:
            raise NoInternalUrl from err

    async def async_play(self, url: str) -> None:
        """Play an address in place of what it plays now.

        Raises `SpeakerUnavailable`: Home Assistant would let it be without a word.
        """
        if not self._is_there:
            raise SpeakerUnavailable(entity_id=self._entity_id)
        data: dict[str, Any] = {
            ATTR_MEDIA_CONTENT_ID: url,
            # Some players take nothing but music from plain addresses.
            ATTR_MEDIA_CONTENT_TYPE: MediaType.MUSIC,
        }
        if self.announces:
            data[ATTR_MEDIA_ANNOUNCE] = True
        if self._platform in _EXTRA:
            data[ATTR_MEDIA_EXTRA] = _EXTRA[self._platform]
        await self._call(SERVICE_PLAY_MEDIA, data)

    async def async_stop(self) -> None:
        """Stop what it plays."""
        await self._call(SERVICE_MEDIA_STOP, {})

    @property
    def has_volume(self) -> bool:
        """Tell whether its volume can be set."""
        return self._has(MediaPlayerEntityFeature.VOLUME_SET)

    @property
    def announces(self) -> bool:
        """Tell whether it plays announcements as we need them."""
        return (
            self._satellite is not None or self._platform in _ANNOUNCING_PLATFORMS
        ) and self._has(MediaPlayerEntityFeature.MEDIA_ANNOUNCE)

    @property
    def _is_there(self) -> bool:
        """Tell whether the entity can be told anything."""
        state = self._hass.states.get(self._entity_id)
        return state is not None and state.state != STATE_UNAVAILABLE

    def _has(self, feature: MediaPlayerEntityFeature) -> bool:
        """Tell whether the entity has a feature."""
        state = self._hass.states.get(self._entity_id)
        if state is None:
            return False
        return bool(state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) & feature)

    async def _call(self, service: str, data: dict[str, Any]) -> None:
        """Call an action of the entity and wait until it is done."""
        await self._hass.services.async_call(
            MEDIA_PLAYER_DOMAIN,
            service,
            {ATTR_ENTITY_ID: self._entity_id, **data},
            blocking=True,
        )
