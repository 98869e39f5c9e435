"""Fill in Home Assistant's forms by reading them, as a person does."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .client import House, HouseError, Json

_CONFIG = "/api/config/config_entries/flow"
_SUBENTRY = "/api/config/config_entries/subentries/flow"
_STEPS = 12

type Answers = Mapping[str, Any]


async def add_integration(house: House, domain: str, answers: Answers) -> str:
    """Set up an integration and return its entry's id."""
    flow = _Flow(house, domain, "config", _CONFIG)
    result = await flow.fill_in({"handler": domain}, answers)
    return str(result["result"]["entry_id"])


async def add_subentry(
    house: House, domain: str, entry_id: str, kind: str, answers: Answers
) -> None:
    """Add a subentry to an integration's config entry."""
    flow = _Flow(house, domain, "config_subentries", _SUBENTRY, f"{kind}.")
    await flow.fill_in({"handler": [entry_id, kind]}, answers)


@dataclass(frozen=True, slots=True)
class _Flow:
    """The forms of one dialogue, and where its words are."""

    house: House
    domain: str
    category: str
    path: str
    kind: str = ""

    async def fill_in(self, start: Json, answers: Answers) -> Json:
        """Go through the flow to its end; raise `HouseError` where it has another."""
        result = await self.house.post(self.path, start)
        for _ in range(_STEPS):
            match result["type"]:
                case "create_entry":
                    return dict(result)
                case "form":
                    if result.get("errors"):
                        raise HouseError(await self._refusal(result))
                    answer = fields(result["data_schema"], answers)
                case "menu":
                    answer = {"next_step_id": _choice(result["menu_options"], answers)}
                case "progress" | "progress_done":
                    answer = {}
                case _:
                    raise HouseError(f"The flow ended: {result.get('reason', result)}")
            result = await self.house.post(f"{self.path}/{result['flow_id']}", answer)
        raise HouseError("The flow has no end")

    async def _refusal(self, form: Json) -> str:
        """Return why a form came back, in the words that a person would see."""
        answer = await self.house.ask(
            "frontend/get_translations",
            language="en",
            category=self.category,
            integration=[self.domain],
        )
        prefix = f"component.{self.domain}.{self.category}.{self.kind}error."
        said = "; ".join(
            f"{field}: {answer['resources'].get(prefix + error, error)}"
            for field, error in form["errors"].items()
        )
        for name, value in (form.get("description_placeholders") or {}).items():
            said = said.replace(f"{{{name}}}", str(value))
        return f"{self.domain} refused the form. {said}"


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
