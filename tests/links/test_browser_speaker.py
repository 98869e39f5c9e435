"""Tests of a speaker in a browser's tab, and of what it says was heard."""

import asyncio

import pytest

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.links.browser_speaker import (
    LEAD_MS,
    STALL_S,
    BrowserSpeaker,
)
from custom_components.realtime_pumpkin.links.errors import (
    BrowserAbsent,
    BrowserLost,
    BrowserSpeakerStalled,
)
from tests.links.listener import Listener
from tests.links.tab import Tab, port_and_tab
from tests.links.virtual_time import now, run


def _sound(ms: int) -> bytes:
    """Return PCM that differs everywhere for two seconds."""
    samples = range(PCM_24K.bytes_of(ms) // 2)
    return b"".join((n % 65536).to_bytes(2, "little") for n in samples)


async def _open() -> tuple[BrowserSpeaker, Tab, Listener]:
    """Return a speaker in a tab, and who listens to it."""
    port, tab = port_and_tab()
    speaker, listener = BrowserSpeaker(port, clock=now), Listener()
    await speaker.open(listener)
    return speaker, tab, listener


def _say(speaker: BrowserSpeaker, name: str, ms: int) -> bytes:
    """Say an utterance and return its sound."""
    pcm = _sound(ms)
    speaker.begin(name)
    speaker.write(pcm)
    speaker.finish()
    return pcm


def test_an_utterance_is_heard_from_its_first_sample_to_its_last() -> None:
    """The tab gets every sample once, and tells when it was heard."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        pcm = _say(speaker, "hello", 500)
        assert tab.sound[1] == pcm
        assert tab.told("end") == [{"type": "end", "n": 1, "at": len(pcm)}]
        tab.play(1, 0)
        assert listener.told == []
        tab.play(1, 40)
        assert listener.told == ["hello started"]
        tab.play(1, 500, done=True)
        assert listener.told == ["hello started", "hello finished"]
        assert listener.finished["hello"][1] == 500
        await speaker.close()

    run(scenario())


def test_what_was_heard_lags_by_the_latency_of_the_output() -> None:
    """A cut counts what has left the buffer: it cannot be called back."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        _say(speaker, "hello", 1000)
        tab.play(1, 30, latency=50)
        assert (speaker.heard_ms(), listener.told) == (0, [])
        tab.play(1, 400, latency=50)
        assert speaker.heard_ms() == 350
        assert speaker.clear() == 400
        assert tab.told("clear")[-1]["below"] > 1
        assert listener.told == ["hello started"]
        await speaker.close()

    run(scenario())


def test_between_two_reports_time_passes() -> None:
    """But not for long without one, and never past what was sent."""

    async def scenario() -> None:
        speaker, tab, _ = await _open()
        _say(speaker, "hello", 1000)
        tab.play(1, 100)
        await asyncio.sleep(0.08)
        assert speaker.heard_ms() == pytest.approx(180, abs=2)
        await asyncio.sleep(3)
        assert speaker.heard_ms() == 350
        tab.play(1, 950)
        await asyncio.sleep(0.2)
        assert speaker.heard_ms() == 1000
        await speaker.close()

    run(scenario())


def test_a_tab_that_waits_for_sound_hears_nothing_meanwhile() -> None:
    """It reports that it does not play."""

    async def scenario() -> None:
        speaker, tab, _ = await _open()
        speaker.begin("hello")
        speaker.write(_sound(200))
        tab.play(1, 100, playing=False)
        await asyncio.sleep(0.09)
        assert speaker.heard_ms() == 100
        await speaker.close()

    run(scenario())


def test_the_tab_is_sent_a_few_seconds_ahead_only() -> None:
    """The rest follows as it plays."""

    async def scenario() -> None:
        speaker, tab, _ = await _open()
        pcm = _say(speaker, "story", 20_000)
        assert PCM_24K.ms_of(len(tab.sound[1])) == LEAD_MS
        assert not tab.told("end")
        for played in range(0, 20_001, 500):
            tab.play(1, played)
            ahead = PCM_24K.ms_of(len(tab.sound[1])) - played
            assert ahead <= LEAD_MS + 200
        assert tab.sound[1] == pcm
        assert len(tab.told("end")) == 1
        await speaker.close()

    run(scenario())


def test_utterances_follow_each_other() -> None:
    """The second one's reports count when the first is over."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        _say(speaker, "one", 200)
        _say(speaker, "two", 200)
        tab.play(1, 200, done=True)
        tab.play(2, 200, done=True)
        assert listener.told == [
            "one started",
            "one finished",
            "two started",
            "two finished",
        ]
        assert speaker.heard_ms() == 0
        await speaker.close()

    run(scenario())


def test_reports_of_what_was_cleared_are_late() -> None:
    """They are of another utterance than the one that plays now."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        _say(speaker, "one", 500)
        tab.play(1, 100)
        speaker.clear()
        _say(speaker, "two", 500)
        tab.play(1, 300)
        tab.play(1, 500, done=True)
        assert (speaker.heard_ms(), listener.told) == (0, ["one started"])
        await speaker.close()

    run(scenario())


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"n": 1},
        {"n": "x", "played": 1, "latency": 0},
        {"n": 1, "played": None, "latency": 0},
        {"n": 1, "played": "NaN", "latency": 0},
        {"n": 1, "played": 1e400, "latency": 0},
        {"n": 1, "played": [], "latency": {}},
        {"n": 9, "played": 100, "latency": 0, "done": True},
    ],
)
def test_reports_without_sense_change_nothing(report: dict[str, object]) -> None:
    """A tab is not trusted."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        _say(speaker, "hello", 500)
        tab.report(type="speaker", **report)
        assert (speaker.heard_ms(), listener.told) == (0, [])
        await speaker.close()

    run(scenario())


def test_no_report_claims_more_than_was_sent() -> None:
    """Nor takes back what was heard."""

    async def scenario() -> None:
        speaker, tab, _ = await _open()
        speaker.begin("hello")
        speaker.write(_sound(500))
        tab.play(1, 99_999, playing=False)
        assert speaker.heard_ms() == 500
        tab.play(1, 10, playing=False, done=True)
        assert speaker.heard_ms() == 500
        await speaker.close()

    run(scenario())


def test_a_tab_that_comes_back_gets_what_it_misses() -> None:
    """It went on playing meanwhile; nothing is said twice."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        pcm = _say(speaker, "hello", 1000)
        tab.play(1, 200)
        tab.detach(for_good=False)
        del tab.sound[1][9600:]
        tab.messages.clear()
        tab.attach(utterance=1, received_bytes=9600)
        assert tab.told("audio")[0]["at"] == 9600
        assert tab.sound[1] == pcm
        tab.play(1, 1000, done=True)
        assert listener.told == ["hello started", "hello finished"]
        await speaker.close()

    run(scenario())


