"""What strangers may not use, told in the flow at the field where it was chosen."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from homeassistant.core import HomeAssistant
from homeassistant.helpers.llm import LLM_API_ASSIST, async_get_apis
from homeassistant.helpers.selector import SelectOptionDict

from ..const import CONF_SCRIPTS
from ..fields import Input
from ..guard.guard import Guard
from ..guard.refusal import NotForStrangers

_PART: Final = "tools"
_CHOSEN: Final = (CONF_SCRIPTS, "exposed_entities")


def api_options(hass: HomeAssistant, stored: Iterable[str]) -> list[SelectOptionDict]:
    """Return the APIs that there are, and those that were chosen and are gone."""
    names = dict.fromkeys(stored, "")
    names.update({api.id: api.name for api in async_get_apis(hass)})
    return [
        SelectOptionDict(value=api_id, label=name or api_id)
        for api_id, name in names.items()
    ]


def refuse_rules(hass: HomeAssistant, typed: Input) -> Mapping[str, str]:
    """Say which tools a voice cannot have as it is; return the words for it."""
    tools: Mapping[str, Any] = typed.values.get(_PART, {})
    phrase = tools.get("confirmation_phrase") or ""
    if tools.get("sensitive") and not any(map(str.isalnum, phrase)):
        typed.refuse("confirmation_missing", _PART, "confirmation_phrase")
        return {}
    if not tools.get("strangers", True):
        return {}
    if foreign := [one for one in tools.get("llm_apis", ()) if one != LLM_API_ASSIST]:
        typed.refuse("api_for_strangers", _PART, "llm_apis")
        labels = {one["value"]: one["label"] for one in api_options(hass, foreign)}
        return {"api": labels[foreign[0]]}
    return _refuse_kept(Guard(hass, is_for_strangers=True), typed)


def _refuse_kept(guard: Guard, typed: Input) -> Mapping[str, str]:
    """Say which entities are kept from strangers."""
    for part, field, entity_id in _chosen(typed.values):
        try:
            guard.check([entity_id])
        except NotForStrangers as refusal:
            proven, unclear = "kept_from_strangers", "unclear_for_strangers"
            typed.refuse(proven if refusal.is_proven else unclear, part, field)
            return {"path": str(refusal)}
    return {}


def _chosen(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield part, field and id of each entity that a stranger's words or voice move."""
    tools: Mapping[str, Any] = values.get(_PART, {})
    for field in _CHOSEN:
        yield from ((_PART, field, entity_id) for entity_id in tools.get(field, ()))
    jaw: Mapping[str, Any] = values.get("jaw_and_candle", {})
    for target in jaw.get("level_targets", ()):
        yield "jaw_and_candle", "level_targets", target["entity_id"]
