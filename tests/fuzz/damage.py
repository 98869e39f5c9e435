"""What is stored of an account, and what became of it on a disk that is not well."""

import copy
from dataclasses import dataclass
import json
from typing import Any, Final

import orjson

from tests.common import VOICE_DATA
from tests.realtime_server import KEY
from tests.voice_flow import DEFAULT_MANNERS

from .dice import Dice
from .odd import TEXTS, mutated, odd

type Stored = dict[str, Any] | list[Any]

ENTRY_ID: Final = "01PORCH"
HURT: Final = "01HURT"
WHOLE: Final = "01WHOLE"
"""The voice that nothing happens to."""

ACCOUNT: Final[dict[str, Any]] = {
    "provider": "compatible",
    "api_key": KEY,
    "base_url": "http://127.0.0.1:1/v1",
    "organization": "org-porch",
}
TARGET: Final[dict[str, Any]] = {
    "entity_id": "light.porch",
    "follows": "visitor",
    "lowest": 10,
    "highest": 90,
    "attack_ms": 20,
    "release_ms": 80,
    "offset_ms": -40,
    "calls_per_second": 8,
    "transition_ms": 0,
    "is_candle": True,
}
VOICE: Final[dict[str, Any]] = {
    **VOICE_DATA,
    **DEFAULT_MANNERS,
    "persona": "witch",
    "openings": ["Boo!", "{{ now().hour }} o'clock!"],
    "threshold": 0.55,
    "quiet_from": "22:00:00",
    "quiet_until": "07:00:00",
    "scripts": ["script.fog"],
    "llm_apis": ["assist"],
    "exposed_entities": ["light.porch"],
    "sensitive": ["script.fog"],
    "confirmation_phrase": "pumpkin pie",
    "level_targets": [TARGET, {"entity_id": "switch.eyes"}],
    "language": "en",
    "effects": ["wind", "creak"],
    "stage_name": "Porch",
    "camera": "camera.porch",
    "night_ends": "06:00:00",
    "remembers_night": True,
    "speaker_volume": 40,
    "transcript_deltas": True,
    "speaker": {"kind": "media_player", "entity_id": "media_player.porch"},
    "calibration": {
        "noise_dbfs": -55.5,
        "checked_at": "2026-10-31T18:00:00+00:00",
        "latency_ms": 120,
        "prebuffer_ms": 0,
        "spread_ms": 10,
        "echo_return_db": -45.0,
        "level_dbfs": -40.0,
    },
    "characters": {"custom": {"instructions": "Be.", "openings": [], "voice": "ash"}},
    "displaced": {"max_duration_s": 240, "language": None},
}
_TOTAL: Final = {"tokens": {"input_text": 7}, "usd": 0.5, "conversations": 2}
_PAGE: Final = {
    "day": {"period": "2026-10-31", **_TOTAL},
    "month": {"period": "2026-10", **_TOTAL},
    "last_end": 1793480000.0,
}
_NIGHT: Final[dict[str, Any]] = {
    "began_at": 1793470000.0,
    "visitors": 1,
    "first_at": 1793470100.0,
    "last_at": 1793470100.0,
    "duration": 30.5,
    "cost_usd": 0.02,
    "visits": [{"ended_at": 1793470100.0, "summary": "A ghost."}],
    "jokes": ["Knock, knock."],
}
_LOANS: Final[tuple[dict[str, Any], ...]] = (
    {"kind": "option", "entity_id": "select.hurt", "old": "a", "ours": "b"},
    {"kind": "volume", "entity_id": "media_player.hurt", "old": "0.4", "ours": "0.6"},
    {
        "kind": "music",
        "entity_id": "media_player.hurt",
        "old": "http://a",
        "ours": "/b",
    },
    {
        "kind": "light",
        "entity_id": "light.hurt",
        "old": '{"state": "on", "brightness": 9}',
        "ours": "moved",
    },
    {"kind": "number", "entity_id": "number.hurt", "old": "4.5", "ours": "moved"},
    {"kind": "switch", "entity_id": "switch.hurt", "old": "on", "ours": "moved"},
)
LOAN: Final = {
    "kind": "option",
    "entity_id": "select.whole",
    "old": "a",
    "ours": "b",
    "since": "2026-10-31T18:00:00+00:00",
}
LISTS: Final = ("loans", "disabled_entries")
FILES: Final = (*LISTS, f"usage.{ENTRY_ID}", f"pipelines.{ENTRY_ID}", "nights")


