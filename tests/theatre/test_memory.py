"""Tests of a voice that remembers its night, with a server and a satellite."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.rehearsal import Reply, Say
from custom_components.realtime_pumpkin.theatre import memory
from custom_components.realtime_pumpkin.theatre.night import Conversation, Night
from custom_components.realtime_pumpkin.theatre.nights import (
    SAVE_DELAY,
    async_get_nights,
)
from tests.common import (
    VOICE_ENTITY_ID,
    account,
    async_set_up,
    only_subentry,
    only_voice,
    voice,
)
from tests.porch import GREETING, Porch, at_the_door
from tests.test_conversation import _speech
from tests.theatre.nights import async_sum_up, async_visit, farewell

FILE = f"{DOMAIN}.nights"
VISITORS = "sensor.pumpkin_visitors_tonight"
FORGET = "button.pumpkin_forget_the_night"
FAREWELL = farewell("A tiny witch guessed\nthe riddle.", "What gets bigger? A hole.", 7)


@asynccontextmanager
async def night(
    hass: HomeAssistant, *replies: Reply, **data: Any
) -> AsyncIterator[Porch]:
    """Set up a voice that remembers, and somebody who says one thing."""
    async with at_the_door(
        hass,
        GREETING,
        *replies,
        heard=["I am a witch!"],
        sound=_speech(800, 500),
        data={"remembers_night": True, **data},
    ) as porch:
        yield porch


def remembered(porch: Porch) -> Night:
    """Return what the voice remembers."""
    night = async_get_nights(porch.hass).get(only_subentry(porch.entry).subentry_id)
    assert night is not None
    return night


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_a_visit_is_remembered_as_the_model_told_it(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """In the answer of the action, in the sensor and on disk."""
    async with night(hass, FAREWELL) as porch:
        await async_visit(porch)
        told = await async_sum_up(hass)
        assert told["visitors"] == 1
        assert told["summaries"] == ["A tiny witch guessed the riddle."]
        assert told["jokes"] == ["What gets bigger? A hole."]
        assert told["first_visit"] == told["last_visit"]
        assert told["duration"] > 0
        assert hass.states.get(VISITORS).state == "1"
        tools = porch.server.brain.requests[0].tools
        properties = tools[0]["parameters"]["properties"]
        assert properties["jokes"] == memory.FINISH_ARGUMENTS["jokes"]
        assert memory.TELL in porch.server.brain.requests[0].instructions
        later = dt_util.utcnow() + timedelta(seconds=SAVE_DELAY + 1)
        async_fire_time_changed(hass, later)
        await hass.async_block_till_done()
        [stored] = hass_storage[FILE]["data"].values()
        assert stored["visitors"] == 1


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_the_next_conversation_is_told_of_the_last_one(
    hass: HomeAssistant,
) -> None:
    """Before the voice opens; the first one was told of nothing."""
    async with night(hass, FAREWELL, GREETING) as porch:
        await async_visit(porch)
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT, 3)
        first, *_, last = porch.server.brain.requests
        assert "Tonight" not in " ".join(item.words for item in first.news)
        notes = last.news[0].words
        assert notes.startswith("Tonight you have talked with one visitor")
        assert "“A tiny witch guessed the riddle.”" in notes
        assert "“What gets bigger? A hole.”" in notes
        await porch.act("stop_conversation", goodbye=False)


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_the_last_words_stand_for_a_visit_that_nobody_summed_up(
    hass: HomeAssistant,
) -> None:
    """The visitor left, so the model told nothing."""
    async with night(hass, Say("A scary one!", duration_ms=200)) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT, 2)
        await porch.until(EventName.USER_TRANSCRIPT)
        await porch.act("stop_conversation", goodbye=False)
        await porch.until(EventName.CONVERSATION_ENDED)
        [visit] = remembered(porch).visits
        assert visit.summary == (
            "Visitor said last: I am a witch! You said last: A scary one!"
        )


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_a_voice_that_tells_no_words_only_counts(
    hass: HomeAssistant, hass_storage: dict[str, Any]
) -> None:
    """Nothing of what was said is kept, stored, told or asked for."""
    async with night(hass, FAREWELL, transcripts="none") as porch:
        await async_visit(porch)
        kept = remembered(porch)
        assert (kept.visitors, kept.jokes) == (1, ())
        assert [visit.summary for visit in kept.visits] == [""]
        assert "witch" not in str(kept)
        assert "jokes" not in str(porch.server.brain.requests[0].tools)
        ended = async_capture_events(hass, f"{DOMAIN}_night_ended")
        await async_press(hass)
        assert ended[0].data["visitors"] == 1
        assert "summaries" not in ended[0].data


async def async_press(hass: HomeAssistant) -> None:
    """Press the button that forgets."""
    await hass.services.async_call(
        "button", "press", {"entity_id": FORGET}, blocking=True
    )
    await hass.async_block_till_done()


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_nobody_is_a_visitor_who_said_nothing_or_was_only_told_something(
    hass: HomeAssistant,
) -> None:
    """A conversation that nobody joined costs; a sentence is none of the night's."""
    async with at_the_door(
        hass, GREETING, GREETING, data={"remembers_night": True}
    ) as porch:
        await porch.act("say", text="Dinner!")
        assert (
            async_get_nights(hass).get(only_subentry(porch.entry).subentry_id) is None
        )
        await porch.act("start_conversation")
        await porch.until(EventName.ASSISTANT_TRANSCRIPT, 2)
        await porch.act("stop_conversation", goodbye=False)
        ended = await porch.until(EventName.CONVERSATION_ENDED, 2)
        kept = remembered(porch)
        assert (kept.visitors, kept.visits) == (0, ())
        assert kept.duration == ended["duration"]


