"""Languages that a voice can be held to: what the form, model and service call them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Language:
    """A language: how the model is told of it, and how it calls itself."""

    name: str
    own_name: str


LANGUAGES: Final[Mapping[str, Language]] = {
    "ar": Language("Arabic", "العربية"),
    "cs": Language("Czech", "Čeština"),
    "da": Language("Danish", "Dansk"),
    "de": Language("German", "Deutsch"),
    "el": Language("Greek", "Ελληνικά"),
    "en": Language("English", "English"),
    "es": Language("Spanish", "Español"),
    "fi": Language("Finnish", "Suomi"),
    "fr": Language("French", "Français"),
    "he": Language("Hebrew", "עברית"),
    "hi": Language("Hindi", "हिन्दी"),
    "hu": Language("Hungarian", "Magyar"),
    "it": Language("Italian", "Italiano"),
    "ja": Language("Japanese", "日本語"),
    "ko": Language("Korean", "한국어"),
    "nl": Language("Dutch", "Nederlands"),
    "no": Language("Norwegian", "Norsk"),
    "pl": Language("Polish", "Polski"),
    "pt": Language("Portuguese", "Português"),
    "ro": Language("Romanian", "Română"),
    "ru": Language("Russian", "Русский"),
    "sv": Language("Swedish", "Svenska"),
    "tr": Language("Turkish", "Türkçe"),
    "uk": Language("Ukrainian", "Українська"),
    "zh": Language("Chinese", "中文"),
}
"""By their ISO 639-1 codes, as the service's transcription takes them."""


def code_of(language: str) -> str | None:
    """Return the code of a language given by code or name; None for any other."""
    wanted = language.strip().casefold()
    base = wanted.replace("_", "-").split("-")[0]
    if base in LANGUAGES:
        return base
    for code, each in LANGUAGES.items():
        if wanted in (each.name.casefold(), each.own_name.casefold()):
            return code
    return None


def name_of(language: str) -> str:
    """Return what the model is told of a language: a code's name, or what was typed."""
    known = LANGUAGES.get(language.strip().casefold())
    return known.name if known else language.strip()
