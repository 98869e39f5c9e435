"""Everything that can happen at an ESPHome satellite, with Home Assistant's own code.

Each row of what was found out about ends is a test here: what the device does, what
the conversation's reason is then, and that the device is idle on its own assistant.
"""

import asyncio
from typing import Any

from aioesphomeapi import APIConnectionError
from homeassistant.components.assist_pipeline import (
    async_get_pipelines,
    async_update_pipeline,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import numpy as np
import pytest

from custom_components.realtime_pumpkin.const import CONVERSATION_OVER, EventName
from custom_components.realtime_pumpkin.links import assist_start
from custom_components.realtime_pumpkin.rehearsal import Say
from demo.esphome_device.assistant import Phase
from tests.assist.esphome.room import MakeRoom, Room
from tests.common import VOICE_ENTITY_ID
from tests.porch import GREETING

NORMAL_END = ["STT_END", "INTENT_START", "INTENT_END", "RUN_END"]


def ignore_lost_connections(hass: HomeAssistant) -> None:
    """Forgive Home Assistant's own pipeline that it talks to a dead device."""
    handle = hass.loop.get_exception_handler()
    assert handle is not None

    def forgive(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Pass on everything else."""
        if not isinstance(context.get("exception"), APIConnectionError):
            handle(loop, context)

    hass.loop.set_exception_handler(forgive)


async def test_a_conversation_ends_without_a_word_of_the_pipeline(room: Room) -> None:
    """One run from the first word to the goodbye; no tone, nothing spoken twice."""
    async with room.talking() as visit:
        await visit.act("add_message", role="user", text="Bye!", respond=True)
        ended = await room.over(visit)
    assert ended["reason"] == "finished"
    [run] = room.record.runs
    assert run.events == ["RUN_START", "STT_START", *NORMAL_END]
    assert run.bytes_sent > 16_000
    played = [entry.detail["kind"] for entry in room.record.all("played")]
    # The silent clip of the start, the greeting, the goodbye.
    assert played == ["announcement"] * 3
    told = room.record.all("< VoiceAssistantEventResponse")
    assert [e.detail["data"]["text"] for e in told if e.detail["data"].get("text")] == [
        CONVERSATION_OVER
    ]


async def test_nothing_is_heard_before_the_voice_speaks(room: Room) -> None:
    """The start plays no tone."""
    quiet = Say("Boo!", duration_ms=200)
    async with room.voice(quiet) as visit:
        await visit.act("start_conversation", opening="")
        await room.until(lambda: room.record.runs[-1].bytes_sent > 0)
        peak = np.abs(np.frombuffer(room.card.played, "<i2")).max(initial=0)
        assert peak < 10
        await visit.end()


async def test_the_button_ends_a_conversation(room: Room) -> None:
    """Who presses it has heard enough: no goodbye."""
    async with room.talking() as visit:
        room.device.press()
        ended = await room.over(visit)
        assert ended["reason"] == "user_ended"
    assert room.record.runs[-1].events[-1] == "RUN_END"
    assert "ERROR" not in room.record.runs[-1].events


async def test_the_wake_word_ends_a_conversation(room: Room) -> None:
    """The firmware stops what runs."""
    async with room.talking() as visit:
        room.device.wake()
        ended = await room.over(visit)
        assert ended["reason"] == "user_ended"


async def test_a_device_that_ends_its_sound_ends_the_conversation(room: Room) -> None:
    """The stream ends, so the stage returns and the pipeline goes to its end."""
    async with room.talking() as visit:
        room.device.end_audio()
        ended = await room.over(visit)
        assert ended["reason"] == "user_ended"
    assert room.record.runs[-1].events[-4:] == NORMAL_END


async def test_a_muted_device_is_noticed(room: Room) -> None:
    """Sound just stops to come; the voice says goodbye and the device is freed."""
    async with room.talking() as visit:
        room.device.mute()
        ended = await room.over(visit)
        assert ended["reason"] == "microphone_lost"
        [error] = visit.named(EventName.ERROR)
        assert error["kind"] == "microphone_stalled"
    assert room.record.runs[-1].events[-4:] == NORMAL_END


async def test_a_dead_device_ends_the_conversation(room: Room) -> None:
    """Whoever pulled the plug does not hear a goodbye."""
    ignore_lost_connections(room.hass)
    async with room.talking() as visit:
        room.device.die()
        ended = await visit.until(EventName.CONVERSATION_ENDED)
        assert ended["reason"] == "microphone_lost"
        errors = {error["kind"] for error in visit.named(EventName.ERROR)}
        assert "assist_satellite_lost" in errors
        assert room.hass.states.is_state(VOICE_ENTITY_ID, "idle")


async def test_an_announcement_of_somebody_else_is_heard(room: Room) -> None:
    """Home Assistant takes the satellite away, and the voice is silent."""
    async with room.talking() as visit:
        url = f"{room.hass.config.internal_url}/nothing.mp3?v=1"
        await room.act(
            "assist_satellite.announce",
            entity_id=room.satellite.entity_id,
            media_id=url,
            preannounce=False,
        )
        ended = await room.over(visit)
        assert ended["reason"] == "taken_over"
    fetched = room.record.all("fetch")
    assert fetched[-1].detail["url"] == url


async def test_a_refused_start_of_somebody_else_ends_the_conversation(
    room: Room,
) -> None:
    """Home Assistant cancels the run before it looks whether it may start one."""
    async with room.talking() as visit:
        with pytest.raises(HomeAssistantError):
            await room.act(
                "assist_satellite.start_conversation",
                entity_id=room.satellite.entity_id,
                start_media_id="http://127.0.0.1:9/nothing.mp3?v=1",
                preannounce=False,
            )
        ended = await room.over(visit)
        assert ended["reason"] == "user_ended"


async def test_another_assistant_may_be_chosen_meanwhile(room: Room) -> None:
    """It is for the next run; this one goes on, and the choice stays."""
    async with room.talking() as visit:
        await room.choose("Home Assistant")
        await visit.act("add_message", role="user", text="Bye!", respond=True)
        ended = await visit.until(EventName.CONVERSATION_ENDED)
        assert ended["reason"] == "finished"
        assert room.satellite.selected == "Home Assistant"


async def test_the_pipeline_may_be_renamed_meanwhile(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run knows its pipeline by its id; the next start finds the new name."""
    # Behind the silence that ended the first one the firmware may take 2 s.
    monkeypatch.setattr(assist_start, "START_TIMEOUT_S", 8.0)
    async with room.talking(GREETING, GREETING) as visit:
        [pipeline] = [p for p in async_get_pipelines(room.hass) if p.name == "Pumpkin"]
        await async_update_pipeline(room.hass, pipeline, name="Ghost")
        assert (await visit.end())["reason"] == "stopped"
        await room.satellite.until_phase(Phase.IDLE)
        await visit.act("start_conversation")
        assert (await visit.end())["reason"] == "stopped"
    assert len(room.record.runs) == 2


@pytest.mark.parametrize(
    "mischief",
    [{"never_finish": True}, {"deaf": True}],
    ids=["never finished", "never listens"],
)
async def test_a_device_that_does_not_listen_is_given_up(
    room: Room, mischief: dict[str, bool]
) -> None:
    """The action says so, the assistant is chosen again, the next start works."""
    room.device.misbehave(**mischief)
    async with room.voice(GREETING) as visit:
        with pytest.raises(HomeAssistantError) as caught:
            await visit.act("start_conversation")
        assert caught.value.translation_key == "assist_satellite_silent"
        ended = await room.over(visit)
        assert ended["reason"] == "start_failed"
        room.device.misbehave(never_finish=False, deaf=False)
        await visit.act("start_conversation")
        assert (await visit.end())["reason"] == "stopped"


async def test_a_clip_that_cannot_be_fetched_still_opens_the_microphone(
    make_room: MakeRoom,
) -> None:
    """The firmware counts what does not begin as over."""
    room = await make_room(pace=4.0)
    room.device.misbehave(refuse_media=True)
    async with room.voice(GREETING) as visit:
        await visit.act("start_conversation", opening="")
        assert room.satellite.selected == "preferred"
        room.device.misbehave(refuse_media=False)
        await visit.end()


async def test_a_stop_before_the_microphone_opens_never_reaches_another_assistant(
    room: Room,
) -> None:
    """The device opens it later, on the voice's pipeline, which ends at once."""
    room.device.misbehave(finish_late_s=0.4)
    async with room.voice(GREETING) as visit:
        starting = room.hass.async_create_task(visit.act("start_conversation"))
        await room.until(lambda: bool(room.record.all("fetch")), within_s=5)
        assert room.satellite.selected == "Pumpkin"
        await visit.act("stop_conversation", goodbye=False)
        ended = await room.over(visit)
        await asyncio.gather(starting, return_exceptions=True)
        assert ended["reason"] == "stopped"
    [run] = room.record.runs
    assert run.events == ["RUN_START", "STT_START", *NORMAL_END]


async def test_an_old_end_of_an_announcement_opens_nothing(room: Room) -> None:
    """Only the pipeline's run tells that the device listens."""
    room.device.misbehave(finish_late_s=0.3)
    async with room.voice(GREETING) as visit:
        starting = room.hass.async_create_task(visit.act("start_conversation"))
        await room.until(lambda: bool(room.record.all("fetch")))
        room.device.say_finished()
        await starting
        await visit.until(EventName.ITEM_FINISHED)
        assert (await visit.end())["reason"] == "stopped"
    assert len(room.record.runs) == 1


async def test_a_device_whose_voice_is_gone_is_idle_again(room: Room) -> None:
    """Its pipeline stays while the account is not loaded, and fails at once."""
    async with room.talking() as visit:
        await visit.end()
        await room.satellite.until_phase(Phase.IDLE)
        await room.choose("Pumpkin")
        await room.hass.config_entries.async_unload(visit.entry.entry_id)
        room.device.press()
        await room.until(lambda: "RUN_END" in room.record.runs[-1].events)
        assert "ERROR" in room.record.runs[-1].events
        await room.satellite.until_phase(Phase.IDLE)


async def test_a_reload_in_mid_conversation_frees_the_device(room: Room) -> None:
    """It ends as any conversation does, without an error at the device."""
    async with room.talking() as visit:
        await room.hass.config_entries.async_reload(visit.entry.entry_id)
        ended = await room.over(visit)
        assert ended["reason"] == "unloaded"
    assert room.record.runs[-1].events[-4:] == NORMAL_END
