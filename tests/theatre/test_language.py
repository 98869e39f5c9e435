"""Tests of what language a voice speaks, as the service is told it."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.languages import LANGUAGES, code_of, name_of
from custom_components.realtime_pumpkin.options import VoiceOptions
from custom_components.realtime_pumpkin.prompt import ANY_LANGUAGE
from custom_components.realtime_pumpkin.session_setup import create_config
from tests.common import VOICE_DATA
from tests.porch import GREETING, at_the_door


def update(hass: HomeAssistant, **data: Any) -> dict[str, Any]:
    """Return the session of the `session.update` that a voice sends."""
    options = VoiceOptions.from_subentry("Pumpkin", {**VOICE_DATA, **data})
    return create_config(hass, options, None, ()).as_dict()


async def test_a_voice_answers_in_the_visitors_language(hass: HomeAssistant) -> None:
    """Nothing tells the transcription what it will hear."""
    session = update(hass)
    assert ANY_LANGUAGE in session["instructions"]
    assert "language" not in session["audio"]["input"]["transcription"]


@pytest.mark.parametrize(
    ("language", "name", "hint"),
    [
        ("de", "German", "de"),
        ("German", "German", "de"),
        ("Deutsch", "Deutsch", "de"),
        ("pt-BR", "pt-BR", "pt"),
        ("Swiss German", "Swiss German", None),
        ("Klingon", "Klingon", None),
    ],
)
async def test_a_language_that_is_pinned_is_told_to_model_and_transcription(
    hass: HomeAssistant, language: str, name: str, hint: str | None
) -> None:
    """By its name; the service's hint takes only codes that it knows."""
    session = update(hass, language=language)
    assert f"Always speak {name}," in session["instructions"]
    assert ANY_LANGUAGE not in session["instructions"]
    assert session["audio"]["input"]["transcription"].get("language") == hint


def test_every_language_of_the_form_is_found_by_code_and_by_either_name() -> None:
    """Two letters each, as ISO 639-1 has them."""
    for code, language in LANGUAGES.items():
        assert len(code) == 2
        assert {code_of(code), code_of(language.name), code_of(language.own_name)} == {
            code
        }
        assert name_of(code) == language.name


@pytest.mark.usefixtures("homeassistant_component", "socket_enabled")
async def test_the_server_is_told_the_pinned_language(hass: HomeAssistant) -> None:
    """It takes the hint, and the voice is told before it opens."""
    async with at_the_door(hass, GREETING, data={"language": "nl"}) as porch:
        await porch.act("start_conversation")
        await porch.until(EventName.AUDIO_STARTED)
        assert porch.named(EventName.ERROR) == []
    assert "Always speak Dutch" in porch.server.brain.requests[0].instructions
