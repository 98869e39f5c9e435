"""Tests of what the voice flow says in the user's language."""

from dataclasses import replace
from unittest.mock import AsyncMock, patch

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.realtime_pumpkin.personas import async_get_gallery
from tests.metadata import ROOT, read_json
from tests.test_voice_flow import READ_GALLERY
from tests.voice_flow import async_add, async_to, choices

pytestmark = pytest.mark.usefixtures("probe", "trial")


@pytest.mark.parametrize(
    ("language", "described"),
    [
        ("en", "A cackling but good-hearted witch at her cauldron."),
        ("de", "Eine kichernde, aber gutherzige Hexe an ihrem Kessel."),
        ("pt", "A cackling but good-hearted witch at her cauldron."),
    ],
)
async def test_the_gallery_is_described_in_the_language_of_the_house(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, language: str, described: str
) -> None:
    """Where there is no translation, in English."""
    hass.config.language = language
    result = await async_add(hass, loaded_entry)
    assert choices(result, "persona")["witch"] == f"Witch: {described}"


async def test_a_persona_of_ones_own_is_described_in_its_own_words(
    hass: HomeAssistant, loaded_entry: MockConfigEntry
) -> None:
    """Also if it has the name of one of ours."""
    hass.config.language = "de"
    gallery = await async_get_gallery(hass)
    gallery.add(replace(gallery.personas["witch"], description="Meine Nachbarin."))
    with patch(READ_GALLERY, AsyncMock(return_value=gallery)):
        result = await async_add(hass, loaded_entry)
    assert choices(result, "persona")["witch"] == "Witch: Meine Nachbarin."


@pytest.mark.parametrize("language", ["en", "de"])
async def test_what_the_frontend_finds_no_words_for_comes_with_them(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, language: str
) -> None:
    """Inside an object it would show `voice` and `visitor` as they are stored."""
    hass.config.language = language
    result = await async_to(hass, loaded_entry, "manners")
    form = result["data_schema"]
    assert form is not None
    config = form.schema["jaw_and_candle"].schema.schema["level_targets"].config
    options = config["fields"]["follows"]["selector"]["select"]["options"]
    texts = read_json(ROOT / "translations" / f"{language}.json")
    assert {one["value"]: one["label"] for one in options} == (
        texts["selector"]["follows"]["options"]
    )
    # The list of things would show the stored word as well.
    assert "description_field" not in config
    hass.config_entries.subentries.async_abort(result["flow_id"])
