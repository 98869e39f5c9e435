"""Tests of how loud a voice is heard."""

import asyncio
from unittest.mock import Mock

import numpy as np
import pytest

from custom_components.realtime_pumpkin.audio.level import Envelope
from custom_components.realtime_pumpkin.links.browser_speaker import BrowserSpeaker
from custom_components.realtime_pumpkin.links.meter import Ear, LevelFeed, MeteredSink
from tests.links.listener import Listener
from tests.links.tab import Tab, port_and_tab
from tests.links.virtual_time import now, run


def _tone(ms: int, amplitude: float) -> bytes:
    """Return a tone of 200 Hz."""
    time = np.arange(ms * 24) / 24_000
    wave = np.sin(2 * np.pi * 200 * time) * amplitude * 32767
    return wave.astype("<i2").tobytes()


SPEECH = _tone(400, 0.5) + bytes(400 * 48) + _tone(400, 0.05)


async def _speaking() -> tuple[MeteredSink, Tab, list[tuple[float, float]]]:
    """Return a speaker that says `SPEECH`, and the levels that are told."""
    port, tab = port_and_tab()
    feed = LevelFeed()
    sink = MeteredSink(BrowserSpeaker(port, clock=now), feed)
    told: list[tuple[float, float]] = []
    feed.listen(lambda level: told.append((now(), level)))
    await sink.open(Listener())
    sink.begin("hello")
    sink.write(SPEECH)
    sink.finish()
    return sink, tab, told


def test_an_envelope_does_not_depend_on_how_the_sound_is_cut() -> None:
    """Loud, then silent, then soft."""
    whole, cut = Envelope(), Envelope()
    whole.push(SPEECH)
    for start in range(0, len(SPEECH), 777):
        cut.push(SPEECH[start : start + 777])
    levels = [whole.at(ms) for ms in range(0, 1300, 40)]
    assert levels == [cut.at(ms) for ms in range(0, 1300, 40)]
    assert levels[2] > levels[22] > levels[12] == levels[-1] == 0


def test_levels_are_told_when_they_are_heard() -> None:
    """Not when the sound was written."""

    async def scenario() -> None:
        sink, tab, told = await _speaking()
        await asyncio.sleep(2)
        assert told == []
        began = now()
        for played in range(10, 1200, 50):
            tab.play(1, played)
            await asyncio.sleep(0.05)
        tab.play(1, 1200, done=True)
        loud = [at - began for at, level in told if level > 0.6]
        silent = [at - began for at, level in told if level == 0]
        assert loud[0] == pytest.approx(0, abs=0.05)
        assert silent[0] == pytest.approx(0.4, abs=0.06)
        assert told[-1][1] == 0
        await sink.close()

    run(scenario())


def test_a_cut_closes_the_mouth() -> None:
    """At once, and it stays closed."""

    async def scenario() -> None:
        sink, tab, told = await _speaking()
        tab.play(1, 100)
        await asyncio.sleep(0.1)
        assert told[-1][1] > 0.6
        sink.clear()
        assert told[-1][1] == 0
        count = len(told)
        await asyncio.sleep(1)
        assert len(told) == count
        await sink.close()

    run(scenario())


def test_levels_that_nobody_asks_for_are_not_looked_at() -> None:
    """Whoever comes in the middle hears from then on."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        feed = LevelFeed()
        sink = MeteredSink(BrowserSpeaker(port, clock=now), feed)
        await sink.open(Listener())
        sink.begin("hello")
        sink.write(_tone(4000, 0.5))
        tab.play(1, 10)
        await asyncio.sleep(1)
        assert sink._timer is None
        told: list[float] = []
        stop = feed.listen(told.append)
        tab.play(1, 1100)
        await asyncio.sleep(0.1)
        assert told[-1] > 0.6
        stop()
        await asyncio.sleep(0.1)
        assert sink._timer is None
        await sink.close()

    run(scenario())


def test_what_is_heard_in_a_moment_is_known_before_it_is_heard() -> None:
    """As far as it is written; behind that nobody knows, unless it is finished."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        feed = LevelFeed()
        sink = MeteredSink(BrowserSpeaker(port, clock=now), feed)
        await sink.open(Listener())
        sink.begin("hello")
        sink.write(_tone(200, 0.5) + bytes(200 * 48))
        assert feed.outlook(0, 3) == [0, 0, 0]
        tab.play(1, 10)
        await asyncio.sleep(0)
        assert feed.is_heard
        assert [level > 0.6 for level in feed.outlook(0, 6)] == [True] * 5 + [False]
        assert [level > 0.6 for level in feed.outlook(120, 3)] == [True, True, False]
        assert len(feed.outlook(360, 8)) == 1
        sink.finish()
        assert len(feed.outlook(360, 8)) == 8
        await sink.close()
        assert feed.outlook(0, 8) == [0]

    run(scenario())


def test_a_visitor_is_as_loud_as_above_the_noise_of_the_porch() -> None:
    """And silent once no frames come any more."""

    async def scenario() -> None:
        near, noisy = Ear(LevelFeed()), Ear(LevelFeed(), noise_dbfs=-30)
        for ear in (near, noisy):
            ear.hear(_tone(80, 0.05) + _tone(40, 0.5))
        assert near.outlook(0, 8) == noisy.outlook(200, 8) != [0]
        assert near.outlook(-60, 8)[0] > 0.4
        assert noisy.outlook(-60, 8) == [0]
        await asyncio.sleep(1)
        assert near.outlook(0, 8) == [0]

    run(scenario())


def test_a_microphone_that_hears_the_voice_hears_no_visitor_meanwhile() -> None:
    """Its own voice is not somebody at the door."""

    async def scenario() -> None:
        voice = Mock(LevelFeed, is_heard=True)
        ear = Ear(voice, hears_voice=True)
        ear.hear(_tone(80, 0.5))
        assert ear.outlook(0, 1) == [0]
        voice.is_heard = False
        ear.hear(_tone(80, 0.5))
        assert ear.outlook(0, 1)[0] > 0.6

    run(scenario())
