"""Tests of a satellite's microphone, in virtual time over real sockets."""

import asyncio
from itertools import pairwise
import json
import logging

import pytest
from wyoming.ping import Ping

from custom_components.realtime_pumpkin.audio.formats import (
    PCM_24K,
    AudioFormat,
    spread,
)
from custom_components.realtime_pumpkin.audio.resample import Resampler
from custom_components.realtime_pumpkin.links.errors import SatelliteUnreachable
from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
)
from custom_components.realtime_pumpkin.links.wyoming_speaker import SatelliteSpeaker
from tests.audio.signals import noise, offset_and_likeness, pitch
from tests.links.ear import Ear, chunks_of, listened
from tests.links.listener import Listener
from tests.links.satellite import link_to, on_the_porch
from tests.links.virtual_time import now, run, spawn, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.mark.parametrize(
    "source",
    [AudioFormat(16_000), AudioFormat(44_100, 2), AudioFormat(48_000, 6), PCM_24K],
)
def test_what_the_satellite_hears_comes_out_in_24_khz_mono(source: AudioFormat) -> None:
    """Whatever the satellite's rate and channels, nothing is lost or moved."""
    said = noise(source.rate, 900)
    sound = chunks_of(spread(said, source.channels), source.frame_bytes, source.rate)
    heard = run(listened(1.0, microphone=source, sound=sound))
    wanted = Resampler(AudioFormat(source.rate), PCM_24K).push(said)
    place, likeness = offset_and_likeness(heard, wanted)
    assert place <= 48
    assert likeness > 0.999


def test_a_tone_keeps_its_pitch_and_a_second_lasts_a_second() -> None:
    """440 Hz at 16 kHz are 440 Hz at 24 kHz."""
    heard = run(listened(2.0))
    assert PCM_24K.ms_of(len(heard)) == pytest.approx(2000, abs=45)
    assert pitch(heard, 24_000) == pytest.approx(440, abs=1)


def test_frames_last_20_to_100_ms_and_leave_with_the_chunk_they_came_in() -> None:
    """A chunk of 20 ms gives a frame of 20 ms with no chunk held back."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            microphone = SatelliteMicrophone(link_to(satellite))
            await microphone.open()
            ear = Ear(microphone)
            await asyncio.sleep(0.5)
            await microphone.close()
            await ear.task
            assert {PCM_24K.ms_of(len(frame)) for _, frame in ear.frames} == {20}
            times = [at for at, _ in ear.frames[1:]]
            gaps = [b - a for a, b in pairwise(times)]
            assert max(gaps) < 0.025

    run(scenario())


def test_a_slow_listener_loses_the_oldest_sound_and_it_is_counted() -> None:
    """Five seconds of it are kept."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            microphone = SatelliteMicrophone(link_to(satellite))
            await microphone.open()
            await asyncio.sleep(10)
            ear = Ear(microphone)
            await asyncio.sleep(0.001)
            assert PCM_24K.ms_of(len(ear.pcm)) == pytest.approx(5000, abs=21)
            assert microphone.dropped == pytest.approx(250, abs=3)
            await microphone.close()
            await ear.task

    run(scenario())


def test_a_ping_is_answered_with_its_own_text() -> None:
    """A satellite drops a server that does not answer."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            microphone = SatelliteMicrophone(link_to(satellite))
            await microphone.open()
            await satellite.send(Ping("boo").event())
            await until(lambda: satellite.seen("pong"))
            [(_, pong)] = satellite.seen("pong")
            assert pong.data["text"] == "boo"
            await microphone.close()

    run(scenario())


def test_the_satellite_is_pinged_every_two_seconds() -> None:
    """Else it would hold on to a server that is gone."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            microphone = SatelliteMicrophone(link_to(satellite))
            await microphone.open()
            await asyncio.sleep(9)
            times = [at for at, _ in satellite.seen("ping")]
            gaps = [b - a for a, b in pairwise(times)]
            assert gaps == pytest.approx([2.0] * 4, abs=0.01)
            await microphone.close()

    run(scenario())


def test_sound_that_is_not_16_bit_is_left_out_with_one_warning(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A format that we cannot read is no reason to fill the log."""
    wide = {"rate": 16_000, "width": 4, "channels": 1}
    line = {"type": "audio-chunk", "data": wide, "payload_length": 8}

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            microphone = SatelliteMicrophone(link_to(satellite))
            await microphone.open()
            ear = Ear(microphone)
            for _ in range(5):
                satellite.send_raw(json.dumps(line).encode() + b"\n" + b"\x7f" * 8)
            await asyncio.sleep(1)
            await microphone.close()
            await ear.task
            assert pitch(ear.pcm, 24_000) == pytest.approx(440, abs=1)

    run(scenario())
    assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) == 1


def test_opening_and_closing_may_be_repeated_in_any_order() -> None:
    """Both ends share one connection, which goes with the last of them."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            link = link_to(satellite)
            microphone = SatelliteMicrophone(link)
            speaker = SatelliteSpeaker(link, spawn=spawn, clock=now)
            await asyncio.gather(microphone.close(), speaker.close())
            await asyncio.gather(speaker.open(Listener()), microphone.open())
            await asyncio.gather(microphone.open(), speaker.open(Listener()))
            assert satellite.runs == 1
            await microphone.close()
            assert satellite.is_owned
            await speaker.close()
            await asyncio.gather(microphone.close(), speaker.close())
            await until(lambda: not satellite.is_owned)
            assert satellite.seen("pause-satellite")
            satellite.is_muted = False
            await microphone.open()
            assert satellite.runs == 2
            await microphone.close()

    run(scenario())


def test_one_end_that_fails_to_open_leaves_nothing_behind() -> None:
    """A second try with the satellite there works."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            link = link_to(satellite)
            microphone = SatelliteMicrophone(link)
            await satellite.stop()
            with pytest.raises(SatelliteUnreachable):
                await microphone.open()
            await satellite.start()
            await microphone.open()
            await microphone.close()

    run(scenario())


def test_an_opening_that_is_cancelled_lets_the_satellite_go() -> None:
    """The conversation was stopped before it began."""

    async def scenario() -> None:
        async with on_the_porch(is_muted=True) as satellite:
            microphone = SatelliteMicrophone(link_to(satellite))
            opening = asyncio.ensure_future(microphone.open())
            await until(lambda: satellite.is_owned)
            opening.cancel()
            await asyncio.wait([opening])
            await microphone.close()
            await until(lambda: not satellite.is_owned)

    run(scenario())
