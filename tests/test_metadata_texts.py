"""Tests that all there is has its text and its icon, and nothing else has."""

import ast
from collections.abc import AsyncIterator, Iterator, Mapping
from enum import StrEnum
import json
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.condition import EntityConditionBase
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.condition import CONDITIONS
from custom_components.realtime_pumpkin.const import BudgetPeriod
from custom_components.realtime_pumpkin.realtime.finish import EndReason
from custom_components.realtime_pumpkin.system_health import async_info
from custom_components.realtime_pumpkin.trigger import TRIGGERS, VoiceTrigger

from .common import account, async_set_up, voice
from .metadata import ROOT, read_json

TEXTS = read_json(ROOT / "translations" / "en.json")
ICONS = read_json(ROOT / "icons.json")
ACTIONS = load_yaml_dict(str(ROOT / "services.yaml"))
PURPOSES: dict[str, Mapping[str, type[VoiceTrigger | EntityConditionBase]]] = {
    "triggers": TRIGGERS,
    "conditions": CONDITIONS,
}


def strings(value: Any) -> Iterator[str]:
    """Yield every string below a value."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from strings(inner)


def keyword_constants(keyword: str) -> Iterator[str]:
    """Yield every constant string that the integration passes under a keyword."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg=name, value=ast.Constant(value=str(value))):
                    if name == keyword:
                        yield value


def test_every_exception_has_its_text() -> None:
    """No key of an exception or an issue is without words."""
    keys = set(keyword_constants("translation_key"))
    assert (
        keys
        <= TEXTS["exceptions"].keys()
        | TEXTS["issues"].keys()
        | TEXTS["selector"].keys()
    )


def test_every_icon_is_in_the_frontend() -> None:
    """No icon has a name that the installed frontend does not draw."""
    import hass_frontend  # noqa: PLC0415 - 100 MB that no other test needs

    drawn = {
        entry["name"]
        for entry in json.loads(
            (hass_frontend.where() / "static/mdi/iconList.json").read_text(
                encoding="utf-8"
            )
        )
    }
    used = {name.removeprefix("mdi:") for name in strings(ICONS)}
    assert used
    assert used <= drawn


def test_every_action_has_text_and_icon() -> None:
    """Actions, their fields and their texts are the same three sets."""
    assert ACTIONS.keys() == TEXTS["services"].keys() == ICONS["services"].keys()
    for name, action in ACTIONS.items():
        described = TEXTS["services"][name].get("fields", {})
        assert action.get("fields", {}).keys() == described.keys()


def test_every_choice_of_an_action_has_its_text() -> None:
    """A select with a translation key has a text for each option, and no more."""
    selects = [
        field["selector"]["select"]
        for action in ACTIONS.values()
        for field in action.get("fields", {}).values()
        if "select" in field["selector"]
    ]
    assert selects
    for select in selects:
        options = TEXTS["selector"][select["translation_key"]]["options"]
        assert set(select["options"]) == options.keys()


def options_of(one: type[VoiceTrigger | EntityConditionBase]) -> set[str]:
    """Return the options that a trigger or a condition takes."""
    schema = one.schema if issubclass(one, VoiceTrigger) else one._schema
    options: Any = schema.schema["options"]
    return {str(option) for option in options}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_trigger_and_condition_has_description_text_and_icon(
    purpose: str,
) -> None:
    """Code, descriptions, texts and icons are the same keys with the same fields."""
    described = load_yaml_dict(str(ROOT / f"{purpose}.yaml"))
    code = PURPOSES[purpose]
    assert code.keys() == described.keys() == TEXTS[purpose].keys()
    assert code.keys() == ICONS[purpose].keys()
    for key, one in code.items():
        fields = described[key].get("fields", {}).keys()
        assert options_of(one) == fields, key
        assert TEXTS[purpose][key].get("fields", {}).keys() == fields, key


@pytest.mark.parametrize(
    ("trigger", "field", "values"),
    [
        ("conversation_finished", "reason", EndReason),
        ("budget_reached", "budget", BudgetPeriod),
    ],
)
def test_every_choice_of_a_trigger_has_its_text(
    trigger: str, field: str, values: type[StrEnum]
) -> None:
    """The editor, the texts and the code know the same values."""
    described = load_yaml_dict(str(ROOT / "triggers.yaml"))[trigger]["fields"][field]
    select = described["selector"]["select"]
    named = TEXTS["selector"][select["translation_key"]]["options"]
    assert [value.value for value in values] == select["options"] == list(named)


@pytest.fixture(name="voice_at_a_player")
async def voice_at_a_player_fixture(
    hass: HomeAssistant, homeassistant_component: None, realtime_url: str
) -> AsyncIterator[MockConfigEntry]:
    """Yield an account whose voice has all that only some voices have."""
    speaker = {"kind": "media_player", "entity_id": "media_player.porch"}
    show = {"camera": "camera.porch", "remembers_night": True}
    entry = account(realtime_url, voice(data={"speaker": speaker, **show}))
    await async_set_up(hass, entry)
    yield entry
    await hass.config_entries.async_unload(entry.entry_id)


async def test_every_entity_has_its_name_and_icon(
    voice_at_a_player: MockConfigEntry,
    entity_registry: er.EntityRegistry,
) -> None:
    """Texts and icons are there for what exists, and for nothing else."""
    entities = er.async_entries_for_config_entry(
        entity_registry, voice_at_a_player.entry_id
    )
    keys = {(entity.domain, str(entity.translation_key)) for entity in entities}
    # Some have the name of their device.
    nameless = {
        (entity.domain, str(entity.translation_key))
        for entity in entities
        if entity.original_name is None
    }
    named = {(domain, key) for domain, of in TEXTS["entity"].items() for key in of}
    drawn = {(domain, key) for domain, of in ICONS["entity"].items() for key in of}
    assert named - nameless == keys - nameless
    assert drawn == keys
    for domain, key in named - nameless:
        assert TEXTS["entity"][domain][key]["name"]


async def test_every_state_of_the_session_has_its_text(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
) -> None:
    """State and reason are shown in words."""
    session = hass.states.get("sensor.pumpkin_session")
    assert session is not None
    named = TEXTS["entity"]["sensor"]["session"]
    assert session.attributes["options"] == list(named["state"])
    reasons = named["state_attributes"]["reason"]["state"]
    assert list(reasons) == [reason.value for reason in EndReason]


async def test_system_health_has_a_text_for_each_line(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
) -> None:
    """The check of the first server included."""
    info = await async_info(hass)
    assert info.keys() == TEXTS["system_health"]["info"].keys()
    info["can_reach_server"].close()
