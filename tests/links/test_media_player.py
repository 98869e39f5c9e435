"""Tests of a media player as a speaker, in virtual time, with a made-up player."""

import asyncio
import logging
from typing import cast
import weakref

import pytest

from custom_components.realtime_pumpkin.audio.formats import PCM_24K
from custom_components.realtime_pumpkin.links.deck import _TOKEN_GRACE_S
from custom_components.realtime_pumpkin.links.errors import (
    SpeakerNeverFetched,
    SpeakerRefused,
    SpeakerUnavailable,
)
from custom_components.realtime_pumpkin.links.media_player import MediaPlayerSpeaker
from custom_components.realtime_pumpkin.links.player import MediaPlayer
from custom_components.realtime_pumpkin.links.stream_view import AudioStreams
from tests.audio.signals import noise, offset_and_likeness
from tests.audio.test_mp3 import decode
from tests.garbage import uncollected
from tests.links.fake_player import LATENCY_MS, URL, FakePlayer, speaking
from tests.links.listener import Listener, say
from tests.links.virtual_time import now, run, spawn, until


def test_the_player_is_told_to_play_when_the_first_frame_exists() -> None:
    """Not before, or it would wait for a stream without a beginning."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, _):
            speaker.begin("a")
            await asyncio.sleep(2)
            assert not player.calls
            begin = now()
            speaker.write(noise(24_000, 100))
            await until(lambda: player.calls)
            assert now() - begin <= 0.005

    run(scenario())


def test_the_player_gets_all_that_is_said() -> None:
    """Decoded, it is what was written, after the encoder's delay."""
    said = noise(24_000, 3000)

    async def scenario() -> bytes:
        async with speaking() as (player, speaker, listener):
            say(speaker, "a", said)
            await until(lambda: listener.finished)
            return decode(player.readers[0].data)

    _, likeness = offset_and_likeness(run(scenario()), said)
    assert likeness > 0.95


def test_beginning_and_end_are_told_when_they_are_heard() -> None:
    """Counted from the first byte, the encoder's delay left out of the end."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, listener):
            say(speaker, "a", noise(24_000, 3000))
            await until(lambda: listener.finished)
            first_byte = player.fetched_at[0]
            delay = 0.046 + LATENCY_MS / 1000
            assert listener.started["a"] == pytest.approx(first_byte + delay, abs=0.01)
            end, heard = listener.finished["a"]
            assert end == pytest.approx(first_byte + delay + 3, abs=0.01)
            assert heard == 3000

    run(scenario())


def test_heard_follows_what_the_player_fetched() -> None:
    """Nothing before the first byte and the latency, then real time."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 2000))
            await until(lambda: player.fetched_at)
            assert speaker.heard_ms() == 0
            await until(lambda: listener.started)
            await asyncio.sleep(1)
            assert speaker.heard_ms() == pytest.approx(1000, abs=15)
            await asyncio.sleep(5)
            assert speaker.heard_ms() <= 2000

    run(scenario())


def test_a_second_utterance_waits_until_the_first_was_heard() -> None:
    """A player would drop what it plays for the next address."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, listener):
            say(speaker, "a", noise(24_000, 1000))
            say(speaker, "b", noise(24_000, 1000))
            await until(lambda: "b" in listener.finished)
            told = ["a started", "a finished", "b started", "b finished"]
            assert listener.told == told
            assert player.calls[1][0] >= listener.finished["a"][0]
            assert len(set(player.urls)) == 2

    run(scenario())


def test_clear_stops_the_player_at_once() -> None:
    """The stop leaves within 10 ms and the stream gives nothing more."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 20_000))
            await until(lambda: listener.started)
            await asyncio.sleep(2)
            begin, size = now(), len(player.readers[0].data)
            assert speaker.clear() == pytest.approx(2000, abs=15)
            await until(lambda: player.calls[-1][1] == "stop")
            assert now() - begin < 0.01
            speaker.write(noise(24_000, 1000))
            speaker.finish()
            await asyncio.sleep(30)
            assert len(player.readers[0].data) == size
            assert not listener.finished
            assert speaker.clear() == 0
            assert len(player.calls) == 2

    run(scenario())


