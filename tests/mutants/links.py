"""What keeps microphones and speakers from being lost, stuck or talked over."""

import asyncio
from collections.abc import AsyncIterator
import math
from typing import Any, Final

from wyoming.ping import Ping

from custom_components.realtime_pumpkin.links.assist_run import SatelliteRun
from custom_components.realtime_pumpkin.links.browser import KIND_SOUND, BrowserPort
from custom_components.realtime_pumpkin.links.browser_utterance import Progress
from custom_components.realtime_pumpkin.links.deck import Deck
from custom_components.realtime_pumpkin.links.satellite_stream import SatelliteStream
from custom_components.realtime_pumpkin.links.wyoming import WyomingSatellite
from tests.mutants.cells import HOUSE, PLAYER, SATELLITE, cell
from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import (
    FOR_EVER,
    async_for_ever,
    async_nothing,
    no,
    nothing,
    yes,
)

_TABS: Final = "tests/links/test_browser.py"
_TAB_SPEAKER: Final = "tests/links/test_browser_speaker.py"
_STREAM: Final = "tests/links/test_stream.py"
_STREAM_VIEW: Final = "tests/links/test_stream_view.py"
_MEDIA: Final = "tests/links/test_media_player.py"
_WIRE: Final = "tests/links/test_wyoming_wire.py"
_LOST: Final = "tests/links/test_wyoming_lost.py"
_GREETING: Final = "tests/links/test_wyoming_handshake.py"
_SPEAKER: Final = "tests/links/test_wyoming_speaker.py"


async def _async_ping_patiently(self: WyomingSatellite, wire: Any) -> None:
    """Ping, for as long as the satellite needs to take it."""
    while True:
        await wire.send(Ping().event())
        await asyncio.sleep(2.0)
        if self._clock() - self._chunk_at > 5.0:
            wire.abort()
            return


async def _async_silence_whoever_plays(self: Deck) -> None:
    """Stop the player, whoever announces there."""
    await self._player.async_stop()


async def _frames_whenever_they_come(
    self: SatelliteStream, _stalled_after: float
) -> AsyncIterator[bytes]:
    """Yield frames, however long nothing comes."""
    while not self._is_over:
        while self._frames:
            yield self._frames.take()
        await self._wait()


async def _async_entered_some_day(self: SatelliteRun) -> SatelliteStream:
    """Wait for the run, whether it comes or not."""
    assert self._expected is not None
    return await self._expected


_attach = BrowserPort.attach


def _attach_whoever_comes(self: BrowserPort, tab: Any, **_: bool) -> None:
    """Let any tab take the place of the one that is there."""
    _attach(self, tab, take_over=True)


def _receive_from_anybody(self: BrowserPort, tab: Any, payload: bytes) -> None:
    """Take what any tab sends."""
    if len(payload) > 1 and payload[0] == KIND_SOUND:
        for end in tuple(self._ends):
            end.sound_came(payload[1:])


def _believe(report: Any) -> Progress:
    """Take a report as it is."""
    return Progress(
        report["n"], report["played"], report["latency"], is_playing=True, is_done=False
    )


