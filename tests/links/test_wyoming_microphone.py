"""Tests of a satellite's microphone, in virtual time over real sockets."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
import json
import logging
from typing import Any

import pytest
from wyoming.event import Event
from wyoming.ping import Ping

from custom_components.realtime_pumpkin.audio.formats import (
    PCM_24K,
    AudioFormat,
    spread,
)
from custom_components.realtime_pumpkin.audio.resample import Resampler
from custom_components.realtime_pumpkin.const import LOGGER
from custom_components.realtime_pumpkin.links.errors import (
    SatelliteLost,
    SatelliteModeUnsupported,
    SatelliteUnreachable,
)
from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
)
from custom_components.realtime_pumpkin.links.wyoming_speaker import SatelliteSpeaker
from custom_components.realtime_pumpkin.links.wyoming_wire import SatelliteWire
from tests.audio.signals import noise, offset_and_likeness, pitch
from tests.links.listener import Listener
from tests.links.satellite import HOST, FakeSatellite, link_to, on_the_porch
from tests.links.virtual_time import now, run, spawn, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


class Ear:
    """Somebody who takes a microphone's frames at once."""

    def __init__(self, microphone: SatelliteMicrophone) -> None:
        """Listen from now on."""
        self.frames: list[tuple[float, bytes]] = []
        self.error: Exception | None = None
        self._microphone = microphone
        self.task = spawn(self._listen(), "ear")

    @property
    def pcm(self) -> bytes:
        """Return all that was heard."""
        return b"".join(frame for _, frame in self.frames)

    def heard_since(self, since: float) -> bool:
        """Tell whether anything was heard after a time."""
        return bool(self.frames) and self.frames[-1][0] > since

    async def _listen(self) -> None:
        """Take frames until they end."""
        try:
            async for frame in self._microphone.frames():
                self.frames.append((now(), frame))
        except Exception as err:  # noqa: BLE001 - a test looks at it
            self.error = err


async def listened(seconds: float, **options: Any) -> bytes:
    """Listen to a satellite for a while and return what was heard."""
    async with on_the_porch(**options) as satellite:
        microphone = SatelliteMicrophone(link_to(satellite))
        await microphone.open()
        ear = Ear(microphone)
        await asyncio.sleep(seconds)
        await microphone.close()
        await ear.task
        assert ear.error is None
        return ear.pcm


def chunks_of(pcm: bytes, frame_bytes: int, rate: int) -> Callable[[int], bytes]:
    """Return what a microphone hears that hears this and then silence."""
    size = rate // 50 * frame_bytes

    def sound(count: int) -> bytes:
        return pcm[count * size : (count + 1) * size].ljust(size, b"\0")

    return sound


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


async def interrupted(
    trouble: Callable[[FakeSatellite], Any], **changes: Any
) -> tuple[Ear, float]:
    """Listen, make trouble, and return who listened and when it began."""
    async with on_the_porch() as satellite:
        microphone = SatelliteMicrophone(link_to(satellite))
        await microphone.open()
        ear = Ear(microphone)
        await asyncio.sleep(1)
        begin = now()
        await trouble(satellite)
        for name, value in changes.items():
            setattr(satellite, name, value)
        try:
            await until(lambda: ear.error or ear.heard_since(begin + 3), 60)
        finally:
            end = now()
            await microphone.close()
            await ear.task
        return ear, end - begin


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