def test_after_clear_the_address_is_dead() -> None:
    """A player that comes back must not say it again."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 2000))
            await until(lambda: listener.started)
            speaker.clear()
            assert len(player.streams) == 0

    run(scenario())


def test_the_next_words_wait_for_the_stop_of_the_last_ones() -> None:
    """A late stop would silence them."""

    class SlowPlayer(FakePlayer):
        """Take a second to stop."""

        async def async_stop(self) -> None:
            await asyncio.sleep(1)
            await super().async_stop()

    async def scenario() -> None:
        async with speaking(SlowPlayer) as (player, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 2000))
            await until(lambda: listener.started)
            speaker.clear()
            say(speaker, "b", noise(24_000, 500))
            await until(lambda: "b" in listener.finished)
            assert [url == "stop" for _, url in player.calls] == [False, True, False]

    run(scenario())


def test_a_player_that_answers_no_stop_does_not_hold_the_next_words(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """They wait three seconds for it, and after ten it is given up."""
    caplog.set_level(logging.INFO)

    class DeafPlayer(FakePlayer):
        """Never come back from a stop."""

        async def async_stop(self) -> None:
            await asyncio.Event().wait()

    async def scenario() -> None:
        async with speaking(DeafPlayer) as (_, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 2000))
            await until(lambda: listener.started)
            speaker.clear()
            cleared = now()
            say(speaker, "b", noise(24_000, 500))
            await until(lambda: "b" in listener.started)
            assert now() - cleared < 4
            assert "could not be stopped" not in caplog.text
            await asyncio.sleep(cleared + 11 - now())
            assert "could not be stopped" in caplog.text

    run(scenario())


def test_what_somebody_else_announces_there_is_not_cut_off() -> None:
    """The stop of what was ours would silence it."""

    async def scenario() -> None:
        async with speaking(is_taken=True) as (player, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 2000))
            await until(lambda: listener.started)
            speaker.clear()
            await asyncio.sleep(1)
            assert len(player.calls) == 1

    run(scenario())


def test_a_player_that_cannot_be_stopped_gets_silence_instead() -> None:
    """A short clip takes the place of what it plays."""

    async def scenario() -> None:
        async with speaking(stops_by_command=False) as (player, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 5000))
            await until(lambda: listener.started)
            speaker.clear()
            await until(lambda: len(player.readers) == 2)
            await player.readers[1].task
            silence = decode(player.readers[1].data)
            assert PCM_24K.ms_of(len(silence)) < 400
            assert not any(silence)

    run(scenario())


def test_probes_that_hang_up_are_no_stop() -> None:
    """MPD opens an address up to nine times."""

    async def scenario() -> None:
        async with speaking(probes=8) as (player, speaker, listener):
            say(speaker, "a", noise(24_000, 1000))
            await until(lambda: listener.finished)
            assert listener.finished["a"][1] == 1000
            first_byte = player.fetched_at[0]
            assert listener.started["a"] == pytest.approx(first_byte + 0.346, abs=0.01)

    run(scenario())


def test_a_player_that_hangs_up_for_good_has_heard_enough() -> None:
    """Somebody stopped it; what was heard until then is told."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 20_000))
            await until(lambda: listener.started)
            await asyncio.sleep(1)
            await player.readers[0].hang_up()
            await until(lambda: listener.finished)
            assert listener.finished["a"][1] == pytest.approx(1000, abs=15)
            say(speaker, "b", noise(24_000, 500))
            await until(lambda: "b" in listener.finished)

    run(scenario())