LINKS: Final = (
    Guard(
        "a satellite that sends no sound is noticed",
        "links.wyoming:_SILENCE_TIMEOUT_S",
        math.inf,
        cell(SATELLITE, "the satellite stalls", "listening"),
    ),
    Guard(
        "sound that nobody can read does not count as sound",
        "links.wyoming:chunk_format",
        lambda _event: object(),
        cell(SATELLITE, "the satellite sends a wrong format", "listening"),
    ),
    Guard(
        "a satellite that does not come back is given up",
        "links.wyoming:_RECONNECT_BUDGET_S",
        3600.0,
        cell(SATELLITE, "the satellite is lost", "listening"),
    ),
    Guard(
        "a satellite that came back is used again",
        "links.wyoming:WyomingSatellite._reconnect",
        async_for_ever,
        cell(SATELLITE, "the satellite is lost, for 3 s", "listening"),
    ),
    Guard(
        "a satellite that another server holds is found out",
        "links.wyoming_handshake:_STILL_THERE_TIMEOUT_S",
        3600.0,
        cell(SATELLITE, "another server takes the satellite", "connecting"),
    ),
    Guard(
        "a satellite's connection is closed with the conversation",
        "links.wyoming:WyomingSatellite._hang_up",
        async_nothing,
        ("tests/links/test_wyoming_microphone.py",),
    ),
    Guard(
        "a microphone's backlog is bounded",
        "links.frames:_QUEUE_BYTES",
        math.inf,
        ("tests/links/test_wyoming_microphone.py",),
    ),
    Guard(
        "a player that never fetches is noticed",
        "links.media_player:_FETCH_TIMEOUT_S",
        3600.0,
        cell(PLAYER, "the player never fetches", "listening"),
    ),
    Guard(
        "a player that is gone is not told to play",
        "links.player:MediaPlayer._is_there",
        property(lambda _self: True),
        cell(PLAYER, "the player is unavailable", "connecting"),
    ),
    Guard(
        "a stream is cut when it must not be heard any more",
        "links.stream:AudioStream.abort",
        nothing,
        ("tests/links/test_stream_view.py",),
    ),
    Guard(
        "addresses of streams are forgotten with the conversation",
        "links.deck:Deck._forget",
        nothing,
        cell(PLAYER, "the player fetches nine times", "listening"),
    ),
    Guard(
        "what was borrowed is given back",
        "links.stay:Stay.async_end",
        async_nothing,
        cell(HOUSE, "the account is reloaded", "responding"),
    ),
    Guard(
        "a satellite that takes nothing is noticed too",
        "links.wyoming:WyomingSatellite._keep_alive",
        _async_ping_patiently,
        (f"{_LOST}::test_a_satellite_that_takes_nothing_any_more_is_given_up_too",),
    ),
    Guard(
        "nothing but garbage ends a satellite's connection",
        "links.wyoming_wire:_GARBAGE_LIMIT",
        10**9,
        (_WIRE, _LOST),
    ),
    Guard(
        "what is no event of Wyoming is skipped",
        "links.wyoming_wire:_is_well_formed",
        yes,
        (_WIRE, _LOST),
    ),
    Guard(
        "a satellite that does not read cannot keep its socket",
        "links.wyoming_wire:_HANG_UP_TIMEOUT_S",
        60.0,
        (f"{_WIRE}::test_a_satellite_that_reads_nothing_cannot_keep_its_socket",),
    ),
    Guard(
        "an address that answers nothing is no satellite",
        "links.wyoming_handshake:_INFO_TIMEOUT_S",
        FOR_EVER,
        (_GREETING,),
    ),
    Guard(
        "a satellite without sound is found out",
        "links.wyoming_handshake:_STREAM_TIMEOUT_S",
        FOR_EVER,
        (_GREETING,),
    ),
    Guard(
        "an address that lets nobody connect is given up",
        "links.wyoming_wire:CONNECT_TIMEOUT_S",
        60.0,
        (f"{_WIRE}::test_an_address_that_lets_nobody_connect_is_given_up",),
    ),
    Guard(
        "a satellite that says nothing of what it played does not hold the talk",
        "links.wyoming_speaker:_PLAYED_GRACE_S",
        FOR_EVER,
        (f"{_SPEAKER}::test_a_played_that_never_comes_does_not_hold_the_conversation",),
    ),
    Guard(
        "the audio view notices that a player hung up",
        "links.stream:AudioStream.ended",
        nothing,
        (f"{_STREAM_VIEW}::test_a_player_that_hangs_up_is_noticed",),
    ),
    Guard(
        "a player that hung up for good has heard enough",
        "links.media_utterance:_HANG_UP_GRACE_S",
        FOR_EVER,
        (f"{_MEDIA}::test_a_player_that_hangs_up_for_good_has_heard_enough",),
    ),
    Guard(
        "the audio view gives up a player that takes nothing",
        "links.stream_view:_WRITE_TIMEOUT_S",
        60.0,
        (f"{_STREAM_VIEW}::test_a_player_that_takes_nothing_is_given_up",),
    ),
    Guard(
        "a player that takes nothing is cut off with its stream",
        "links.stream:Fetch.abort",
        nothing,
        (
            f"{_STREAM}::test_a_player_that_takes_nothing_is_cut_off_when_the_stream_is_aborted",
        ),
    ),
    Guard(
        "a player waits for no more than it is given",
        "links.stream:LONGEST_PREBUFFER_MS",
        FOR_EVER,
        (
            f"{_STREAM}::test_a_player_that_collects_more_than_it_gets_is_heard_all_the_same",
        ),
    ),
    Guard(
        "the next words wait for the stop of the last ones",
        "links.deck:Deck.async_settle",
        async_nothing,
        (f"{_MEDIA}::test_the_next_words_wait_for_the_stop_of_the_last_ones",),
    ),
    Guard(
        "a player that answers no order does not hold the next words",
        "links.deck:_SETTLE_TIMEOUT_S",
        60.0,
        (f"{_MEDIA}::test_a_player_that_answers_no_stop_does_not_hold_the_next_words",),
    ),
    Guard(
        "a player that takes no stop is given up",
        "links.deck:_STOP_TIMEOUT_S",
        60.0,
        (f"{_MEDIA}::test_a_player_that_answers_no_stop_does_not_hold_the_next_words",),
    ),
    Guard(
        "what the house announces is not cut off",
        "links.deck:Deck._silence",
        _async_silence_whoever_plays,
        (f"{_MEDIA}::test_what_somebody_else_announces_there_is_not_cut_off",),
    ),
    Guard(
        "an announcement without an end is not waited for",
        "links.announcements:_LONGEST_S",
        FOR_EVER,
        ("tests/links/test_announcements.py",),
    ),
    Guard(
        "a tab that does not come back is given up",
        "links.browser:GRACE_S",
        FOR_EVER,
        (f"{_TABS}::test_a_tab_that_goes_ends_the_frames",),
    ),
    Guard(
        "a second tab takes nothing over by itself",
        "links.browser:BrowserPort.attach",
        _attach_whoever_comes,
        (f"{_TABS}::test_a_second_tab_is_told_who_holds_the_voice",),
    ),
    Guard(
        "a tab that was replaced is heard no more",
        "links.browser:BrowserPort.receive",
        _receive_from_anybody,
        (f"{_TABS}::test_a_second_tab_may_take_the_voice_over",),
    ),
    Guard(
        "a message that is no frame of a microphone is ignored",
        "links.browser:_LONGEST_PAYLOAD",
        10**9,
        (f"{_TABS}::test_what_cannot_be_read_changes_nothing",),
    ),
    Guard(
        "a tab whose microphone nobody allows is silent in the end",
        "links.browser_microphone:OPEN_TIMEOUT_S",
        FOR_EVER,
        (f"{_TABS}::test_a_tab_that_never_answers_is_silent",),
    ),
    Guard(
        "a tab that plays nothing is given up",
        "links.browser_speaker:STALL_S",
        FOR_EVER,
        (f"{_TAB_SPEAKER}::test_a_tab_that_plays_nothing_is_given_up",),
    ),
    Guard(
        "a report of a tab is read before it is believed",
        "links.browser_utterance:Progress.from_report",
        staticmethod(_believe),
        (f"{_TAB_SPEAKER}::test_reports_without_sense_change_nothing",),
    ),
    Guard(
        "between two reports time passes only for a moment",
        "links.browser_utterance:_MOST_EXTRAPOLATED_MS",
        FOR_EVER,
        (_TAB_SPEAKER,),
    ),
    Guard(
        "a satellite that stops to send is noticed",
        "links.satellite_stream:SatelliteStream.frames",
        _frames_whenever_they_come,
        ("tests/assist/test_stream.py::test_a_silence_of_the_satellite_is_an_error",),
    ),
    Guard(
        "a satellite that does not listen after its start is given up",
        "links.assist_run:SatelliteRun._entered",
        _async_entered_some_day,
        (
            "tests/assist/esphome/test_ends.py::test_a_device_that_does_not_listen_is_given_up",
        ),
    ),
    Guard(
        "a satellite's choice of assistant is given back",
        "links.assist_run:SatelliteRun._give_back",
        async_nothing,
        ("tests/assist/test_start.py::test_the_assistant_is_borrowed_and_given_back",),
    ),
    Guard(
        "a run that no satellite began is not taken for one's",
        "links.satellites:_JUST_NOW_S",
        FOR_EVER,
        (
            "tests/links/test_satellites.py::test_a_satellite_that_has_listened_for_a_while_is_not",
        ),
    ),
    Guard(
        "a telephone takes turns",
        "links.tap:takes_turns",
        no,
        ("tests/assist/test_unasked.py::test_a_telephone_takes_turns",),
    ),
    Guard(
        "sound that was on its way at the end of a conversation begins none",
        "links.tap:LEFTOVERS_S",
        0.0,
        (
            "tests/assist/test_wyoming.py::test_sound_that_was_on_its_way_at_the_end_begins_no_conversation",
        ),
    ),
)
