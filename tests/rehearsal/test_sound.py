"""Formats on the wire, tones and speech detection."""

import numpy as np
import pytest

from custom_components.realtime_pumpkin.rehearsal import EnergyDetector
from custom_components.realtime_pumpkin.rehearsal.sound import (
    Decoder,
    Encoder,
    _alaw_table,
    _mulaw_table,
    milliseconds,
    reading_ms,
    tone,
)

PCM = {"type": "audio/pcm", "rate": 24_000}
LAWS = [{"type": "audio/pcmu"}, {"type": "audio/pcma"}]


def level(pcm: bytes) -> float:
    """Return the root mean square of PCM."""
    samples = np.frombuffer(pcm, "<i2").astype(np.float64)
    return float(np.sqrt(np.mean(samples**2)))


def test_the_tables_are_those_of_the_standard() -> None:
    """Known values of ITU-T G.711."""
    mulaw, alaw = _mulaw_table(), _alaw_table()
    assert [int(mulaw[code]) for code in (0xFF, 0x7F, 0x80, 0x00)] == [
        0,
        0,
        32124,
        -32124,
    ]
    assert [int(alaw[code]) for code in (0xD5, 0x55, 0xAA, 0x2A)] == [
        8,
        -8,
        32256,
        -32256,
    ]


@pytest.mark.parametrize("law", LAWS)
def test_a_voice_survives_the_telephone(law: dict[str, str]) -> None:
    """Level and pitch of a 440 Hz tone stay as they were."""
    pcm = tone(1000, 440)
    back = Decoder(law).decode(Encoder(law).encode(pcm))
    assert level(back) == pytest.approx(level(pcm), rel=0.05)
    spectrum = np.abs(np.fft.rfft(np.frombuffer(back, "<i2")))
    assert int(spectrum.argmax()) == pytest.approx(440, abs=2)


@pytest.mark.parametrize("law", LAWS)
def test_telephone_audio_has_no_seams_between_chunks(law: dict[str, str]) -> None:
    """Filters remember: many chunks sound like one piece."""
    pcm = tone(500, 440)
    whole = Encoder(law).encode(pcm)
    encoder, decoder = Encoder(law), Decoder(law)
    pieces = [encoder.encode(pcm[at : at + 994]) for at in range(0, len(pcm), 994)]
    assert b"".join(pieces) == whole
    decoded = b"".join(decoder.decode(piece) for piece in pieces)
    assert decoded == Decoder(law).decode(whole)


@pytest.mark.parametrize("law", LAWS)
def test_telephone_audio_cannot_carry_what_is_too_high(law: dict[str, str]) -> None:
    """A tone of 9 kHz does not come back as one of 1 kHz."""
    assert level(Decoder(law).decode(Encoder(law).encode(tone(500, 9000)))) < 60


def test_half_a_sample_waits_for_its_other_half() -> None:
    """Odd appends of PCM lose nothing."""
    decoder = Decoder(PCM)
    assert decoder.decode(b"\x01\x02\x03") == b"\x01\x02"
    assert decoder.decode(b"\x04") == b"\x03\x04"


def test_a_tone_lasts_as_long_as_it_should() -> None:
    """And begins and ends softly."""
    pcm = tone(250)
    assert milliseconds(len(pcm)) == 250
    assert abs(int(np.frombuffer(pcm, "<i2")[0])) < 50
    assert tone(0) == b""


def test_long_texts_take_longer_to_read() -> None:
    """Reading time grows with the text and shrinks with speed."""
    assert reading_ms("Boo!") < reading_ms("A very long story.")
    assert reading_ms("A very long story.", 1.5) < reading_ms("A very long story.")


@pytest.mark.parametrize(
    ("amplitude", "probability"), [(0.0, 0.0), (0.0141, 0.5), (0.9, 1.0)]
)
def test_loudness_is_taken_for_speech(amplitude: float, probability: float) -> None:
    """-40 dBFS is even odds."""
    samples = np.frombuffer(tone(200, level=amplitude), np.int16)[480:1920]
    judged = EnergyDetector().judge(samples)
    assert judged.tolist() == pytest.approx([probability] * 3, abs=0.02)
