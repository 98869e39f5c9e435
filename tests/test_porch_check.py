"""Tests of the porch check in virtual time, with a satellite that hears itself."""

import asyncio
from collections.abc import Callable
from typing import cast

import pytest

from custom_components.realtime_pumpkin import porch_check
from custom_components.realtime_pumpkin.calibration import Calibration
from custom_components.realtime_pumpkin.links.errors import (
    LinkError,
    SatelliteLost,
    SatelliteOccupied,
    SatelliteUnreachable,
    SatelliteWithoutSpeaker,
)
from custom_components.realtime_pumpkin.links.media_player import MediaPlayerSpeaker
from custom_components.realtime_pumpkin.links.player import MediaPlayer
from custom_components.realtime_pumpkin.links.stream_view import AudioStreams
from custom_components.realtime_pumpkin.links.wyoming_microphone import (
    SatelliteMicrophone,
)
from custom_components.realtime_pumpkin.links.wyoming_speaker import SatelliteSpeaker
from custom_components.realtime_pumpkin.porch_check import PorchCheck, evaluate
from tests.links.echo import PlayerMicrophone, let_hear_itself
from tests.links.fake_player import FakePlayer
from tests.links.satellite import FakeSatellite, link_to, on_the_porch, pipeline
from tests.links.virtual_time import now, run, spawn, until

pytestmark = pytest.mark.usefixtures("socket_enabled")

NOON = "2026-10-31T12:00:00+00:00"


