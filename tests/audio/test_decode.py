"""Any sound becomes PCM s16le mono 24 kHz."""

from pathlib import Path
import wave

import pytest

from custom_components.realtime_pumpkin.audio.decode import decode


def recording(file: Path, rate: int, channels: int, seconds: float) -> str:
    """Write a WAV file; return its path."""
    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(bytes(round(rate * seconds) * channels * 2))
    return str(file)


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (24_000, 1), (44_100, 2)])
def test_rate_and_channels_are_converted(
    tmp_path: Path, rate: int, channels: int
) -> None:
    """A second stays a second."""
    pcm = decode(recording(tmp_path / "a.wav", rate, channels, 1.0), 5000)
    assert len(pcm) == pytest.approx(48_000, abs=200)


def test_a_long_sound_is_cut(tmp_path: Path) -> None:
    """Nobody can fill the memory with a radio station."""
    assert len(decode(recording(tmp_path / "a.wav", 24_000, 1, 2.0), 500)) == 24_000


def test_what_is_no_sound_is_told(tmp_path: Path) -> None:
    """A text is not played as noise."""
    file = tmp_path / "a.txt"
    file.write_text("Boo! " * 100)
    with pytest.raises((OSError, ValueError)):
        decode(str(file), 500)


def test_what_does_not_exist_is_told(tmp_path: Path) -> None:
    """The error says that there is no such file."""
    with pytest.raises(OSError, match="No such file"):
        decode(str(tmp_path / "nothing.mp3"), 500)
