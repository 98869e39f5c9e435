"""Tests of a satellite's speaker, in virtual time over real sockets."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from itertools import pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st
import pytest

from custom_components.realtime_pumpkin.audio.formats import (
    PCM_24K,
    AudioFormat,
    first_channel,
)
from custom_components.realtime_pumpkin.audio.resample import Resampler
from custom_components.realtime_pumpkin.links.errors import (
    SatelliteLost,
    SatelliteWithoutSpeaker,
)
from custom_components.realtime_pumpkin.links.wyoming_speaker import (
    LATENCY_MS,
    SatelliteSpeaker,
)
from custom_components.realtime_pumpkin.links.wyoming_utterance import LEAD_MS
from tests.audio.signals import noise
from tests.links.listener import Listener, say
from tests.links.satellite import (
    FakeSatellite,
    link_to,
    on_the_porch,
    pipeline,
    told_pipeline,
)
from tests.links.virtual_time import now, run, spawn, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


@contextlib.asynccontextmanager
async def speaking(
    *, latency_ms: float = LATENCY_MS, **options: Any
) -> AsyncIterator[tuple[FakeSatellite, SatelliteSpeaker, Listener]]:
    """Have an open speaker for a while."""
    async with on_the_porch(**options) as satellite:
        speaker = SatelliteSpeaker(
            link_to(satellite), spawn=spawn, clock=now, latency_ms=latency_ms
        )
        listener = Listener()
        await speaker.open(listener)
        try:
            yield satellite, speaker, listener
        finally:
            await speaker.close()


def test_what_is_said_arrives_whole_without_gaps_and_at_most_200_ms_ahead() -> None:
    """The satellite itself faults a server that sends too early."""
    said = noise(24_000, 3000)

    async def scenario() -> None:
        async with speaking() as (satellite, speaker, listener):
            say(speaker, "a", said)
            await until(lambda: listener.finished)
            assert bytes(satellite.pcm) == said
            gaps = [b.begin - a.end for a, b in pairwise(satellite.played)]
            assert max(gaps) < 1e-6
            assert len(satellite.seen("audio-stop")) == 1

    run(scenario())


@pytest.mark.parametrize("target", [AudioFormat(22_050), AudioFormat(48_000, 2)])
def test_a_satellite_gets_the_format_it_asked_for(target: AudioFormat) -> None:
    """Resampled by us, which sounds better than what it does itself."""
    said = noise(24_000, 1000)

    async def scenario() -> bytes:
        wanted = told_pipeline(target.rate, target.channels)
        async with speaking(pipeline=wanted) as (satellite, speaker, listener):
            say(speaker, "a", said)
            await until(lambda: listener.finished)
            return bytes(satellite.pcm)

    resampler = Resampler(PCM_24K, AudioFormat(target.rate))
    expected = resampler.push(said) + resampler.flush()
    assert first_channel(run(scenario()), target.channels) == expected


def test_the_first_sound_leaves_with_the_first_delta() -> None:
    """Nothing is collected before the satellite plays."""

    async def scenario() -> None:
        async with speaking() as (satellite, speaker, _):
            speaker.begin("a")
            await asyncio.sleep(1)
            begin = now()
            speaker.write(noise(24_000, 20))
            await until(lambda: satellite.played)
            assert now() - begin <= 0.006

    run(scenario())


def test_the_listener_hears_of_beginning_and_end_when_they_are_heard() -> None:
    """Both come the speaker's latency late."""

    async def scenario() -> None:
        async with speaking(latency_ms=100) as (satellite, speaker, listener):
            say(speaker, "a", noise(24_000, 1000))
            await until(lambda: listener.finished)
            first = satellite.played[0].begin
            assert listener.started["a"] == pytest.approx(first + 0.1, abs=0.011)
            end, heard = listener.finished["a"]
            assert end == pytest.approx(first + 1.1, abs=0.011)
            assert heard == 1000

    run(scenario())


def test_a_satellite_that_says_what_it_played_decides_when_it_was_heard() -> None:
    """The computed end gives way to the satellite's own."""

    async def scenario() -> None:
        options: dict[str, Any] = {"pipeline": told_pipeline(), "sends_played": True}
        async with speaking(latency_ms=0, **options) as (satellite, speaker, listener):
            for name in "ab":
                say(speaker, name, noise(24_000, 500))
                await until(lambda name=name: name in listener.finished)
            end, heard = listener.finished["b"]
            assert end == pytest.approx(satellite.played[-1].end + 0.03, abs=0.011)
            assert heard == 500

    run(scenario())


def test_a_played_that_never_comes_does_not_hold_the_conversation() -> None:
    """A satellite that said it once and then no more is not waited for long."""

    async def scenario() -> None:
        async with speaking(sends_played=True) as (satellite, speaker, listener):
            say(speaker, "a", noise(24_000, 300))
            await until(lambda: listener.finished)
            satellite.sends_played = False
            say(speaker, "b", noise(24_000, 300))
            await until(lambda: "b" in listener.finished)
            end, _ = listener.finished["b"]
            assert end - satellite.played[-1].end < 1

    run(scenario())


