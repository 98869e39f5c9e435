"""Satellites that Home Assistant has connected, as microphones."""

from collections.abc import AsyncIterator
from typing import Final

from homeassistant.const import STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant

from .assist_run import SatelliteRun
from .errors import (
    AssistSatelliteLost,
    AssistSatelliteSilent,
    AssistSatelliteTakenOver,
    MicrophoneStalled,
)
from .protocols import LinkCapabilities
from .satellite_state import SatelliteState, async_wait_for_state
from .satellite_stream import SatelliteStream
from .satellites import capabilities

STALLED_AFTER_S: Final = 3.0
_JUDGE_S: Final = 0.5
_LEAVE_S: Final = 1.0
_IN_A_RUN: Final = frozenset({SatelliteState.LISTENING, SatelliteState.PROCESSING})


class OpenMicrophone:
    """An `AudioSource` whose satellite listens already: it was spoken to."""

    def __init__(self, hass: HomeAssistant, stream: SatelliteStream) -> None:
        """Listen to a run of the voice's pipeline."""
        self._hass = hass
        self._stream = stream

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what is known of the satellite."""
        return capabilities(self._hass, self._stream.satellite)

    async def open(self) -> None:
        """Take the run; raise `AssistSatelliteSilent` where nothing comes."""
        stream = self._stream
        stream.is_taken = True
        if not await stream.async_wait_for_sound(STALLED_AFTER_S) or stream.is_over:
            raise AssistSatelliteSilent(entity_id=self._stream.satellite)

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield PCM s16le mono 24 kHz in frames of 20 to 100 ms.

        Ends where somebody ended it at the device. Raises `MicrophoneStalled`,
        `AssistSatelliteLost` or `AssistSatelliteTakenOver`.
        """
        try:
            async for frame in self._stream.frames(STALLED_AFTER_S):
                yield frame
        except TimeoutError as err:
            raise MicrophoneStalled(entity_id=self._stream.satellite) from err
        await self._judge()

    async def close(self) -> None:
        """Let the satellite get idle and see that it does; never raises."""
        self._stream.close()
        await async_wait_for_state(
            self._hass,
            self._stream.satellite,
            lambda state: state not in _IN_A_RUN,
            _LEAVE_S,
        )

    async def _judge(self) -> None:
        """Raise why the run ended, where it was not somebody at the device.

        Home Assistant ends it first and shows a moment later what for.
        """
        satellite = self._stream.satellite
        state = await async_wait_for_state(
            self._hass,
            satellite,
            lambda state: state in (STATE_UNAVAILABLE, SatelliteState.RESPONDING),
            _JUDGE_S,
        )
        match state:
            case "unavailable":
                raise AssistSatelliteLost(entity_id=satellite)
            case SatelliteState.RESPONDING:
                raise AssistSatelliteTakenOver(entity_id=satellite)


class AssistMicrophone:
    """An `AudioSource` whose satellite is started, or waited for, when it is opened."""

    def __init__(self, hass: HomeAssistant, run: SatelliteRun) -> None:
        """Listen through the satellite that is to `run` the voice's pipeline."""
        self._hass = hass
        self._run = run
        self._microphone: OpenMicrophone | None = None

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what is known of the satellite."""
        return capabilities(self._hass, self._run.satellite)

    async def open(self) -> None:
        """Let the satellite listen; raise `LinkError` where it does not."""
        if self._microphone is None:
            stream = await self._run.async_run()
            self._microphone = OpenMicrophone(self._hass, stream)
            await self._microphone.open()

    async def frames(self) -> AsyncIterator[bytes]:
        """Yield PCM s16le mono 24 kHz, as `OpenMicrophone` does."""
        if self._microphone is not None:
            async for frame in self._microphone.frames():
                yield frame

    async def close(self) -> None:
        """Let the satellite get idle, however far it came; never raises.

        One that was told to start but does not listen yet is waited for: with
        its own assistant chosen again it would begin to listen for that one.
        """
        microphone, self._microphone = self._microphone, None
        if microphone is not None:
            await microphone.close()
        await self._run.async_close()
