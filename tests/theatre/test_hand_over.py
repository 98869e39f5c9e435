"""Tests of a visitor who is handed over from one voice to another."""

import asyncio
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
import pytest

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.rehearsal import Say
from custom_components.realtime_pumpkin.theatre.hand_over import (
    MOST_HAND_OVERS,
    TOLD_CHARACTERS,
    told,
)
from tests.theatre.duo import (
    GHOST,
    LONG,
    PUMPKIN,
    WISH,
    begin,
    end,
    letting,
    on_one_porch,
)

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")


async def test_the_ghost_goes_on_with_what_was_said_so_far(
    hass: HomeAssistant,
) -> None:
    """After the pumpkin's sentence was heard, on its own satellite, with a short gap."""
    async with on_one_porch(
        hass,
        letting("Ghost", Say("Let the ghost tell you!", duration_ms=800)),
        Say("Boo! In my cellar…", duration_ms=400),
    ) as duo:
        await duo.act("start_conversation", PUMPKIN)
        assert await duo.ended(PUMPKIN) == "handed_over"
        await duo.until(EventName.AUDIO_STARTED, GHOST)
        assert not duo.satellites[PUMPKIN].is_owned
        gap = begin(duo, GHOST) - end(duo, PUMPKIN)
        assert duo.satellites[PUMPKIN].played_ms() == pytest.approx(800, abs=30)
        await duo.act("stop_conversation", GHOST, goodbye=False)
        assert await duo.ended(GHOST) == "stopped"
        assert duo.is_stage_free
    assert 0 <= gap < 1.0
    request = duo.server.brain.requests[-1]
    words = "\n".join(item.words for item in request.history)
    assert WISH in words
    assert "Pumpkin: Let the ghost tell you!" in words
    assert duo.told(EventName.TOOL_CALLED, PUMPKIN)[0]["name"] == "hand_over"
    assert duo.told(EventName.ERROR, PUMPKIN) == []
    # All of it is the doing of whoever rang.
    assert len({event.context.id for event in duo.events}) == 1


async def test_a_voice_that_hands_over_without_a_word_is_asked_for_one(
    hass: HomeAssistant,
) -> None:
    """The visitor is not left in silence, wondering."""
    async with on_one_porch(
        hass,
        letting("Ghost"),
        Say("The ghost will tell you.", duration_ms=300),
        Say("Boo!", duration_ms=300),
    ) as duo:
        await duo.act("start_conversation", PUMPKIN)
        assert await duo.ended(PUMPKIN) == "handed_over"
        await duo.until(EventName.AUDIO_STARTED, GHOST)
    [ended] = duo.told(EventName.CONVERSATION_ENDED, PUMPKIN)
    assert [line["text"] for line in ended["transcript"]] == [
        "The ghost will tell you."
    ]


async def test_a_voice_that_cannot_come_is_told_to_the_model(
    hass: HomeAssistant,
) -> None:
    """The conversation goes on where it is."""
    async with on_one_porch(
        hass,
        letting("Ghost", Say("Let the ghost tell you!", duration_ms=200)),
        Say("It is asleep.", duration_ms=200),
    ) as duo:
        duo.coordinator("Ghost").async_switch(is_enabled=False)
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN, 2)
        assert duo.told(EventName.CONVERSATION_STARTED, GHOST) == []
        history = duo.server.brain.requests[-1].history
    assert any("Ghost cannot come" in str(item) for item in history)


async def test_a_visit_that_is_stopped_meanwhile_is_not_handed_over(
    hass: HomeAssistant,
) -> None:
    """Stop means stop, for all of them."""
    async with on_one_porch(
        hass, letting("Ghost", Say("Let the ghost tell you! " * 9, duration_ms=5000))
    ) as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.TOOL_CALLED, PUMPKIN)
        await asyncio.sleep(0.3)
        await duo.act("stop_conversation", PUMPKIN, goodbye=False)
        await duo.until(EventName.CONVERSATION_ENDED, PUMPKIN)
        await hass.async_block_till_done()
        assert duo.told(EventName.CONVERSATION_STARTED, GHOST) == []
        assert duo.is_stage_free


async def test_voices_do_not_hand_a_visitor_round_for_ever(
    hass: HomeAssistant,
) -> None:
    """After three times nobody is offered the tool any more."""
    back_and_forth = [
        letting(name, Say(f"{name} will tell you.", duration_ms=100))
        for name in ("Ghost", "Pumpkin") * 2
    ]
    async with on_one_porch(hass, *back_and_forth, LONG) as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.TOOL_CALLED, GHOST, 2)
        await duo.until(EventName.AUDIO_STARTED, GHOST, 3)
        reasons = [
            event.data["reason"]
            for event in duo.events
            if event.event_type == f"{DOMAIN}_conversation_ended"
        ]
        assert reasons == ["handed_over"] * MOST_HAND_OVERS
    offered = [
        "hand_over" in request.instructions for request in duo.server.brain.requests
    ]
    assert offered[:MOST_HAND_OVERS] == [True] * MOST_HAND_OVERS
    assert not any(offered[MOST_HAND_OVERS:])


async def test_an_heir_that_cannot_talk_frees_the_stage(hass: HomeAssistant) -> None:
    """Its satellite is gone when it is to begin."""
    async with on_one_porch(
        hass, letting("Ghost", Say("Let the ghost tell you!", duration_ms=300)), LONG
    ) as duo:
        with patch.object(
            duo.coordinator("Ghost"),
            "async_start_conversation",
            side_effect=ServiceValidationError("gone"),
        ):
            await duo.act("start_conversation", PUMPKIN)
            assert await duo.ended(PUMPKIN) == "handed_over"
            await hass.async_block_till_done()
        assert duo.is_stage_free


@pytest.mark.parametrize("data", [{"hands_over": False}, {"shares_stage": False}])
async def test_a_voice_hands_over_only_where_that_was_chosen(
    hass: HomeAssistant, data: dict[str, Any]
) -> None:
    """It knows of nobody else."""
    async with on_one_porch(hass, LONG, **data) as duo:
        await duo.act("start_conversation", PUMPKIN)
        await duo.until(EventName.AUDIO_STARTED, PUMPKIN)
    assert "hand_over" not in duo.server.brain.requests[0].instructions


def test_what_is_told_of_a_long_visit_is_bounded() -> None:
    """The last words matter most."""
    transcript = [
        {
            "role": "assistant" if number % 2 else "user",
            "text": f"{number} " + "x" * 500,
        }
        for number in range(40)
    ]
    words = told("Pumpkin", transcript)
    assert len(words) <= TOLD_CHARACTERS
    assert "39 x" in words
    assert "Pumpkin: 39" in words
