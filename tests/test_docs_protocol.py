"""Tests of the page of the protocol: its names are the SDK's, the code's and the bus's."""

from collections.abc import Iterator
import re
from typing import Any, Final, get_args, get_type_hints

from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent
import pytest

from custom_components.realtime_pumpkin.bus import _NAMES
from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.realtime import events, turn_session, wire
from custom_components.realtime_pumpkin.rehearsal import client_events

from . import metadata
from .documents import ROOT, read

PAGE: Final = read(ROOT / "docs" / "protocol.md")
WIRE: Final = re.compile(r"`((?:[a-z_]+\.)+[a-z_]+|error)`")


def chapter(name: str) -> str:
    """Return what is below a heading."""
    return PAGE.partition(f"## {name}\n")[2].partition("\n## ")[0]


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row that begins with a name."""
    for row in re.findall(r"^\| `.*\|$", text, re.MULTILINE):
        yield [cell.strip() for cell in row.strip("|").split(" | ")]


def name(cell: str) -> str:
    """Return the name in a cell, which may say more than that."""
    found = re.match(r"`([^`]+)`", cell)
    return found[1] if found else ""


def kinds(union: Any) -> frozenset[str]:
    """Return the types of event in a union of the SDK's."""
    [members, *_] = get_args(union)
    return frozenset(
        kind
        for one in get_args(members)
        for kind in get_args(one.model_fields["type"].annotation)
    )


SERVER: Final = kinds(RealtimeServerEvent)
CLIENT: Final = kinds(RealtimeClientEvent)


def sent() -> set[str]:
    """Return the types of event that the conversation's code sends."""
    written = re.compile(r"""["']type["']: ?["']((?:\w+\.)+\w+)["']""")
    return {
        kind
        for path in (metadata.ROOT / "realtime").glob("*.py")
        for kind in written.findall(path.read_text(encoding="utf-8"))
        if kind not in SERVER
    }


def test_what_is_read_is_what_the_code_reads() -> None:
    """In its order, as the class it becomes, and as the event it is told as."""
    read_here = list(rows(chapter("What is read")))
    assert [name(row[0]) for row in read_here] == list(wire._READERS)
    for row in read_here:
        reader = wire._READERS[name(row[0])]
        made = getattr(events, name(row[1]))
        returned = get_type_hints(reader)["return"]
        assert made in (get_args(returned) or (returned,))
        assert name(row[2]) == _NAMES.get(made, "")


def test_every_event_of_the_service_is_read_or_named_as_not_needed() -> None:
    """A new version of the SDK with new events makes somebody look."""
    ignored = WIRE.findall(chapter("What is not needed"))
    assert len(ignored) == len(set(ignored))
    read_too = turn_session._WORDS & SERVER
    assert {*ignored, *wire._READERS, *read_too} == SERVER
    assert not set(ignored) & (set(wire._READERS) | read_too)


def test_every_word_that_is_read_turn_by_turn_is_named() -> None:
    """The beta's names among them."""
    text = chapter("What is read")
    assert [kind for kind in turn_session._WORDS if f"`{kind}`" not in text] == []


def test_what_is_sent_is_what_the_code_sends() -> None:
    """No more, no less, and the service and our own server know all of it."""
    listed = [name(row[0]) for row in rows(chapter("What is sent"))]
    assert set(listed) == sent()
    assert set(listed) <= CLIENT
    [never] = re.findall(r"^.*never sent\.$", chapter("What is sent"), re.MULTILINE)
    assert {*listed, *WIRE.findall(never)} == CLIENT
    assert client_events._EVENTS.keys() == CLIENT


def test_the_articles_seven_updates_are_events_of_ours() -> None:
    """On the wire as the SDK has them, in the code and on the bus."""
    updates = [row for row in rows(chapter("From the article")) if len(row) == 5]
    assert len(updates) == 7
    for article, _, today, here, on_the_bus in updates:
        assert article.endswith("Update`")
        assert name(today) in SERVER
        assert name(here) in {
            one.__name__ for one in get_args(events.ServerEvent.__value__)
        }
        told = name(on_the_bus) or "audio_started"
        assert told in set(EventName)


@pytest.mark.parametrize("beta", ["response.audio.delta", "conversation.interrupted"])
def test_what_the_service_does_not_say_would_be_seen(beta: str) -> None:
    """The union holds what is generally available, nothing else."""
    assert beta not in SERVER
    assert "response.output_audio.delta" in SERVER
    assert len(CLIENT) == 11


def test_all_events_on_the_bus_are_explained() -> None:
    """Each is either read or found out."""
    text = chapter("What is read")
    assert [
        one for one in EventName if one != "session_started" and f"`{one}`" not in text
    ] == []
