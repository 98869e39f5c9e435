"""The sound of a telephone call: Opus in RTP, a packet every 20 ms each way.

Written after RFC 3550 and RFC 7587 with FFmpeg's Opus, so that it shares nothing with
the library that it tries.
"""

import asyncio
from collections.abc import Callable
from fractions import Fraction
import struct
from typing import Any, Final, override

import av
import numpy as np

RATE: Final = 48_000
FRAME: Final = 960
"""Samples of a packet."""

FRAME_S: Final = FRAME / RATE
OPUS: Final = 123
"""The payload type that we offer for Opus."""

_HEADER: Final = struct.Struct(">BBHII")
_VERSION_2: Final = 0x80
_AUDIBLE: Final = 0.02
_PAUSE: Final = 15
"""Packets after which a tone is another one."""

_QUIET: Final = np.zeros(FRAME, np.int16)

type Samples = np.ndarray[Any, np.dtype[np.int16]]


class RtpEnd(asyncio.DatagramProtocol):
    """One end of a call's sound: it speaks without a pause and notes what it hears."""

    def __init__(self) -> None:
        """Know nobody to speak to yet."""
        self.faults: list[str] = []
        """What came that no telephone would understand."""

        self.pitches: list[int] = []
        """The strongest frequency (Hz, in steps of 50) of each packet; 0: silence."""

        self._news = asyncio.Event()
        self._to_say = np.zeros(0, np.int16)
        self._encoder = _encoder()
        self._decoder = av.CodecContext.create("opus", "r")
        self._decoder.sample_rate = RATE
        self._decoder.layout = "stereo"
        self._before: tuple[int, int, int] | None = None
        self._count = 0
        self._speaking: asyncio.Task[None] | None = None
        self._transport: asyncio.DatagramTransport | None = None

    @override
    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        """Have a socket."""
        self._transport = transport

    @property
    def port(self) -> int:
        """Return where it listens."""
        assert self._transport is not None
        port: int = self._transport.get_extra_info("sockname")[1]
        return port

    def speak_to(self, address: tuple[str, int]) -> None:
        """Send a packet every 20 ms from now on, of silence where nothing is said."""
        self._speaking = asyncio.create_task(self._speak(address))

    def say(self, pcm: bytes) -> None:
        """Say PCM s16le mono 16 kHz after what is still to be said."""
        samples = np.repeat(np.frombuffer(pcm, "<i2"), RATE // 16_000)
        self._to_say = np.concatenate((self._to_say, samples))

    async def close(self) -> None:
        """Be silent."""
        if self._speaking is not None:
            self._speaking.cancel()
            await asyncio.wait([self._speaking])
        if self._transport is not None:
            self._transport.close()

    def heard_s(self, hz: int) -> float:
        """Return for how long a tone was heard."""
        return len(self._places(hz)) * FRAME_S

    def times(self, hz: int) -> int:
        """Return how many times a tone was heard, with pauses between."""
        places = self._places(hz)
        starts = zip([-_PAUSE, *places], places, strict=False)
        return sum(place - before >= _PAUSE for before, place in starts)

    def _places(self, hz: int) -> list[int]:
        """Return which packets a tone was in."""
        return [at for at, pitch in enumerate(self.pitches) if abs(pitch - hz) <= 50]

    async def until(self, true: Callable[[], bool], within_s: float = 10.0) -> None:
        """Wait until something is true; looked at whenever something is heard."""
        async with asyncio.timeout(within_s):
            while not true():
                self._news.clear()
                await self._news.wait()

    async def until_heard(self, hz: int, seconds: float) -> None:
        """Wait until a tone was heard for so long."""
        await self.until(lambda: self.heard_s(hz) > seconds)

    @override
    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Hear a packet, or note what is wrong with it."""
        try:
            flags, kind, *place = _HEADER.unpack_from(data)
            self._check(flags, kind, *place)
            self.pitches.append(self._pitch_of(data[_HEADER.size :]))
        except (AssertionError, struct.error, av.FFmpegError) as fault:
            self.faults.append(repr(fault))
        self._news.set()

    def _check(
        self, flags: int, kind: int, number: int, time: int, source: int
    ) -> None:
        """Refuse a packet that does not follow the one before."""
        assert flags == _VERSION_2, f"flags {flags:#x}"
        assert kind & 0x7F == OPUS, f"payload type {kind & 0x7F}"
        before, self._before = self._before, (number, time, source)
        if before is not None:
            expected = ((before[0] + 1) % 2**16, (before[1] + FRAME) % 2**32, before[2])
            assert (number, time, source) == expected, (number, time, source)

    def _pitch_of(self, opus: bytes) -> int:
        """Return the strongest frequency of a packet."""
        frames = self._decoder.decode(av.Packet(opus))
        sound = np.concatenate([frame.to_ndarray()[0] for frame in frames] or [_QUIET])
        if np.abs(sound).max(initial=0) < _AUDIBLE:
            return 0
        spectrum = np.abs(np.fft.rfft(sound[:FRAME] * np.hanning(sound[:FRAME].size)))
        return int(np.argmax(spectrum)) * RATE // FRAME

    async def _speak(self, address: tuple[str, int]) -> None:
        """Speak at the pace of a clock."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while self._transport is not None:
            self._transport.sendto(self._packet(), address)
            due += FRAME_S
            await asyncio.sleep(due - loop.time())

    def _packet(self) -> bytes:
        """Return the next packet."""
        said, self._to_say = self._to_say[:FRAME], self._to_say[FRAME:]
        mono = np.pad(said, (0, FRAME - said.size))
        stereo = np.repeat(mono, 2).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(stereo, format="s16", layout="stereo")
        frame.sample_rate, frame.pts = RATE, self._count * FRAME
        frame.time_base = Fraction(1, RATE)
        [opus] = self._encoder.encode(frame)
        header = _HEADER.pack(
            _VERSION_2, OPUS, self._count % 2**16, self._count * FRAME % 2**32, 7
        )
        self._count += 1
        return header + bytes(opus)


def _encoder() -> Any:
    """Return an encoder of one packet for each 20 ms."""
    encoder: Any = av.CodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "stereo", "s16"
    encoder.time_base = Fraction(1, RATE)
    encoder.options = {"application": "voip", "frame_duration": "20"}
    return encoder
