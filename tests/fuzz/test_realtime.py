"""The Realtime service on both sides: nothing that is said raises."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from hypothesis import given, settings
import pytest

from custom_components.realtime_pumpkin.realtime import (
    calls,
    connecting,
    history,
    listening,
    playback,
    session,
    wire,
)
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.rehearsal import (
    canned,
    session as server_session,
)

from .conversation import Porch, flood, fuzz_conversation, fuzz_flood
from .dice import inputs, noise
from .frames import fuzz_frames
from .ladders import kinds
from .server import fuzz_server
from .shell import fuzz_shell
from .turns import fuzz_turns
from .typed import WrongType

type Fuzz = Callable[[bytes], None]


@settings(max_examples=200)
@given(inputs())
def test_no_frame_raises_and_what_is_read_of_it_is_typed(data: bytes) -> None:
    """Bytes, JSON of any kind, and events with something wrong about them."""
    fuzz_frames(data)


@settings(max_examples=120)
@given(inputs())
def test_no_conversation_raises_and_each_ends_when_told(data: bytes) -> None:
    """It wants valid things only, and truncates nothing beyond what came."""
    fuzz_conversation(data)


@settings(max_examples=12)
@given(inputs())
def test_no_flood_takes_more_memory_than_a_conversation_may(data: bytes) -> None:
    """Of any event, with the same ids or others, short or long."""
    fuzz_flood(data)


@settings(max_examples=80)
@given(inputs())
def test_no_socket_breaks_the_shell_of_a_conversation(data: bytes) -> None:
    """It ends for a reason, with no task left."""
    fuzz_shell(data)


@settings(max_examples=80)
@given(inputs())
def test_no_socket_breaks_a_talk_turn_by_turn(data: bytes) -> None:
    """Nothing but its own error is raised, and no task is left."""
    fuzz_turns(data)


@settings(max_examples=50)
@given(inputs())
def test_no_client_breaks_the_server_and_each_answer_is_valid(data: bytes) -> None:
    """As the SDK's own models have it."""
    fuzz_server(data)


def _catches(fuzz: Fuzz, wrong: type[Exception], tries: int = 400) -> None:
    """Check that a fuzzer finds what is wrong now."""
    for seed in range(tries):
        try:
            fuzz(noise(seed))
        except wrong:
            return
        except Exception:  # noqa: BLE001 - another trace of the same mistake
            continue
    pytest.fail("not found")


def _reads_strictly(message: dict[str, Any]) -> Any:
    """Read an event as somebody would who trusts the service."""
    return wire.SpeechStarted(message["item_id"], message["audio_start_ms"])


SPEECH_STARTED = {"input_audio_buffer.speech_started": _reads_strictly}


@pytest.mark.parametrize(
    ("fuzz", "wrong"), [(fuzz_frames, KeyError), (fuzz_frames, WrongType)]
)
def test_a_reader_that_trusts_the_service_is_found(
    fuzz: Fuzz, wrong: type[Exception]
) -> None:
    """By a field that is missing, and by one of another type."""
    with patch.dict(wire._READERS, SPEECH_STARTED):
        _catches(fuzz, wrong, 4000)


def test_a_number_that_json_cannot_hold_is_found() -> None:
    """It would stop what is sent, or what is told to the house."""
    with patch.object(wire, "LARGEST_NUMBER", 2**1000):
        _catches(fuzz_frames, TypeError, 8000)


@pytest.mark.parametrize("fuzz", [fuzz_conversation, fuzz_shell, fuzz_turns])
def test_a_handler_that_raises_is_found(fuzz: Fuzz) -> None:
    """Wherever the event goes."""

    def confused(message: dict[str, Any]) -> Any:
        """Stumble over a response without an error."""
        raise LookupError(message["response"]["status_details"])

    with patch.dict(wire._READERS, {"response.done": confused}):
        _catches(fuzz, Exception, 2000)


def _truncates_all(talk: Any, cut: Any) -> Any:
    """Truncate a second behind what was received."""
    late = replace(cut, received_ms=10**9, heard_ms=cut.received_ms + 1000)
    return _TRUNCATE(talk, late)


_TRUNCATE = listening._truncate


def _deaf(talk: Any, event: Any) -> Any:
    """Hear nothing of being told to stop."""
    return iter(())


@pytest.mark.parametrize(
    "mistake",
    [
        patch.object(listening, "_truncate", _truncates_all),
        patch.dict(session.HANDLERS, {session.Stop: _deaf, session.Leave: _deaf}),
        patch.object(playback.Playback, "supersede", lambda self, response_id: False),
        patch.object(connecting, "CONFIGURE_ID", 7),
    ],
    ids=["truncation", "end", "two at once", "invalid event"],
)
def test_a_mistake_of_the_core_is_found(mistake: Any) -> None:
    """Each thing that is checked of it can fail."""
    with mistake:
        _catches(fuzz_conversation, Exception, 3000)


@pytest.mark.parametrize(
    ("mistake", "kind", "ids"),
    [
        (
            patch.object(playback, "LONGEST_HELD", 10**12),
            "response.output_audio.delta",
            [],
        ),
        (
            patch.object(history, "LONGEST_HISTORY", 10**12),
            "response.output_audio_transcript.delta",
            ["item_id"],
        ),
        (
            patch.object(calls, "MOST_OPEN_CALLS", 10**12),
            "response.output_item.done",
            ["call_id"],
        ),
    ],
    ids=["sound", "words", "calls"],
)
def test_memory_without_a_bound_is_found(
    mistake: Any, kind: str, ids: list[str]
) -> None:
    """By the flood that fills it; with the bound, the flood does nothing."""

    def flood_all() -> None:
        """Say all messages of the kind."""
        for message in kinds():
            if message["type"] == kind:
                flood(Porch(Behaviour()), message, ids, is_long=True)

    flood_all()
    with mistake, pytest.raises(AssertionError):
        flood_all()


@pytest.mark.parametrize(
    "mistake",
    [
        patch.object(server_session, "event_id_of", lambda event: event["event_id"]),
        patch.object(canned, "_HEAD", (b'{"type":"response.created"}',)),
    ],
    ids=["raises", "invalid"],
)
def test_a_mistake_of_the_server_is_found(mistake: Any) -> None:
    """One that raises, and one that says what the SDK does not know."""
    with mistake:
        _catches(fuzz_server, Exception)
