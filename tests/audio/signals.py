"""Sounds whose pitch and place can be told."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray


def tone(rate: int, ms: float, hz: float = 440.0) -> bytes:
    """Return a sine as PCM s16le mono."""
    time = np.arange(int(rate * ms / 1000)) / rate
    return (10_000 * np.sin(2 * np.pi * hz * time)).astype("<i2").tobytes()


def noise(rate: int, ms: float, seed: int = 1) -> bytes:
    """Return soft noise below a quarter of the rate as PCM s16le mono."""
    rng = np.random.default_rng(seed)
    white = rng.normal(0, 6000, int(rate * ms / 1000))
    smooth = np.convolve(white, np.hanning(9) / np.hanning(9).sum(), "same")
    return smooth.clip(-30_000, 30_000).astype("<i2").tobytes()


def samples(pcm: bytes) -> NDArray[np.float64]:
    """Return PCM s16le as numbers."""
    return np.frombuffer(pcm, "<i2").astype(np.float64)


def pitch(pcm: bytes, rate: int) -> float:
    """Return the strongest frequency in Hz."""
    signal = samples(pcm) * np.hanning(len(pcm) // 2)
    return float(np.argmax(np.abs(np.fft.rfft(signal))) * rate / len(signal))


def offset_and_likeness(heard: bytes, said: bytes) -> tuple[int, float]:
    """Return where one sound lies in another (samples) and how alike they are."""
    long, short = samples(heard), samples(said)
    size = 1 << (len(long) + len(short)).bit_length()
    spectrum = np.fft.rfft(long, size) * np.conj(np.fft.rfft(short, size))
    place = int(np.argmax(np.fft.irfft(spectrum, size)[: len(long)]))
    part = long[place : place + len(short)]
    short = short[: len(part)]
    return place, float(
        np.dot(part, short) / (np.linalg.norm(part) * np.linalg.norm(short))
    )


def cut(data: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    """Cut bytes into pieces of the given sizes, over and over."""
    start, turn = 0, 0
    while start < len(data):
        end = start + sizes[turn % len(sizes)]
        yield data[start:end]
        start, turn = end, turn + 1
