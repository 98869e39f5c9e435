"""Tests of personas of the user's own: read from the configuration, mended, applied."""

import json
from pathlib import Path
import re
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.yaml import parse_yaml
from hypothesis import HealthCheck, given, settings, strategies as st
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.character import become
from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.personas import (
    BUILT_IN,
    OWN_FOLDER,
    PERSONA_MANNERS,
    Persona,
    async_read_gallery,
    gallery_of,
    read_files,
)
from custom_components.realtime_pumpkin.personas.gallery import LARGEST_FILE
from custom_components.realtime_pumpkin.schema import MANNERS, MANNERS_FIELDS, fold
from tests.common import only_subentry, only_voice
from tests.shown_form import filled_in
from tests.voice_flow import async_add, async_fill, async_go_on, choices, shown

PAGE = Path(__file__).parents[1] / "docs" / "personas.md"
SELECT = "select.pumpkin_persona"
OWL = "name: Owl\ndescription: A wise owl.\ninstructions: You are an owl.\n"


@pytest.fixture
def folder(hass: HomeAssistant, tmp_path: Path) -> Path:
    """Return the user's folder, in a configuration of this test only."""
    hass.config.config_dir = str(tmp_path)
    own = tmp_path.joinpath(*OWN_FOLDER)
    own.mkdir(parents=True)
    return own


def example() -> str:
    """Return the file that the page shows."""
    [found] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return str(found)


async def test_the_example_of_the_page_is_a_persona(
    hass: HomeAssistant, folder: Path
) -> None:
    """With every key that there is; the page names no other."""
    (folder / "scarecrow.yaml").write_text(example(), "utf-8")
    gallery = await async_read_gallery(hass)
    assert gallery.broken == {}
    scarecrow = gallery.personas["scarecrow"]
    assert scarecrow.name == "Scarecrow"
    assert scarecrow.manners.keys() == set(PERSONA_MANNERS)
    assert scarecrow.manners["effects"] == ["wind", "creak"]
    data = parse_yaml(example())
    assert isinstance(data, dict)
    keys = re.findall(r"^\| (`.*?`) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", " ".join(keys))) == data.keys()
    json.dumps(become({}, scarecrow, []))


def test_what_a_persona_decides_is_a_field_of_the_form_with_its_bounds() -> None:
    """A file takes what the form would take."""
    assert set(PERSONA_MANNERS) <= MANNERS_FIELDS
    for name, least, most in (
        ("max_duration_s", 10, 3600),
        ("idle_timeout_s", 5, 600),
        ("most_effects", 1, 50),
    ):
        field = next(
            value
            for part in MANNERS.schema.values()
            for key, value in part.schema.schema.items()
            if key == name
        )
        assert (field.config["min"], field.config["max"]) == (least, most)


def test_a_file_of_no_sensible_size_is_not_read(tmp_path: Path) -> None:
    """Somebody has put a video there, say."""
    (tmp_path / "owl.yaml").write_text(OWL + "#" * LARGEST_FILE, "utf-8")
    assert read_files(tmp_path) == [("owl.yaml", "it is larger than 64 KiB")]


async def test_a_broken_file_is_a_repair_until_it_is_mended(
    hass: HomeAssistant, folder: Path
) -> None:
    """It names file and reason; the others, the built-in ones too, are there."""
    (folder / "owl.yaml").write_text(OWL, "utf-8")
    (folder / "bad.yaml").write_text("name: [", "utf-8")
    (folder / "witch.yaml").write_text("name: Only a name\n", "utf-8")
    gallery = await async_read_gallery(hass)
    assert {"owl", "pirate"} <= gallery.personas.keys()
    assert gallery.personas["witch"].name == "Witch"
    issues = ir.async_get(hass)
    for name, why in (("bad.yaml", "line"), ("witch.yaml", "required")):
        issue = issues.async_get_issue(DOMAIN, f"persona_broken_{name}")
        assert issue is not None
        assert issue.translation_placeholders is not None
        assert issue.translation_placeholders["file"] == name
        assert why in issue.translation_placeholders["reason"]
    (folder / "bad.yaml").write_text(OWL.replace("Owl", "Bat"), "utf-8")
    (folder / "witch.yaml").unlink()
    gallery = await async_read_gallery(hass)
    assert gallery.broken == {}
    assert gallery.personas["bad"].name == "Bat"
    assert [key for key in issues.issues if "persona_broken" in key[1]] == []


@pytest.mark.parametrize("name", ["custom.yaml", "jack_o_lantern.yaml"])
async def test_the_gallery_can_be_shown_whatever_is_broken(
    hass: HomeAssistant, folder: Path, name: str
) -> None:
    """Those that every gallery needs are the built-in ones then."""
    (folder / name).write_text("nothing", "utf-8")
    gallery = await async_read_gallery(hass)
    assert list(gallery.broken) == [name]
    assert len(gallery.in_order()) == len(gallery.personas)
    assert gallery.get("gone").id == "custom"


async def test_two_personas_of_a_name_are_told_apart(
    hass: HomeAssistant, folder: Path
) -> None:
    """The select goes by names."""
    (folder / "captain.yaml").write_text(OWL.replace("Owl", "Pirate"), "utf-8")
    names = [one.name for one in (await async_read_gallery(hass)).in_order()]
    assert {"Pirate", "Pirate (captain)"} <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.usefixtures("probe", "trial")
