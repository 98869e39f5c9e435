"""A brain of rules: what is heard decides what is answered, the same every time."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
import re
from typing import Any

from .plan import Call, Plan, ResponseRequest, Say
from .scripted import Reply, as_plan


@dataclass(frozen=True, slots=True)
class Rule:
    """Answer what matches a pattern (anywhere, in any case) with a reply.

    Matched are the words of everything that is new: what users said or wrote,
    system messages and the outputs of tools. `""` matches always.
    """

    hears: str
    reply: Reply


class RuleBrain:
    """Answer by the first rule that matches; where none does, with nothing."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        """Prepare the rules; raises `re.error` for a wrong pattern."""
        self._rules = [
            (re.compile(rule.hears, re.IGNORECASE), as_plan(rule.reply))
            for rule in rules
        ]

    def plan(self, request: ResponseRequest) -> Plan:
        """Return the reply of the first rule that matches."""
        outputs = (str(item.extra.get("output", "")) for item in request.news)
        heard = " ".join([*(item.words for item in request.news), *outputs]).strip()
        found = (plan for pattern, plan in self._rules if pattern.search(heard))
        return next(found, Plan())

    def hear(self, pcm: bytes) -> str | None:
        """Understand nothing: somebody else's ears do that."""
        return None


def read_rules(data: Mapping[str, Any]) -> list[Rule]:
    """Read rules from data such as a TOML file holds.

    Each of `rules` has `hears` and any of `say`, `call` (a name) and `arguments`.
    Raises `ValueError` when something is missing or unknown.
    """
    try:
        return [_read_rule(**rule) for rule in data["rules"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"These are no rules: {error}") from error


def _read_rule(
    *,
    hears: str = "",
    say: str | None = None,
    call: str | None = None,
    arguments: Mapping[str, Any] | None = None,
) -> Rule:
    """Read one rule."""
    said = (Say(say),) if say is not None else ()
    called = (Call(call, arguments or {}),) if call is not None else ()
    return Rule(hears, Plan((*said, *called)))
