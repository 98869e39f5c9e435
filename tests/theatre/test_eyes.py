"""Tests of a voice that sees, with a camera, a server and a satellite."""

import asyncio
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import logging
from typing import Any

from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import mock_restore_cache

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.diagnostics import (
    async_get_config_entry_diagnostics,
)
from custom_components.realtime_pumpkin.realtime.runner import RealtimeSession
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Reply, Say
from custom_components.realtime_pumpkin.rehearsal.items import Item
from custom_components.realtime_pumpkin.theatre import eyes
from tests.common import account, async_set_up, voice
from tests.porch import GREETING, Porch, at_the_door
from tests.test_switch import async_turn
from tests.theatre.camera import CAMERA, PorchCamera, async_add_camera, orange
from tests.theatre.test_picture import size

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

EYES = "switch.pumpkin_eyes"
LOOK = Plan((Call("look", {}),))


@asynccontextmanager
async def watching(
    hass: HomeAssistant, *replies: Reply, **data: Any
) -> AsyncIterator[tuple[Porch, PorchCamera]]:
    """Set up a voice with a camera."""
    camera = await async_add_camera(hass)
    chosen = {"camera": CAMERA, "barge_in": "off", **data}
    async with at_the_door(hass, *replies, data=chosen) as porch:
        yield porch, camera


async def async_talk(porch: Porch) -> None:
    """Hold a conversation until the voice has spoken."""
    await porch.act("start_conversation")
    await async_hear_out(porch)


async def async_hear_out(porch: Porch) -> None:
    """Let the voice speak, and end the conversation."""
    await porch.until(EventName.ASSISTANT_TRANSCRIPT)
    await porch.act("stop_conversation", goodbye=False)
    await porch.until(EventName.CONVERSATION_ENDED)


def seen(porch: Porch, request: int = 0) -> list[bytes]:
    """Return the pictures that were new to the model at one of its answers."""
    return _pictures(porch.server.brain.requests[request].news)


def _pictures(items: list[Item]) -> list[bytes]:
    """Return the JPEGs in items."""
    return [
        b64decode(part.image["image_url"].removeprefix("data:image/jpeg;base64,"))
        for item in items
        for part in item.parts
        if part.image is not None
    ]


async def test_the_first_answer_sees_who_rang(hass: HomeAssistant) -> None:
    """One small picture is there before the voice opens."""
    async with watching(hass, GREETING) as (porch, camera):
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        [picture] = seen(porch)
        assert size(picture) == (768, 432)
        assert camera.asked == 1
        request = porch.server.brain.requests[0]
        assert eyes.RULES in request.instructions
        assert [tool["name"] for tool in request.tools] == [
            "finish_conversation",
            "look",
        ]
        await porch.act("stop_conversation", goodbye=False)


async def test_a_picture_is_as_large_as_was_chosen(hass: HomeAssistant) -> None:
    """And where the model may not look again it has no tool for it."""
    async with watching(hass, GREETING, picture_edge=256, looks_again=False) as (
        porch,
        _,
    ):
        await async_talk(porch)
        assert [size(picture) for picture in seen(porch)] == [(256, 144)]
        request = porch.server.brain.requests[0]
        assert [tool["name"] for tool in request.tools] == ["finish_conversation"]
        assert eyes.LOOKING not in request.instructions


async def test_a_look_shows_what_is_there_now(hass: HomeAssistant) -> None:
    """Result and picture reach the same answer, in this order."""
    async with watching(hass, LOOK, GREETING) as (porch, camera):
        await porch.act("start_conversation")
        camera.picture = orange(300, 400)
        await async_hear_out(porch)
        [before], [now] = seen(porch, 0), seen(porch, 1)
        assert (size(before), size(now)) == ((768, 432), (300, 400))
        news = porch.server.brain.requests[1].news
        assert news[0].type == "function_call_output"
        assert news[-1].parts[0].kind == "input_image"


async def test_what_pictures_cost_is_told_at_the_end(hass: HomeAssistant) -> None:
    """Their tokens are counted by themselves."""
    goodbye = Say("Goodbye!", duration_ms=200)
    model = "gpt-realtime-2.1-mini"
    async with watching(hass, GREETING, goodbye, model=model) as (porch, _):
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        await porch.act("stop_conversation", goodbye=True)
        ended = await porch.until(EventName.CONVERSATION_ENDED)
        assert ended["tokens"]["input_image"] > 0
        assert ended["cost_usd"] > 0


async def test_eyes_that_are_switched_off_see_nothing(hass: HomeAssistant) -> None:
    """The camera is not even asked, and the model knows of no eyes."""
    async with watching(hass, GREETING) as (porch, camera):
        await async_turn(hass, EYES, "off")
        await async_talk(porch)
        assert camera.asked == 0
        assert seen(porch) == []
        assert "look" not in [t["name"] for t in porch.server.brain.requests[0].tools]


async def test_eyes_are_closed_in_the_middle_of_a_conversation(
    hass: HomeAssistant,
) -> None:
    """A picture that is being taken is thrown away, and the model is told why."""
    async with watching(hass, LOOK, GREETING) as (porch, camera):
        start = asyncio.create_task(porch.act("start_conversation"))
        await camera.is_asked.wait()
        await start
        camera.may_answer.clear()
        camera.is_asked.clear()
        await camera.is_asked.wait()
        await async_turn(hass, EYES, "off")
        camera.may_answer.set()
        await async_hear_out(porch)
        assert seen(porch, 1) == []
        [output] = porch.server.brain.requests[1].news
        assert eyes.SHUT in output.extra["output"]


