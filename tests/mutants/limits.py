"""What keeps a voice within its hours, its money and its manners in the house."""

import asyncio
from datetime import datetime, timedelta
import math
from typing import Any, Final

from custom_components.realtime_pumpkin.call import Call
from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator
from custom_components.realtime_pumpkin.lending import Verdict
from custom_components.realtime_pumpkin.limits import CoolingDown, Spending
from custom_components.realtime_pumpkin.loans import Loans
from custom_components.realtime_pumpkin.manners import Limits
from custom_components.realtime_pumpkin.theatre.eyes import Looking
from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import async_nothing, nothing, yes

_DOOR: Final = "tests/test_limits.py::TestAtTheDoor"
_LEDGER: Final = "tests/test_ledger.py"
_LIMITS: Final = "tests/test_limits.py"
_LOANS: Final = "tests/assist/test_loans.py"
_TURNS: Final = "tests/assist/test_turn_limits.py"
_PUPPETS: Final = "tests/theatre/test_puppetry.py"
_STAGE: Final = "tests/theatre/test_stage_lock.py"
_ENSEMBLE: Final = "tests/theatre/test_ensemble.py"


def _cool_down_by_the_wall(
    limits: Limits, now: datetime, last_end: datetime | None
) -> CoolingDown | None:
    """Subtract two wall clocks, whatever they have done in between."""
    if last_end is None:
        return None
    passed = now.replace(tzinfo=None) - last_end.astimezone(now.tzinfo).replace(
        tzinfo=None
    )
    left = limits.cooldown_s - passed.total_seconds()
    return CoolingDown(math.ceil(left)) if left > 0 else None


def _admit_though_switched_off(
    self: VoiceCoordinator, *, cools_down: bool = True
) -> None:
    """Ask for limits and budgets only."""
    self._admission.check(self.options.limits, cools_down=cools_down)


async def _async_listen_though_muted(self: Call) -> None:
    """Pass on whatever the microphone hears."""
    async for frame in self._source.frames():
        self.session.hear(frame)


def _as_shown(self: Loans, kind: Any, entity_id: str, shown: str) -> str:
    """Take what a loan has set for what was there first."""
    return shown


async def _async_perform(_act: Any, coro: Any) -> None:
    """Do a part of an act, whatever comes of it."""
    await coro


async def _async_look_first(self: Looking, session: Any) -> None:
    """Begin once the camera has given its picture."""
    self._session = session
    self._first = asyncio.create_task(self._async_show())
    await self._first


