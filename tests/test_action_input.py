"""Tests of wrong input in each field of each action.

Every field of every action is in the table below; a test says so. What is wrong is
told as a translated error that names the field, and nothing is done.
"""

from collections.abc import Iterator, Mapping
from itertools import product
import json
from pathlib import Path
from string import Formatter
from typing import Any, Final

from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import config_validation as cv
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import load_yaml_dict
import probatio
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    async_capture_events,
)
from pytest_homeassistant_custom_component.typing import (
    ClientSessionGenerator,
    WebSocketGenerator,
)

from custom_components.realtime_pumpkin import services
from custom_components.realtime_pumpkin.action_input import ActionSchema
from custom_components.realtime_pumpkin.const import DOMAIN
from tests.common import VOICE_ENTITY_ID

ROOT: Final = Path(services.__file__).parent
DESCRIBED: Final = load_yaml_dict(str(ROOT / "services.yaml"))
TEXTS: Final = json.loads((ROOT / "translations/en.json").read_text(encoding="utf-8"))
TARGETS: Final = {str(target) for target in cv.ENTITY_SERVICE_FIELDS}
RIGHT: Final[Mapping[str, dict[str, Any]]] = {
    "start_conversation": {},
    "stop_conversation": {},
    "say": {"text": "Boo!"},
    "ask": {"question": "Who?", "answers": [{"id": "me", "sentences": ["me"]}]},
    "add_message": {"text": "Boo!"},
    "prepare": {},
    "porch_check": {},
    "night_summary": {},
}
MISSING: Final = object()
"""Stands for a field that is not given."""

NO_TEXT: Final[Mapping[str, tuple[Any, ...]]] = {
    "field_not_text": (["Boo!"], {"a": 1}, None)
}
NO_WORDS: Final[Mapping[str, tuple[Any, ...]]] = {
    **NO_TEXT,
    "field_empty": ("", "  \n"),
    "field_missing": (MISSING,),
}
NO_SWITCH: Final[Mapping[str, tuple[Any, ...]]] = {
    "field_not_on_or_off": ("perhaps", "", None, [True])
}
TABLE: Final[Mapping[str, Mapping[str, Mapping[str, tuple[Any, ...]]]]] = {
    "start_conversation": {
        "opening": NO_TEXT,
        "instructions": NO_TEXT,
        "context": NO_TEXT,
        "busy": {"field_not_a_choice": ("panic", "", "TELL", 1, None, ["tell"])},
        "wait": NO_SWITCH,
    },
    "stop_conversation": {"goodbye": NO_SWITCH},
    "say": {"text": NO_WORDS, "verbatim": NO_SWITCH},
    "ask": {
        "question": NO_WORDS,
        "answers": {
            "field_not_a_list": ("me", 3, None, {"id": "me", "sentences": ["me"]})
        },
        "answers[0]": {"field_not_a_mapping": ("me", 3, None, ["me"])},
        "answers[0].id": NO_WORDS,
        "answers[0].sentences": {
            "field_empty": ([], None),
            "field_missing": (MISSING,),
            "sentence_punctuation": (["me?"], "(it is) me!"),
            "sentence_invalid": (["[me"],),
        },
        "answers[0].sentences[0]": {
            "field_not_text": ([["me"]], [{"a": 1}], [None]),
            "field_empty": ([""], [" "], ""),
        },
        "answers[0].volume": {"field_unknown": (3,)},
    },
    "add_message": {
        "text": NO_WORDS,
        "role": {"field_not_a_choice": ("assistant", "", 1, None, ["user"])},
        "respond": NO_SWITCH,
    },
    "prepare": {},
    "porch_check": {},
    "night_summary": {},
}


def rows(action: str) -> Iterator[tuple[str, str, Any]]:
    """Yield field, key and value of each wrong input, with two unknown fields."""
    unknown = {"volume": {"field_unknown": (3,)}, "Boo!": {"field_unknown": (3,)}}
    for field, keys in {**TABLE[action], **unknown}.items():
        for key, values in keys.items():
            for value in values:
                yield field, key, value


def described(fields: Mapping[str, Any], parent: str = "") -> Iterator[str]:
    """Yield the path of each field that an action describes, parts included."""
    for name, field in fields.items():
        path = f"{parent}{name}"
        yield path
        if inner := (field["selector"].get("object") or {}).get("fields"):
            yield from described(inner, f"{path}[0].")


def put(action: str, field: str, value: Any) -> dict[str, Any]:
    """Return right data of an action, but for one field at a path."""
    data: dict[str, Any] = json.loads(json.dumps(RIGHT[action]))
    if field == "answers[0]":
        return {**data, "answers": [value]}
    part, _, name = field.removesuffix("[0]").rpartition("[0].")
    holder = data[part][0] if part else data
    if value is MISSING:
        del holder[name]
    else:
        holder[name] = value
    return data


async def async_refused(
    hass: HomeAssistant, action: str, data: Mapping[str, Any]
) -> ServiceValidationError:
    """Call an action that refuses its data; return why, with its text checked."""
    answers = hass.services.supports_response(DOMAIN, action)
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(
            DOMAIN,
            action,
            dict(data),
            blocking=True,
            return_response=answers is not SupportsResponse.NONE,
        )
    error = caught.value
    assert error.translation_domain == DOMAIN
    assert error.translation_key is not None
    text = TEXTS["exceptions"][error.translation_key]["message"]
    names = {name for _, name, _, _ in Formatter().parse(text) if name}
    placeholders = error.translation_placeholders or {}
    assert names <= placeholders.keys()
    assert str(error) == text.format_map(placeholders).rstrip(".")
    return error


