"""Tests that what Home Assistant and HACS read about the integration is as they want it."""

from importlib.metadata import packages_distributions, requires
import re
import sys
import tomllib
from typing import Any

from awesomeversion import AwesomeVersion
from homeassistant.const import __version__ as HOME_ASSISTANT
from homeassistant.core import HomeAssistant
from homeassistant.loader import Integration, async_get_integration
from homeassistant.util.yaml import load_yaml_dict
import pytest
import voluptuous as vol

from . import metadata
from .architecture import read_arrows
from .metadata import DOMAIN, REPOSITORY, ROOT, read_json

TEXTS = read_json(ROOT / "translations" / "en.json")
ICONS = read_json(ROOT / "icons.json")
ACTIONS = load_yaml_dict(str(ROOT / "services.yaml"))


@pytest.fixture(name="manifest")
def manifest_fixture() -> dict[str, Any]:
    """Return the manifest."""
    return read_json(ROOT / "manifest.json")


@pytest.fixture(name="project")
def project_fixture() -> dict[str, Any]:
    """Return the project's own data of pyproject.toml."""
    content = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    project: dict[str, Any] = content["project"]
    return project


def distribution(requirement: str) -> str:
    """Return the normalized name of what a requirement asks for."""
    name = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
    return name.lower().replace("_", "-").replace(".", "-")


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


def test_texts_keep_hassfests_rules() -> None:
    """Sections, keys and values are what the frontend can show."""
    metadata.TRANSLATIONS(TEXTS)


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


def test_icons_keep_hassfests_rules() -> None:
    """Sections and keys of the icons are known."""
    metadata.ICONS(ICONS)


def test_actions_keep_hassfests_rules() -> None:
    """Fields and selectors of the actions are those of Home Assistant."""
    metadata.SERVICES(ACTIONS)


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


@pytest.mark.parametrize("purpose", ["triggers", "conditions"])
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


@pytest.mark.parametrize("purpose", ["triggers", "conditions"])
def test_triggers_and_conditions_aim_at_voices_only(purpose: str) -> None:
    """The editor offers no satellite of somebody else."""
    voices = {"entity": {"integration": DOMAIN, "domain": "assist_satellite"}}
    for one in load_yaml_dict(str(ROOT / f"{purpose}.yaml")).values():
        assert one["target"] == voices


def test_hacs_finds_one_integration() -> None:
    """HACS wants one folder, its own file and a README."""
    hacs = read_json(REPOSITORY / "hacs.json")
    metadata.HACS(hacs)
    assert [path.name for path in ROOT.parent.iterdir() if path.is_dir()] == [DOMAIN]
    assert (REPOSITORY / "README.md").exists()
    assert AwesomeVersion(hacs["homeassistant"]) <= AwesomeVersion(HOME_ASSISTANT)