LIMITS: Final = (
    Guard(
        "nothing starts in the quiet hours",
        "limits:_quiet_hours",
        nothing,
        (f"{_DOOR}::test_nothing_starts_in_the_quiet_hours",),
    ),
    Guard(
        "a voice cools down after a conversation",
        "limits:_cooling_down",
        nothing,
        (f"{_DOOR}::test_nothing_starts_while_it_cools_down",),
    ),
    Guard(
        "a cooldown is kept over a restart",
        "ledger:Ledger.last_end",
        nothing,
        (f"{_DOOR}::test_a_reload_does_not_warm_it_up",),
    ),
    Guard(
        "a cooldown does not jump with the clocks of the house",
        "limits:_cooling_down",
        _cool_down_by_the_wall,
        (f"{_LIMITS}::test_a_cooldown_is_not_an_hour_longer_when_the_clocks_go_back",),
    ),
    Guard(
        "an end in the future silences nobody",
        "limits:_cooling_down",
        _cool_down_by_the_wall,
        (f"{_LIMITS}::test_an_end_in_the_future_is_none",),
    ),
    Guard(
        "a spent budget of the day ends the evening",
        "ledger:Totals.spending",
        property(lambda self: Spending(0.0, self.month.usd)),
        (f"{_DOOR}::test_a_spent_budget_ends_the_evening_and_is_a_repair",),
    ),
    Guard(
        "a spent budget of the month ends it as well",
        "ledger:Totals.spending",
        property(lambda self: Spending(self.day.usd, 0.0)),
        (f"{_LEDGER}::test_a_new_day_or_month_of_the_house_begins_with_nothing",),
    ),
    Guard(
        "a new day begins with nothing spent",
        "ledger:Totals.at",
        lambda self, _now: self,
        (f"{_LEDGER}::test_a_new_day_or_month_of_the_house_begins_with_nothing",),
    ),
    Guard(
        "what was spent is known after a restart",
        "ledger:Ledger.async_load",
        async_nothing,
        (f"{_LEDGER}::test_the_books_are_read_again_after_a_restart",),
    ),
    Guard(
        "what was spent is saved when the account is unloaded",
        "ledger:Ledger.async_save",
        async_nothing,
        (f"{_LIMITS}::test_a_reload_still_knows_that_the_budget_is_spent",),
    ),
    Guard(
        "a refused ring does not end the conversation",
        "coordinator:VoiceCoordinator.admit",
        nothing,
        (f"{_DOOR}::test_a_refused_ring_does_not_end_the_conversation",),
    ),
    Guard(
        "a voice that is switched off starts nothing",
        "coordinator:VoiceCoordinator.admit",
        _admit_though_switched_off,
        ("tests/test_switch.py::test_a_voice_that_is_switched_off_starts_nothing",),
    ),
    Guard(
        "a voice that is switched off answers no turn",
        "turns.parts:Parts.admit",
        nothing,
        (f"{_TURNS}::test_a_voice_that_is_switched_off_says_so",),
    ),
    Guard(
        "texts are held to the budget as well",
        "admission:Admission.check_budget",
        nothing,
        ("tests/assist/test_text.py::test_a_spent_budget_silences_the_engines_too",),
    ),
    Guard(
        "no turn begins a conversation in the quiet hours",
        "turns.parts:Parts.admit_conversation",
        nothing,
        (f"{_TURNS}::test_in_quiet_hours_no_conversation_begins",),
    ),
    Guard(
        "texts that are read aloud are paid from the budget too",
        "turns.parts:Parts.used",
        nothing,
        ("tests/assist/test_text.py",),
    ),
    Guard(
        "an answer that nobody waits for is stopped",
        "turns.conversation:TurnConversation._expect_agent",
        nothing,
        (
            "tests/assist/test_mixed.py::test_an_answer_that_a_sentence_trigger_gives_is_not_paid_for_twice",
        ),
    ),
    Guard(
        "a muted microphone is heard by nobody",
        "call:Call._listen",
        _async_listen_though_muted,
        (
            "tests/test_switch.py::test_a_muted_microphone_sends_silence_at_once_and_ends_nothing",
        ),
    ),
    Guard(
        "what was borrowed is on the disk before anything is changed",
        "loans:Loans._async_save",
        async_nothing,
        (f"{_LOANS}::test_a_loan_is_on_the_disk_before_anything_is_changed",),
    ),
    Guard(
        "what a crash left is given back",
        "loans:Loans.async_load",
        async_nothing,
        (f"{_LOANS}::test_what_a_crash_left_is_given_back_at_set_up",),
    ),
    Guard(
        "a stop of Home Assistant gives back before states are saved",
        "loans:Loans.async_give_back_all",
        async_nothing,
        (
            f"{_LOANS}::test_a_stop_of_home_assistant_gives_back_before_states_are_saved",
        ),
    ),
    Guard(
        "a device that is away gets back what is its own later",
        "loans:Loans._give_back_later",
        nothing,
        (f"{_LOANS}::test_a_device_that_comes_later_is_given_back_to_then",),
    ),
    Guard(
        "two loans of one thing remember what was there first",
        "loans:Loans._old",
        _as_shown,
        (f"{_LOANS}::test_two_loans_of_one_thing_remember_what_was_there_first",),
    ),
    Guard(
        "a device that is gone is owed nothing",
        "loans:Loans._async_forget_the_gone",
        async_nothing,
        (f"{_LOANS}::test_a_device_that_is_gone_is_owed_nothing",),
    ),
    Guard(
        "what somebody has changed meanwhile stays",
        "lenders:_Option.judge",
        lambda _self, _loan, _state: Verdict.NOW,
        (f"{_LOANS}::test_what_somebody_has_changed_meanwhile_stays",),
    ),
    Guard(
        "music that was interrupted long ago stays silent",
        "lenders:_MUSIC_IS_MISSED",
        timedelta(days=1000),
        ("tests/links/test_stay.py",),
    ),
    Guard(
        "an act that fails leaves the talk alone",
        "theatre.performance:_guarded",
        _async_perform,
        (
            "tests/theatre/test_performance.py::test_an_act_that_fails_leaves_the_others_alone",
        ),
    ),
    Guard(
        "a broken device is left alone",
        "theatre.puppetry:_MOST_FAILURES",
        math.inf,
        (f"{_PUPPETS}::test_a_broken_device_is_left_alone_and_told_once",),
    ),
    Guard(
        "what a person moves is left to them",
        "theatre.puppetry:String.changed",
        nothing,
        (f"{_PUPPETS}::test_what_a_person_changes_is_left_to_them",),
    ),
    Guard(
        "a slow camera does not keep the visitor waiting",
        "theatre.eyes:Looking.async_open",
        _async_look_first,
        (
            "tests/theatre/test_eyes.py::test_a_slow_camera_does_not_keep_the_visitor_waiting",
        ),
    ),
    Guard(
        "voices do not hand a visitor round for ever",
        "theatre.hand_over:MOST_HAND_OVERS",
        10**9,
        (
            "tests/theatre/test_hand_over.py::test_voices_do_not_hand_a_visitor_round_for_ever",
        ),
    ),
    Guard(
        "one voice is on stage at a time",
        "theatre.stage_lock:StageLock.try_enter",
        yes,
        (_STAGE,),
    ),
    Guard(
        "the stage is free when its voice has left",
        "theatre.stage_lock:StageLock.leave",
        nothing,
        (f"{_ENSEMBLE}::test_the_stage_is_free_after_a_crash",),
    ),
    Guard(
        "whoever gave up waiting may wait again",
        "theatre.stage_lock:StageLock._give_up",
        nothing,
        (f"{_STAGE}::test_whoever_gave_up_may_wait_again",),
    ),
    Guard(
        "a persona's file is read up to a size",
        "personas.gallery:LARGEST_FILE",
        10**12,
        ("tests/test_own_personas.py::test_a_file_of_no_sensible_size_is_not_read",),
    ),
    Guard(
        "a persona's file that takes for ever to read is not read",
        "personas.gallery:MOST_ALIASES",
        10**9,
        (
            "tests/fuzz/test_found.py::test_a_file_of_aliases_of_aliases_is_refused_at_once",
        ),
    ),
)
