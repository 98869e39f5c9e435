"""Hear a recording as somebody who had nothing to do with making it."""

from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction
import re

import av
import numpy as np
from numpy.typing import NDArray
from pocketsphinx import Decoder  # type: ignore[import-untyped]

from demo.measure.recording import Samples

RATE = 24000
_EARS_RATE = 16000
_FRAME = RATE // 100
_SILENT = 104
_LAG = RATE // 20
_SAME = 0.9
"""From which correlation on a stretch of sound is a sentence."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was played beside what should have been."""

    duration_ms: float
    expected_ms: float
    likeness: float
    """Of the waveforms, 1 where they are the same; pitch and gaps lower it."""

    longest_dropout_ms: int
    """The longest silence where there should have been sound."""


def words(text: str) -> list[str]:
    """Return the words of a text, as they are compared."""
    return re.findall(r"[a-z']+", text.lower())


def recognized(samples: Samples) -> str:
    """Return what an open-vocabulary recogniser hears (PCM mono 24 kHz)."""
    decoder = Decoder(samprate=_EARS_RATE, loglevel="FATAL")
    pause = np.zeros(_EARS_RATE // 2, np.int16)
    heard = np.concatenate([pause, _for_ears(samples), pause])
    decoder.start_utt()
    decoder.process_raw(heard.tobytes(), full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return str(hypothesis.hypstr) if hypothesis else ""


def word_accuracy(said: str, heard: str) -> float:
    """Return the share of the said words that were heard, in their order."""
    one, other = words(said), words(heard)
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(one)


def trimmed(samples: Samples) -> Samples:
    """Return samples without the silence at both ends."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) >= _SILENT)
    return samples[loud[0] : loud[-1] + 1]


def compared(played: Samples, expected: Samples) -> Comparison:
    """Compare two recordings of the same words, from first sound to last."""
    one, other = trimmed(played), trimmed(expected)
    return Comparison(
        len(one) * 1000 / RATE,
        len(other) * 1000 / RATE,
        _likeness(one, other),
        _longest_dropout_ms(one, other),
    )


def times_heard(played: Samples, sentence: Samples) -> int:
    """Return how often a sentence is heard whole in a recording."""
    wanted = trimmed(sentence).astype(np.float64)
    likeness = _likeness_at_each_place(played.astype(np.float64), wanted)
    times = 0
    while likeness.size and likeness.max() >= _SAME:
        place = int(likeness.argmax())
        likeness[max(place - len(wanted) // 2, 0) : place + len(wanted) // 2] = 0
        times += 1
    return times


def _likeness_at_each_place(
    played: NDArray[np.float64], wanted: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the correlation of a sentence with what is played from each sample on."""
    size = len(played) + len(wanted)
    product = np.fft.irfft(
        np.fft.rfft(played, size) * np.conj(np.fft.rfft(wanted, size)), size
    )
    energy = np.concatenate([[0.0], np.cumsum(played**2)])
    windows = np.maximum(energy[len(wanted) :] - energy[: -len(wanted)], 1.0)
    norm = np.sqrt(windows * np.sum(wanted**2))
    return np.asarray(product[: len(windows)] / norm)


def _likeness(one: Samples, other: Samples) -> float:
    """Return the best correlation of two waveforms within 50 ms of each other."""
    size = len(one) + len(other)
    ours, theirs = (np.fft.rfft(each, size) for each in (one, other))
    product = np.fft.irfft(ours * np.conj(theirs), size)
    best = max(product[: _LAG + 1].max(), product[-_LAG:].max())
    norm = np.linalg.norm(one.astype(float)) * np.linalg.norm(other.astype(float))
    return float(best / norm)


def _longest_dropout_ms(played: Samples, expected: Samples) -> int:
    """Return the longest silence, in ms, where the expected one has sound."""
    lost = _levels(expected) >= _SILENT * 4
    heard = _levels(played) >= _SILENT
    size = min(len(lost), len(heard))
    longest = run = 0
    for gone in lost[:size] & ~heard[:size]:
        run = run + 1 if gone else 0
        longest = max(longest, run)
    return longest * 10


def _levels(samples: Samples) -> NDArray[np.int32]:
    """Return the peak of every 10 ms."""
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME)
    peaks: NDArray[np.int32] = np.abs(frames.astype(np.int32)).max(axis=1)
    return peaks


def _for_ears(samples: Samples) -> Samples:
    """Return samples at the recogniser's rate."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=_EARS_RATE)
    frame = av.AudioFrame.from_ndarray(
        samples.reshape(1, -1), format="s16", layout="mono"
    )
    frame.sample_rate = RATE
    frame.time_base = Fraction(1, RATE)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray().reshape(-1) for part in parts])


def places_of(sound: bytes, samples: Samples) -> list[int]:
    """Return where a sound begins in a recording, each time that it is played."""
    one = np.frombuffer(sound, "<i2").astype(np.float64)
    size = len(samples) + len(one)
    spectrum = np.fft.rfft(samples.astype(np.float64), size)
    product = np.fft.irfft(spectrum * np.conj(np.fft.rfft(one, size)), size)
    product = product[: len(samples)]
    places = []
    while (best := int(np.argmax(product))) and product[best] > 0.5 * one @ one:
        places.append(best)
        product[max(0, best - len(one)) : best + len(one)] = 0
    return sorted(places)
