"""Tests that each translation says all that the English texts say, with the same blanks."""

from collections.abc import Iterator, Mapping
import re
from typing import Any, Final

import pytest

from . import metadata
from .metadata import ROOT, placeholders, read_json

FOLDER: Final = ROOT / "translations"
LANGUAGES: Final = sorted(path.stem for path in FOLDER.glob("*.json"))
OTHERS: Final = [language for language in LANGUAGES if language != "en"]
LINK: Final = re.compile(r"\]\(([^)]*)\)")
# Proper names, and words that another language has borrowed as they are.
SAME: Final = {
    "Azure OpenAI",
    "Budget",
    "Camera",
    "Context",
    "Conversation",
    "Ensemble",
    "Error",
    "Host",
    "ID",
    "Instructions",
    "Interruption",
    "Microphone",
    "Model",
    "Name",
    "Open",
    "OpenAI",
    "Opening",
    "Persona",
    "Port",
    "Privacy",
    "Question",
    "Server",
    "Session",
    "Silence",
    "Text",
    "Tool",
    "Tools",
    "Transition",
    "conversations",
    "tokens",
    "xAI",
}


def texts(node: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text under its dotted path."""
    for key, value in node.items():
        if isinstance(value, str):
            yield f"{path}{key}", value
        else:
            yield from texts(value, f"{path}{key}.")


def read(language: str) -> dict[str, str]:
    """Return the texts of a language by their dotted paths."""
    return dict(texts(read_json(FOLDER / f"{language}.json")))


ENGLISH: Final = read("en")


@pytest.fixture(name="words", params=OTHERS)
def words_fixture(request: pytest.FixtureRequest) -> dict[str, str]:
    """Return the texts of each language in turn."""
    return read(request.param)


def test_home_assistant_speaks_the_languages_of_the_card() -> None:
    """The forms of a voice are read in the language in which its card is."""
    assert (
        sorted(path.stem for path in (ROOT / "www/strings").glob("*.js")) == LANGUAGES
    )


def test_every_text_is_translated_and_no_other(words: dict[str, str]) -> None:
    """A text that is added in English is missed in every other language."""
    assert words.keys() == ENGLISH.keys()


def test_every_text_has_the_blanks_of_the_english_one(words: dict[str, str]) -> None:
    """What is filled in, linked to or put into a paragraph is the same in each language."""

    def shape(text: str) -> tuple[set[str], list[str], int]:
        """Return the placeholders, the links and the number of paragraphs."""
        return placeholders(text), LINK.findall(text), text.count("\n\n")

    assert {key: shape(text) for key, text in words.items()} == {
        key: shape(text) for key, text in ENGLISH.items()
    }


def test_no_text_stays_english(words: dict[str, str]) -> None:
    """Only names and borrowed words are spelled as in English."""
    same = {text for key, text in words.items() if text == ENGLISH[key]}
    assert same <= SAME


def test_no_text_is_much_longer_than_in_english(words: dict[str, str]) -> None:
    """A label that has its place in English has it in every language."""
    long = {
        key: text
        for key, text in words.items()
        if len(text) > 2.2 * len(ENGLISH[key]) + 20
    }
    assert not long


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_passes_the_rules_of_the_english_texts(language: str) -> None:
    """No text is empty, holds an address or markup, or is at a place that is unknown."""
    metadata.TRANSLATIONS(read_json(FOLDER / f"{language}.json"))
