"""The folded parts of the form for the show: sounds and languages."""

from collections.abc import Mapping
from typing import Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)

from ..const import Effect
from ..fields import Field
from ..languages import LANGUAGES
from ..staging import SoundEffects
from .parts import group, number, select


def _language(name: str) -> str:
    """Return a language as it is stored; raise `ValueError` for none at all."""
    if not name.strip() or len(name) > LONGEST_LANGUAGE or "\n" in name:
        raise ValueError("no language")
    return name.strip()


LONGEST_LANGUAGE: Final = 40
_LANGUAGE: Final = group(
    {"language": None},
    language=select(
        [
            SelectOptionDict(value=code, label=language.own_name)
            for code, language in LANGUAGES.items()
        ],
        SelectSelectorMode.DROPDOWN,
        typed=True,
        convert=_language,
    ),
)
_EFFECTS: Final = group(
    {**SoundEffects().as_data(), "effects": None},
    effects=Field(
        SelectSelector(
            SelectSelectorConfig(
                options=[effect.value for effect in Effect],
                translation_key="effects",
                multiple=True,
                mode=SelectSelectorMode.DROPDOWN,
            )
        )
    ),
    most_effects=number(1, 50),
)
SHOW: Final[Mapping[str, section]] = {"language": _LANGUAGE, "effects": _EFFECTS}
