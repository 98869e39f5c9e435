"""Tests of a satellite that goes away, falls silent or talks garbage."""

import asyncio
from itertools import pairwise
import logging

import pytest
from wyoming.event import Event

from custom_components.realtime_pumpkin.const import LOGGER
from custom_components.realtime_pumpkin.links.errors import (
    SatelliteLost,
    SatelliteModeUnsupported,
)
from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
)
from custom_components.realtime_pumpkin.links.wyoming_speaker import SatelliteSpeaker
from custom_components.realtime_pumpkin.links.wyoming_wire import SatelliteWire
from tests.links.ear import Ear, interrupted
from tests.links.listener import Listener
from tests.links.satellite import HOST, FakeSatellite, link_to, on_the_porch
from tests.links.virtual_time import now, run, spawn, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


def test_a_satellite_that_restarts_goes_on_after_its_pause(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Two seconds later it is told to run again and heard again; the log says both."""
    caplog.set_level(logging.INFO, LOGGER.name)

    async def restart(satellite: FakeSatellite) -> None:
        await satellite.stop()
        await asyncio.sleep(2)
        await satellite.start()

    ear, _ = run(interrupted(restart))
    assert ear.error is None
    times = [at for at, _ in ear.frames]
    gap = max(b - a for a, b in pairwise(times))
    assert 2 < gap < 4
    told = [one.getMessage() for one in caplog.records if one.name == LOGGER.name]
    assert told == [
        f"Satellite {HOST} went away, reconnecting",
        f"Satellite {HOST} is back",
    ]


def test_a_satellite_that_stays_away_is_lost_after_ten_seconds() -> None:
    """Then the frames end with an error."""

    async def unplug(satellite: FakeSatellite) -> None:
        await satellite.stop()

    ear, seconds = run(interrupted(unplug))
    assert isinstance(ear.error, SatelliteLost)
    assert seconds == pytest.approx(10, abs=0.1)


def test_a_satellite_that_comes_back_in_wake_word_mode_is_refused() -> None:
    """Waiting longer would not help."""

    async def restart(satellite: FakeSatellite) -> None:
        await satellite.stop()
        satellite.pipeline = Event(
            "run-pipeline", {"start_stage": "asr", "end_stage": "tts"}
        )
        await satellite.start()

    ear, _ = run(interrupted(restart))
    assert isinstance(ear.error, SatelliteModeUnsupported)


def test_a_satellite_that_falls_silent_is_connected_to_again() -> None:
    """After five seconds without sound the connection is given up."""

    async def hang(satellite: FakeSatellite) -> None:
        satellite.is_muted = True
        await asyncio.sleep(6)
        satellite.is_muted = False

    ear, seconds = run(interrupted(hang))
    assert ear.error is None
    assert seconds < 9


def test_a_satellite_that_takes_nothing_any_more_is_given_up_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Even where our own ping hangs in a full buffer."""

    async def hang(_wire: SatelliteWire, _event: Event) -> bool:
        await asyncio.sleep(3600)
        return False

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            microphone = SatelliteMicrophone(link_to(satellite))
            await microphone.open()
            with monkeypatch.context() as patched:
                patched.setattr(SatelliteWire, "send", hang)
                satellite.is_muted = True
                await until(lambda: not satellite.is_owned, 15)
            await microphone.close()

    run(scenario())


GARBAGE = [
    b"\n",
    b"not json\n",
    b"\xff\xfe\xfd\n",
    b"[]\n",
    b"null\n",
    b'"audio-chunk"\n',
    b"{}\n",
    b'{"type": null}\n',
    b'{"type": 7, "data": {}}\n',
    b'{"type": "audio-chunk"}\n',
    b'{"type": "audio-chunk", "data": []}\n',
    b'{"type": "audio-chunk", "data": null}\n',
    b'{"type": "audio-chunk", "data": {"rate": "16000", "width": 2, "channels": 1}}\n',
    b'{"type": "audio-chunk", "data": {"rate": 0, "width": 2, "channels": 1}}\n',
    b'{"type": "audio-chunk", "data": {"rate": 16000, "width": 2, "channels": 0}}\n',
    b'{"type": "audio-chunk", "data": {"rate": 16000, "width": 2, "channels": 1}}\n',
    (
        b'{"type": "audio-chunk", "payload_length": 3, "data":'
        b' {"rate": 16000, "width": 2, "channels": 1}}\nodd'
    ),
    b'{"type": "ping", "data": {"text": ["a"]}}\n',
    b'{"type": "run-pipeline", "data": {"snd_format": 7}}\n',
    b'{"type": "run-pipeline", "data": {"snd_format": {"rate": -1}}}\n',
    b'{"type": "played", "data": {}}\n',
    b'{"type": "something-new", "data": {"x": 1}}\n',
    b'{"type": "info", "data_length": 3}\n[1]',
    b'{"type": "info", "data_length": "x"}\n',
    b'{"type": "info", "payload_length": "x"}\n',
    b'{"type": "info", "payload_length": -5}\n',
    b"[" * 20_000 + b"\n",
    b"x" * 70_000 + b"\n",
]


@pytest.mark.parametrize("garbage", GARBAGE, ids=range(len(GARBAGE)))
def test_a_malformed_message_does_not_end_the_conversation(garbage: bytes) -> None:
    """What follows it is heard, on the same connection."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            microphone = SatelliteMicrophone(link_to(satellite))
            speaker = SatelliteSpeaker(microphone._satellite, spawn=spawn, clock=now)
            listener = Listener()
            await asyncio.gather(microphone.open(), speaker.open(listener))
            ear = Ear(microphone)
            satellite.send_raw(garbage)
            begin = now()
            await until(lambda: ear.heard_since(begin + 1))
            assert satellite.runs == 1
            assert not ear.error
            assert not listener.errors
            await asyncio.gather(microphone.close(), speaker.close())
            await ear.task

    run(scenario())


def test_endless_garbage_leads_to_a_new_connection() -> None:
    """Where both sides lost the beginning of messages, a new start helps."""

    async def babble(satellite: FakeSatellite) -> None:
        satellite.send_raw(b"\0\n" * 100)

    ear, seconds = run(interrupted(babble))
    assert ear.error is None
    assert seconds < 4