@dataclass(frozen=True, slots=True)
class File:
    """A damaged file, and whether all but one item of it is as it was."""

    name: str
    content: bytes
    hurt: Any
    """The item that is damaged; None where it may be all of the file."""


def file(dice: Dice, name: str) -> File:
    """Return a file with something wrong about it."""
    if dice.one_in(3):
        return File(name, _broken(dice, _envelope(name, _items(dice, name))), None)
    items = _items(dice, name)
    place: Any = 0 if isinstance(items, list) else HURT
    hurt = odd(dice) if dice.one_in(4) else _hurt(dice, items[place])
    items[place] = hurt
    return File(name, _json(_envelope(name, items)), hurt)


def _hurt(dice: Dice, item: Any) -> Any:
    """Return an item of a file, damaged."""
    return mutated(dice, item) if isinstance(item, dict) else odd(dice)


def _items(dice: Dice, name: str) -> Any:
    """Return what a file holds when it is well."""
    if name == "loans":
        since = dice.pick(("2026-10-31T18:00:00+00:00", "2026-10-31", "", "then"))
        return [{**dice.pick(_LOANS), "since": since}, LOAN]
    if name == "disabled_entries":
        return ["hurt", "whole"]
    kind = name.partition(".")[0]
    made = {"pipeline_id": "01X", "title": "Pumpkin"}
    item = {"usage": _PAGE, "pipelines": made, "nights": _NIGHT}[kind]
    return {each: copy.deepcopy(item) for each in (HURT, WHOLE)}


def _envelope(name: str, items: Any) -> dict[str, Any]:
    """Return what Home Assistant puts around what is stored."""
    key = f"realtime_pumpkin.{name}"
    return {"version": 1, "minor_version": 1, "key": key, "data": items}


def _broken(dice: Dice, content: dict[str, Any]) -> bytes:
    """Return a file of which all may be damaged."""
    match dice.number(5):
        case 0:
            data = _json(content)
            return data[: dice.number(len(data))]
        case 1:
            versions = (0, 2, 99, -1, "1", None, 1.5, True)
            content[dice.pick(("version", "minor_version"))] = dice.pick(versions)
            return _json(content)
        case 2:
            return _json(odd(dice))
        case 3:
            return dice.some(200)
        case _:
            return _json(mutated(dice, content))


def _json(content: Any) -> bytes:
    """Return JSON, as some program may have written it."""
    return json.dumps(content).encode("utf-8", "replace")


def account(dice: Dice) -> dict[str, Any]:
    """Return an account's data, mostly as they were."""
    return _written(mutated(dice, ACCOUNT)) if dice.one_in(4) else dict(ACCOUNT)


def voice(dice: Dice) -> dict[str, Any]:
    """Return a voice's data, mostly with something wrong about them."""
    if dice.one_in(8):
        return _written({name: odd(dice) for name in VOICE})
    data = copy.deepcopy(VOICE)
    for _ in range(dice.number(4)):
        data = _written(mutated(dice, data))
    return data


def _written(data: dict[str, Any]) -> dict[str, Any]:
    """Return what Home Assistant can have written of an entry: it goes less deep."""
    return {name: value for name, value in data.items() if _is_written(value)}


def _is_written(value: Any) -> bool:
    """Tell whether a field can be written."""
    try:
        orjson.dumps([[value]])
    except TypeError:
        return False
    return True


def title(dice: Dice) -> str:
    """Return what a voice is called."""
    return dice.pick(TEXTS) if dice.one_in(4) else "Pumpkin"
