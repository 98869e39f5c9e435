"""Which models and voices there are, as data: `catalog.json`, with its date."""

from dataclasses import dataclass
from datetime import date
import json
from pathlib import Path
from typing import Any, Final

from .const import Provider


@dataclass(frozen=True, slots=True)
class Model:
    """A model, and where it is going: when it is shut down and what to take then."""

    id: str
    retired_on: date | None = None
    replacement: str | None = None


def _load() -> dict[str, Any]:
    """Return what the file holds."""
    path = Path(__file__).with_name("catalog.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def _model(entry: dict[str, str]) -> Model:
    """Read a model's entry."""
    retired_on = entry.get("retired_on")
    return Model(
        entry["id"],
        date.fromisoformat(retired_on) if retired_on else None,
        entry.get("replacement"),
    )


_CATALOG: Final = _load()
MODELS: Final[dict[str, Model]] = {
    model.id: model for of in _CATALOG["models"].values() for model in map(_model, of)
}
"""Every model that is known, by its name at its provider."""


def models_of(provider: Provider) -> list[str]:
    """Return the models that a new voice may choose from: none that will go."""
    entries = _CATALOG["models"].get(provider, _CATALOG["models"][Provider.OPENAI])
    return [model.id for model in map(_model, entries) if model.retired_on is None]


def voices_of(provider: Provider) -> list[str]:
    """Return the voices of a provider."""
    voices: dict[str, list[str]] = _CATALOG["voices"]
    return voices.get(provider, voices[Provider.OPENAI])
