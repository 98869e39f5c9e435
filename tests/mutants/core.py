"""What keeps the talk itself from going astray: turns, answers, sounds and tools."""

from base64 import b64decode
from collections.abc import Hashable, Iterator
from typing import Any, Final

from custom_components.realtime_pumpkin.realtime import steering
from custom_components.realtime_pumpkin.realtime.actions import Action, Send
from custom_components.realtime_pumpkin.realtime.calls import ToolCalls
from custom_components.realtime_pumpkin.realtime.conversation import Conversation, Due
from custom_components.realtime_pumpkin.realtime.feed import Feed
from custom_components.realtime_pumpkin.realtime.gate import ResponseGate
from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import empty, no, nothing, yes

_ENDING: Final = "tests/realtime/test_ending.py"
_INTERRUPTION: Final = "tests/realtime/test_interruption.py"
_ECHO: Final = "tests/realtime/test_echo.py"
_PARTS: Final = "tests/realtime/test_parts.py"
_EVENTS: Final = "tests/realtime/test_wire.py"
_TURN: Final = "tests/realtime/test_turn_session.py"
_TOOLS: Final = "tests/realtime/test_tools.py"
_QUEUES: Final = "tests/backpressure/test_queues.py"


def without(due: Due) -> dict[Due, Any]:
    """Return what is done when something is due, but for one of them."""
    return {**steering._DUE, due: empty}


_pass = ResponseGate._pass
_accept = ToolCalls.accept


def _pass_always(self: ResponseGate) -> Iterator[Send]:
    """Let through what waits, whatever is being made."""
    self._active = self._requested = None
    self._held = False
    yield from _pass(self)


def _accept_again(self: ToolCalls, response_id: str, call: Any) -> bool:
    """Take each call for a new one."""
    self._seen.clear()
    return _accept(self, response_id, call)


def _forget_silently(self: ToolCalls) -> list[str]:
    """Forget what runs, and that it was ever called."""
    self._batches.clear()
    return []


_on_due = steering.on_due


def _wait_for_any_tool(talk: Conversation, name: Hashable) -> Iterator[Action]:
    """Do what a clock was set for, but give up no tool."""
    return iter(()) if isinstance(name, tuple) else _on_due(talk, name)


def _decode_anything(data: str, **_: Any) -> bytes:
    """Make bytes of whatever it is."""
    return b64decode(data)


def _put_always(self: Feed[Any], piece: Any) -> None:
    """Add a piece, however many there are."""
    self._pieces.append(piece)
    self._tell()