async def test_the_switch_is_as_it_was_after_a_restart(hass: HomeAssistant) -> None:
    """Nobody's privacy ends with a power cut."""
    mock_restore_cache(hass, [State(EYES, "off")])
    async with watching(hass, GREETING) as (porch, camera):
        assert hass.states.is_state(EYES, "off")
        await async_talk(porch)
        assert camera.asked == 0


async def test_a_voice_that_loses_its_camera_loses_the_switch(
    hass: HomeAssistant, realtime_url: str, entity_registry: er.EntityRegistry
) -> None:
    """And one that never had one has none."""
    entry = account(realtime_url, voice(data={"camera": CAMERA}))
    await async_set_up(hass, entry)
    [subentry] = entry.subentries.values()
    assert entity_registry.async_get(EYES) is not None
    data = {k: v for k, v in subentry.data.items() if k != "camera"}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    assert entity_registry.async_get(EYES) is None
    await hass.config_entries.async_unload(entry.entry_id)


async def test_a_slow_camera_does_not_keep_the_visitor_waiting(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The voice opens without it; the picture comes with the next answer."""
    monkeypatch.setattr(eyes, "FIRST_LOOK_S", 0.05)
    shown = asyncio.Event()
    show = RealtimeSession.show

    def notice(session: RealtimeSession, *picture: str) -> None:
        """Notice that a picture is on its way."""
        show(session, *picture)
        shown.set()

    monkeypatch.setattr(RealtimeSession, "show", notice)
    async with watching(hass, GREETING, Say("A witch!", duration_ms=200)) as (
        porch,
        camera,
    ):
        camera.may_answer.clear()
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT)
        camera.may_answer.set()
        await shown.wait()
        await porch.act("add_message", text="What do you see?", role="user")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT, 2)
        assert (len(seen(porch, 0)), len(seen(porch, 1))) == (0, 1)
        await porch.act("stop_conversation", goodbye=False)


@pytest.mark.parametrize(
    "failure",
    [
        HomeAssistantError("Camera is off"),
        RuntimeError("rtsp://user:secret@camera/stream"),
        None,
        b"<html>Unauthorized</html>",
        b"",
    ],
    ids=["off", "foreign", "nothing", "page", "empty"],
)
async def test_a_broken_camera_is_told_in_words_and_logged_once(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    failure: Exception | bytes | None,
) -> None:
    """The conversation goes on, and the log holds no password."""
    async with watching(hass, LOOK, GREETING) as (porch, camera):
        if isinstance(failure, Exception):
            camera.fails_with = failure
        else:
            camera.picture = failure
        await async_talk(porch)
        [output] = porch.server.brain.requests[1].news
        assert eyes.NOTHING in output.extra["output"]
        [ended] = porch.named(EventName.CONVERSATION_ENDED)
        assert ended["reason"] == "stopped"
    said = [r for r in caplog.records if "gives no picture" in r.getMessage()]
    assert [r.levelno for r in said].count(logging.WARNING) == 1
    assert "secret" not in caplog.text


async def test_a_camera_that_is_gone_is_no_reason_to_be_silent(
    hass: HomeAssistant,
) -> None:
    """It was renamed or removed after it was chosen."""
    async with watching(hass, GREETING, camera="camera.elsewhere") as (porch, _):
        await async_talk(porch)
        assert seen(porch) == []


async def test_the_model_looks_a_few_times_and_no_more(
    hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every picture costs tokens, whoever asks for it."""
    monkeypatch.setattr(eyes, "MOST_LOOKS", 1)
    async with watching(hass, LOOK, LOOK, GREETING) as (porch, camera):
        await async_talk(porch)
        assert camera.asked == 2
        [output] = porch.server.brain.requests[2].news
        assert eyes.ENOUGH in output.extra["output"]


async def test_a_camera_that_works_again_is_told(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Once, at a level that nobody has to read."""
    caplog.set_level(logging.INFO)
    async with watching(hass, LOOK, GREETING) as (porch, camera):
        camera.picture = None
        await porch.act("start_conversation")
        camera.picture = orange()
        await async_hear_out(porch)
    assert caplog.text.count("gives pictures again") == 1


async def test_pictures_are_kept_nowhere(
    hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    """Not in the log at its finest, not in an event, not in diagnostics."""
    caplog.set_level(logging.DEBUG, "custom_components.realtime_pumpkin")
    async with watching(hass, LOOK, GREETING) as (porch, _):
        await async_talk(porch)
        [picture] = seen(porch)
        assert picture.startswith(b"\xff\xd8")
        told = str([event.data for event in porch.events])
        report = str(await async_get_config_entry_diagnostics(hass, porch.entry))
    for place in (told, report, caplog.text):
        assert "data:image" not in place
        assert "/9j/" not in place


async def test_what_is_only_said_needs_no_eyes(hass: HomeAssistant) -> None:
    """An announcement takes no picture of whoever passes by."""
    async with watching(hass, Say("Dinner!", duration_ms=200)) as (porch, camera):
        await porch.act("say", text="Dinner!")
        assert camera.asked == 0


async def test_a_conversation_that_ends_while_the_camera_is_asked_leaves_nothing(
    hass: HomeAssistant,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The look is given up with it, which is nobody's failure."""
    monkeypatch.setattr(eyes, "FIRST_LOOK_S", 0.01)
    async with watching(hass, GREETING) as (porch, camera):
        camera.may_answer.clear()
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)
        tasks = [task for task in asyncio.all_tasks() if "_async_show" in repr(task)]
        assert tasks == []
    assert "gives no picture" not in caplog.text
