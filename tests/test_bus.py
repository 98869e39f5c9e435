"""What automations are told of what happens in a conversation."""

import json
from pathlib import Path

import pytest

from custom_components.realtime_pumpkin import bus
from custom_components.realtime_pumpkin.bus import event_of
from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.realtime.errors import ErrorKind, RealtimeError
from custom_components.realtime_pumpkin.realtime.events import Failed

TEXTS = json.loads(
    (Path(bus.__file__).parent / "translations/en.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("kind", [kind for kind in ErrorKind if kind != "benign"])
def test_an_error_has_the_same_name_in_a_conversation_as_at_its_start(
    kind: ErrorKind,
) -> None:
    """It is the name of the text that explains it."""
    event = event_of(Failed(kind, "a_code", "Some words", fatal=True))
    assert event is not None
    assert event.name is EventName.ERROR
    assert event.data == {
        "kind": RealtimeError(kind, "a_code", "Some words").translation_key,
        "code": "a_code",
        "message": "Some words",
        "fatal": True,
    }
    assert event.data["kind"] in TEXTS["exceptions"]
