"""Encode speech as MP3 that can be played while it is still being made."""

from typing import Final
from weakref import finalize

import av

from .formats import PCM_24K, SAMPLE_WIDTH
from .pyav import audio_frame, release

BYTES_PER_MS: Final = 8
"""64 kbit/s; at 24 kHz each frame has 192 bytes and lasts 24 ms."""

FRAME_BYTES: Final = 192
ENCODER_DELAY_MS: Final = 1105 * 1000 / 24_000
"""How much silence a plain decoder plays before the first sample (LAME)."""

ENCODER_LAG_MS: Final = 48
"""How much PCM goes in before the first frame comes out."""


class Mp3Encoder:
    """Turn PCM s16le mono 24 kHz into MP3 of 64 kbit/s, constant bit rate.

    Without the bit reservoir every frame stands alone, so that whatever was
    returned can be decoded at once. 48 ms of PCM give the first frame.
    """

    def __init__(self) -> None:
        """Open LAME for one stream."""
        codec = av.CodecContext.create("libmp3lame", "w")
        codec.sample_rate = PCM_24K.rate
        codec.layout = "mono"
        codec.format = "s16p"
        codec.bit_rate = BYTES_PER_MS * 8000
        # LAME's quickest search: speech keeps 44 dB of signal to noise at this
        # bit rate, as with its slower ones, for two thirds of the CPU.
        codec.options = {"reservoir": "0", "compression_level": "9"}
        self._codec: av.AudioCodecContext | None = codec
        self._release = finalize(self, release, codec)
        self._release.atexit = False
        self._rest = b""

    def push(self, pcm: bytes) -> bytes:
        """Return the MP3 frames that the added PCM completes."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % SAMPLE_WIDTH
        pcm, self._rest = pcm[:whole], pcm[whole:]
        if not pcm:
            return b""
        return self._encode(audio_frame(pcm, PCM_24K.rate))

    def flush(self) -> bytes:
        """Return the last MP3 frames; the stream has ended."""
        last = self._encode(None)
        self._release()
        self._codec = None
        return last

    def _encode(self, frame: av.AudioFrame | None) -> bytes:
        """Return what a frame completes; raises `EOFError` behind the end."""
        if self._codec is None:
            raise EOFError
        return b"".join(map(bytes, self._codec.encode(frame)))
