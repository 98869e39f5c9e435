"""Tests of meeting a satellite, in virtual time over real sockets."""

import asyncio
from typing import Any
from unittest.mock import AsyncMock

import pytest
from wyoming.event import Event

from custom_components.realtime_pumpkin.audio.formats import AudioFormat
from custom_components.realtime_pumpkin.links.errors import (
    LinkError,
    SatelliteModeUnsupported,
    SatelliteNotASatellite,
    SatelliteOccupied,
    SatelliteSilent,
    SatelliteUnreachable,
)
from custom_components.realtime_pumpkin.links.wyoming_handshake import (
    SatelliteInfo,
    async_probe,
)
from custom_components.realtime_pumpkin.links.wyoming_wire import SatelliteWire
from tests.links.satellite import HOST, info, on_the_porch, pipeline, told_pipeline
from tests.links.virtual_time import run, until

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def probed(**options: Any) -> SatelliteInfo:
    """Probe a satellite that behaves as told."""
    async with on_the_porch(**options) as satellite:
        result = await async_probe(HOST, satellite.port)
        await until(lambda: not satellite.is_owned)
        return result


def refusal[E: LinkError](kind: type[E], **options: Any) -> E:
    """Return the error that probing a satellite raises."""
    with pytest.raises(kind) as caught:
        run(probed(**options))
    return caught.value


def test_an_always_streaming_satellite_tells_what_it_is() -> None:
    """Name, area and both formats are known after a probe."""
    options: dict[str, Any] = {
        "pipeline": told_pipeline(22_050),
        "microphone": AudioFormat(16_000),
    }
    assert run(probed(**options)) == SatelliteInfo(
        name="Porch",
        area="Garden",
        mode="always_streaming",
        microphone=AudioFormat(16_000),
        speaker=AudioFormat(22_050),
        can_speak=True,
    )


def test_an_old_satellite_does_not_tell_its_speakers_format() -> None:
    """Version 1.0.0 has no snd_format."""
    assert run(probed()).speaker is None


def test_a_satellite_without_a_speaker_says_so_by_its_last_stage() -> None:
    """Without a speaker it wants no speech of us."""
    assert not run(probed(pipeline=pipeline(end_stage="handle"))).can_speak


def test_a_probe_lets_the_satellite_go() -> None:
    """Its microphone is stopped and another server may have it."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            await async_probe(HOST, satellite.port)
            await until(lambda: not satellite.is_owned)
            assert satellite.seen("pause-satellite")

    run(scenario())


def test_nobody_at_the_address_is_unreachable() -> None:
    """The system's own words say why."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            port = satellite.port
        await async_probe(HOST, port)

    with pytest.raises(SatelliteUnreachable) as caught:
        run(scenario())
    assert "refused" in caught.value.placeholders["error"].lower() or (
        "Connect call failed" in caught.value.placeholders["error"]
    )


@pytest.mark.parametrize("error", [UnicodeError("label"), TimeoutError(), OSError()])
def test_an_address_that_leads_nowhere_is_unreachable(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mistyped host gives the same message, not a traceback."""
    monkeypatch.setattr(SatelliteWire, "connect", AsyncMock(side_effect=error))
    with pytest.raises(SatelliteUnreachable) as caught:
        run(async_probe("porch..example", 1))
    assert caught.value.placeholders["error"]


def test_a_port_that_is_none_is_unreachable() -> None:
    """Ports end at 65535."""
    with pytest.raises(SatelliteUnreachable):
        run(async_probe(HOST, 99_999))


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH\r\n", b"\xff\xfe\n" * 50])
@pytest.mark.parametrize("hangs_up", [True, False])
def test_something_else_at_the_address_is_no_satellite(
    greeting: bytes, hangs_up: bool
) -> None:
    """Whether it hangs up, stays silent or says something unheard-of."""

    async def scenario() -> None:
        done = asyncio.Event()

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(greeting)
            if not hangs_up:
                await done.wait()
            writer.close()

        async with await asyncio.start_server(serve, HOST, 0) as server:
            try:
                await async_probe(HOST, server.sockets[0].getsockname()[1])
            finally:
                done.set()

    with pytest.raises(SatelliteNotASatellite):
        run(scenario())


@pytest.mark.parametrize(
    "answer",
    [
        Event("info", {"asr": [{"name": "whisper"}]}),
        Event("info", {"satellite": None}),
        Event("info", {"satellite": "yes"}),
    ],
)
def test_another_wyoming_service_is_no_satellite(answer: Event) -> None:
    """A speech-to-text server has no satellite in its info."""
    refusal(SatelliteNotASatellite, info=answer)


@pytest.mark.parametrize("closes", [True, False])
def test_a_satellite_that_another_server_holds_is_occupied(closes: bool) -> None:
    """It says who it is, and then nothing or goodbye."""
    error = refusal(SatelliteOccupied, is_occupied=True, closes_on_refusal=closes)
    assert error.placeholders["host"] == HOST


def test_a_probe_does_not_disturb_the_server_that_holds_the_satellite() -> None:
    """The owner's microphone goes on."""

    async def scenario() -> None:
        async with on_the_porch() as satellite:
            reader, writer = await asyncio.open_connection(HOST, satellite.port)
            writer.write(b'{"type": "run-satellite"}\n')
            with pytest.raises(SatelliteOccupied):
                await async_probe(HOST, satellite.port)
            await reader.read(65_536)
            assert b"audio-chunk" in await reader.read(65_536)
            assert satellite.runs == 1
            writer.close()

    run(scenario())


@pytest.mark.parametrize(
    ("options", "mode"),
    [
        ({"info": info(wake=[{"name": "openwakeword"}]), "pipeline": None}, "wake"),
        ({"pipeline": pipeline(start_stage="asr")}, "wake"),
        ({"pipeline": told_pipeline(start_stage="asr")}, "wake"),
        ({"pipeline": told_pipeline(restart_on_end=False)}, "vad"),
        ({"pipeline": None}, "wake/vad"),
    ],
    ids=["1.4.1 waiting", "1.0.0 woken", "1.4.1 woken", "1.4.1 vad", "1.0.0 waiting"],
)
def test_a_satellite_that_waits_for_a_word_or_for_speech_is_refused(
    options: dict[str, Any], mode: str
) -> None:
    """It cannot be started from here."""
    error = refusal(SatelliteModeUnsupported, **options)
    assert error.placeholders == {"host": HOST, "mode": mode}


def test_a_satellite_without_sound_is_silent() -> None:
    """It is ours and wants a pipeline, but its microphone is dead."""
    refusal(SatelliteSilent, is_muted=True)


def test_a_failed_probe_leaves_no_connection() -> None:
    """The satellite is free again."""

    async def scenario() -> None:
        async with on_the_porch(is_muted=True) as satellite:
            with pytest.raises(SatelliteSilent):
                await async_probe(HOST, satellite.port)
            await until(lambda: not satellite.is_owned)

    run(scenario())
