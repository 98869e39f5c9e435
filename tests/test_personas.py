"""Tests of the gallery: every file is a character, and a broken one is named."""

from pathlib import Path
from typing import Any
from unittest.mock import patch

from homeassistant.core import HomeAssistant
from homeassistant.helpers.template import Template
import pytest

from custom_components.realtime_pumpkin.catalog import voices_of
from custom_components.realtime_pumpkin.const import Provider
from custom_components.realtime_pumpkin.personas import (
    BUILT_IN,
    async_get_gallery,
    gallery_of,
    read_files,
)
from tests.metadata import ROOT, read_json

GOOD: dict[str, Any] = {
    "name": "Owl",
    "description": "A wise owl.",
    "instructions": "You are an owl. It is {{ now().hour }} o'clock.",
}


async def test_every_file_of_the_package_is_a_character(hass: HomeAssistant) -> None:
    """There are at least eight, and each has words of its own."""
    gallery = await async_get_gallery(hass)
    assert gallery.broken == {}
    assert len(gallery.personas) == len(list(BUILT_IN.glob("*.yaml"))) >= 8
    assert gallery.personas.keys() >= {
        "jack_o_lantern",
        "friendly_ghost",
        "witch",
        "pirate",
        "santa",
        "wizard",
        "butler",
        "custom",
    }
    instructions = {persona.instructions for persona in gallery.personas.values()}
    assert len(instructions) == len(gallery.personas)


async def test_every_character_can_be_spoken(hass: HomeAssistant) -> None:
    """Its templates render, its voice exists, and it knows how to finish."""
    for persona in (await async_get_gallery(hass)).personas.values():
        rendered = Template(persona.instructions, hass).async_render(parse_result=False)
        assert "finish_conversation" in rendered
        assert "one or two short sentences" in rendered.replace("\n", " ")
        assert persona.voice in voices_of(Provider.OPENAI)
        for opening in persona.openings:
            said = Template(opening, hass).async_render(parse_result=False)
            assert 0 < len(said.split()) < 20


async def test_the_files_are_read_once_and_not_in_the_loop(hass: HomeAssistant) -> None:
    """Every step of every flow asks for them."""
    with patch.object(
        hass, "async_add_executor_job", wraps=hass.async_add_executor_job
    ) as job:
        first = await async_get_gallery(hass)
        assert await async_get_gallery(hass) is first
    job.assert_called_once()


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": ""}, "name"),
        ({"instructions": None}, "instructions"),
        ({"instructions": "{{ unclosed"}, "instructions"),
        ({"openings": ["{% if %}"]}, "openings"),
        ({"voices": ["echo"]}, "voices"),
    ],
)
async def test_a_file_that_is_no_character_is_named(
    hass: HomeAssistant,
    caplog: pytest.LogCaptureFixture,
    change: dict[str, Any],
    why: str,
) -> None:
    """The others are there all the same."""
    gallery = gallery_of([("owl.yaml", GOOD), ("broken.yaml", {**GOOD, **change})])
    assert set(gallery.personas) == {"owl"}
    assert why in gallery.broken["broken.yaml"]
    assert "No persona in broken.yaml" in caplog.text


async def test_a_file_that_is_no_yaml_is_named(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """What is wrong with it is told with its line."""
    (tmp_path / "broken.yaml").write_text("name: [", encoding="utf-8")
    files = await hass.async_add_executor_job(read_files, BUILT_IN, tmp_path)
    gallery = gallery_of(files)
    assert list(gallery.broken) == ["broken.yaml"]
    assert "line" in gallery.broken["broken.yaml"]
    assert "witch" in gallery.personas


async def test_a_character_of_a_later_folder_replaces_one_of_the_same_name(
    hass: HomeAssistant, tmp_path: Path
) -> None:
    """A user may rewrite a character that comes with the integration."""
    text = "name: Mine\ndescription: My own.\ninstructions: You are mine.\n"
    (tmp_path / "witch.yaml").write_text(text, encoding="utf-8")
    files = await hass.async_add_executor_job(read_files, BUILT_IN, tmp_path)
    assert gallery_of(files).personas["witch"].name == "Mine"


async def test_who_is_gone_is_a_custom_one(hass: HomeAssistant) -> None:
    """A voice outlives the file that it was made from."""
    gallery = await async_get_gallery(hass)
    assert gallery.get("gone") is gallery.personas["custom"]


async def test_every_persona_of_ours_can_be_described_in_other_languages(
    hass: HomeAssistant,
) -> None:
    """The English text is the one that is translated."""
    files = await hass.async_add_executor_job(read_files, BUILT_IN)
    texts = read_json(ROOT / "translations/en.json")["common"]
    described = {
        f"persona_{one.id}": one.description
        for one in gallery_of(files).personas.values()
    }
    told = {key: text for key, text in texts.items() if key.startswith("persona_")}
    assert told == described
