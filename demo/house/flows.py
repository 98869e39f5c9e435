"""Fill in Home Assistant's forms by reading them, as a person does."""

from collections.abc import Mapping
from typing import Any

from .client import House, HouseError, Json

_CONFIG = "/api/config/config_entries/flow"
_SUBENTRY = "/api/config/config_entries/subentries/flow"
_STEPS = 12

type Answers = Mapping[str, Any]


async def add_integration(house: House, domain: str, answers: Answers) -> str:
    """Set up an integration and return its entry's id."""
    result = await _fill_in(house, _CONFIG, {"handler": domain}, answers)
    return str(result["result"]["entry_id"])


async def add_subentry(
    house: House, entry_id: str, kind: str, answers: Answers
) -> None:
    """Add a subentry to a config entry."""
    await _fill_in(house, _SUBENTRY, {"handler": [entry_id, kind]}, answers)


async def _fill_in(house: House, path: str, start: Json, answers: Answers) -> Json:
    """Go through a flow to its end; raise `HouseError` where it has another."""
    result = await house.post(path, start)
    for _ in range(_STEPS):
        match result["type"]:
            case "create_entry":
                return dict(result)
            case "form":
                if result.get("errors"):
                    raise HouseError(f"The form was refused: {result['errors']}")
                answer = fields(result["data_schema"], answers)
            case "menu":
                answer = {"next_step_id": _choice(result["menu_options"], answers)}
            case "progress" | "progress_done":
                answer = {}
            case _:
                raise HouseError(f"The flow ended: {result.get('reason', result)}")
        result = await house.post(f"{path}/{result['flow_id']}", answer)
    raise HouseError("The flow has no end")


def fields(schema: list[Json], answers: Answers) -> Json:
    """Answer a form: what we have an answer for, defaults where it must be."""
    filled: Json = {}
    for field in schema:
        name = field["name"]
        if field.get("type") == "expandable":
            inner = answers.get(name, answers)
            section = fields(
                field["schema"], inner if isinstance(inner, Mapping) else answers
            )
            if section or field.get("required"):
                filled[name] = section
        elif name in answers:
            filled[name] = answers[name]
        elif "default" in field:
            filled[name] = field["default"]
        elif field.get("required"):
            raise HouseError(f"The form wants {name}, which the demo does not know")
    return filled


def _choice(options: list[str] | Mapping[str, str], answers: Answers) -> str:
    """Choose from a menu: the first option that is among the answers."""
    chosen = [option for option in options if option in answers.get("menu", ())]
    return chosen[0] if chosen else next(iter(options))
