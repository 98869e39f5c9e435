"""From an audio delta of the service to a byte at the speaker.

The server sends sound as fast as it is spoken and no faster, so that nothing is ever
far ahead of the speaker and none of it is held back by the pacing that we do on
purpose. At a satellite that plays 24 kHz the time is in the samples. An MP3 has none;
but it has a constant bit rate, so how many bytes each delta completes is known, and when
they came: a delta's delay ends with the last byte that it completes. Deltas from before
the player asked for the stream are left out there: how long that takes is told by the
first frame that can be decoded. So is an answer's last one, which is as long as what was
left to say: its bytes come with the end of the answer, for which the server takes a
delta's time more.
"""

import asyncio
from itertools import accumulate
from typing import Any, Final

from benchmarks.measures import Measure, middle, quantile
from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.audio.mp3 import Mp3Encoder

from .rig import Rig, rig

_SATELLITE_S: Final = 12.0
_PLAYER_S: Final = 20.0
_DELTA_MS: Final = 60
"""More than the encoder needs before the first frame comes out."""

_PACED: Final = ("--pace", "1", "--delta-ms", str(_DELTA_MS), "--turn-ms", "800")


async def measure() -> list[Measure]:
    """Return the delays of both speakers, and until the first frame."""
    async with rig(*_PACED, "--decodes") as bench:
        satellite = await _at_satellite(bench)
        player, first = await _at_player(bench)
    return [
        *_delays("Wyoming", satellite),
        *_delays("HTTP stream", player),
        Measure(
            "first delta to first MP3 frame", middle(first), "ms", 15, samples=first
        ),
    ]


def _delays(sink: str, delays_ms: list[float]) -> list[Measure]:
    """Return the lines of one speaker."""
    return [
        Measure(f"delta to byte p50, {sink}", quantile(delays_ms, 0.5), "ms", 2),
        Measure(
            f"delta to byte p99, {sink}",
            quantile(delays_ms, 0.99),
            "ms",
            10,
            samples=delays_ms,
        ),
    ]


async def _at_satellite(bench: Rig) -> list[float]:
    """Talk at a satellite's speaker; return how old its sound is, in ms."""
    ports = await bench.world.ask("satellites", count=1, speaker_rate=24_000)
    voice = await bench.add_voices(ports)
    noted = await _talk(bench, voice["entities"], _SATELLITE_S)
    delays: list[float] = noted["satellites"][-1]["delays_ms"]
    return delays


async def _at_player(bench: Rig) -> tuple[list[float], list[float]]:
    """Talk at a media player; return how late deltas and first frames were, in ms."""
    ports = await bench.world.ask("satellites", count=1)
    players = await bench.home.ask("add_players", port=bench.players_port, count=1)
    voice = await bench.add_voices(ports, players)
    noted = await _talk(bench, voice["entities"], _PLAYER_S)
    completed = _completed(_DELTA_MS)
    delays, first = [], []
    for sent, fetched in _pairs(noted):
        delays += _lateness(sent, fetched, completed)
        first.append((fetched["first_frame_at"] - sent[0]) / 1e6)
    return delays, first


async def _talk(bench: Rig, voices: list[str], seconds: float) -> dict[str, Any]:
    """Hold a conversation for a while; return what was noted after its first turn."""
    await bench.home.ask("act", action="start_conversation", entities=voices)
    await asyncio.sleep(3)
    await bench.world.ask("take")
    await asyncio.sleep(seconds)
    noted: dict[str, Any] = await bench.world.ask("take")
    await bench.home.ask("act", action="stop_conversation", entities=voices)
    return noted


def _pairs(noted: dict[str, Any]) -> list[tuple[list[int], dict[str, Any]]]:
    """Return each response's deltas with the fetch of their stream.

    One that began before or ended after what was noted has no partner.
    """
    pairs = []
    for fetched in noted["players"]:
        before = [one for one in noted["responses"] if one[0] < fetched["ordered_at"]]
        is_whole = before and fetched["ordered_at"] - before[-1][0] < 1e9
        if is_whole and fetched["first_frame_at"]:
            pairs.append((before[-1], fetched))
    return pairs


def _completed(delta_ms: int) -> list[int]:
    """Return how many bytes of MP3 there are after each delta of an answer."""
    encoder, pcm = Mp3Encoder(), bytes(PCM_24K.bytes_of(delta_ms))
    return list(accumulate(len(encoder.push(pcm)) for _ in range(100)))


def _lateness(
    sent: list[int], fetched: dict[str, Any], completed: list[int]
) -> list[float]:
    """Return how late a response's whole deltas were that came after the request."""
    delays = []
    arrivals: list[tuple[int, int]] = fetched["arrivals"]
    for at, whole in zip(sent[:-1], completed, strict=False):
        arrived = next((when for when, size in arrivals if size >= whole), None)
        if arrived is not None and arrivals[0][0] < at:
            delays.append((arrived - at) / 1e6)
    return delays
