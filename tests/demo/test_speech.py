"""Sounds are found to the sample, and pauses for breath are none."""

import numpy as np
import pytest

from demo.measure import speech
from demo.measure.speech import Span

from .builders import RATE, Night, loud, silence

# -50 dBFS of full scale 32768 is 103.62.
QUIET, SOUND = 103, 104


def test_the_first_sample_above_the_threshold_is_the_first_sound() -> None:
    """One sample is enough."""
    samples = silence(1)
    samples[12345] = SOUND
    assert speech.first_sound_s(samples, RATE) == 12345 / RATE


def test_a_negative_sample_is_as_loud_as_a_positive_one() -> None:
    """The most negative value does not overflow."""
    samples = silence(1)
    samples[7] = -32768
    assert speech.first_sound_s(samples, RATE) == 7 / RATE


def test_just_below_the_threshold_is_silence() -> None:
    """The night's noise is no sound."""
    samples = np.full(RATE, QUIET, np.int16)
    assert speech.first_sound_s(samples, RATE) is None
    assert speech.spans(samples, RATE) == []


def test_a_sound_before_the_start_does_not_count() -> None:
    """The first sound after the doorbell is looked for."""
    samples = silence(1)
    loud(samples, 100, 200)
    loud(samples, 700, 800)
    assert speech.first_sound_s(samples, RATE, 0.5) == 0.7


def test_an_empty_recording_has_no_sound() -> None:
    """Nothing was recorded at all."""
    assert speech.first_sound_s(silence(0), RATE) is None
    assert speech.spans(silence(0), RATE) == []


@pytest.mark.parametrize(("pause_ms", "number"), [(700, 1), (701, 2)])
def test_a_pause_for_breath_is_part_of_an_utterance(pause_ms: int, number: int) -> None:
    """The bridge is exact to the millisecond."""
    samples = silence(4)
    loud(samples, 500, 1000)
    loud(samples, 1000 + pause_ms, 2500)
    assert len(speech.spans(samples, RATE)) == number


def test_spans_have_their_ends_to_the_sample() -> None:
    """The end is where the last loud sample ends."""
    samples = silence(2)
    loud(samples, 500, 1234)
    assert speech.spans(samples, RATE) == [Span(0.5, 1.234)]


def test_gaps_are_exact_to_the_millisecond() -> None:
    """End of the visitor's speech to the first sound of the answer."""
    night = Night()
    night.visitor((1000, 2000), (5000, 6000))
    night.pumpkin((2437, 4000), (7001, 8000))
    recording = night.measured().recording
    gaps = [turn.gap_ms for turn in speech.turns(recording)]
    assert gaps == pytest.approx([437, 1001])


def test_a_line_without_an_answer_has_no_gap() -> None:
    """The answer to the next line is not this one's."""
    night = Night()
    night.visitor((1000, 2000), (5000, 6000))
    night.pumpkin((6500, 7000))
    gaps = [turn.gap_ms for turn in speech.turns(night.measured().recording)]
    assert gaps[0] is None
    assert gaps[1] == pytest.approx(500)


def test_what_the_pumpkin_was_saying_anyway_is_no_answer() -> None:
    """A visitor who interrupts is answered when the pumpkin speaks anew."""
    night = Night()
    night.visitor((1000, 2000))
    night.pumpkin((500, 2200), (3500, 4000))
    turn = speech.turns(night.measured().recording)[0]
    assert turn.gap_ms == pytest.approx(1500)


def test_a_silent_night_has_no_turns() -> None:
    """Nobody came."""
    assert speech.turns(Night().measured().recording) == []


def test_overlaps_are_where_both_sound() -> None:
    """Only the common part is reported."""
    found = speech.overlaps([Span(1, 3), Span(8, 9)], [Span(2, 4), Span(9, 10)])
    assert found == [Span(2, 3)]
