"""Make `visit.wav` of what the sound card recorded."""

from fractions import Fraction
import json
from pathlib import Path

import av
import numpy as np

from .measure.recording import Recording, Samples

RATE = 24000


def assemble(sound: Path) -> Recording:
    """Return both sides of the sound card on one time line, at 24 kHz."""
    facts = json.loads((sound / "room.json").read_text(encoding="utf-8"))
    heard = _side(sound / "microphone.pcm", facts["microphone_rate"])
    played = _side(sound / "speaker.pcm", facts["speaker_rate"])
    length = min(len(heard), len(played))
    return Recording(RATE, facts["started_at"], heard[:length], played[:length])


def cut(recording: Recording, start_at: float, end_at: float) -> Recording:
    """Return the part of a recording between two wall-clock times."""
    start, end = recording.index(start_at), recording.index(end_at)
    return Recording(
        recording.rate,
        recording.started_at + start / recording.rate,
        recording.microphone[start:end],
        recording.speaker[start:end],
    )


def _side(path: Path, rate: int) -> Samples:
    """Return one side of the sound card at 24 kHz."""
    data = path.read_bytes()
    samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2")
    return resampled(samples, rate)


def resampled(samples: Samples, rate: int) -> Samples:
    """Return PCM mono at 24 kHz."""
    if rate == RATE or not samples.size:
        return samples
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    frame = av.AudioFrame.from_ndarray(
        samples.reshape(1, -1), format="s16", layout="mono"
    )
    frame.sample_rate = rate
    frame.time_base = Fraction(1, rate)
    parts = [*resampler.resample(frame), *resampler.resample(None)]
    return np.concatenate([part.to_ndarray().reshape(-1) for part in parts])
