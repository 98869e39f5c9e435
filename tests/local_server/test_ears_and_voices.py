"""Voices that speak and ears that hear them: flite and pocketsphinx themselves."""

from collections.abc import AsyncIterator
from pathlib import Path
import re

import numpy as np
from pocketsphinx import Decoder  # type: ignore[import-untyped]
import pytest

from custom_components.realtime_pumpkin.rehearsal.sound import tone
from demo.realtime_server.brain.grammar import grammar
from demo.realtime_server.ears import Ears, to_ear_rate
from demo.realtime_server.resampling import resampled
from demo.realtime_server.silero import SileroDetector
from demo.realtime_server.voices import TIMBRES, Timbre, Voices, pronounced, timbre_of


@pytest.fixture
def voices(tmp_path: Path) -> Voices:
    """Return voices with an empty cache."""
    return Voices(tmp_path)


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    """Return ears that know the door's grammar."""
    listening = Ears(grammar())
    yield listening
    await listening.close()


def samples_of(pcm: bytes | None) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return PCM as numbers."""
    assert pcm
    return np.frombuffer(pcm, "<i2").astype(np.float64)


async def test_what_visitors_say_is_heard(ears: Ears, voices: Voices) -> None:
    """Expected phrases through the grammar, with two different voices."""
    for voice in ("ballad", "alloy"):
        for said in ("trick or treat", "i don't know", "turn on the light"):
            pcm = await voices.speak(said, voice, 1.0)
            assert await ears.hear(pcm or b"") == said


async def test_what_nobody_expected_is_heard_with_open_ears(
    ears: Ears, voices: Voices
) -> None:
    """Most words of a free sentence come through."""
    pcm = await voices.speak("I have a green bicycle with three wheels", "ballad", 1.0)
    heard = set((await ears.hear(pcm or b"") or "").split())
    assert len(heard & {"green", "bicycle", "three", "wheels"}) >= 3


async def test_silence_is_no_word(ears: Ears) -> None:
    """And no audio at all is none either."""
    rustle = np.random.default_rng(1).normal(0, 40, 48_000).astype("<i2").tobytes()
    assert await ears.hear(bytes(48_000)) == ""
    assert await ears.hear(rustle) == ""
    assert await ears.hear(b"") == ""


async def test_ears_that_died_are_grown_again(ears: Ears, voices: Voices) -> None:
    """One utterance is lost at most."""
    pcm = await voices.speak("trick or treat", "ballad", 1.0) or b""
    await ears.start()
    for recognizer in ears._all[:2]:
        assert recognizer._process is not None
        recognizer._process.kill()
        await recognizer._process.wait()
    assert await ears.hear(pcm) == "trick or treat"


async def test_ears_that_cannot_start_hear_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The server goes on and says what is missing."""
    ears = Ears(python="/nowhere/python")
    assert await ears.hear(tone(200)) is None
    assert "The ears failed" in caplog.text
    await ears.close()


def test_every_word_of_the_grammar_is_in_the_dictionary() -> None:
    """Otherwise the recognizer takes none of it."""
    decoder = Decoder(samprate=16000, lm=None, loglevel="FATAL")
    rules = "\n".join(grammar().splitlines()[2:])
    words = set(re.findall(r"[a-z']+", re.sub(r"<\w+>|public", " ", rules)))
    assert [word for word in words if decoder.lookup_word(word) is None] == []


async def test_the_ten_voices_sound_different(voices: Voices) -> None:
    """No two of them say a sentence with the same samples."""
    said = [await voices.speak("Good evening!", name, 1.0) for name in TIMBRES]
    assert len(set(said)) == len(TIMBRES) == 10


async def test_pitch_does_not_change_how_long_a_sentence_takes(voices: Voices) -> None:
    """No chipmunks: higher, but not faster; speed alone is speed."""
    plain = samples_of(await voices.speak("Good evening, visitor!", "alloy", 1.0))
    high = samples_of(await voices.speak("Good evening, visitor!", "shimmer", 1.0))
    fast = samples_of(await voices.speak("Good evening, visitor!", "alloy", 1.5))
    assert high.size == pytest.approx(plain.size, rel=0.05)
    assert fast.size == pytest.approx(plain.size / 1.5, rel=0.1)


