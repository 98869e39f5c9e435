"""The recording of a visit: what the microphone and the speaker heard, and when."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
import struct

import numpy as np
from numpy.typing import NDArray

type Samples = NDArray[np.int16]

# EBU Tech 3285: the "broadcast extension" tells a file's place on the clock.
_BEXT = struct.Struct("<256s32s32s10s8sQH64s10s180s")
_FORMAT = struct.Struct("<HHIIHH")
_CHUNK = struct.Struct("<4sI")


class RecordingError(Exception):
    """A file is not a recording of a visit."""


@dataclass(frozen=True, slots=True)
class Recording:
    """Two channels of PCM s16le on one time line.

    `started_at` is the wall-clock time of sample 0 (seconds since the epoch).
    """

    rate: int
    started_at: float
    microphone: Samples
    speaker: Samples

    @property
    def duration_s(self) -> float:
        """Return how long the recording is, in seconds."""
        return len(self.speaker) / self.rate

    def index(self, at: float) -> int:
        """Return the sample at a wall-clock time, clamped to the recording."""
        index = round((at - self.started_at) * self.rate)
        return min(max(index, 0), len(self.speaker))

    def place_s(self, at: float) -> float:
        """Return where a wall-clock time lies in the recording, in seconds."""
        return at - self.started_at


def write_recording(path: Path, recording: Recording) -> None:
    """Write a stereo broadcast wave file: left microphone, right speaker."""
    frames = np.column_stack([recording.microphone, recording.speaker]).astype("<i2")
    rate = recording.rate
    chunks = (
        (b"bext", _broadcast_extension(recording)),
        (b"fmt ", _FORMAT.pack(1, 2, rate, rate * 4, 4, 16)),
        (b"data", frames.tobytes()),
    )
    body = b"".join(_CHUNK.pack(name, len(data)) + data for name, data in chunks)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body) + 4) + b"WAVE" + body)


def read_recording(path: Path) -> Recording:
    """Read what `write_recording` wrote; raise `RecordingError` for anything else."""
    chunks = _chunks(path.read_bytes())
    try:
        rate = _rate(chunks[b"fmt "])
        started_at = _started_at(chunks[b"bext"], rate)
        frames = np.frombuffer(chunks[b"data"], "<i2").reshape(-1, 2)
    except (KeyError, ValueError, struct.error) as err:
        raise RecordingError(f"{path.name} is not a recording of a visit") from err
    return Recording(rate, started_at, frames[:, 0].copy(), frames[:, 1].copy())


def _broadcast_extension(recording: Recording) -> bytes:
    """Return the chunk that dates sample 0 (UTC, samples since midnight)."""
    started = datetime.fromtimestamp(recording.started_at, UTC)
    midnight = started.replace(hour=0, minute=0, second=0, microsecond=0)
    since_midnight = recording.started_at - midnight.timestamp()
    return _BEXT.pack(
        b"A visit: left what the microphone heard, right what the speaker played. UTC.",
        b"realtime-pumpkin demo",
        b"",
        started.strftime("%Y-%m-%d").encode(),
        started.strftime("%H:%M:%S").encode(),
        round(since_midnight * recording.rate),
        1,
        b"",
        b"",
        b"",
    )


def _started_at(bext: bytes, rate: int) -> float:
    """Return the wall-clock time of sample 0."""
    fields = _BEXT.unpack(bext[: _BEXT.size])
    day = datetime.strptime(fields[3].decode(), "%Y-%m-%d").replace(tzinfo=UTC)
    return (day + timedelta(seconds=fields[5] / rate)).timestamp()


def _rate(fmt: bytes) -> int:
    """Return the sample rate of a 16-bit stereo PCM format chunk."""
    encoding, channels, rate, _, _, bits = _FORMAT.unpack(fmt[: _FORMAT.size])
    if (encoding, channels, bits) != (1, 2, 16):
        raise ValueError("Not 16-bit stereo PCM")
    return int(rate)


def _chunks(data: bytes) -> dict[bytes, bytes]:
    """Return the chunks of a RIFF file by name."""
    chunks: dict[bytes, bytes] = {}
    position = 12
    while position + _CHUNK.size <= len(data):
        name, size = _CHUNK.unpack_from(data, position)
        position += _CHUNK.size
        chunks[name] = data[position : position + size]
        position += size + size % 2
    return chunks
