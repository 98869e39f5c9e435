"""Meet a Wyoming satellite: what it is, and whether it streams for us."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wyoming.audio import AudioChunk
from wyoming.event import Event
from wyoming.info import Describe, Info
from wyoming.pipeline import PipelineStage, RunPipeline
from wyoming.satellite import PauseSatellite, RunSatellite

from ..audio.formats import SAMPLE_WIDTH, AudioFormat
from .errors import (
    SatelliteModeUnsupported,
    SatelliteNotASatellite,
    SatelliteOccupied,
    SatelliteSilent,
    SatelliteUnreachable,
)
from .wyoming_wire import SatelliteWire

_INFO_TIMEOUT_S: Final = 5.0
_STREAM_TIMEOUT_S: Final = 2.0
# With a local wake word the answer to `describe` takes up to two seconds.
_STILL_THERE_TIMEOUT_S: Final = 3.0

_LONGEST_TEXT: Final = 255

MODE_ALWAYS_STREAMING: Final = "always_streaming"
MODE_WAKE: Final = "wake"
MODE_VAD: Final = "vad"


@dataclass(frozen=True, slots=True)
class SatelliteInfo:
    """What a satellite told about itself."""

    name: str
    area: str | None
    mode: str
    microphone: AudioFormat
    speaker: AudioFormat | None
    can_speak: bool


@dataclass(frozen=True, slots=True)
class SatelliteConnection:
    """A satellite that streams to us, and the first sound of it."""

    wire: SatelliteWire
    info: SatelliteInfo
    first_chunk: Event


async def async_connect(host: str, port: int) -> SatelliteConnection:
    """Connect to an always streaming satellite and start its microphone.

    Raises `SatelliteUnreachable`, `SatelliteNotASatellite`,
    `SatelliteOccupied`, `SatelliteModeUnsupported` or `SatelliteSilent`.
    """
    wire = SatelliteWire(host, port)
    try:
        await wire.connect()
    except (OSError, OverflowError, UnicodeError) as err:
        error = str(err) or type(err).__name__
        raise SatelliteUnreachable(host=host, port=str(port), error=error) from err
    try:
        return await _Greeting(wire).async_run()
    except BaseException:
        await wire.hang_up()
        raise


async def async_probe(host: str, port: int) -> SatelliteInfo:
    """Try a satellite until its sound comes, then let it go.

    A satellite that another server holds is not disturbed. Raises as
    `async_connect` does.
    """
    connection = await async_connect(host, port)
    await async_release(connection.wire)
    return connection.info


async def async_release(wire: SatelliteWire) -> None:
    """Stop the satellite's microphone and hang up; never raises."""
    await wire.send(PauseSatellite().event())
    await wire.hang_up()


def chunk_format(event: Event) -> AudioFormat | None:
    """Return the format of an audio chunk, or None where it is not s16le."""
    return _read_format(event.data)


def speaker_format(event: Event) -> AudioFormat | None:
    """Return the speaker's format in a `run-pipeline`, where it is told.

    The library's own class drops it.
    """
    data = event.data.get("snd_format")
    return _read_format(data) if isinstance(data, dict) else None


def text_of(value: Any) -> str | None:
    """Return a text that can be shown and sent, None where it is none or empty."""
    if not isinstance(value, str):
        return None
    return value[:_LONGEST_TEXT].encode(errors="replace").decode() or None


class _Greeting:
    """The first exchange with a satellite, up to the first sound."""

    def __init__(self, wire: SatelliteWire) -> None:
        """Greet on a fresh connection."""
        self._wire = wire
        self._at = {"host": wire.host, "port": str(wire.port)}
        self._satellite: Mapping[str, Any] = {}
        self._has_wake_word = False
        self._runs_pipeline = False
        self._can_speak = True
        self._speaker: AudioFormat | None = None

    async def async_run(self) -> SatelliteConnection:
        """Ask who is there, start the microphone and wait for its sound."""
        await self._wire.send(Describe().event())
        await self._wire.send(RunSatellite().event())
        await self._await_info()
        chunk = await self._await_chunk()
        microphone = chunk_format(chunk)
        assert microphone is not None
        info = SatelliteInfo(
            name=text_of(self._satellite.get("name")) or self._wire.host,
            area=text_of(self._satellite.get("area")),
            mode=MODE_ALWAYS_STREAMING,
            microphone=microphone,
            speaker=self._speaker,
            can_speak=self._can_speak,
        )
        return SatelliteConnection(self._wire, info, chunk)

    async def _await_info(self) -> None:
        """Learn what answers at the address."""
        info = await self._next(Info, _INFO_TIMEOUT_S)
        satellite = info.data.get("satellite") if info is not None else None
        if info is None or not isinstance(satellite, dict):
            raise SatelliteNotASatellite(**self._at)
        self._satellite = satellite
        self._has_wake_word = bool(info.data.get("wake"))

    async def _await_chunk(self) -> Event:
        """Wait for the first sound, or find out why there is none."""
        if (chunk := await self._next(AudioChunk, _STREAM_TIMEOUT_S)) is not None:
            return chunk
        if self._runs_pipeline:
            raise SatelliteSilent(**self._at)
        # A satellite hears nothing more from a server that it refused; one
        # that took us but waits for a word still says who it is.
        await self._wire.send(Describe().event())
        if await self._next(Info, _STILL_THERE_TIMEOUT_S) is None:
            raise SatelliteOccupied(**self._at)
        mode = MODE_WAKE if self._has_wake_word else f"{MODE_WAKE}/{MODE_VAD}"
        raise SatelliteModeUnsupported(host=self._wire.host, mode=mode)

    async def _next(
        self, kind: type[Info | AudioChunk], timeout_s: float
    ) -> Event | None:
        """Return the next event of a kind; None where it does not come."""
        try:
            async with asyncio.timeout(timeout_s):
                while (event := await self._wire.receive()) is not None:
                    if RunPipeline.is_type(event.type):
                        self._note_pipeline(event)
                    if kind.is_type(event.type) and _is_usable(event):
                        return event
        except TimeoutError:
            pass
        return None

    def _note_pipeline(self, event: Event) -> None:
        """Read the satellite's mode from the pipeline that it wants."""
        self._runs_pipeline = True
        self._speaker = speaker_format(event)
        self._can_speak = event.data.get("end_stage") == PipelineStage.TTS
        if event.data.get("start_stage") == PipelineStage.ASR:
            raise SatelliteModeUnsupported(host=self._wire.host, mode=MODE_WAKE)
        # Only satellites that tell their speaker's format set restart_on_end.
        if self._speaker is not None and event.data.get("restart_on_end") is False:
            raise SatelliteModeUnsupported(host=self._wire.host, mode=MODE_VAD)


def _is_usable(event: Event) -> bool:
    """Tell whether an event is information, or sound that we can hear."""
    return not AudioChunk.is_type(event.type) or chunk_format(event) is not None


def _read_format(data: Mapping[str, Any]) -> AudioFormat | None:
    """Return the format in an event's data, or None where it is not s16le."""
    rate, channels = data.get("rate"), data.get("channels")
    if type(rate) is not int or type(channels) is not int:
        return None
    if data.get("width") != SAMPLE_WIDTH:
        return None
    if not (4_000 <= rate <= 192_000 and 1 <= channels <= 16):
        return None
    return AudioFormat(rate, channels)