async def test_voices_are_equally_loud(voices: Voices) -> None:
    """About -20 dBFS, never clipped."""
    for name in ("alloy", "echo", "verse"):
        sound = samples_of(await voices.speak("Good evening, visitor!", name, 1.0))
        loudness = 20 * np.log10(np.sqrt(np.mean(sound**2)) / 32768)
        assert -24 < loudness < -18
        assert np.abs(sound).max() < 32767


async def test_a_sentence_is_rendered_once(
    voices: Voices, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time it comes from the cache, and needs no flite."""
    first = await voices.speak("Boo!", "echo", 1.0)
    monkeypatch.setattr(voices, "_program", "/nowhere/flite")
    assert await voices.speak("Boo!", "echo", 1.0) == first


async def test_a_voice_that_fails_says_nothing_and_why(
    voices: Voices, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The response fails, the server does not."""
    monkeypatch.setattr(voices, "_program", "/bin/false")
    assert await voices.speak("Boo!", "echo", 1.0) is None
    assert "The voice failed: flite ended with exit status 1" in caplog.text


async def test_without_flite_there_are_tones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And a word on what to install."""
    monkeypatch.setenv("PATH", "")
    assert await Voices(tmp_path).speak("Boo!", "echo", 1.0)
    assert "apt-get install flite" in caplog.text


async def test_nothing_to_say_is_silence(voices: Voices) -> None:
    """Punctuation and emoji alone have no sound."""
    assert await voices.speak("… 🎃", "echo", 1.0) == b""


def test_texts_are_written_as_flite_reads_them() -> None:
    """Laughs are not spelled, curly quotes and emoji are gone."""
    assert pronounced("Mwah ha!") == "muah ha!"
    assert pronounced("It\u2019s \U0001f383 me\u2026") == "It's me..."
    assert pronounced("-t evil") == "t evil"


def test_unknown_voices_get_one_of_the_ten() -> None:
    """The same one every time."""
    assert isinstance(timbre_of("custom"), Timbre)
    assert timbre_of("custom") == timbre_of("custom")


@pytest.mark.parametrize("factor", [1.5, 1.3, 0.8])
def test_resampling_keeps_pitch_and_level(factor: float) -> None:
    """A 1 kHz tone stays one, without images."""
    rate = 16_000
    tone = np.sin(np.arange(rate) * 2 * np.pi * 1000 / rate)
    wanted = resampled(tone, factor)
    assert wanted.size == int(rate * factor)
    spectrum = np.abs(np.fft.rfft(wanted))
    assert int(spectrum.argmax()) == 1000
    rest = np.delete(spectrum, range(980, 1021))
    assert rest.max() < spectrum.max() / 100
    assert np.abs(wanted[100:-100]).max() == pytest.approx(1, abs=0.02)


def test_the_ears_rate_keeps_pitch_and_length() -> None:
    """24 kHz becomes 16 kHz."""
    tone = np.sin(np.arange(24_000) * 2 * np.pi * 1000 / 24_000) * 10_000
    heard = np.frombuffer(to_ear_rate(tone.astype("<i2").tobytes()), "<i2")
    assert heard.size == 16_000
    assert int(np.abs(np.fft.rfft(heard)).argmax()) == 1000


async def test_silero_tells_speech_from_noise(voices: Voices) -> None:
    """The other speech detector, frame by frame, in any pieces."""
    speech = samples_of(
        await voices.speak("Good evening, brave visitor!", "ballad", 1.0)
    )
    noise = np.random.default_rng(1).normal(0, 1000, speech.size)
    detector = SileroDetector()
    pieces = np.array_split(speech.astype(np.int16), 37)
    judged = np.concatenate([detector.judge(piece) for piece in pieces])
    detector.reset()
    hissed = detector.judge(noise.astype(np.int16))
    assert (judged > 0.5).mean() > 0.5
    assert (hissed > 0.5).mean() < 0.1