async def test_a_persona_fills_the_form_without_a_restart(
    hass: HomeAssistant, folder: Path, loaded_entry: MockConfigEntry
) -> None:
    """It was written while Home Assistant ran; effects and limits are suggested."""
    (folder / "scarecrow.yaml").write_text(example(), "utf-8")
    result = await async_add(hass, loaded_entry)
    assert "scarecrow" in choices(result, "persona")
    result = await async_fill(hass, result, {"persona": "scarecrow"})
    result = await async_go_on(hass, result, "manners")
    suggested = shown(result)
    assert suggested["effects"] == {"effects": ["wind", "creak"], "most_effects": 3}
    assert suggested["limits"] == {"max_duration_s": 120, "idle_timeout_s": 15}
    assert suggested["language"] == {"language": "en"}
    form = result["data_schema"]
    assert form is not None
    assert MANNERS(filled_in(form))["limits"]["max_duration_s"] == 120
    hass.config_entries.subentries.async_abort(result["flow_id"])


async def test_the_select_applies_a_persona_and_gives_back_what_it_displaced(
    hass: HomeAssistant, folder: Path, loaded_entry: MockConfigEntry
) -> None:
    """No reload, and limits that nobody named stay as they are."""
    coordinator, entry = only_voice(loaded_entry), loaded_entry
    data = {**only_subentry(entry).data, "max_duration_s": 600, "cooldown_s": 7}
    hass.config_entries.async_update_subentry(entry, only_subentry(entry), data=data)
    await hass.async_block_till_done()
    coordinator = only_voice(entry)
    (folder / "scarecrow.yaml").write_text(example(), "utf-8")
    await async_read_gallery(hass)
    await hass.async_block_till_done()
    state = hass.states.get(SELECT)
    assert state is not None
    assert "Scarecrow" in state.attributes["options"]
    await _async_be(hass, "Scarecrow")
    options = coordinator.options
    assert only_voice(entry) is coordinator
    assert (options.limits.max_duration_s, options.limits.cooldown_s) == (120, 7)
    assert [each.value for each in options.sounds.effects] == ["wind", "creak"]
    assert options.tongue.language == "en"
    await _async_be(hass, "Pirate")
    assert coordinator.options.limits.max_duration_s == 600
    assert coordinator.options.sounds.effects == ()
    assert coordinator.options.tongue.language is None
    assert "displaced" not in only_subentry(entry).data


async def _async_be(hass: HomeAssistant, name: str) -> None:
    """Choose a persona."""
    await hass.services.async_call(
        "select", "select_option", {"entity_id": SELECT, "option": name}, blocking=True
    )
    await hass.async_block_till_done()


MANNERED = Persona("a", "A", "", "ash", "A.", manners={"max_duration_s": 60})
OTHER = Persona("b", "B", "", "ash", "B.", manners={"effects": ["laugh"]})
PLAIN = Persona("c", "C", "", "ash", "C.")


@given(st.lists(st.sampled_from([MANNERED, OTHER, PLAIN]), max_size=8))
def test_whoever_a_voice_was_its_own_manners_come_back(chain: list[Persona]) -> None:
    """After any way through the gallery."""
    own: dict[str, Any] = {"voice": "ash", "max_duration_s": 300, "idle_timeout_s": 9}
    data: dict[str, Any] = own
    for persona in chain:
        data = become(data, persona, ["ash"])
        assert persona.manners.items() <= data.items()
    data = become(data, PLAIN, ["ash"])
    assert own.items() <= data.items()
    assert data.keys().isdisjoint({"effects", "displaced"})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)
KEYS = st.sampled_from(
    [
        *("name", "description", "voice", "instructions", "openings"),
        *("language", "effects", "limits", "max_duration_s"),
    ]
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(KEYS, ANYTHING, max_size=7) | ANYTHING, st.booleans())
def test_nothing_that_a_file_may_hold_raises(
    hass: HomeAssistant, content: Any, is_completed: bool
) -> None:
    """It is a persona that can be stored, or it is named with a reason."""
    if is_completed and isinstance(content, dict):
        content = {"name": "A", "description": "B", "instructions": "C", **content}
    gallery = gallery_of([("some.yaml", content)])
    assert len(gallery.personas) + len(gallery.broken) == 1
    for persona in gallery.personas.values():
        stored = json.loads(json.dumps(become({}, persona, [])))
        MANNERS(fold(stored))
    assert all(isinstance(why, str) and why for why in gallery.broken.values())


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200)
    | st.text(alphabet="abc:-[]{}!&*|>'\"\n #%@`0123456789", max_size=80).map(
        str.encode
    )
    | st.sampled_from(
        [
            b"[" * 5000,
            b"a: !secret b",
            b"a: !include b.yaml",
            b"a: 2001-99-99",
            b"&a [*a]",
            b"\xff\xfe",
            b"name: " + b"x" * 70_000,
        ]
    )
)
def test_no_bytes_of_a_file_raise(tmp_path: Path, raw: bytes) -> None:
    """What cannot be read is told with a reason."""
    file = tmp_path / "some.yaml"
    file.write_bytes(raw)
    [(name, content)] = read_files(tmp_path)
    assert name == "some.yaml"
    assert isinstance(content, dict) or content


async def test_a_folder_with_the_name_of_a_file_is_told(
    hass: HomeAssistant, folder: Path
) -> None:
    """It is not read, and nothing waits for it."""
    (folder / "owl.yaml").mkdir()
    assert "no file" in (await async_read_gallery(hass)).broken["owl.yaml"]
    files = await hass.async_add_executor_job(read_files, BUILT_IN)
    assert gallery_of(files).broken == {}
