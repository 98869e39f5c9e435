"""Tests that what Home Assistant and HACS read about the integration is as they want it."""

import ast
from collections.abc import AsyncIterator, Iterator, Mapping
from enum import StrEnum
from importlib.metadata import packages_distributions, requires
import json
from pathlib import Path
import re
import sys
import tomllib
from typing import Any

from awesomeversion import AwesomeVersion
from homeassistant.const import __version__ as HOME_ASSISTANT
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.condition import EntityConditionBase
from homeassistant.loader import Integration, async_get_integration
from homeassistant.util.yaml import load_yaml_dict
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
import voluptuous as vol

from custom_components.realtime_pumpkin.condition import CONDITIONS
from custom_components.realtime_pumpkin.const import BudgetPeriod
from custom_components.realtime_pumpkin.realtime.finish import EndReason
from custom_components.realtime_pumpkin.system_health import async_info
from custom_components.realtime_pumpkin.trigger import TRIGGERS, VoiceTrigger

from . import metadata
from .architecture import read_arrows
from .common import account, async_set_up, voice

REPOSITORY = Path(__file__).parents[1]
ROOT = REPOSITORY / "custom_components" / "realtime_pumpkin"
DOMAIN = ROOT.name


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file that holds an object."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


@pytest.fixture(name="manifest")
def manifest_fixture() -> dict[str, Any]:
    """Return the manifest."""
    return read_json(ROOT / "manifest.json")


@pytest.fixture(name="texts")
def texts_fixture() -> dict[str, Any]:
    """Return the English texts."""
    return read_json(ROOT / "translations" / "en.json")


@pytest.fixture(name="icons")
def icons_fixture() -> dict[str, Any]:
    """Return the icons."""
    return read_json(ROOT / "icons.json")


@pytest.fixture(name="actions")
def actions_fixture() -> dict[str, Any]:
    """Return the descriptions of the actions."""
    return load_yaml_dict(str(ROOT / "services.yaml"))


@pytest.fixture(name="project")
def project_fixture() -> dict[str, Any]:
    """Return the project's own data of pyproject.toml."""
    content = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    project: dict[str, Any] = content["project"]
    return project


def strings(value: Any) -> Iterator[str]:
    """Yield every string below a value."""
    match value:
        case str():
            yield value
        case dict():
            for inner in value.values():
                yield from strings(inner)


def distribution(requirement: str) -> str:
    """Return the normalized name of what a requirement asks for."""
    name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
    return name.lower().replace("_", "-").replace(".", "-")


def keyword_constants(keyword: str) -> Iterator[str]:
    """Yield every constant string that the integration passes under a keyword."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.keyword(arg=name, value=ast.Constant(value=str(value))):
                    if name == keyword:
                        yield value


def test_the_manifest_keeps_hassfests_rules(manifest: dict[str, Any]) -> None:
    """Every key is known and every value has its form."""
    metadata.MANIFEST(manifest)
    assert manifest["domain"] == DOMAIN


@pytest.mark.parametrize(
    "change",
    [
        {"homepage": "https://example.com"},
        {"documentation": "http://example.com"},
        {"documentation": "https://www.home-assistant.io/integrations/pumpkin"},
        {"codeowners": ["nobody"]},
        {"version": "new"},
        {"iot_class": "cloudy"},
    ],
)
def test_a_manifest_that_breaks_the_rules_is_seen(
    manifest: dict[str, Any], change: dict[str, Any]
) -> None:
    """Unknown keys and wrong values are found."""
    with pytest.raises(vol.Invalid):
        metadata.MANIFEST(manifest | change)


def test_the_manifest_is_sorted(manifest: dict[str, Any]) -> None:
    """Domain and name come first, then the alphabet."""
    assert list(manifest) == [
        "domain",
        "name",
        *sorted(manifest.keys() - {"domain", "name"}),
    ]


def test_the_manifest_asks_for_ranges_of_libraries(manifest: dict[str, Any]) -> None:
    """Home Assistant's constraints choose the version, not we."""
    assert not [asked for asked in manifest["requirements"] if "==" in asked]


def test_the_project_and_the_manifest_agree(
    manifest: dict[str, Any], project: dict[str, Any]
) -> None:
    """Version and requirements are the same in both."""
    assert project["version"] == manifest["version"]
    assert sorted(project["dependencies"]) == sorted(manifest["requirements"])


async def test_home_assistant_can_load_what_the_manifest_needs(
    hass: HomeAssistant,
) -> None:
    """All dependencies exist and none of them needs us."""
    integration = await async_get_integration(hass, DOMAIN)
    assert integration.disabled is None
    assert {"wyoming", "ffmpeg", "http"} <= (
        await integration.resolve_dependencies() or set()
    )


