"""Lost sessions, networks, servers and credit, as the visitor hears them."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from custom_components.realtime_pumpkin.rehearsal.sentences import sentences
from demo.measure import events as house
from demo.measure.events import HouseEvent
from demo.measure.recording import Samples
from demo.measure.report import Expectation, Measurement
from demo.realtime_server.brain.lines import TAKE_IT
from demo.realtime_server.brain.personas import JACK
from demo.realtime_server.brain.riddles import RIDDLES
from demo.realtime_server.voices import Voices

from .conftest import Play, Scenario
from .endurance import CAP_S, CUT_S, KILLED_AT_MS, QUOTA_AT_S, RENEWED_S
from .listening import recognized, times_heard, word_accuracy, words

GREETING = f"{JACK.greetings[0]} {JACK.before_riddle} {RIDDLES[0].question}"
TREAT = f"{JACK.treat} {RIDDLES[0].question}"
GOODBYE = f"{JACK.right[0]} {JACK.farewell}"
WHOLE_VISIT = f"{GREETING} {TREAT} {GOODBYE}"
AFTER_THE_CUT = f"{TAKE_IT} {JACK.before_riddle} {RIDDLES[0].question} {GOODBYE}"

UNDERSTOOD = 0.6
"""The share of words that a stranger has to make out, mostly of a flite voice."""

ROUNDED_S = 1.0
"""The service says in whole seconds when a session expires."""

GIVEN_UP_S = 15.0
GOES_ON = ["cap", "renewal", "cut", "restart"]
ENDS = {"quota": "quota", "quota-midway": "quota", "gone": "connection_lost"}
TIMED = "ended when the goodbye had been heard"


@pytest.fixture(scope="module")
def endured(play: Play) -> Scenario:
    """Play the visits."""
    return play("endurance")


def measured(scenario: Scenario, name: str) -> Measurement:
    """Return a visit's measurement."""
    expected = Expectation(**scenario.report(name)["rig"]["expected"])
    return Measurement.of_folder(scenario.folder / name, expected)


def spoken(sentence: str) -> Samples:
    """Return a sentence as the server's voice says it."""
    pcm = asyncio.run(Voices().speak(sentence, "echo", 1.0))
    return np.frombuffer(pcm or b"", np.int16)


def heard_whole(seen: Measurement, text: str) -> Counter[str]:
    """Return how often each sentence of a text was heard without a break."""
    pieces = {piece.strip() for piece in sentences(text)}
    speaker = seen.recording.speaker
    return Counter({piece: times_heard(speaker, spoken(piece)) for piece in pieces})


def wanted(text: str) -> Counter[str]:
    """Return how often each sentence of a text has to be heard."""
    return Counter(piece.strip() for piece in sentences(text))


def said(seen: Measurement) -> str:
    """Return what the pumpkin said, as Home Assistant was told."""
    told = house.named(seen.events, "assistant_transcript")
    return " ".join(event.text for event in told)


def resumptions(seen: Measurement) -> list[HouseEvent]:
    """Return the sessions in which the conversation went on."""
    started = house.named(seen.events, "session_started")
    return [event for event in started if event.data["resumed"]]


def understood(seen: Measurement) -> str:
    """Return what a stranger makes out of the recording."""
    rate, speaker = seen.recording.rate, seen.recording.speaker
    spans = [(int(s.start_s * rate), int(s.end_s * rate)) for s in seen.pumpkin]
    return " ".join(recognized(speaker[start:end]) for start, end in spans)


def failed(content: dict[str, Any]) -> Sequence[str]:
    """Return the checks that do not hold, but for one of timing."""
    checks = [check for check in content["checks"] if check["name"] != TIMED]
    return [check["name"] for check in checks if not check["ok"]]


@pytest.mark.parametrize("name", GOES_ON)
def test_the_visit_goes_on_as_if_nothing_had_happened(
    endured: Scenario, name: str
) -> None:
    """All lines are heard and answered, no error, one end, the voice rests."""
    assert failed(endured.report(name)) == []
    assert -200 < endured.report(name)["last_sound_to_end_ms"] <= 1000
    assert resumptions(measured(endured, name))


@pytest.mark.parametrize("name", ["cap", "renewal", "restart"])
def test_no_sentence_is_lost_and_none_is_repeated(endured: Scenario, name: str) -> None:
    """Not in Home Assistant's events, and not in what the speaker played."""
    seen = measured(endured, name)
    assert said(seen) == WHOLE_VISIT
    whole = heard_whole(seen, WHOLE_VISIT)
    broken = wanted(WHOLE_VISIT) - whole
    assert whole - wanted(WHOLE_VISIT) == Counter()
    assert broken.total() <= (len(resumptions(seen)) if name == "cap" else 0), broken


@pytest.mark.parametrize("name", ["cap", "renewal", "restart"])
def test_a_stranger_understands_the_whole_visit(endured: Scenario, name: str) -> None:
    """The recogniser hears the words in their order, and hardly any besides."""
    made_out = understood(measured(endured, name))
    assert word_accuracy(WHOLE_VISIT, made_out) >= UNDERSTOOD, made_out
    assert len(words(made_out)) <= len(words(WHOLE_VISIT)) * 1.25, made_out


def test_the_cap_strikes_in_the_middle_of_sentences(endured: Scenario) -> None:
    """Else the checks above would prove nothing."""
    seen = measured(endured, "cap")
    assert len(resumptions(seen)) >= 3
    assert heard_whole(seen, WHOLE_VISIT) != wanted(WHOLE_VISIT)


