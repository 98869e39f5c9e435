"""Count tokens by kind and what they cost in USD.

The counts are those of `response.done`; cached tokens are part of the input
and cheaper. Prices are data: `prices.json`, with the date they were read.
"""

from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

KINDS = ("text", "audio", "image")
PER_MILLION = 1_000_000
MOST_TOKENS = 10**9
"""No response has more: it is a mistake, and no sum of them may outgrow JSON."""


def _load_prices() -> dict[str, Any]:
    """Return the prices in USD per million tokens, by model."""
    path = Path(__file__).with_name("prices.json")
    prices: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return prices


PRICES = _load_prices()


@dataclass(slots=True)
class Usage:
    """Tokens of one conversation by kind, such as `input_audio`, `cached_text`."""

    tokens: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, usage: dict[str, Any]) -> Usage:
        """Return the usage of one response."""
        made = cls()
        made.add(usage)
        return made

    def add(self, usage: dict[str, Any]) -> None:
        """Add the usage of one response; fields may be missing or null."""
        given = _object(usage, "input_token_details")
        cached = _object(given, "cached_tokens_details")
        made = _object(usage, "output_token_details")
        for kind in KINDS:
            hit = _count(cached, f"{kind}_tokens")
            self._add(f"cached_{kind}", hit)
            self._add(f"input_{kind}", max(0, _count(given, f"{kind}_tokens") - hit))
            self._add(f"output_{kind}", _count(made, f"{kind}_tokens"))

    def _add(self, name: str, count: int) -> None:
        """Add to one kind of token, which is named only if there is any."""
        if count:
            self.tokens[name] = self.tokens.get(name, 0) + count

    @property
    def total(self) -> int:
        """Return how many tokens there were in all."""
        return sum(self.tokens.values())

    def cost(self, model: str) -> float | None:
        """Return the cost in USD; None where the model's prices are unknown."""
        prices = PRICES["models"].get(model)
        if prices is None:
            return None
        cost = sum(n * prices.get(name, 0.0) for name, n in self.tokens.items())
        return float(cost / PER_MILLION)


def _object(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object field, empty where it is missing or no object."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _count(fields: dict[str, Any], name: str) -> int:
    """Return a count, 0 where it is missing or no number."""
    value = fields.get(name)
    return min(value, MOST_TOKENS) if isinstance(value, int) and value > 0 else 0
