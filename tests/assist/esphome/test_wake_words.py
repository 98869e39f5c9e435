"""A satellite whose owner chose the voice: each wake word is a conversation."""

from homeassistant.components.assist_pipeline import run
import pytest

from custom_components.realtime_pumpkin.const import EventName
from demo.esphome_device.assistant import Phase
from tests.assist.esphome.room import Room
from tests.porch import GOODBYE, GREETING

NORMAL_END = ["STT_END", "INTENT_START", "INTENT_END", "RUN_END"]


@pytest.fixture(autouse=True)
def no_echo(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hear the same word sooner than a person would say it twice."""
    monkeypatch.setattr(run, "WAKE_WORD_COOLDOWN", 0)


async def test_each_wake_word_at_an_esphome_satellite_is_a_conversation(
    room: Room,
) -> None:
    """It ends as any other, and the next word starts the next; the choice stays."""
    async with room.voice(GREETING, GOODBYE, GREETING, GOODBYE) as visit:
        await room.choose("Pumpkin")
        for number in (1, 2):
            room.device.wake()
            await visit.until(EventName.ITEM_FINISHED, 3 * number - 2)
            await room.until(lambda: room.record.runs[-1].bytes_sent > 16_000)
            await visit.act("add_message", role="user", text="Bye!", respond=True)
            ended = await visit.until(EventName.CONVERSATION_ENDED, number)
            assert ended["reason"] == "finished"
            await room.satellite.until_phase(Phase.IDLE)
            assert room.satellite.selected == "Pumpkin"
    begun = visit.named(EventName.CONVERSATION_STARTED)
    assert len({event["conversation_id"] for event in begun}) == 2
    events = [each.events for each in room.record.runs]
    assert events == [["RUN_START", "STT_START", *NORMAL_END]] * 2
    assert len(room.record.all("played")) == 4


async def test_a_wake_word_at_a_voice_that_is_switched_off_frees_the_satellite(
    room: Room,
) -> None:
    """It is idle again at once, without an error or a tone."""
    async with room.voice() as visit:
        await room.choose("Pumpkin")
        await room.act("switch.turn_off", entity_id="switch.pumpkin_enabled")
        room.device.wake()
        await room.until(lambda: "RUN_END" in room.record.runs[-1].events)
        await room.satellite.until_phase(Phase.IDLE)
        assert visit.named(EventName.CONVERSATION_STARTED) == []
    assert room.record.runs[-1].events == ["RUN_START", "STT_START", *NORMAL_END]
    assert room.record.all("played") == []