def test_another_tab_says_the_rest() -> None:
    """From where the first one was, to the sample."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        _say(speaker, "hello", 1000)
        tab.play(1, 400)
        other = Tab(speaker._port, "other", "Grace")
        other.attach(take_over=True)
        assert other.told("audio")[0]["at"] == PCM_24K.bytes_of(400)
        other.play(1, 1000, done=True)
        assert listener.finished["hello"][1] == 1000
        await speaker.close()

    run(scenario())


def test_a_tab_closed_in_mid_sentence_is_a_lost_speaker() -> None:
    """The conversation is told once."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        _say(speaker, "hello", 1000)
        tab.play(1, 400)
        tab.detach(for_good=True)
        [error] = listener.errors
        assert isinstance(error, BrowserLost)
        await speaker.close()

    run(scenario())


def test_a_tab_that_plays_nothing_is_given_up() -> None:
    """Its browser waits for a tap, or sleeps."""

    async def scenario() -> None:
        speaker, _, listener = await _open()
        began = now()
        _say(speaker, "hello", 1000)
        await asyncio.sleep(STALL_S + 1)
        [error] = listener.errors
        assert isinstance(error, BrowserSpeakerStalled)
        assert now() - began == pytest.approx(STALL_S + 1)
        await speaker.close()

    run(scenario())


def test_a_voice_that_thinks_for_long_is_no_stalled_tab() -> None:
    """The tab has played all it has."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        speaker.begin("hello")
        speaker.write(_sound(200))
        tab.play(1, 200, playing=False)
        await asyncio.sleep(STALL_S * 3)
        assert listener.errors == []
        await speaker.close()

    run(scenario())


def test_an_utterance_without_sound_ends() -> None:
    """The tab is told of its end, which is its beginning."""

    async def scenario() -> None:
        speaker, tab, listener = await _open()
        speaker.begin("nothing")
        speaker.finish()
        assert tab.told("end") == [{"type": "end", "n": 1, "at": 0}]
        tab.play(1, 0, done=True, playing=False)
        assert listener.told == ["nothing started", "nothing finished"]
        await speaker.close()

    run(scenario())


def test_without_a_tab_there_is_no_speaker() -> None:
    """It is said before anything is opened."""

    async def scenario() -> None:
        port, tab = port_and_tab()
        tab.detach(for_good=True)
        with pytest.raises(BrowserAbsent):
            await BrowserSpeaker(port, clock=now).open(Listener())

    run(scenario())


def test_more_than_five_minutes_are_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """What is written beyond is lost, and said once."""

    async def scenario() -> None:
        speaker, _, _ = await _open()
        speaker.begin("endless")
        for _ in range(330):
            speaker.write(bytes(PCM_24K.bytes_of(1000)))
        await speaker.close()

    run(scenario())
    assert caplog.text.count("five minutes") == 1
