"""Audio formats on the wire and the tones that stand in for a voice.

Inside the server all audio is PCM s16le mono 24 kHz.
"""

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np

type Samples = np.ndarray[tuple[int], np.dtype[np.int16]]

RATE = 24_000
BYTES_PER_MS = RATE * 2 // 1000
_G711_STEP = 3
"""24 kHz samples per 8 kHz sample."""
_FADE = 120
"""Samples over which a tone begins and ends without a click (5 ms)."""


def milliseconds(pcm_bytes: int) -> int:
    """Return the whole milliseconds that so many bytes of PCM last."""
    return pcm_bytes // BYTES_PER_MS


@cache
def _mulaw_table() -> Samples:
    """Return the value of each of the 256 µ-law codes."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent = (code >> 4).astype(np.int32) & 7
    mantissa = code.astype(np.int32) & 15
    magnitude = ((mantissa << 3) + 132 << exponent) - 132
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


@cache
def _alaw_table() -> Samples:
    """Return the value of each of the 256 A-law codes."""
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    exponent = (code >> 4).astype(np.int32) & 7
    mantissa = code.astype(np.int32) & 15
    magnitude = np.where(
        exponent == 0,
        (mantissa << 4) + 8,
        (mantissa << 4) + 264 << np.maximum(exponent - 1, 0),
    )
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


@cache
def _encoding_table(name: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Return the nearest code of every 16-bit value, indexed by value + 32768."""
    values = _TABLES[name]().astype(np.int32)
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    middles = (ordered[1:] + ordered[:-1]) // 2
    return order[np.searchsorted(middles, np.arange(-32768, 32768))].astype(np.uint8)


_TABLES = {"audio/pcmu": _mulaw_table, "audio/pcma": _alaw_table}


def _low_pass() -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return a windowed-sinc filter that keeps what 8 kHz audio can hold."""
    taps = np.arange(-24, 25)
    kernel = np.sinc(taps * 2 * 3600 / RATE) * np.hamming(49)
    return np.asarray(kernel / kernel.sum())


_FILTER = _low_pass()


class Decoder:
    """Turn wire audio into PCM, keeping the filter's memory between chunks."""

    def __init__(self, audio_format: Mapping[str, Any]) -> None:
        """Decode the named format (`audio/pcm`, `audio/pcmu`, `audio/pcma`)."""
        self._name: str = audio_format["type"]
        self._tail = np.zeros(_FILTER.size - 1)
        self._odd = b""

    def decode(self, data: bytes) -> bytes:
        """Return the audio as PCM; an odd last byte waits for its other half."""
        if self._name == "audio/pcm":
            data = self._odd + data
            self._odd = data[len(data) & ~1 :]
            return data[: len(data) & ~1]
        if not data:
            return b""
        values = _TABLES[self._name]()[np.frombuffer(data, np.uint8)]
        spread = np.zeros(values.size * _G711_STEP)
        spread[::_G711_STEP] = values * float(_G711_STEP)
        padded = np.concatenate((self._tail, spread))
        self._tail = padded[-(_FILTER.size - 1) :]
        return _to_pcm(np.convolve(padded, _FILTER, "valid"))


class Encoder:
    """Turn PCM into wire audio, keeping the filter's memory between chunks."""

    def __init__(self, audio_format: Mapping[str, Any]) -> None:
        """Encode the named format (`audio/pcm`, `audio/pcmu`, `audio/pcma`)."""
        self._name: str = audio_format["type"]
        self._tail = np.zeros(_FILTER.size - 1)
        self._phase = 0

    def encode(self, pcm: bytes) -> bytes:
        """Return PCM in the wire format."""
        if self._name == "audio/pcm" or not pcm:
            return pcm
        samples = np.frombuffer(pcm, np.int16).astype(np.float64)
        padded = np.concatenate((self._tail, samples))
        self._tail = padded[-(_FILTER.size - 1) :]
        kept = np.convolve(padded, _FILTER, "valid")[self._phase :: _G711_STEP]
        self._phase = (self._phase - samples.size) % _G711_STEP
        index = np.clip(np.rint(kept), -32768, 32767).astype(np.int32) + 32768
        codes = _encoding_table(self._name)[index]
        return bytes(codes.data)


def _to_pcm(samples: np.ndarray[Any, np.dtype[np.floating[Any]]]) -> bytes:
    """Round and clip samples into s16le."""
    return bytes(np.clip(np.rint(samples), -32768, 32767).astype("<i2").data)


@lru_cache(8)
def tone(duration_ms: int, frequency: float = 330.0, level: float = 0.2) -> bytes:
    """Return a sine that begins and ends softly, as PCM."""
    count = duration_ms * RATE // 1000
    wave = np.sin(np.arange(count) * (2 * np.pi * frequency / RATE)) * level * 32767
    fade = min(_FADE, count // 2)
    if fade:
        ramp = np.linspace(0, 1, fade)
        wave[:fade] *= ramp
        wave[-fade:] *= ramp[::-1]
    return _to_pcm(wave)


def reading_ms(text: str, speed: float = 1.0) -> int:
    """Return how long it takes to say a text: 65 ms a letter, whole 20 ms."""
    return max(10, round(len(text) * 65 / speed / 20)) * 20
