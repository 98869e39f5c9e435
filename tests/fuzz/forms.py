"""What somebody answers in a form: what suits it, or with something wrong about it."""

import copy
from typing import Any, Final

from tests.realtime_server import MODEL
from tests.shown_form import filled_in_fields
from tests.voice_flow import ADDRESS, DEFAULT_MANNERS

from . import damage
from .dice import Dice
from .odd import TEXTS, mutated

type Answer = dict[str, Any]

KEY: Final = "sk-test-typed"

TEMPLATES: Final = (
    *("{{", "{{ 1 / 0 }}", "{{ x | y }}", "{% include 'x' %}", "{{ range(10**9) }}"),
    *("{% macro x() %}{{ x() }}{% endmacro %}{{ x() }}", "{{ states.light.porch }}"),
    *("{{ [].x.y }}", "{{ '\\ud800' }}", "{{ this.state }}", "{# open"),
)
TIMES: Final = ("7:00", "24:00", "07:00:00Z", "07:00:00.5", "0:0", "7", "²:³", "-1:00")
NUMBERS: Final = ("NaN", "Infinity", "1e3", "0x10", " 7 ", "1_0", "٣", "-0")
ADDRESSES: Final = (
    *("http://[", "http://[::1]:x/v1", "http://a b/v1", "http://u:p@h/v1", "ws://h"),
    *("http://%zz/", "http://h:99999/", "//h", "http://ä.de/v1", "http://\u202e/v1"),
    *("http://" + "h" * 300, "h:70000", "[::1]", ":", "::", "h:²", "%"),
)
ODD: Final = TEMPLATES + TIMES + NUMBERS + ADDRESSES + TEXTS

_ACCOUNT: Final = {
    "provider": "compatible",
    "api_key": KEY,
    "advanced": {"base_url": "http://127.0.0.1:1/v1", "organization": "org-porch"},
}
_PARTS: Final = (
    *("turn_taking", "sound", "limits", "tools", "jaw_and_candle", "eyes", "memory"),
    *("language", "effects", "ensemble", "privacy", "children"),
)
SAMPLES: Final[dict[str, Answer]] = {
    "account": _ACCOUNT,
    "reauth_confirm": {"api_key": KEY},
    "character": {
        "name": "Witch",
        "instructions": "You are a witch. It is {{ now().hour }} o'clock.",
        "openings": ["Boo!", "{{ 'Who is there?' }}"],
        "voice": "marin",
        "model": MODEL,
    },
    "address": dict(ADDRESS),
    "consent": {"consent": True},
}


def answer(dice: Dice, step_id: str, fields: list[dict[str, Any]]) -> Answer:
    """Return what is submitted of a form that is shown (as the frontend gets it)."""
    given: Answer = {
        **filled_in_fields(fields),
        **copy.deepcopy(SAMPLES.get(step_id, {})),
    }
    if step_id == "manners":
        given = _manners(dice, fields)
    for field in fields:
        options = field.get("selector", {}).get("select", {}).get("options")
        if options and not dice.one_in(3):
            option = dice.pick(options)
            given[field["name"]] = (
                option["value"] if isinstance(option, dict) else option
            )
    if not dice.one_in(3):
        return given
    return _wrong(dice, given)


def _manners(dice: Dice, fields: list[dict[str, Any]]) -> Answer:
    """Return a form's parts, each with all that it may hold, or as they are shown."""
    if dice.one_in(4):
        return filled_in_fields(fields)
    known = {**DEFAULT_MANNERS, **damage.VOICE}
    return {
        part["name"]: {
            field["name"]: copy.deepcopy(known[field["name"]])
            for field in part["schema"]
            if field["name"] in known and not dice.one_in(6)
        }
        for part in fields
        if part["name"] in _PARTS
    }


def _wrong(dice: Dice, given: Answer) -> Answer:
    """Return an answer with something wrong about it."""
    if not dice.one_in(3):
        given = mutated(dice, given)
    for _ in range(dice.number(3)):
        _retext(dice, given)
    return given


def _retext(dice: Dice, given: Any) -> None:
    """Say something odd somewhere."""
    while given:
        keys = list(given) if isinstance(given, dict) else list(range(len(given)))
        key = dice.pick(keys)
        if not isinstance(given[key], dict | list) or not given[key]:
            given[key] = dice.pick(ODD)
            return
        given = given[key]
