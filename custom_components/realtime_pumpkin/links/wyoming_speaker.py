"""The speaker of a Wyoming satellite, on the microphone's connection."""

import asyncio
from typing import Final, override

from wyoming.audio import AudioChunk, AudioStart, AudioStop

from ..audio.formats import PCM_24K, SAMPLE_WIDTH, AudioFormat
from ..audio.resample import Resampler
from .errors import LinkError, SatelliteWithoutSpeaker
from .owned import Clock, Spawn, async_cancel
from .protocols import LinkCapabilities, SinkListener
from .queued import QueuedSpeaker
from .wyoming import SatelliteEnd, WyomingSatellite
from .wyoming_utterance import Utterance

LATENCY_MS: Final = 100
# How much later than computed `played` may come from a satellite that sends it.
_PLAYED_GRACE_S: Final = 0.6

CAPABILITIES: Final = LinkCapabilities(
    full_duplex=True, echo_cancelled=False, remote_start=True, stop_latency_ms=300
)


class SatelliteSpeaker(QueuedSpeaker[Utterance], SatelliteEnd):
    """An `AudioSink` that plays through a satellite at most 200 ms ahead.

    A satellite cannot throw away what it was sent, so what is ahead is what is
    still heard after `clear`.
    """

    def __init__(
        self,
        satellite: WyomingSatellite,
        *,
        spawn: Spawn,
        clock: Clock,
        latency_ms: float = LATENCY_MS,
    ) -> None:
        """Speak through the satellite's connection."""
        super().__init__(clock)
        self._satellite = satellite
        self._spawn = spawn
        self._latency_ms = latency_ms
        self._writing: Utterance | None = None
        self._resampler = Resampler(PCM_24K, PCM_24K)
        self._is_started = False
        self._unplayed_stops = 0
        self._sends_played = False
        self._busy_until: float | None = None
        self._listener: SinkListener | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def capabilities(self) -> LinkCapabilities:
        """Return what a satellite's speaker can do."""
        return CAPABILITIES

    async def open(self, listener: SinkListener) -> None:
        """Make the speaker ready; raise `LinkError` where it cannot be had."""
        self._listener = listener
        if self._task is not None:
            return
        info = await self._satellite.attach(self)
        if not info.can_speak:
            await self._satellite.detach(self)
            raise SatelliteWithoutSpeaker(host=self._satellite.host)
        self._task = self._spawn(self._play_all(), "wyoming speaker")

    def begin(self, utterance: str) -> None:
        """Start an utterance; it is played after those before it."""
        self.finish()
        self._writing = Utterance(utterance, self._latency_ms)
        self._queue.append(self._writing)
        self._wake.set()

    def write(self, pcm: bytes) -> None:
        """Add PCM s16le mono 24 kHz to the utterance that was begun last."""
        waiting = sum(each.waiting_bytes for each in self._queue)
        if self._writing is not None and self._room.takes(pcm, waiting):
            self._writing.add(pcm)
            self._wake.set()

    def finish(self) -> None:
        """Say that the utterance has no more audio; it plays to its end."""
        if self._writing is not None:
            self._writing.is_complete = True
            self._writing = None
            self._wake.set()

    def heard_ms(self) -> int:
        """Return how many ms of the utterance now playing have been heard."""
        return self._queue[0].heard_ms(self._clock()) if self._queue else 0

    def clear(self) -> int:
        """Send nothing more, drop all that is queued, return the heard ms.

        What the satellite was sent it will play: that counts as heard.
        """
        heard = self._queue[0].sent_ms if self._queue else 0
        if self._queue:
            self._busy_until = self._queue[0].dry_at
        self._queue.clear()
        self._writing = None
        self._wake.set()
        return heard

    async def close(self) -> None:
        """Fall silent and free the satellite; never raises."""
        self._listener = None
        self.clear()
        task, self._task = self._task, None
        await async_cancel(task)
        await self._stop_playing()
        await self._satellite.detach(self)

    @override
    def connected(self, speaker: AudioFormat | None) -> None:
        """Start anew on a new connection, in the format it asks for.

        Where none is told, it gets our own and converts by itself.
        """
        self._is_started = False
        self._unplayed_stops = 0
        self.speaker_told(speaker or PCM_24K)

    @override
    def speaker_told(self, speaker: AudioFormat) -> None:
        """Use another format from the next chunk on."""
        self._resampler = Resampler(PCM_24K, speaker)
        self._wake.set()

    @override
    def played(self) -> None:
        """Hear that all that was sent before an audio-stop was played."""
        self._sends_played = True
        self._unplayed_stops = max(0, self._unplayed_stops - 1)
        self._wake.set()

    @override
    def lost(self, error: LinkError) -> None:
        """Tell the listener that the speaker is gone."""
        self.clear()
        if self._listener is not None:
            self._listener.audio_failed(error)

    async def _play_all(self) -> None:
        """Play one utterance after the other."""
        while True:
            if not self._queue:
                await self._sleep(None)
                continue
            utterance = self._queue[0]
            utterance.play_after(self._busy_until)
            await self._play(utterance)
            await self._hear_out(utterance)

    async def _play(self, utterance: Utterance) -> None:
        """Send an utterance to its end, or until it is cleared."""
        while self._is_current(utterance) and not utterance.is_sent:
            now = self._clock()
            if not self._satellite.is_connected:
                await self._sleep(None)
            elif chunk := utterance.take(now):
                await self._send(chunk)
            else:
                await self._sleep(utterance.next_step_at(now))
            self._announce(utterance)
        if self._is_current(utterance):
            await self._send_pcm(self._resampler.flush())
        await self._stop_playing()

    async def _hear_out(self, utterance: Utterance) -> None:
        """Wait until the last sample is heard, then say so."""
        end = utterance.heard_to_end_at
        if end is not None and self._sends_played:
            end += _PLAYED_GRACE_S
        while self._is_current(utterance) and end is not None:
            self._announce(utterance)
            if self._unplayed_stops == 0 or self._clock() >= end:
                break
            step = utterance.next_step_at(self._clock())
            await self._sleep(end if step is None else min(step, end))
        if self._is_current(utterance):
            self._queue.popleft()
            self._tell_finished(utterance)

    def _announce(self, utterance: Utterance) -> None:
        """Tell the listener, once, that the first sample is audible."""
        if not self._is_current(utterance) or self._listener is None:
            return
        if utterance.announce(self._clock()):
            self._listener.audio_started(utterance.name)

    def _tell_finished(self, utterance: Utterance) -> None:
        """Tell the listener that an utterance was heard to its end."""
        if self._listener is None:
            return
        if utterance.announce(float("inf")):
            self._listener.audio_started(utterance.name)
        self._listener.audio_finished(utterance.name, utterance.sent_ms)

    async def _send(self, pcm: bytes) -> None:
        """Send a chunk of PCM mono 24 kHz."""
        if not self._is_started:
            self._is_started = True
            target = self._resampler.target
            start = AudioStart(target.rate, SAMPLE_WIDTH, target.channels)
            await self._satellite.send(start.event())
        await self._send_pcm(self._resampler.push(pcm))

    async def _send_pcm(self, pcm: bytes) -> None:
        """Send PCM in the satellite's own format."""
        if pcm:
            target = self._resampler.target
            chunk = AudioChunk(target.rate, SAMPLE_WIDTH, target.channels, pcm)
            await self._satellite.send(chunk.event())

    async def _stop_playing(self) -> None:
        """Say that no more comes; the satellite plays what it has."""
        if self._is_started:
            self._is_started = False
            self._unplayed_stops += 1
            self._resampler = Resampler(PCM_24K, self._resampler.target)
            await self._satellite.send(AudioStop().event())