@pytest.fixture(autouse=True)
def brief(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listen no longer than nearly all of these devices need."""
    monkeypatch.setattr(porch_check, "LISTEN_S", 1.6)
    monkeypatch.setattr(porch_check, "TAIL_MS", 1600)


def checking(satellite: FakeSatellite) -> PorchCheck:
    """Return a check of the satellite, not begun."""
    link = link_to(satellite)
    speaker = SatelliteSpeaker(link, spawn=spawn, clock=now, latency_ms=0)
    return PorchCheck(SatelliteMicrophone(link), speaker, now)


def checked(
    gain_db: float,
    delay_ms: Callable[[float], float] = lambda _: 150,
    noise_rms: float = 20.0,
) -> Calibration:
    """Check a satellite whose microphone hears its own speaker."""

    async def check() -> Calibration:
        """Check it."""
        async with on_the_porch() as satellite:
            let_hear_itself(satellite, delay_ms, gain_db, noise_rms)
            recording = await checking(satellite).async_run()
            await until(lambda: not satellite.is_owned)
            return evaluate(recording, NOON)

    return run(check())


def checked_player(
    latency_ms: float, prebuffer_ms: float, gain_db: float = -20.0
) -> Calibration:
    """Check a media player that collects before it plays, beside a microphone."""

    async def check() -> Calibration:
        """Check it."""
        streams = AudioStreams()
        player = FakePlayer(streams)
        speaker = MediaPlayerSpeaker(
            cast("MediaPlayer", player), streams, spawn=spawn, clock=now, latency_ms=0
        )
        microphone = PlayerMicrophone(player, latency_ms, prebuffer_ms, gain_db)
        recording = await PorchCheck(microphone, speaker, now).async_run()
        for reader in player.readers:
            await reader.hang_up()
        assert len(player.urls) == 3
        assert len(streams) == 0
        return evaluate(recording, NOON)

    return run(check())


def failing(options: dict[str, object]) -> LinkError:
    """Check a satellite that cannot be checked and return what is said."""

    async def check() -> LinkError:
        """Check it."""
        async with on_the_porch(**options) as satellite:
            with pytest.raises(LinkError) as caught:
                await checking(satellite).async_run()
            await until(lambda: not satellite.is_owned)
            return caught.value

    return run(check())


@pytest.mark.parametrize(
    ("delay_ms", "gain_db"),
    [(0, -6), (37, 0), (150, -20), (480, -35), (1030, -20)],
)
def test_the_latency_is_found_within_30_ms(delay_ms: float, gain_db: float) -> None:
    """On any device between a wired one and a far player."""
    found = checked(gain_db, lambda _: delay_ms)
    assert found.latency_ms == pytest.approx(delay_ms, abs=30)
    assert found.spread_ms <= 2
    assert found.echo_return_db == pytest.approx(gain_db, abs=1)
    assert found.level_dbfs == pytest.approx(gain_db - 18, abs=1)
    assert not found.echo_cancelled
    assert found.checked_at == NOON


@pytest.mark.parametrize(
    ("latency_ms", "prebuffer_ms"), [(60, 0), (70, 1000), (400, 500), (1030, 1500)]
)
def test_a_player_tells_how_much_it_collects_before_it_plays(
    latency_ms: float, prebuffer_ms: float
) -> None:
    """Its latency is what is left where all is there at once."""
    found = checked_player(latency_ms, prebuffer_ms)
    assert found.latency_ms == pytest.approx(latency_ms, abs=30)
    assert found.prebuffer_ms == pytest.approx(prebuffer_ms, abs=40)
    assert found.echo_return_db == pytest.approx(-20, abs=1)
    assert not found.echo_cancelled


def test_a_player_that_nobody_hears_has_no_delay() -> None:
    """Its echo was cancelled, or it is far away."""
    found = checked_player(70, 1000, gain_db=-120)
    assert found.delay is None
    assert found.echo_cancelled


def test_a_satellite_collects_nothing() -> None:
    """It plays what it gets, however slowly that comes."""
    assert checked(-20).prebuffer_ms == 0


def test_a_far_player_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to three seconds."""
    monkeypatch.undo()
    assert checked(-35, lambda _: 2900).latency_ms == pytest.approx(2900, abs=30)


def test_the_noise_is_measured_while_nothing_plays() -> None:
    """White noise of 1 % of full scale is -40 dBFS."""
    found = checked(-10, noise_rms=327.68)
    assert found.noise_dbfs == pytest.approx(-40, abs=1)


def test_an_echo_that_is_hardly_there_was_cancelled() -> None:
    """What remains still tells the latency."""
    found = checked(-46, noise_rms=5)
    assert found.latency_ms == pytest.approx(150, abs=30)
    assert found.echo_return_db == pytest.approx(-46, abs=1)
    assert found.echo_cancelled


def test_a_chirp_that_is_not_heard_on_a_quiet_porch_was_cancelled() -> None:
    """Nothing would be made up about the latency."""
    found = checked(-120)
    assert found.latency_ms is None
    assert found.echo_return_db is None
    assert found.echo_cancelled


def test_a_noisy_porch_proves_nothing() -> None:
    """An echo that noise hides is no cancelled echo."""
    found = checked(-40, noise_rms=3000)
    assert found.latency_ms is None
    assert found.is_too_noisy
    assert not found.echo_cancelled


def test_a_microphone_that_hears_nothing_proves_nothing() -> None:
    """It may be switched off."""
    found = checked(-120, noise_rms=0)
    assert found.is_deaf
    assert not found.echo_cancelled


def test_a_latency_that_wavers_lengthens_the_tail() -> None:
    """The last chirp tells the latency, the difference goes to the gate."""
    begin: list[float] = []

    def delay_ms(at: float) -> float:
        """Return 500 ms for the first chirp and 200 ms for the second."""
        begin.append(at)
        return 500 if at < begin[0] + 1 else 200

    found = checked(-20, delay_ms)
    assert found.latency_ms == pytest.approx(200, abs=30)
    assert found.spread_ms == pytest.approx(300, abs=30)
    assert found.tail_ms(400) == 400 + found.spread_ms
    assert found.tail_ms(1900) == 2000
    assert found.tail_ms(5000) == 5000


def test_an_occupied_satellite_is_told_as_such() -> None:
    """As it is at the start of a conversation."""
    assert isinstance(failing({"is_occupied": True}), SatelliteOccupied)


def test_a_satellite_without_a_speaker_cannot_be_checked() -> None:
    """The microphone is let go again."""
    deaf = pipeline(end_stage="asr")
    assert isinstance(failing({"pipeline": deaf}), SatelliteWithoutSpeaker)


def test_a_satellite_that_is_off_cannot_be_checked() -> None:
    """It is told where it should be."""

    async def check() -> None:
        """Check a port at which nobody listens any more."""
        satellite = FakeSatellite()
        await satellite.start()
        await satellite.stop()
        with pytest.raises(SatelliteUnreachable):
            await checking(satellite).async_run()

    run(check())


def test_a_satellite_that_vanishes_ends_the_check() -> None:
    """After the link's own tries; nothing stays open."""

    async def check() -> None:
        """Unplug it while the first chirp plays."""
        async with on_the_porch() as satellite:
            task = asyncio.ensure_future(checking(satellite).async_run())
            await until(lambda: satellite.played)
            await satellite.stop()
            await asyncio.wait([task])
            assert isinstance(task.exception(), SatelliteLost)
            await satellite.start()

    run(check())


def test_a_cancelled_check_leaves_nothing_open() -> None:
    """A ring at the door ends it; the satellite is free at once."""

    async def check() -> None:
        """Cancel it while the first chirp plays."""
        async with on_the_porch() as satellite:
            task = asyncio.ensure_future(checking(satellite).async_run())
            await until(lambda: satellite.played)
            task.cancel()
            await asyncio.wait([task])
            assert task.cancelled()
            await until(lambda: not satellite.is_owned)

    run(check())


@pytest.mark.parametrize(
    ("noise_dbfs", "level_dbfs", "threshold"),
    [
        (-70, -38, 0.5),
        (-50, -38, 0.5),
        (-42, -38, 0.6),
        (-34, -30, 0.7),
        (-10, -5, 0.8),
        (-70, -51, 0.4),
        (-45, -51, 0.56),
        (-70, None, 0.5),
    ],
)
def test_noise_raises_the_threshold_and_a_weak_microphone_lowers_it(
    noise_dbfs: float, level_dbfs: float | None, threshold: float
) -> None:
    """Between 0.4 and 0.8, and the service's own 0.5 where nothing speaks for it."""
    returned = None if level_dbfs is None else level_dbfs + 18
    heard_ms = None if level_dbfs is None else 100
    found = Calibration(
        noise_dbfs, NOON, heard_ms, echo_return_db=returned, level_dbfs=level_dbfs
    )
    assert found.threshold == pytest.approx(threshold)


def test_a_cancelled_echo_says_nothing_of_the_microphone() -> None:
    """What is left of the chirp is faint because it was cancelled."""
    found = Calibration(-70, NOON, 100, echo_return_db=-45, level_dbfs=-63)
    assert found.threshold == pytest.approx(0.5)
