"""The sound card plays in real time, and lets the visitor be heard."""

import numpy as np
from numpy.typing import NDArray
import pytest

from demo.porch.soundcard import BUFFER_MS, PERIOD_MS, Echo, Period, SoundCard

PERIODS_PER_S = 1000 // PERIOD_MS


def card(speaker_rate: int = 48000) -> SoundCard:
    """Return a card that hears at 16 kHz."""
    return SoundCard(microphone_rate=16000, speaker_rate=speaker_rate)


def passed(of: SoundCard, periods: int) -> list[Period]:
    """Let time pass."""
    return [of.period() for _ in range(periods)]


def tone(samples: int, level: int = 1000) -> bytes:
    """Return a sound."""
    return np.full(samples, level, "<i2").tobytes()


@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000])
def test_a_second_has_exactly_as_many_samples_as_the_rate_says(rate: int) -> None:
    """Rates whose periods are no whole samples do not drift."""
    periods = passed(card(rate), PERIODS_PER_S)
    assert sum(len(period.speaker) for period in periods) == rate * 2
    assert sum(len(period.microphone) for period in periods) == 16000 * 2


def test_what_is_written_is_played_from_the_next_period_on() -> None:
    """Sound comes as soon as it can, and ends where it ends."""
    of = card()
    of.period()
    of.open(1)
    of.write(1, tone(480 + 240))
    one, two, three = passed(of, 3)
    assert one.speaker == tone(480)
    assert np.count_nonzero(np.frombuffer(two.speaker, "<i2")) == 240
    assert (one.speaker_peak, three.speaker_peak) == (1000, 0)


def test_no_more_is_taken_than_the_buffer_holds() -> None:
    """A player that writes faster than real time has to wait."""
    of = card()
    of.open(1)
    of.write(1, bytes(of.free(1)))
    assert of.free(1) == 0
    of.period()
    assert of.free(1) == 480 * 2
    assert BUFFER_MS == 60


def test_a_stream_that_ended_is_played_out_before_it_is_forgotten() -> None:
    """The last samples are heard."""
    of = card()
    of.open(1)
    of.write(1, tone(700))
    of.end(1)
    one, two = passed(of, 2)
    assert one.drained == ()
    assert two.drained == (1,)


def test_a_gap_in_the_writing_is_heard_as_silence() -> None:
    """An underrun is not hidden."""
    of = card()
    of.open(1)
    of.write(1, tone(480))
    peaks = [period.speaker_peak for period in passed(of, 2)]
    of.write(1, tone(480))
    assert [*peaks, of.period().speaker_peak] == [1000, 0, 1000]


def test_two_players_are_heard_together_and_clipped() -> None:
    """An overlap is not hidden either."""
    of = card()
    for stream in (1, 2):
        of.open(stream)
        of.write(stream, tone(480, 20000))
    assert of.period().speaker_peak == 32767


def test_half_a_sample_waits_for_its_other_half() -> None:
    """A write may end anywhere."""
    of = card()
    of.open(1)
    whole = tone(480)
    of.write(1, whole[:101])
    of.period()
    of.write(1, whole[101:])
    heard = np.frombuffer(of.period().speaker, "<i2")
    assert set(heard[:430]) == {1000}


def test_the_night_is_never_as_loud_as_a_sound() -> None:
    """Noise stays below -50 dBFS, and there is some."""
    peaks = [period.microphone_peak for period in passed(card(), PERIODS_PER_S * 5)]
    assert 0 < max(peaks) < 104


def test_a_line_is_heard_in_real_time_and_its_end_is_told_once() -> None:
    """1 s takes 100 periods."""
    of = card()
    of.say(tone(16000, 5000))
    periods = passed(of, PERIODS_PER_S + 10)
    ended = [i for i, period in enumerate(periods) if period.line_ended]
    assert ended == [PERIODS_PER_S - 1]
    assert periods[PERIODS_PER_S - 1].microphone_peak > 4900
    assert periods[PERIODS_PER_S].microphone_peak < 104


def test_a_second_line_waits_for_the_first() -> None:
    """A visitor has one mouth."""
    of = card()
    of.say(tone(160, 5000))
    of.say(tone(160, 9000))
    levels = [period.microphone_peak for period in passed(of, 2)]
    assert levels[0] == pytest.approx(5000, abs=40)
    assert levels[1] == pytest.approx(9000, abs=40)


def test_without_an_echo_the_microphone_hears_only_the_visitor() -> None:
    """However loud the speaker is."""
    sound_card = card()
    sound_card.open(1)
    sound_card.write(1, np.full(480, 20000, "<i2").tobytes())
    period = sound_card.period()
    assert period.microphone == period.visitor


def test_an_echo_is_in_the_microphone_as_loud_as_it_is_said() -> None:
    """At the moment at which the speaker sounds; the recording stays clean."""
    sound_card = SoundCard(microphone_rate=16000, speaker_rate=48000, echo=Echo(-20))
    sound_card.open(1)
    sound_card.write(1, np.full(480, 20000, "<i2").tobytes())
    period = sound_card.period()
    heard = np.frombuffer(period.microphone, "<i2").astype(int)
    alone = np.frombuffer(period.visitor, "<i2").astype(int)
    assert set(heard - alone) == {2000}
    silent = sound_card.period()
    assert silent.microphone == silent.visitor


def test_an_echo_arrives_as_late_as_its_way_is_long() -> None:
    """A period and a half later, and not at all once it has no way any more."""
    sound_card = SoundCard(
        microphone_rate=16000, speaker_rate=48000, echo=Echo(-20, delay_ms=15)
    )
    sound_card.open(1)
    sound_card.write(1, np.full(480, 20000, "<i2").tobytes())
    heard = np.concatenate([_echo(sound_card.period()) for _ in range(3)])
    assert np.flatnonzero(heard).tolist() == list(range(240, 400))
    sound_card.let_echo(None)
    sound_card.write(1, np.full(480, 20000, "<i2").tobytes())
    assert not _echo(sound_card.period()).any()


def _echo(period: Period) -> NDArray[np.int_]:
    """Return what the microphone heard besides the visitor."""
    heard = np.frombuffer(period.microphone, "<i2").astype(int)
    return heard - np.frombuffer(period.visitor, "<i2").astype(int)