async def asked_for(hass: HomeAssistant, integration: Integration) -> set[str]:
    """Return what an integration and all that it names in its manifest ask for."""
    found = {distribution(asked) for asked in integration.requirements}
    for name in (*integration.dependencies, *integration.after_dependencies):
        found |= await asked_for(hass, await async_get_integration(hass, name))
    return found


async def test_every_library_is_asked_for(hass: HomeAssistant) -> None:
    """What is imported comes with Python, Home Assistant or a manifest."""
    available = await asked_for(hass, await async_get_integration(hass, DOMAIN))
    available |= {distribution(asked) for asked in requires("homeassistant") or []}
    available.add("homeassistant")
    owners = packages_distributions()
    imported = {arrow.imported.split(".")[0] for arrow in read_arrows(ROOT)}
    foreign = imported - sys.stdlib_module_names - {"custom_components", "voluptuous"}
    assert foreign >= {"homeassistant", "openai", "wyoming"}
    missing = {
        name
        for name in foreign
        if not available & set(map(distribution, owners.get(name, [])))
    }
    assert missing == set()


def test_every_integration_that_is_imported_is_a_dependency(
    manifest: dict[str, Any],
) -> None:
    """Home Assistant sets up first what our modules need at import."""
    allowed = metadata.IMPORTABLE | {
        *manifest["dependencies"],
        *manifest["after_dependencies"],
    }
    prefix = "homeassistant.components."
    imported = {
        arrow.imported.removeprefix(prefix).split(".")[0]
        for arrow in read_arrows(ROOT)
        if arrow.imported.startswith(prefix)
    }
    platforms = {path.stem for path in ROOT.glob("*.py")}
    assert imported - allowed - platforms == set()


def test_all_json_files_can_be_read() -> None:
    """No JSON file is broken, and there is none that only core's build understands."""
    files = {path.name for path in ROOT.rglob("*.json") if read_json(path)}
    assert "manifest.json" in files
    assert "strings.json" not in files


def test_texts_keep_hassfests_rules(texts: dict[str, Any]) -> None:
    """Sections, keys and values are what the frontend can show."""
    metadata.TRANSLATIONS(texts)


@pytest.mark.parametrize(
    "broken",
    [
        {"headline": "A section that does not exist"},
        {"exceptions": {"Bad_Key": {"message": "A key that is no slug"}}},
        {"exceptions": {"key": {"message": "See https://example.com"}}},
        {"exceptions": {"key": {"message": " Outer space"}}},
        {"exceptions": {"key": {"message": "The '{name}' in quotes"}}},
        {"exceptions": {"key": {"message": "<b>HTML</b>"}}},
        {"exceptions": {"key": {"message": "[%key:common::error%]"}}},
        {"config": {"step": {"user": {"data": {}, "data_description": {"a": "b"}}}}},
        {"issues": {"key": {"title": "Neither described nor fixed"}}},
    ],
)
def test_texts_that_break_the_rules_are_seen(broken: dict[str, Any]) -> None:
    """The rules are not so loose that anything passes."""
    with pytest.raises(vol.Invalid):
        metadata.TRANSLATIONS(broken)


def test_every_exception_has_its_text(texts: dict[str, Any]) -> None:
    """No key of an exception or an issue is without words."""
    keys = set(keyword_constants("translation_key"))
    assert (
        keys
        <= texts["exceptions"].keys()
        | texts["issues"].keys()
        | texts["selector"].keys()
    )


def test_icons_keep_hassfests_rules(icons: dict[str, Any]) -> None:
    """Sections and keys of the icons are known."""
    metadata.ICONS(icons)


def test_every_icon_is_in_the_frontend(icons: dict[str, Any]) -> None:
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
    used = {name.removeprefix("mdi:") for name in strings(icons)}
    assert used
    assert used <= drawn


def test_actions_keep_hassfests_rules(actions: dict[str, Any]) -> None:
    """Fields and selectors of the actions are those of Home Assistant."""
    metadata.SERVICES(actions)


@pytest.mark.parametrize(
    "field",
    [
        {"selector": {"txt": None}},
        {"selector": {"text": None}, "response": True},
        {"selector": {"text": None}, "example": None},
        {"example": "no selector"},
    ],
)
def test_actions_that_break_the_rules_are_seen(field: dict[str, Any]) -> None:
    """Unknown selectors and keys are found."""
    with pytest.raises(vol.Invalid):
        metadata.SERVICES({"action": {"fields": {"field": field}}})


def test_every_action_has_text_and_icon(
    actions: dict[str, Any], texts: dict[str, Any], icons: dict[str, Any]
) -> None:
    """Actions, their fields and their texts are the same three sets."""
    assert actions.keys() == texts["services"].keys() == icons["services"].keys()
    for name, action in actions.items():
        described = texts["services"][name].get("fields", {})
        assert action.get("fields", {}).keys() == described.keys()


