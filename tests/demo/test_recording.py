"""The file of a visit knows its place on the clock."""

from pathlib import Path
import wave

import numpy as np
import pytest

from demo.measure.recording import (
    Recording,
    RecordingError,
    read_recording,
    write_recording,
)
from demo.recording import assemble, cut, resampled

from .builders import RATE, STARTED_AT, loud, silence


def made(started_at: float = STARTED_AT) -> Recording:
    """Return a recording with a sound on each side."""
    microphone, speaker = silence(2), silence(2)
    loud(microphone, 100, 200)
    loud(speaker, 300, 400)
    return Recording(RATE, started_at, microphone, speaker)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    """Both channels come back sample for sample."""
    write_recording(tmp_path / "visit.wav", made())
    read = read_recording(tmp_path / "visit.wav")
    assert np.array_equal(read.microphone, made().microphone)
    assert np.array_equal(read.speaker, made().speaker)
    assert read.rate == RATE


@pytest.mark.parametrize("fraction", [0.0, 0.123456, 0.999])
def test_sample_0_keeps_its_wall_clock_time(tmp_path: Path, fraction: float) -> None:
    """The broadcast extension is exact to less than a sample."""
    write_recording(tmp_path / "visit.wav", made(STARTED_AT + fraction))
    read = read_recording(tmp_path / "visit.wav")
    assert read.started_at == pytest.approx(STARTED_AT + fraction, abs=1 / RATE)


def test_any_player_sees_stereo_with_the_microphone_left(tmp_path: Path) -> None:
    """Another reader than ours finds the channels where they are said to be."""
    write_recording(tmp_path / "visit.wav", made())
    with wave.open(str(tmp_path / "visit.wav")) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (2, 2)
        frames = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert np.array_equal(frames[::2], made().microphone)


def test_a_wave_file_without_a_date_is_refused(tmp_path: Path) -> None:
    """Figures cannot be computed where sample 0 has no time."""
    with wave.open(str(tmp_path / "other.wav"), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes(bytes(400))
    with pytest.raises(RecordingError):
        read_recording(tmp_path / "other.wav")


def test_no_wave_file_at_all_is_refused(tmp_path: Path) -> None:
    """An empty file says so rather than being a silent night."""
    (tmp_path / "empty.wav").write_bytes(b"")
    with pytest.raises(RecordingError):
        read_recording(tmp_path / "empty.wav")


def test_a_cut_recording_moves_its_start_on_the_clock() -> None:
    """A sound stays where it was on the clock."""
    part = cut(made(), STARTED_AT + 0.25, STARTED_AT + 1)
    assert part.started_at == pytest.approx(STARTED_AT + 0.25)
    assert part.duration_s == pytest.approx(0.75)
    assert np.flatnonzero(part.speaker)[0] == RATE * 50 // 1000


def test_a_cut_beyond_the_ends_keeps_what_there_is() -> None:
    """The night before the doorbell may be shorter than wanted."""
    part = cut(made(), STARTED_AT - 5, STARTED_AT + 50)
    assert part.duration_s == 2


@pytest.mark.parametrize("rate", [16000, 22050, 48000])
def test_resampling_moves_no_sound_by_a_millisecond(rate: int) -> None:
    """A tone starts and ends at 24 kHz where it did before."""
    samples = np.zeros(rate * 2, np.int16)
    tone = 8000 * np.sin(2 * np.pi * 440 * np.arange(rate // 2) / rate)
    samples[rate : rate + rate // 2] = tone
    heard = np.flatnonzero(np.abs(resampled(samples, rate)) > 104)
    assert heard[0] / 24000 == pytest.approx(1.0, abs=0.001)
    assert heard[-1] / 24000 == pytest.approx(1.5, abs=0.001)


def test_both_sides_of_the_sound_card_share_one_time_line(tmp_path: Path) -> None:
    """Two rates become one; the shorter side ends the recording."""
    (tmp_path / "microphone.pcm").write_bytes(bytes(16000 * 2 * 2))
    (tmp_path / "speaker.pcm").write_bytes(bytes(48000 * 2))
    (tmp_path / "room.json").write_text(
        '{"started_at": 5.0, "microphone_rate": 16000, "speaker_rate": 48000}'
    )
    recording = assemble(tmp_path)
    assert recording.started_at == 5.0
    assert len(recording.microphone) == len(recording.speaker) == RATE
