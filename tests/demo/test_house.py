"""Forms are filled in as they are, and the log is read as it is."""

from typing import Any

import pytest

from demo.house.client import HouseError
from demo.house.flows import add_integration, fields
from demo.house.log import complaints
from demo.house.setup import Account

HEAD = "2026-10-31 18:00:00.123"
SAID_OF_ALL = "We found a custom integration realtime_pumpkin which is not tested"
OURS = "custom_components.realtime_pumpkin.coordinator"


def field(name: str, **more: Any) -> dict[str, Any]:
    """Return a field of a form as Home Assistant sends it."""
    return {"name": name, "type": "string", **more}


def test_a_form_gets_what_we_know_and_its_own_defaults() -> None:
    """Optional fields that we know nothing about stay empty."""
    schema = [
        field("host", required=True),
        field("port", required=True, default=10700),
        field("password", optional=True),
    ]
    assert fields(schema, {"host": "h"}) == {"host": "h", "port": 10700}


def test_a_section_is_filled_in_from_the_same_answers() -> None:
    """Sections only fold what belongs to the form."""
    section = field("more", required=True, schema=[field("host", required=True)])
    section["type"] = "expandable"
    assert fields([section], {"host": "h"}) == {"more": {"host": "h"}}


def test_a_form_that_wants_more_than_we_know_is_told() -> None:
    """The name of the field is in the message."""
    with pytest.raises(HouseError, match="secret"):
        fields([field("secret", required=True)], {})


class FakeHouse:
    """Answers a flow's steps in order."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        """Keep the answers."""
        self.answers = list(answers)
        self.posted: list[tuple[str, dict[str, Any]]] = []

    async def ask(self, command: str, **data: Any) -> dict[str, Any]:
        """Translate one error."""
        assert command == "frontend/get_translations"
        key = f"component.x.{data['category']}.error.cannot_connect"
        return {"resources": {key: "Nobody is {where}"}}

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Note what was sent and give the next answer."""
        self.posted.append((path, body))
        return self.answers.pop(0)


async def test_a_flow_is_followed_through_forms_and_menus() -> None:
    """Each step is answered at the flow's own address."""
    house = FakeHouse(
        {"type": "menu", "flow_id": "f", "menu_options": ["dial", "host"]},
        {"type": "form", "flow_id": "f", "data_schema": [field("host", required=True)]},
        {"type": "create_entry", "result": {"entry_id": "e"}},
    )
    entry = await add_integration(house, "x", {"host": "h", "menu": ["host"]})  # type: ignore[arg-type]
    assert entry == "e"
    assert [body for _, body in house.posted] == [
        {"handler": "x"},
        {"next_step_id": "host"},
        {"host": "h"},
    ]
    assert house.posted[-1][0].endswith("/flow/f")


async def test_a_form_that_is_refused_says_why() -> None:
    """In the words that a person would see; the form is not sent again."""
    form = {"type": "form", "flow_id": "f", "data_schema": []}
    refused = {
        "errors": {"base": "cannot_connect"},
        "description_placeholders": {"where": "at home"},
    }
    house = FakeHouse(form, form | refused)
    with pytest.raises(HouseError, match="base: Nobody is at home"):
        await add_integration(house, "x", {})  # type: ignore[arg-type]


async def test_a_flow_that_ends_otherwise_says_how() -> None:
    """An integration that is there already is no success."""
    house = FakeHouse({"type": "abort", "reason": "already_configured"})
    with pytest.raises(HouseError, match="already_configured"):
        await add_integration(house, "x", {})  # type: ignore[arg-type]


def test_an_account_never_shows_its_key() -> None:
    """Tracebacks and logs show objects."""
    assert "sk-secret" not in repr(Account(None, "sk-secret"))


@pytest.mark.parametrize(
    "line",
    [
        f"{HEAD} WARNING (MainThread) [{OURS}] Something is odd",
        f"{HEAD} ERROR (MainThread) [homeassistant] Error in realtime_pumpkin.event",
        f"{HEAD} WARNING (MainThread) [homeassistant.util.loop] Detected blocking call",
    ],
)
def test_complaints_of_ours_are_found(line: str) -> None:
    """By the logger's name, by the text, and by what blocks the loop."""
    assert list(complaints(f"first line\n{line}\nTraceback")) == [line]


def test_a_traceback_tells_whose_error_it_is() -> None:
    """Home Assistant logs what nobody caught under its own name."""
    first = f"{HEAD} ERROR (MainThread) [homeassistant] Error doing job"
    trace = '  File "/x/custom_components/realtime_pumpkin/call.py", line 1'
    other = f"{HEAD} ERROR (MainThread) [homeassistant] Something else"
    text = f"{other}\n  File mpd.py\n{first}\nTraceback\n{trace}\n{other}"
    assert list(complaints(text)) == [first]


@pytest.mark.parametrize(
    "line",
    [
        f"{HEAD} DEBUG (MainThread) [{OURS}] All is well",
        f"{HEAD} WARNING (MainThread) [homeassistant.components.mpd] No playlists",
        f"{HEAD} WARNING (Sync) [homeassistant.loader] {SAID_OF_ALL}",
    ],
)
def test_what_is_not_ours_is_no_complaint(line: str) -> None:
    """Nor is what Home Assistant says of every custom integration."""
    assert list(complaints(line)) == []