CORE: Final = (
    Guard(
        "the rest of an answer that broke off is asked for",
        "realtime.steering:_DUE",
        without(Due.GO_ON),
        ("tests/realtime/test_reconnection.py",),
    ),
    Guard(
        "a response that is asked for and never begins is asked for again",
        "realtime.steering:_DUE",
        without(Due.RESPONSE),
        ("tests/realtime/test_endurance.py",),
    ),
    Guard(
        "a response that begins and never ends is given up",
        "realtime.steering:_DUE",
        without(Due.PROGRESS),
        ("tests/realtime/test_stalled.py",),
    ),
    Guard(
        "speech without an end is asked about",
        "realtime.steering:_DUE",
        without(Due.SPEECH),
        ("tests/realtime/test_stalled.py",),
    ),
    Guard(
        "a service that stopped to listen is left",
        "realtime.steering:_DUE",
        without(Due.SIGN_OF_LIFE),
        ("tests/realtime/test_stalled.py",),
    ),
    Guard(
        "a goodbye that never comes is not waited for",
        "realtime.steering:_DUE",
        without(Due.FAREWELL),
        ("tests/realtime/test_ending.py",),
    ),
    Guard(
        "nobody is talked to for ever",
        "realtime.steering:_DUE",
        without(Due.MAX_DURATION),
        ("tests/realtime/test_ending.py",),
    ),
    Guard(
        "a speaker that never finishes cannot hold the goodbye",
        "realtime.steering:LONGEST_FAREWELL_CLOCKS",
        50,
        (
            f"{_ENDING}::test_a_speaker_that_never_finishes_cannot_hold_the_conversation",
        ),
    ),
    Guard(
        "a quiet porch is left",
        "realtime.steering:_DUE",
        without(Due.IDLE),
        (f"{_ENDING}::test_a_quiet_porch_is_asked_once_and_then_left",),
    ),
    Guard(
        "nobody is listened to during the goodbye",
        "realtime.microphone:MicrophoneGate.is_closed",
        property(no, nothing),
        (f"{_ENDING}::test_nobody_is_listened_to_during_the_goodbye",),
    ),
    Guard(
        "an interruption without words is taken back",
        "realtime.steering:_DUE",
        without(Due.WORDS),
        ("tests/realtime/test_taken_back.py",),
    ),
    Guard(
        "a long, quiet sound counts in the end",
        "realtime.steering:_DUE",
        without(Due.SPEECH_COUNTS),
        (
            "tests/realtime/test_false_interruption.py::test_a_sound_too_quiet_for_our_ears_counts_where_it_goes_on",
        ),
    ),
    Guard(
        "a turn whose end the service does not tell is answered",
        "realtime.steering:_DUE",
        without(Due.ANSWER),
        (
            "tests/realtime/test_endurance.py::test_a_turn_that_the_service_never_commits_is_answered",
        ),
    ),
    Guard(
        "never two active responses",
        "realtime.gate:ResponseGate._pass",
        _pass_always,
        ("tests/realtime/test_gate.py::test_there_are_never_two_requests_at_once",),
    ),
    Guard(
        "late sound of an interrupted answer is not played",
        "realtime.playback:Playback.accepts",
        yes,
        (f"{_INTERRUPTION}::test_late_deltas_of_an_interrupted_answer_are_not_played",),
    ),
    Guard(
        "sound that nobody hears is received up to a bound",
        "realtime.playback:Playback._has_room",
        yes,
        (_QUEUES,),
    ),
    Guard(
        "the microphone without a session is kept up to a bound",
        "realtime.microphone:BUFFERED_BYTES",
        10**12,
        (
            f"{_PARTS}::test_frames_are_kept_until_a_session_opens_the_oldest_going_first",
        ),
    ),
    Guard(
        "what was said is kept up to a bound",
        "realtime.history:LONGEST_HISTORY",
        10**9,
        (f"{_PARTS}::test_the_history_keeps_its_newest_lines",),
    ),
    Guard(
        "a voice whose echo nobody cancels does not hear itself",
        "realtime.microphone:MicrophoneGate.muffle",
        nothing,
        (f"{_ECHO}::test_behind_the_gate_the_voice_never_hears_itself",),
    ),
    Guard(
        "half duplex hears again after the echo",
        "realtime.steering:_DUE",
        without(Due.ECHO_GONE),
        (f"{_INTERRUPTION}::test_the_half_duplex_gate_opens_after_the_echo",),
    ),
    Guard(
        "a link that was said to cancel its echo is found out",
        "realtime.barge_in:BargeIn.hears_itself",
        property(no),
        (f"{_ECHO}::test_a_voice_does_not_pause_at_its_own_echo_for_ever",),
    ),
    Guard(
        "the voice does not answer itself",
        "realtime.listening:repeats",
        no,
        ("tests/realtime/test_taken_back.py::test_the_voice_does_not_answer_itself",),
    ),
    Guard(
        "a tool is called once, however often it is told",
        "realtime.calls:ToolCalls.accept",
        _accept_again,
        (f"{_TOOLS}::test_a_call_is_made_once_however_often_it_is_told",),
    ),
    Guard(
        "a tool that was called is not called again by the next session",
        "realtime.calls:ToolCalls.forget",
        _forget_silently,
        (
            "tests/realtime/test_reconnection.py::test_a_tool_that_was_called_is_not_called_again_by_the_next_session",
        ),
    ),
    Guard(
        "a tool that takes too long is given up",
        "realtime.steering:on_due",
        _wait_for_any_tool,
        (f"{_TOOLS}::test_a_tool_that_takes_too_long_is_given_up",),
    ),
    Guard(
        "a number that JSON cannot hold is cut",
        "realtime.wire:LARGEST_NUMBER",
        10**400,
        (f"{_EVENTS}::test_a_number_that_json_cannot_hold_is_cut",),
    ),
    Guard(
        "sound that is none is skipped",
        "realtime.wire:b64decode",
        _decode_anything,
        (f"{_EVENTS}::test_unknown_and_unreadable_events_are_ignored",),
    ),
    Guard(
        "a turn in which nobody speaks is given up",
        "realtime.turn_session:SILENCE_TIMEOUT",
        600.0,
        (f"{_TURN}::test_a_turn_in_which_nobody_speaks_is_given_up",),
    ),
    Guard(
        "a turn that does not end is given up",
        "realtime.turn_session:SPEECH_TIMEOUT",
        600.0,
        (f"{_TURN}::test_a_turn_that_does_not_end_is_given_up",),
    ),
    Guard(
        "words of a turn that never come are not waited for",
        "realtime.turn_session:TRANSCRIPT_TIMEOUT",
        600.0,
        (f"{_TURN}::test_words_that_never_come_are_not_waited_for",),
    ),
    Guard(
        "a conversation of turns is not kept for ever",
        "turns.turns:Turns._keep",
        nothing,
        ("tests/assist/test_turns.py::test_a_conversation_is_not_kept_for_ever",),
    ),
    Guard(
        "only a few conversations of turns are kept",
        "turns.turns:Turns._make_room",
        nothing,
        ("tests/assist/test_turns.py::test_only_a_few_conversations_are_kept",),
    ),
    Guard(
        "an answer that nobody reads is kept up to a bound",
        "realtime.feed:Feed.put",
        _put_always,
        (
            f"{_PARTS}::test_a_feed_keeps_so_many_pieces_and_drops_what_comes_after_them",
        ),
    ),
)
