"""Tests that each translation says all that the English texts say, with the same blanks."""

from collections.abc import Iterator, Mapping
import re
import tomllib
from typing import Any, Final

import pytest

from . import metadata
from .metadata import REPOSITORY, ROOT, placeholders, read_json

FOLDER: Final = ROOT / "translations"
LANGUAGES: Final = sorted(path.stem for path in FOLDER.glob("*.json"))
OTHERS: Final = [language for language in LANGUAGES if language != "en"]
GLOSSARY: Final[dict[str, Any]] = tomllib.loads(
    (REPOSITORY / "tests/glossary.toml").read_text(encoding="utf-8")
)
BLANK: Final = re.compile(r"\{\w+\}")
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


def card_texts(language: str) -> list[str]:
    """Return what the card says in a language."""
    source = (ROOT / f"www/strings/{language}.js").read_text(encoding="utf-8")
    return re.findall(r'"((?:[^"\\]|\\.)*)"', source)


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


@pytest.mark.parametrize("language", OTHERS)
def test_a_thing_has_one_word_in_a_language(language: str) -> None:
    """Where the English text names it, each language does, by its own word."""
    words = read(language)
    otherwise = [
        (path, words[path])
        for term in GLOSSARY["term"]
        for path, text in ENGLISH.items()
        if re.search(term["en"], BLANK.sub("", text))
        and not re.search(term[language], words[path])
    ]
    assert otherwise == []


@pytest.mark.parametrize("language", OTHERS)
def test_users_are_spoken_to_as_home_assistant_speaks_to_them(language: str) -> None:
    """In the forms and on the card: one form of address, and no second word."""
    texts = [*read(language).values(), *card_texts(language)]
    assert len(texts) > len(ENGLISH) + 50
    wrong = [
        (text, pattern)
        for pattern in GLOSSARY["never"][language]
        for text in texts
        if re.search(pattern, text)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de", "Das Mikrofon prüfen Sie."),  # codespell:ignore
        ("de", "Starte mit Ihrem Schlüssel."),
        ("fr", "Vérifie ton microphone."),
        ("fr", "Qui parle ?"),
        ("fr", "Qui parle?"),
        ("es", "Compruebe el micrófono."),
        ("nl", "Controleer uw microfoon."),
        ("nl", "De template klopt niet."),
    ],
)
def test_another_form_of_address_would_be_seen(language: str, text: str) -> None:
    """The patterns find what they are for."""
    assert any(re.search(each, text) for each in GLOSSARY["never"][language])