@given(
    waits=st.lists(st.floats(0, 0.5), min_size=1, max_size=8),
    deltas=st.lists(st.integers(10, 700), min_size=1, max_size=8),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_heard_is_what_the_satellite_really_played(
    waits: list[float], deltas: list[int]
) -> None:
    """Within 30 ms at any moment, also after the stream ran dry."""

    async def scenario() -> None:
        async with speaking(latency_ms=0) as (satellite, speaker, _):
            speaker.begin("a")
            for wait, delta in zip(waits, deltas, strict=False):
                speaker.write(noise(24_000, delta))
                await asyncio.sleep(wait)
                assert abs(speaker.heard_ms() - satellite.played_ms()) <= 30
            heard = speaker.clear()
            await asyncio.sleep(0.3)
            assert abs(heard - satellite.played_ms()) <= 30

    run(scenario())


def test_clear_silences_the_satellite_at_once() -> None:
    """An audio-stop leaves within 10 ms, no sound after it."""

    async def scenario() -> None:
        async with speaking() as (satellite, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 10_000))
            await asyncio.sleep(2)
            begin = now()
            heard = speaker.clear()
            assert heard == pytest.approx(2000 + LEAD_MS, abs=45)
            await until(lambda: satellite.seen("audio-stop"))
            assert now() - begin < 0.01
            size = len(satellite.pcm)
            assert satellite.played[-1].end - begin <= 0.2
            speaker.write(noise(24_000, 1000))
            speaker.finish()
            await asyncio.sleep(15)
            assert len(satellite.pcm) == size
            assert "a" not in listener.finished
            assert speaker.heard_ms() == 0

    run(scenario())


def test_after_an_interruption_the_next_words_count_from_when_they_are_heard() -> None:
    """What was sent before the interruption is played first."""

    async def scenario() -> None:
        async with speaking(latency_ms=0) as (satellite, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 5000))
            await asyncio.sleep(1)
            speaker.clear()
            await asyncio.sleep(0.005)
            played = satellite.played[-1].end
            say(speaker, "b", noise(24_000, 1000))
            await until(lambda: "b" in listener.started)
            assert now() == pytest.approx(played, abs=0.011)
            await until(lambda: "b" in listener.finished)
            assert now() == pytest.approx(played + 1, abs=0.011)

    run(scenario())


def test_a_played_of_what_was_interrupted_does_not_end_the_next_words() -> None:
    """It belongs to the audio-stop before."""

    async def scenario() -> None:
        async with speaking(sends_played=True) as (satellite, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 5000))
            await asyncio.sleep(1)
            speaker.clear()
            say(speaker, "b", noise(24_000, 150))
            await until(lambda: "b" in listener.finished)
            assert now() >= satellite.played[-1].end

    run(scenario())


def test_utterances_follow_one_another() -> None:
    """The second begins when the first was heard to its end."""
    first, second = noise(24_000, 700, seed=1), noise(24_000, 700, seed=2)

    async def scenario() -> None:
        async with speaking() as (satellite, speaker, listener):
            say(speaker, "a", first)
            say(speaker, "b", second)
            await until(lambda: "b" in listener.finished)
            told = ["a started", "a finished", "b started", "b finished"]
            assert listener.told == told
            assert bytes(satellite.pcm) == first + second

    run(scenario())


def test_an_utterance_without_audio_ends_at_once() -> None:
    """Nothing is sent and nothing begins."""

    async def scenario() -> None:
        async with speaking() as (satellite, speaker, listener):
            say(speaker, "a", b"")
            await until(lambda: listener.finished)
            assert listener.told == ["a finished"]
            assert listener.finished["a"][1] == 0
            assert not satellite.seen("audio-start")

    run(scenario())


def test_what_is_begun_without_finishing_the_one_before_ends_it() -> None:
    """A begin says that the last utterance has no more audio."""

    async def scenario() -> None:
        async with speaking() as (_, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 200))
            say(speaker, "b", noise(24_000, 200))
            await until(lambda: "b" in listener.finished)
            assert listener.finished["a"][1] == 200

    run(scenario())


def test_a_restart_of_the_satellite_costs_only_what_it_had_in_its_hands() -> None:
    """The rest is spoken on the new connection."""
    said = noise(24_000, 4000)

    async def scenario() -> None:
        async with speaking(latency_ms=0) as (satellite, speaker, listener):
            say(speaker, "a", said)
            await asyncio.sleep(1)
            await satellite.stop()
            size = len(satellite.pcm)
            satellite._format = None
            await asyncio.sleep(1)
            await satellite.start()
            await until(lambda: "a" in listener.finished)
            rest = bytes(satellite.pcm[size:])
            assert said.endswith(rest)
            lost_ms = PCM_24K.ms_of(len(said) - size - len(rest))
            assert lost_ms <= 80
            assert satellite.runs == 2

    run(scenario())


def test_a_satellite_that_is_lost_is_told_once() -> None:
    """The conversation goes to its end."""

    async def scenario() -> None:
        async with speaking() as (satellite, speaker, listener):
            say(speaker, "a", noise(24_000, 4000))
            await asyncio.sleep(1)
            await satellite.stop()
            await until(lambda: listener.errors)
            assert isinstance(listener.errors[0], SatelliteLost)
            say(speaker, "b", noise(24_000, 100))
            await asyncio.sleep(20)
            assert len(listener.errors) == 1
            await satellite.start()

    run(scenario())


def test_a_satellite_without_a_speaker_cannot_speak() -> None:
    """It is told before the conversation, and let go."""

    async def scenario() -> None:
        async with on_the_porch(pipeline=pipeline(end_stage="handle")) as satellite:
            speaker = SatelliteSpeaker(link_to(satellite), spawn=spawn, clock=now)
            with pytest.raises(SatelliteWithoutSpeaker):
                await speaker.open(Listener())
            await until(lambda: not satellite.is_owned)

    run(scenario())


def test_closing_in_mid_sentence_stops_it() -> None:
    """The satellite hears audio-stop, the listener nothing more."""

    async def scenario() -> None:
        async with speaking() as (satellite, speaker, listener):
            say(speaker, "a", noise(24_000, 4000))
            await asyncio.sleep(1)
            await speaker.close()
            await until(lambda: not satellite.is_owned)
            assert satellite.seen("audio-stop")
            assert listener.told == ["a started"]

    run(scenario())