def test_a_session_is_renewed_before_it_expires_and_between_turns(
    endured: Scenario,
) -> None:
    """The cap itself never strikes; nobody speaks while the session changes."""
    seen = measured(endured, "renewal")
    started = [event.at for event in house.named(seen.events, "session_started")]
    lives = [later - earlier for earlier, later in pairwise(started)]
    assert len(lives) == 2
    assert max(lives) < RENEWED_S - ROUNDED_S / 4
    assert min(lives) > CAP_S
    places = [seen.recording.place_s(at) for at in started[1:]]
    spans = [*seen.pumpkin, *(turn.utterance for turn in seen.turns)]
    assert not any(s.start_s <= place <= s.end_s for s in spans for place in places)


def test_what_was_received_before_a_cut_plays_on(endured: Scenario) -> None:
    """The cut comes after 3 s of speech; all of them are heard, then silence."""
    seen = measured(endured, "cut")
    first = seen.pumpkin[0]
    assert first.duration_s * 1000 >= KILLED_AT_MS
    assert heard_whole(seen, GREETING)[sentences(GREETING)[0].strip()] == 1


def test_what_is_said_during_a_cut_is_answered_after_it(endured: Scenario) -> None:
    """The microphone was kept; the answer comes in the next session, once."""
    seen = measured(endured, "cut")
    (session,) = resumptions(seen)
    cut_s = seen.pumpkin[0].start_s + KILLED_AT_MS / 1000
    first = seen.turns[0]
    assert cut_s < first.utterance.start_s < first.utterance.end_s < cut_s + CUT_S
    assert first.answer_s is not None
    assert cut_s + CUT_S < seen.recording.place_s(session.at) < first.answer_s
    answered = said(seen).partition(TAKE_IT)
    assert WHOLE_VISIT.startswith(answered[0].strip())
    assert "".join(answered[1:]) == AFTER_THE_CUT
    assert heard_whole(seen, AFTER_THE_CUT) - wanted(AFTER_THE_CUT) == Counter()
    assert word_accuracy(AFTER_THE_CUT, understood(seen)) >= UNDERSTOOD


def test_a_server_that_died_while_its_words_played_is_not_missed(
    endured: Scenario,
) -> None:
    """It is back within the budget; its greeting was heard without a gap."""
    seen = measured(endured, "restart")
    (session,) = resumptions(seen)
    killed_s = seen.pumpkin[0].start_s + KILLED_AT_MS / 1000
    assert 0 < seen.recording.place_s(session.at) - killed_s < GIVEN_UP_S
    assert heard_whole(seen, GREETING) >= wanted(GREETING)


@pytest.mark.parametrize(("name", "reason"), ENDS.items())
def test_what_cannot_be_mended_ends_the_conversation(
    endured: Scenario, name: str, reason: str
) -> None:
    """One error that says so, one end with its reason, and the entity is idle."""
    seen = measured(endured, name)
    (error,) = house.named(seen.events, "error")
    (ended,) = house.named(seen.events, "conversation_ended")
    assert error.data["fatal"]
    assert ended.data["reason"] == reason
    assert seen.rest_state == "idle"


@pytest.mark.parametrize("name", ["quota-midway", "gone"])
def test_nobody_is_cut_off_in_the_middle_of_a_word(
    endured: Scenario, name: str
) -> None:
    """The greeting was received and is heard to its end."""
    seen = measured(endured, name)
    assert heard_whole(seen, GREETING) == wanted(GREETING)
    assert seen.ended_after_sound_ms is not None
    assert seen.ended_after_sound_ms > -200


def test_spent_credit_is_told_at_once(endured: Scenario) -> None:
    """While the sentence is still heard; it ends with it."""
    seen = measured(endured, "quota-midway")
    (error,) = house.named(seen.events, "error")
    started = house.named(seen.events, "session_started")[0]
    assert QUOTA_AT_S - 0.5 < error.at - started.at < QUOTA_AT_S + 1.5
    assert seen.recording.place_s(error.at) < seen.pumpkin[0].end_s
    assert seen.ended_after_sound_ms is not None
    assert seen.ended_after_sound_ms < 1500


def test_an_answer_that_credit_does_not_cover_ends_the_conversation_at_once(
    endured: Scenario,
) -> None:
    """It does not try again, and says nothing more."""
    seen = measured(endured, "quota")
    (error,) = house.named(seen.events, "error")
    (ended,) = house.named(seen.events, "conversation_ended")
    assert ended.at - error.at < 1.5
    assert seen.pumpkin[-1].end_s < seen.recording.place_s(error.at)


def test_spent_credit_asks_for_help_until_a_conversation_starts_again(
    endured: Scenario,
) -> None:
    """A repair in Home Assistant, and none that stays."""
    assert endured.facts["quota_issues"] == ["account_quota"]
    assert endured.facts["issues_after_success"] == []


def test_a_server_that_stays_away_is_given_up_within_the_budget(
    endured: Scenario,
) -> None:
    """15 s after it was lost the conversation is over."""
    seen = measured(endured, "gone")
    killed_s = seen.pumpkin[0].start_s + KILLED_AT_MS / 1000
    assert seen.ended_s is not None
    assert GIVEN_UP_S - 2 < seen.ended_s - killed_s < GIVEN_UP_S + 2