def test_every_choice_of_an_action_has_its_text(
    actions: dict[str, Any], texts: dict[str, Any]
) -> None:
    """A select with a translation key has a text for each option, and no more."""
    selects = [
        field["selector"]["select"]
        for action in actions.values()
        for field in action.get("fields", {}).values()
        if "select" in field["selector"]
    ]
    assert selects
    for select in selects:
        options = texts["selector"][select["translation_key"]]["options"]
        assert set(select["options"]) == options.keys()


PURPOSES: dict[str, Mapping[str, type[VoiceTrigger | EntityConditionBase]]] = {
    "triggers": TRIGGERS,
    "conditions": CONDITIONS,
}


def options_of(one: type[VoiceTrigger | EntityConditionBase]) -> set[str]:
    """Return the options that a trigger or a condition takes."""
    schema = one.schema if issubclass(one, VoiceTrigger) else one._schema
    options: Any = schema.schema["options"]
    return {str(option) for option in options}


@pytest.mark.parametrize("purpose", PURPOSES)
def test_triggers_and_conditions_keep_hassfests_rules(purpose: str) -> None:
    """Targets, fields and selectors are those of Home Assistant."""
    metadata.PURPOSES(load_yaml_dict(str(ROOT / f"{purpose}.yaml")))


@pytest.mark.parametrize(
    "broken",
    [
        {"fields": {}},
        {
            "target": {"entity": {"domain": "x"}},
            "fields": {"a": {"selector": {"b": 1}}},
        },
        {"target": {"entity": {"domain": "x"}}, "response": {}},
    ],
)
def test_purposes_that_break_the_rules_are_seen(broken: dict[str, Any]) -> None:
    """A target is missing, a selector or a key is unknown."""
    with pytest.raises(vol.Invalid):
        metadata.PURPOSES({"key": broken})


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_trigger_and_condition_has_description_text_and_icon(
    purpose: str, texts: dict[str, Any], icons: dict[str, Any]
) -> None:
    """Code, descriptions, texts and icons are the same keys with the same fields."""
    described = load_yaml_dict(str(ROOT / f"{purpose}.yaml"))
    code = PURPOSES[purpose]
    assert code.keys() == described.keys() == texts[purpose].keys()
    assert code.keys() == icons[purpose].keys()
    for key, one in code.items():
        fields = described[key].get("fields", {}).keys()
        assert options_of(one) == fields, key
        assert texts[purpose][key].get("fields", {}).keys() == fields, key


@pytest.mark.parametrize("purpose", PURPOSES)
def test_triggers_and_conditions_aim_at_voices_only(purpose: str) -> None:
    """The editor offers no satellite of somebody else."""
    voices = {"entity": {"integration": DOMAIN, "domain": "assist_satellite"}}
    for one in load_yaml_dict(str(ROOT / f"{purpose}.yaml")).values():
        assert one["target"] == voices


@pytest.mark.parametrize(
    ("trigger", "field", "values"),
    [
        ("conversation_finished", "reason", EndReason),
        ("budget_reached", "budget", BudgetPeriod),
    ],
)
def test_every_choice_of_a_trigger_has_its_text(
    texts: dict[str, Any], trigger: str, field: str, values: type[StrEnum]
) -> None:
    """The editor, the texts and the code know the same values."""
    described = load_yaml_dict(str(ROOT / "triggers.yaml"))[trigger]["fields"][field]
    select = described["selector"]["select"]
    named = texts["selector"][select["translation_key"]]["options"]
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
    texts: dict[str, Any],
    icons: dict[str, Any],
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
    named = {(domain, key) for domain, of in texts["entity"].items() for key in of}
    drawn = {(domain, key) for domain, of in icons["entity"].items() for key in of}
    assert named - nameless == keys - nameless
    assert drawn == keys
    for domain, key in named - nameless:
        assert texts["entity"][domain][key]["name"]


async def test_every_state_of_the_session_has_its_text(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, texts: dict[str, Any]
) -> None:
    """State and reason are shown in words."""
    session = hass.states.get("sensor.pumpkin_session")
    assert session is not None
    named = texts["entity"]["sensor"]["session"]
    assert session.attributes["options"] == list(named["state"])
    reasons = named["state_attributes"]["reason"]["state"]
    assert list(reasons) == [reason.value for reason in EndReason]


async def test_system_health_has_a_text_for_each_line(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, texts: dict[str, Any]
) -> None:
    """The check of the first server included."""
    info = await async_info(hass)
    assert info.keys() == texts["system_health"]["info"].keys()
    info["can_reach_server"].close()


def test_hacs_finds_one_integration() -> None:
    """HACS wants one folder, its own file and a README."""
    hacs = read_json(REPOSITORY / "hacs.json")
    metadata.HACS(hacs)
    assert [path.name for path in ROOT.parent.iterdir() if path.is_dir()] == [DOMAIN]
    assert (REPOSITORY / "README.md").exists()
    assert AwesomeVersion(hacs["homeassistant"]) <= AwesomeVersion(HOME_ASSISTANT)