def test_every_field_of_every_action_is_in_the_table() -> None:
    """A new field has to say what it does not take."""
    fields = {
        action: set(described(one.get("fields", {})))
        for action, one in DESCRIBED.items()
    }
    parts = {"answers[0]", "answers[0].sentences[0]", "answers[0].volume"}
    assert fields == {action: set(wrong) - parts for action, wrong in TABLE.items()}


def test_every_required_field_of_every_action_is_left_out_once() -> None:
    """What the editor marks as required is what the action refuses to go without."""
    required = {
        (action, name)
        for action, one in DESCRIBED.items()
        for name, field in one.get("fields", {}).items()
        if field.get("required")
    }
    left_out = {
        (action, name)
        for action, fields in TABLE.items()
        for name, keys in fields.items()
        if "field_missing" in keys and "[" not in name
    }
    assert required == left_out


@pytest.mark.parametrize("action", TABLE)
async def test_wrong_input_is_told_in_words_that_name_the_field(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, action: str
) -> None:
    """Action and field are in the text, and nothing is done."""
    calls = async_capture_events(hass, EVENT_CALL_SERVICE)
    expected, told = [], []
    for field, key, value in rows(action):
        data = {"entity_id": VOICE_ENTITY_ID, **put(action, field, value)}
        error = await async_refused(hass, action, data)
        named = (error.translation_placeholders or {})["field"]
        told.append((named, error.translation_key, value))
        expected.append(("['Boo!']" if field == "Boo!" else field, key, value))
        assert named in str(error)
        assert f"{DOMAIN}.{action}" in str(error)
    assert told == expected
    assert not calls


async def test_an_unknown_field_is_answered_with_those_that_exist(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """They are those that the editor shows, and the kinds of target."""
    for action, right in RIGHT.items():
        data = {"entity_id": VOICE_ENTITY_ID, **right, "volume": 3}
        error = await async_refused(hass, action, data)
        assert error.translation_placeholders is not None
        known = set(error.translation_placeholders["fields"].split(", "))
        assert known == DESCRIBED[action].get("fields", {}).keys() | TARGETS


async def test_a_part_that_is_none_is_answered_with_its_fields(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """An answer is a mapping of an id and its sentences."""
    for wrong in ("me", {"id": "me", "sentences": "me", "volume": 3}):
        data = {"entity_id": VOICE_ENTITY_ID, **put("ask", "answers[0]", wrong)}
        error = await async_refused(hass, "ask", data)
        assert error.translation_placeholders is not None
        assert error.translation_placeholders["fields"] == "id, sentences"


async def test_an_action_without_a_target_asks_for_one(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Nobody guesses which voice is meant."""
    for action, right in RIGHT.items():
        error = await async_refused(hass, action, right)
        assert error.translation_key == "target_missing"


async def test_a_target_that_is_none_is_named(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Its kind is in the text."""
    for action, target, wrong in product(RIGHT, TARGETS, (7, {"a": 1})):
        error = await async_refused(hass, action, {**RIGHT[action], target: wrong})
        assert error.translation_key == "target_invalid"
        assert error.translation_placeholders is not None
        assert error.translation_placeholders["field"] == target


def test_a_check_that_is_not_ours_is_told_with_its_field() -> None:
    """A field that forgot to say what it expects is still named."""
    schema = ActionSchema("howl", {probatio.Optional("times"): [int]})
    with pytest.raises(ServiceValidationError) as caught:
        schema({"entity_id": VOICE_ENTITY_ID, "times": ["many"]})
    assert caught.value.translation_key == "field_invalid"
    assert caught.value.translation_placeholders == {
        "action": f"{DOMAIN}.howl",
        "field": "times[0]",
    }


async def test_what_the_editor_stores_beside_the_fields_is_taken(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """The frontend keeps notes of its own in `metadata`."""
    data = {"entity_id": VOICE_ENTITY_ID, "text": "Boo!", "metadata": {}}
    with pytest.raises(HomeAssistantError) as caught:
        await hass.services.async_call(DOMAIN, "add_message", data, blocking=True)
    assert caught.value.translation_key == "no_conversation"


async def test_the_frontend_gets_the_key_of_the_text(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_ws_client: WebSocketGenerator,
) -> None:
    """So it can say it in the language of its user."""
    client = await hass_ws_client(hass)
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "say",
            "target": {"entity_id": VOICE_ENTITY_ID},
            "service_data": {"text": " "},
        }
    )
    answer = await client.receive_json()
    assert not answer["success"]
    assert answer["error"]["code"] == "service_validation_error"
    assert answer["error"]["translation_domain"] == DOMAIN
    assert answer["error"]["translation_key"] == "field_empty"
    assert answer["error"]["translation_placeholders"]["field"] == "text"


async def test_the_rest_api_answers_with_the_text(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
) -> None:
    """As a bad request, not as a failure of the server."""
    assert await async_setup_component(hass, "api", {})
    client = await hass_client()
    answer = await client.post(
        f"/api/services/{DOMAIN}/start_conversation",
        json={"entity_id": VOICE_ENTITY_ID, "busy": "panic"},
    )
    assert answer.status == 400
    assert "busy" in (await answer.json())["message"]