# Without a conversation: what was remembered, and its end.


def stored(voice_id: str, began_at: float) -> dict[str, Any]:
    """Return a night with one visit as it is on disk."""
    talk = Conversation(began_at, 60.0, 0.05, True, "A witch.", ("Knock, knock.",))
    data = {voice_id: Night(began_at).plus(talk).as_data()}
    return {"version": 1, "minor_version": 1, "key": FILE, "data": data}


async def async_remembering(
    hass: HomeAssistant, url: str, storage: dict[str, Any], **data: Any
) -> MockConfigEntry:
    """Set up a voice with a night from an evening in Berlin."""
    await hass.config.async_update(
        time_zone="Europe/Berlin", latitude=52.5, longitude=13.4
    )
    entry = account(url, voice(data={"remembers_night": True, **data}))
    [voice_id] = entry.subentries
    storage[FILE] = stored(voice_id, dt_util.utcnow().timestamp())
    return entry


EVENING = "2026-10-31T19:00:00+00:00"


@pytest.fixture
def evening(freezer: FrozenDateTimeFactory) -> FrozenDateTimeFactory:
    """Set the clock to the evening."""
    freezer.move_to(EVENING)
    return freezer


@pytest.mark.usefixtures("homeassistant_component")
async def test_a_night_survives_a_restart_and_ends_at_sunrise(
    hass: HomeAssistant,
    realtime_url: str,
    hass_storage: dict[str, Any],
    evening: FrozenDateTimeFactory,
) -> None:
    """It is told in an event and is gone, from the disk as well."""
    entry = await async_remembering(hass, realtime_url, hass_storage)
    ended = async_capture_events(hass, f"{DOMAIN}_night_ended")
    await async_set_up(hass, entry)
    assert hass.states.get(VISITORS).state == "1"
    evening.move_to("2026-11-01T04:00:00+00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert (ended, (await async_sum_up(hass))["visitors"]) == ([], 1)
    evening.move_to("2026-11-01T07:00:00+00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    [event] = ended
    assert event.data["visitors"] == 1
    assert event.data["summaries"] == ["A witch."]
    assert event.data["entity_id"] == VOICE_ENTITY_ID
    assert event.data["first_visit"] == "2026-10-31T20:00:00+01:00"
    assert FILE not in hass_storage
    assert hass.states.get(VISITORS).state == "0"
    assert (await async_sum_up(hass))["visitors"] == 0
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("homeassistant_component")
async def test_a_night_that_ended_meanwhile_is_ended_at_the_start(
    hass: HomeAssistant,
    realtime_url: str,
    hass_storage: dict[str, Any],
    evening: FrozenDateTimeFactory,
) -> None:
    """Home Assistant was not running at six."""
    entry = await async_remembering(
        hass, realtime_url, hass_storage, night_ends="06:00:00"
    )
    ended = async_capture_events(hass, f"{DOMAIN}_night_ended")
    evening.move_to("2026-11-01T05:00:01+00:00")
    await async_set_up(hass, entry)
    assert [event.data["visitors"] for event in ended] == [1]
    assert FILE not in hass_storage
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("homeassistant_component")
async def test_the_button_forgets_at_once_and_a_second_press_tells_nothing(
    hass: HomeAssistant,
    realtime_url: str,
    hass_storage: dict[str, Any],
    evening: FrozenDateTimeFactory,
) -> None:
    """Neither does the dawn after it."""
    entry = await async_remembering(hass, realtime_url, hass_storage)
    ended = async_capture_events(hass, f"{DOMAIN}_night_ended")
    await async_set_up(hass, entry)
    await async_press(hass)
    assert FILE not in hass_storage
    assert hass.states.get(VISITORS).state == "0"
    await async_press(hass)
    evening.move_to("2026-11-01T07:00:00+00:00")
    async_fire_time_changed(hass)
    await hass.async_block_till_done()
    assert len(ended) == 1
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.parametrize(
    "change", [{"remembers_night": False}, {"transcripts": "none"}], ids=["off", "none"]
)
@pytest.mark.usefixtures("homeassistant_component", "evening")
async def test_what_is_not_to_be_remembered_any_more_is_forgotten(
    hass: HomeAssistant,
    realtime_url: str,
    hass_storage: dict[str, Any],
    change: dict[str, Any],
) -> None:
    """The memory was switched off, or its words were."""
    entry = await async_remembering(hass, realtime_url, hass_storage, **change)
    await async_set_up(hass, entry)
    night = async_get_nights(hass).get(only_voice(entry).events.voice_id)
    if "transcripts" in change:
        assert night is not None
        assert (night.visitors, night.jokes) == (1, ())
    else:
        assert night is None
        assert FILE not in hass_storage
        assert hass.states.get(VISITORS) is None
        with pytest.raises(ServiceValidationError) as caught:
            await async_sum_up(hass)
        assert caught.value.translation_key == "remembers_nothing"
    await hass.config_entries.async_unload(entry.entry_id)


@pytest.mark.usefixtures("homeassistant_component", "evening")
async def test_a_voice_that_is_removed_is_forgotten(
    hass: HomeAssistant, realtime_url: str, hass_storage: dict[str, Any]
) -> None:
    """Nothing of it stays on disk."""
    entry = await async_remembering(hass, realtime_url, hass_storage)
    await async_set_up(hass, entry)
    assert FILE in hass_storage
    await hass.config_entries.async_remove(entry.entry_id)
    await hass.async_block_till_done()
    assert FILE not in hass_storage


@pytest.mark.parametrize("broken", [{"v": {}}, {"v": {"visits": 7}}, {"v": None}])
@pytest.mark.usefixtures("homeassistant_component")
async def test_a_file_that_cannot_be_read_is_no_reason_to_be_silent(
    hass: HomeAssistant,
    realtime_url: str,
    hass_storage: dict[str, Any],
    broken: dict[str, Any],
) -> None:
    """The voice has forgotten, and talks."""
    entry = await async_remembering(hass, realtime_url, hass_storage)
    [voice_id] = entry.subentries
    hass_storage[FILE]["data"] = {voice_id: broken["v"]}
    await async_set_up(hass, entry)
    assert hass.states.get(VISITORS).state == "0"
    await hass.config_entries.async_unload(entry.entry_id)
