"""Data of actions: taken, or refused in words that can be translated."""

from typing import Any, Final

from homeassistant.exceptions import HomeAssistantError, ServiceValidationError

from custom_components.realtime_pumpkin.action_input import ActionSchema
from custom_components.realtime_pumpkin.services import _ACTIONS

from .dice import Dice
from .odd import TEXTS, mutated, odd

SAMPLES: Final[dict[str, dict[str, Any]]] = {
    "start_conversation": {
        "opening": "Boo!",
        "instructions": "Speak like a pirate.",
        "context": "Two ghosts.",
        "busy": "queue",
        "wait": False,
    },
    "stop_conversation": {"goodbye": True},
    "say": {"text": "Boo!", "verbatim": True},
    "ask": {
        "question": "Trick or treat?",
        "answers": [
            {"id": "treat", "sentences": ["[a] treat [please]"]},
            {"id": "trick", "sentences": ["(a|the) trick"]},
        ],
    },
    "add_message": {"text": "Boo!", "role": "user", "respond": False},
    "prepare": {},
    "night_summary": {},
    "porch_check": {},
}
SENTENCES: Final = (
    "[",
    "]",
    "(a|",
    "{x}",
    "{",
    "<a>",
    "a" * 5000,
    "[" * 500,
    "|",
    "()",
)
TARGETS: Final = (
    *("entity_id", "device_id", "area_id", "floor_id", "label_id", "unknown", ""),
)
VOICE: Final = "assist_satellite.pumpkin"


def call(dice: Dice) -> tuple[str, dict[str, Any]]:
    """Return an action and data for it, with something wrong about them or not."""
    name = dice.pick(tuple(SAMPLES))
    data: dict[str, Any] = {"entity_id": VOICE, **SAMPLES[name]}
    if name == "ask" and dice.one_in(2):
        sentence = dice.pick(SENTENCES + TEXTS)
        data["answers"] = [{"id": "x", "sentences": [sentence]}]
    if not dice.one_in(5):
        data = mutated(dice, data)
    if dice.one_in(5):
        data[dice.pick(TARGETS)] = odd(dice)
    return name, data


def schemas() -> dict[str, ActionSchema]:
    """Return the schema of each action."""
    return {each.name: ActionSchema(each.name, each.schema) for each in _ACTIONS}


def check_words(error: HomeAssistantError) -> None:
    """Check that an error is told in words of our translations."""
    assert error.translation_domain == "realtime_pumpkin"
    assert error.translation_key
    placeholders = error.translation_placeholders or {}
    assert all(isinstance(each, str) for each in placeholders.values())


_SCHEMAS: Final = schemas()


def fuzz_action(data: bytes) -> None:
    """Check an action's data; raise where they are refused without our words."""
    dice = Dice(data)
    name, given = call(dice)
    try:
        taken = _SCHEMAS[name](given)
    except ServiceValidationError as error:
        check_words(error)
        return
    for field in ("opening", "text", "question", "context", "instructions"):
        if taken.get(field) is not None:
            assert isinstance(taken[field], str)
    for field in ("wait", "goodbye", "verbatim", "respond"):
        assert isinstance(taken.get(field, True), bool)
    for answer in taken.get("answers", []):
        assert isinstance(answer["id"], str)
        assert all(isinstance(each, str) for each in answer["sentences"])
