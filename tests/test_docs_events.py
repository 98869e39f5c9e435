"""Tests of the reference of events: it is what the code fires."""

import re

from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.bus import _NAMES, WORDS
from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind
from docs.events_reference import COMMON, PAGE, examples, occasions, page

from .documents import read
from .porch import GOODBYE, GREETING, at_the_door
from .test_conversation import _speech


def test_the_page_is_what_the_code_makes() -> None:
    """Run `script/docs` where this fails."""
    assert page(read(PAGE)) == read(PAGE)


def test_every_event_has_an_occasion_and_an_example() -> None:
    """And whoever adds one is told so here."""
    assert occasions().keys() == set(EventName)
    assert examples().keys() == set(EventName)
    assert set(_NAMES.values()) <= examples().keys()


def test_what_is_left_out_where_no_words_are_told_is_named() -> None:
    """All of it, and no more."""
    [said] = re.findall(r"^Where \*\*Transcripts\*\* .*$", read(PAGE), re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", said)) == WORDS
    assert {key for data in examples().values() for key in data} >= WORDS


def test_every_kind_of_failing_account_is_named() -> None:
    """The device's kinds are on the page of the troubles."""
    _, _, said = read(PAGE).partition("## Kinds of errors")
    kinds = {kind.value for kind in ErrorKind} - {ErrorKind.BENIGN}
    assert kinds <= set(re.findall(r"`(\w+)`", said))


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_a_real_visit_tells_just_what_is_written(hass: HomeAssistant) -> None:
    """Each event has the fields and the types of its example."""
    async with at_the_door(
        hass, GREETING, GOODBYE, heard=["Trick or treat!"], sound=_speech(1200, 600)
    ) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.CONVERSATION_ENDED)
    written = examples()
    assert len({event.event_type for event in porch.events}) >= 9
    for event in porch.events:
        example = written[EventName(event.event_type.removeprefix(f"{DOMAIN}_"))]
        assert event.data.keys() == example.keys(), event.event_type
        for key in event.data.keys() - COMMON.keys():
            if event.data[key] is not None:
                assert isinstance(event.data[key], type(example[key])), key
