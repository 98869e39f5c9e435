"""Somebody else announces at an ESPHome satellite, before or while the voice talks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import io
from typing import Any
import wave

from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.links import assist_start
from custom_components.realtime_pumpkin.rehearsal import Say
from tests.assist.dialog import SAID
from tests.assist.esphome.room import MakeRoom, Room
from tests.assist.visit import Visit
from tests.audio.signals import tone
from tests.porch import GOODBYE, GREETING

RATE = 24_000


def wav(ms: float) -> bytes:
    """Return a tone as a WAV file."""
    with io.BytesIO() as file:
        with wave.open(file, "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE)
            sound.writeframes(tone(RATE, ms))
        return file.getvalue()


RIDDLE = Say("What has a face and two hands, but no arms?", duration_ms=4_000)
ANSWER = Say("A clock, indeed!", duration_ms=400)


@asynccontextmanager
async def announcement(ms: float) -> AsyncIterator[str]:
    """Have the address of a tone of so many ms."""

    async def serve(request: web.Request) -> web.Response:
        """Return it."""
        return web.Response(body=wav(ms), content_type="audio/wav")

    app = web.Application()
    app.router.add_get("/announcement.wav", serve)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/announcement.wav"))


async def announce(room: Room, url: str) -> None:
    """Let Home Assistant announce; returns as soon as it is heard."""
    data = {"media_id": url, "preannounce": False}
    announcing = room.act(
        "assist_satellite.announce", entity_id=room.satellite.entity_id, **data
    )
    room.hass.async_create_task(announcing)
    await room.until(lambda: url in room.of_player("sound"))


async def play(room: Room, url: str) -> None:
    """Announce through the media player, of which the satellite shows nothing."""
    await room.act(
        "media_player.play_media",
        entity_id=room.satellite.player,
        media_content_id=url,
        media_content_type="music",
        announce=True,
    )
    await room.until(lambda: url in room.of_player("sound"))


def first(room: Room, url: str) -> dict[str, Any]:
    """Return what became of an address, and what the device asked for when."""
    entries = room.record.entries
    [over] = [
        (index, entry.what)
        for index, entry in enumerate(entries)
        if entry.what in ("played", "dropped") and entry.detail["url"] == url
    ]
    asked = next(
        index
        for index, entry in enumerate(entries)
        if entry.what == "> VoiceAssistantRequest"
    )
    return {"over": over[1], "before_the_microphone": over[0] < asked}


async def visited_behind(room: Room, visit: Visit, url: str) -> dict[str, Any]:
    """Hold a visit that starts behind an announcement; return what came of that."""
    await visit.act("start_conversation")
    await visit.until(EventName.ITEM_FINISHED)
    found = first(room, url)
    assert (await visit.end())["reason"] == "stopped"
    await room.over(visit)
    return found


PLAYED = {"over": "played", "before_the_microphone": True}
DROPPED = {"over": "dropped", "before_the_microphone": True}


async def test_a_start_waits_for_the_end_of_an_announcement(room: Room) -> None:
    """It is heard to its end, then the microphone opens."""
    async with announcement(300) as url, room.voice() as visit:
        await announce(room, url)
        assert await visited_behind(room, visit, url) == PLAYED


async def test_a_start_silences_an_announcement_that_takes_too_long(room: Room) -> None:
    """Somebody stands at the door; the microphone opens in silence."""
    async with announcement(20_000) as url, room.voice() as visit:
        await announce(room, url)
        assert await visited_behind(room, visit, url) == DROPPED


async def test_a_start_waits_for_the_end_of_what_a_player_announces(
    room: Room,
) -> None:
    """A doorbell's chime is heard to its end, though no state tells whose it is."""
    async with announcement(300) as url, room.voice() as visit:
        await play(room, url)
        assert room.hass.states.is_state(room.satellite.entity_id, "idle")
        assert await visited_behind(room, visit, url) == PLAYED


async def test_a_start_silences_what_a_player_announces_for_too_long(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody stands at the door."""
    monkeypatch.setattr(assist_start, "_SILENCED_S", 5.0)
    async with announcement(20_000) as url, room.voice() as visit:
        await play(room, url)
        assert room.hass.states.is_state(room.satellite.entity_id, "idle")
        assert await visited_behind(room, visit, url) == DROPPED


async def test_a_start_behind_an_unknown_announcement_still_opens_the_microphone(
    make_room: MakeRoom,
) -> None:
    """The firmware queues our clip and gives it up after 2 s; then the voice speaks."""
    room = await make_room(pace=4.0)
    record = room.record
    async with announcement(60_000) as url, room.voice() as visit:
        room.device.player.announce(url, after=False)
        await room.until(lambda: url in room.of_player("sound"))
        await visit.act("start_conversation")
        [asked] = record.all("< VoiceAssistantAnnounceRequest")
        [finished] = record.all("> VoiceAssistantAnnounceFinished")
        assert finished.at - asked.at > 0.4
        assert room.satellite.selected == "preferred"
        await room.until(lambda: bool(record.all("dropped")))
        assert first(room, url) == {"over": "dropped", "before_the_microphone": False}
        assert (await visit.end())["reason"] == "stopped"
        await room.over(visit)


@pytest.mark.parametrize("barge_in", ["on", "off"])
async def test_what_the_house_says_at_the_player_only_makes_the_voice_wait(
    room: Room, barge_in: str
) -> None:
    """It is heard whole, nobody takes it for a visitor, then the voice goes on."""
    data = {"barge_in": barge_in}
    async with (
        announcement(1500) as url,
        room.voice(RIDDLE, GOODBYE, data=data, heard=("Bye!",)) as visit,
    ):
        await visit.act("start_conversation")
        await visit.until(EventName.AUDIO_STARTED)
        await play(room, url)
        room.card.say(SAID)
        paused = await visit.until(EventName.PAUSED)
        await visit.until(EventName.RESUMED)
        await room.until(lambda: url in room.of_player("played"))
        assert url not in room.of_player("dropped")
        assert 0 < paused["heard_ms"] < RIDDLE.duration_ms
        await visit.until(EventName.ITEM_FINISHED)
        assert visit.named(EventName.INTERRUPTED) == []
        assert visit.named(EventName.SPEECH_STARTED) == []
        ended = await visit.end(goodbye=True)
        assert ended["reason"] == "stopped"
        await room.over(visit)
    assert len(room.record.runs) == 1


async def test_what_the_house_says_while_the_voice_listens_is_not_answered(
    room: Room,
) -> None:
    """An answer that comes meanwhile waits for its end."""
    async with (
        announcement(1500) as url,
        room.talking(GREETING, ANSWER, GOODBYE, data={"barge_in": "on"}) as visit,
    ):
        await play(room, url)
        room.card.say(SAID)
        await visit.act("add_message", role="user", text="Hello?", respond=True)
        await visit.until(EventName.AUDIO_STARTED, 2)
        assert url in room.of_player("played")
        assert visit.named(EventName.SPEECH_STARTED) == []
        assert (await visit.end())["reason"] == "stopped"
        await room.over(visit)
