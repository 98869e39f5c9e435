"""A visitor who interrupts the voice at an ESPHome satellite.

The firmware's player is silenced by an announcement of silence only; closing our stream
alone would leave it the seconds that it has already fetched.
"""

from aiohttp import ClientSession
import numpy as np

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.rehearsal import Say
from tests.assist.dialog import SAID
from tests.assist.esphome.room import Room
from tests.porch import GOODBYE

RIDDLE = Say("What has a face and two hands, but no arms?", duration_ms=20_000)
ANSWER = Say("A clock, indeed!", duration_ms=400)
INTERRUPTS = {"barge_in": "on"}
AT_ONCE_S = 0.5


def heard_last(room: Room, seconds: float) -> int:
    """Return how loud the speaker was at most in the last seconds, 0 to 32767."""
    size = int(seconds * room.card.rate) * 2
    return int(np.abs(np.frombuffer(room.card.played[-size:], "<i2")).max(initial=0))


async def test_a_visitor_interrupts_and_the_conversation_goes_on(room: Room) -> None:
    """Silent clip, closed stream, truncated item; then the next answer, in one run."""
    lines = RIDDLE, ANSWER, GOODBYE
    async with room.voice(*lines, heard=("A clock!", "Bye!"), data=INTERRUPTS) as visit:
        await visit.act("start_conversation")
        await visit.until(EventName.AUDIO_STARTED)
        riddle = room.of_player("fetch")[-1]
        await room.until(lambda: heard_last(room, 0.1) > 3000)
        room.card.say(SAID)
        await room.until(lambda: riddle in room.of_player("dropped"))

        # What was dropped made room for a clip that is played to its end, unheard.
        clip = room.of_player("fetch")[-1]
        assert clip != riddle
        await room.until(lambda: clip in room.of_player("played"), AT_ONCE_S)
        assert heard_last(room, 0.1) == 0
        commands = room.record.all("< MediaPlayerCommandRequest")
        asked = next(c.detail for c in commands if c.detail.get("media_url") == clip)
        assert asked["announcement"] is True

        async with ClientSession() as web, web.get(riddle) as response:
            assert response.status == 404
        interrupted = await visit.until(EventName.INTERRUPTED)
        assert 0 < interrupted["heard_ms"] < 5_000

        await visit.until(EventName.ITEM_FINISHED, 2)
        await room.until(lambda: len(room.of_player("played")) >= 3)
        assert heard_last(room, 1.0) > 3000
        room.card.say(SAID)
        ended = await room.over(visit)
    assert ended["reason"] == "finished"
    assert ended["turns"] == 2
    assert len(room.record.runs) == 1
    assert room.of_player("dropped") == [riddle]