def test_a_player_that_never_fetches_is_told_with_the_address_it_cannot_reach() -> None:
    """After eight seconds, and without the token."""

    async def scenario() -> None:
        async with speaking(is_deaf=True) as (player, speaker, listener):
            begin = now()
            say(speaker, "a", noise(24_000, 1000))
            await until(lambda: listener.errors)
            assert now() - begin == pytest.approx(8, abs=0.06)
            [error] = listener.errors
            assert isinstance(error, SpeakerNeverFetched)
            assert error.placeholders["entity_id"] == "media_player.porch"
            assert error.placeholders["url"].startswith("http://ha.test:8123/api/")
            token = URL.fullmatch(player.urls[0])
            assert token
            assert token[1] not in str(error)
            say(speaker, "b", noise(24_000, 1000))
            await asyncio.sleep(20)
            assert len(listener.errors) == 1
            assert len(player.urls) == 1

    run(scenario())


@pytest.mark.parametrize("error", [ValueError("no such format"), TimeoutError()])
def test_a_player_that_refuses_is_told_with_its_own_words(error: Exception) -> None:
    """Without the token, which its words may contain."""

    async def scenario() -> None:
        async with speaking(error=error) as (player, speaker, listener):
            say(speaker, "a", noise(24_000, 1000))
            await until(lambda: listener.errors)
            [told] = listener.errors
            assert isinstance(told, SpeakerRefused)
            assert str(error) in told.placeholders["error"]
            token = URL.fullmatch(player.urls[0])
            assert token
            assert token[1] not in str(told)

    run(scenario())


def test_a_player_whose_call_takes_as_long_as_the_sound_is_no_hindrance() -> None:
    """Some answer play_media only when all was played."""

    async def scenario() -> None:
        async with speaking(blocks=True) as (_, speaker, listener):
            say(speaker, "a", noise(24_000, 500))
            await until(lambda: "a" in listener.finished)
            begin = now()
            say(speaker, "b", noise(24_000, 500))
            await until(lambda: "b" in listener.finished)
            assert now() - begin < 2

    run(scenario())


def test_an_address_outlives_its_sound_only_for_a_while() -> None:
    """A player may come back for what it has heard, but not tomorrow."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, listener):
            say(speaker, "a", noise(24_000, 500))
            await until(lambda: listener.finished)
            await asyncio.sleep(_TOKEN_GRACE_S - 1)
            assert len(player.streams) == 1
            await asyncio.sleep(2)
            assert len(player.streams) == 0

    run(scenario())


def test_an_utterance_without_audio_ends_at_once() -> None:
    """No player is disturbed for nothing."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, listener):
            say(speaker, "a", b"")
            await until(lambda: listener.finished)
            assert listener.told == ["a finished"]
            assert not player.calls

    run(scenario())


def test_closing_in_mid_sentence_stops_the_player() -> None:
    """Nothing is told any more and no address is left."""

    async def scenario() -> None:
        async with speaking() as (player, speaker, listener):
            speaker.begin("a")
            speaker.write(noise(24_000, 5000))
            await until(lambda: listener.started)
            await speaker.close()
            assert player.calls[-1][1] == "stop"
            assert listener.told == ["a started"]

    run(scenario())


def test_a_player_that_is_not_there_cannot_be_opened() -> None:
    """It is told before the conversation."""

    class MissingPlayer(FakePlayer):
        """Be unavailable."""

        def open(self) -> str:
            raise SpeakerUnavailable(entity_id=self.entity_id)

    async def scenario() -> None:
        streams = AudioStreams()
        player = cast("MediaPlayer", MissingPlayer(streams))
        speaker = MediaPlayerSpeaker(player, streams, spawn=spawn, clock=now)
        with pytest.raises(SpeakerUnavailable):
            await speaker.open(Listener())
        await speaker.close()

    run(scenario())


def test_a_closed_speaker_waits_for_no_collector_of_garbage() -> None:
    """Its deck tells it of errors only while it is open."""

    async def scenario() -> None:
        with uncollected():
            async with speaking() as (_, speaker, _):
                closed = weakref.ref(speaker)
                del speaker
            await until(lambda: closed() is None)

    run(scenario())
