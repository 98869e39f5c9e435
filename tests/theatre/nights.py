"""A night at the door: how a visit ends, and what is remembered of it."""

from typing import Any

from homeassistant.core import HomeAssistant

from custom_components.realtime_pumpkin.const import DOMAIN, EventName
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say
from tests.common import VOICE_ENTITY_ID
from tests.porch import Porch


def farewell(summary: str, *jokes: object) -> Plan:
    """Return a goodbye with which the model tells what happened."""
    told = {"reason": "done", "summary": summary, "jokes": list(jokes)}
    goodbye = Say("Goodbye!", duration_ms=200)
    return Plan((goodbye, Call("finish_conversation", told)))


async def async_visit(porch: Porch, count: int = 1, **data: str) -> None:
    """Let the n-th visitor come, speak and go."""
    await porch.act("start_conversation", **data)
    await porch.until(EventName.CONVERSATION_ENDED, count)
    await porch.hass.async_block_till_done()


async def async_sum_up(hass: HomeAssistant) -> dict[str, Any]:
    """Return what the action answers."""
    answer = await hass.services.async_call(
        DOMAIN,
        "night_summary",
        {"entity_id": VOICE_ENTITY_ID},
        blocking=True,
        return_response=True,
    )
    assert answer is not None
    found: Any = answer[VOICE_ENTITY_ID]
    return dict(found)
