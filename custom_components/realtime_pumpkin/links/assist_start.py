"""Start a satellite without a wake word, through its public action."""

import asyncio
from typing import Any, Final, override

from homeassistant.components.assist_satellite import DOMAIN as SATELLITE_DOMAIN
from homeassistant.const import ATTR_ENTITY_ID
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.network import NoURLAvailableError, get_url

from ..const import LOGGER
from .assist_run import AssistAccess, SatelliteRun
from .errors import (
    AssistSatelliteBusy,
    AssistSatelliteNotStartable,
    AssistSatelliteRefused,
    AssistSatelliteSilent,
    LinkError,
    NoInternalUrl,
)
from .media_utterance import silent_stream
from .owned import Clock, Spawn, async_cancel
from .player import MediaPlayer
from .satellite_state import SatelliteState, async_wait_for_state
from .satellite_stream import SatelliteStream
from .satellites import can_be_started, own_player
from .stream_view import async_get_streams, stream_path

START_TIMEOUT_S: Final = 8.0
"""How long a satellite may take to listen; it plays a clip of 200 ms first."""

# Somebody's announcement may end first; one that never ends is silenced.
_PATIENCE_S: Final = 5.0
_SILENCED_S: Final = 3.0
# A satellite is shown as idle before Home Assistant lets go of its announcement:
# whoever starts it in between is refused.
_LET_GO_S: Final = 0.1


class SatelliteStart(SatelliteRun):
    """Let a satellite listen to the voice's pipeline, once.

    What was chosen is chosen again as soon as the pipeline runs.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        satellite: str,
        access: AssistAccess,
        *,
        spawn: Spawn,
        clock: Clock,
    ) -> None:
        """Prepare to start the satellite (its entity id)."""
        super().__init__(hass, satellite, access, clock)
        self._spawn = spawn
        self._tokens: list[str] = []
        self._action: asyncio.Task[None] | None = None

    @override
    async def async_run(self) -> SatelliteStream:
        """Return what the satellite hears from now on; raise `LinkError`."""
        try:
            await self._make_ready()
            self._begin()
            stream = await self._entered()
        except Exception:
            await self._give_back()
            raise
        await self._give_back()
        return stream

    @override
    async def async_close(self) -> None:
        """End what was begun: a microphone that is still to open ends at once.

        None is waited for that will open for the satellite's own assistant, as when
        Home Assistant stops.
        """
        try:
            if self._expected is not None and self._is_ours:
                stream = await self._entered()
                stream.close()
        except LinkError as err:
            LOGGER.debug("%s did not begin to listen: %r", self.satellite, err)
        finally:
            await self._give_back()

    async def _make_ready(self) -> None:
        """Wait until the satellite is idle, then choose the voice's pipeline."""
        self._check()
        await self._settle()
        await self._borrow()

    def _check(self) -> None:
        """Raise why the satellite cannot be started at all."""
        self._require_available()
        if not can_be_started(self._hass, self.satellite):
            raise AssistSatelliteNotStartable(entity_id=self.satellite)

    async def _settle(self) -> None:
        """Let the satellite finish what it does; one that only plays is silenced."""
        if self._is_free:
            return
        if not await self._gets_free(_PATIENCE_S):
            await self._interrupt()
        await asyncio.sleep(_LET_GO_S)

    @property
    def _is_free(self) -> bool:
        """Tell whether it is idle, and nobody announces at its player either."""
        return self._is_idle and not self._is_announcing

    @property
    def _is_idle(self) -> bool:
        """Tell whether it neither listens nor speaks for Home Assistant."""
        return self._hass.states.is_state(self.satellite, SatelliteState.IDLE)

    @property
    def _is_announcing(self) -> bool:
        """Tell whether somebody announces there, in one of the two ways."""
        player = own_player(self._hass, self.satellite)
        is_taken = self._access.announcements.is_taken
        return (player is not None and is_taken(player)) or self._hass.states.is_state(
            self.satellite, SatelliteState.RESPONDING
        )

    async def _interrupt(self) -> None:
        """Silence a satellite that only plays; raise `AssistSatelliteBusy` else."""
        player = own_player(self._hass, self.satellite)
        if player and self._is_announcing:
            await self._silence(
                MediaPlayer(self._hass, player, satellite=self.satellite)
            )
        await self._gets_free(_SILENCED_S)
        if not self._is_idle:
            raise AssistSatelliteBusy(entity_id=self.satellite)

    async def _gets_free(self, seconds: float) -> bool:
        """Wait until it is idle and nobody announces at its player."""
        until = self._clock() + seconds
        if not await self._gets_idle(seconds):
            return False
        player = own_player(self._hass, self.satellite)
        left = max(0.0, until - self._clock())
        announcements = self._access.announcements
        return player is None or await announcements.async_wait(player, left)

    async def _gets_idle(self, seconds: float) -> bool:
        """Wait until the satellite is idle."""
        state = await async_wait_for_state(
            self._hass,
            self.satellite,
            lambda state: state == SatelliteState.IDLE,
            seconds,
        )
        return state is not None

    async def _silence(self, player: MediaPlayer) -> None:
        """Put silence in the place of an announcement that does not end."""
        try:
            async with asyncio.timeout(_SILENCED_S):
                await player.async_play(self._silent_clip())
        except (HomeAssistantError, TimeoutError) as err:
            LOGGER.debug("%s could not be silenced: %r", player.entity_id, err)

    def _begin(self) -> None:
        """Tell the satellite to start."""
        expected = self._expect(START_TIMEOUT_S)
        call = self._call(self._silent_clip(), expected)
        self._action = self._spawn(call, f"start {self.satellite}")

    def _silent_clip(self) -> str:
        """Return the address of 200 ms of silence, for a while."""
        try:
            base = get_url(self._hass, prefer_external=False, allow_cloud=False)
        except NoURLAvailableError as err:
            raise NoInternalUrl from err
        streams = async_get_streams(self._hass)
        self._tokens.append(token := streams.add(silent_stream(self._clock)))
        return base + stream_path(token)

    async def _call(self, clip: str, expected: asyncio.Future[SatelliteStream]) -> None:
        """Call the action; that it returns says nothing, that it fails does."""
        data: dict[str, Any] = {
            ATTR_ENTITY_ID: self.satellite,
            "start_media_id": clip,
            "preannounce": False,
        }
        try:
            await self._hass.services.async_call(
                SATELLITE_DOMAIN, "start_conversation", data, blocking=True
            )
        except Exception as err:  # noqa: BLE001 - integrations raise anything
            if not expected.done():
                expected.set_exception(self._refused(err))

    @property
    @override
    def _too_late(self) -> LinkError:
        """Return the error of a satellite that was told to start and does not."""
        return AssistSatelliteSilent(entity_id=self.satellite)

    @override
    async def _give_back(self) -> None:
        """Leave nothing behind."""
        await super()._give_back()
        action, self._action = self._action, None
        # An action that waits for the end of a clip keeps the satellite busy.
        await async_cancel(action)
        for token in self._tokens:
            async_get_streams(self._hass).remove(token)
        self._tokens.clear()

    def _refused(self, err: Exception) -> AssistSatelliteRefused:
        """Return what the satellite answered, without the clip's address."""
        error = str(err) or type(err).__name__
        for token in self._tokens:
            error = error.replace(token, "…")
        return AssistSatelliteRefused(entity_id=self.satellite, error=error)
