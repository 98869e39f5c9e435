"""The folded parts of the form for the show: languages, sounds, other voices."""

from collections.abc import Mapping
from typing import Final

from homeassistant.data_entry_flow import section
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)

from ..const import Effect
from ..fields import Field
from ..languages import LANGUAGES
from ..staging import EnsembleOptions, SoundEffects
from .parts import group, number, select, switch

LONGEST_NAME: Final = 40


def _name(text: str) -> str:
    """Return a name as it is stored; raise `ValueError` for none, or a long one."""
    if not text.strip() or len(text) > LONGEST_NAME or "\n" in text:
        raise ValueError("no name")
    return text.strip()


_LANGUAGE: Final = group(
    {"language": None},
    language=select(
        [
            SelectOptionDict(value=code, label=language.own_name)
            for code, language in LANGUAGES.items()
        ],
        SelectSelectorMode.DROPDOWN,
        typed=True,
        convert=_name,
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
_ENSEMBLE: Final = group(
    EnsembleOptions().as_data(),
    shares_stage=switch(),
    stage_name=Field(TextSelector(), _name),
    hands_over=switch(),
)
SHOW: Final[Mapping[str, section]] = {
    "language": _LANGUAGE,
    "effects": _EFFECTS,
    "ensemble": _ENSEMBLE,
}
