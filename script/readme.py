"""Fill in what README.md has computed: what a visit costs, and what was measured.

Run by `script/docs`, after a change of `realtime/prices.json`, of a
persona's or the house's instructions, or of a result file. `tests/test_readme.py` fails
where the page and this script say different things.

What was measured comes from `[[result]]` in `tests/claims.toml`: a sentence with
`{value}`, a JSON file, the keys that lead to the value in it, and what it must be
(`at_most`, `at_least`). Where the file or the value is not there yet, the sentence is
left out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
import json
from pathlib import Path
import sys
import tomllib
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from homeassistant.util.yaml import load_yaml_dict  # noqa: E402

from custom_components.realtime_pumpkin.prompt import ANY_LANGUAGE, FINISHING, SAFETY  # noqa: E402
from custom_components.realtime_pumpkin.realtime.finish import FINISH_SPEC  # noqa: E402
from custom_components.realtime_pumpkin.realtime.usage import PRICES, Usage  # noqa: E402
from custom_components.realtime_pumpkin.rehearsal.usage import (  # noqa: E402
    ASSISTANT_MS_PER_TOKEN,
    USER_MS_PER_TOKEN,
    Tokens,
    audio_tokens,
    response_usage,
    text_tokens,
)

README: Final = ROOT / "README.md"
CLAIMS: Final = ROOT / "tests" / "claims.toml"
_PERSONA: Final = "custom_components/realtime_pumpkin/personas/jack_o_lantern.yaml"
_MODELS: Final = ("gpt-realtime-2.1-mini", "gpt-realtime-2.1")
_VISITORS: Final = 20
_TOKENS_PER_SPOKEN_SECOND: Final = 3.5
"""About as many words and punctuation as somebody says in a second."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit for which the cost is computed."""

    answers: int = 4
    answer_s: int = 6
    turns: int = 3
    turn_s: int = 3
    duration_s: int = 45

    def usages(self, *, is_cached: bool) -> Iterator[Usage]:
        """Yield what each answer reads and writes, the first one before any turn.

        `is_cached`: what an answer has read is in the cache when the next one reads
        it again; otherwise nothing ever is.
        """
        said = _answer(self.answer_s)
        heard = audio_tokens(self.turn_s * 1000, USER_MS_PER_TOKEN)
        read, known = Tokens(text=instructions_tokens()), Tokens()
        for answer in range(self.answers):
            if answer:
                read = Tokens(read.text, read.audio + heard)
            yield Usage.of(response_usage(read, known if is_cached else Tokens(), said))
            known = read
            read = Tokens(read.text + said.text, read.audio + said.audio)

    def cost(self, model: str, *, is_cached: bool) -> float:
        """Return what the visit costs, in USD."""
        costs = (usage.cost(model) for usage in self.usages(is_cached=is_cached))
        return sum(cost or 0.0 for cost in costs)


def _answer(seconds: int) -> Tokens:
    """Return the tokens of an answer: its sound and its words."""
    sound = audio_tokens(seconds * 1000, ASSISTANT_MS_PER_TOKEN)
    return Tokens(text=round(seconds * _TOKENS_PER_SPOKEN_SECOND), audio=sound)


def instructions_tokens() -> int:
    """Return about how many tokens a jack-o'-lantern is told before it speaks."""
    persona = load_yaml_dict(str(ROOT / _PERSONA))
    texts = (persona["instructions"], ANY_LANGUAGE, SAFETY, FINISHING)
    return sum(text_tokens(str(text)) for text in (*texts, json.dumps(FINISH_SPEC)))


def costs(visit: Visit | None = None) -> str:
    """Return the worked example."""
    visit = visit or Visit()
    rows = "\n".join(_row(visit, model) for model in _MODELS)
    return (
        f"A visit of {visit.duration_s} seconds, for example: the pumpkin speaks "
        f"{visit.answers} times for {visit.answer_s} seconds, the visitor "
        f"{visit.turns} times for {visit.turn_s} seconds, and its instructions and "
        f"tools have some {round(instructions_tokens(), -1)} tokens. At the prices of "
        f"{_read_at()}, from all cached to nothing cached:\n\n"
        f"| model | one visit | {_VISITORS} visitors |\n| --- | --- | --- |\n{rows}"
    )


def _read_at() -> str:
    """Return when the prices were read."""
    return date.fromisoformat(f"{PRICES['as_of']}-01").strftime("%B %Y")


def _row(visit: Visit, model: str) -> str:
    """Return the costs with one model."""
    least, most = (visit.cost(model, is_cached=cached) for cached in (True, False))
    return (
        f"| `{model}` | {least:.3f} to {most:.3f} USD "
        f"| {least * _VISITORS:.2f} to {most * _VISITORS:.2f} USD |"
    )


def _value(path: Path, keys: Sequence[str | int]) -> float | None:
    """Return a value of a result file; None where there is none."""
    if not path.exists():
        return None
    value: Any = json.loads(path.read_text(encoding="utf-8"))
    try:
        for key in keys:
            value = value[key]
    except KeyError, IndexError:
        return None
    return float(value)


def measured(results: Sequence[dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Yield each sentence on what was measured, with its value."""
    for result in results:
        if (value := _value(ROOT / result["file"], result["keys"])) is not None:
            yield result["says"].format(value=value), value


def _results() -> str:
    """Return the list of what was measured; empty where nothing was yet."""
    claims = tomllib.loads(CLAIMS.read_text(encoding="utf-8"))
    sentences = [text for text, _ in measured(claims.get("result", []))]
    if not sentences:
        return ""
    listed = "\n".join(f"- {text}" for text in sentences)
    return (
        f"Measured, with how in [docs/performance.md](docs/performance.md):\n\n{listed}"
    )


def filled(page: str, results: str | None = None) -> str:
    """Return the page with all that is computed."""
    results = _results() if results is None else results
    for name, text in (("costs", costs()), ("results", results)):
        before, opening, rest = page.partition(f"<!-- {name} -->\n")
        _, closing, after = rest.partition(f"<!-- /{name} -->")
        if not opening or not closing:
            raise ValueError(f"README.md has no place for its {name}")
        page = before + opening + (f"\n{text}\n\n" if text else "") + closing + after
    return page


def main() -> None:
    """Write the page anew."""
    README.write_text(filled(README.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
