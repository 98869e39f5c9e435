"""The OpenAI Realtime server as a core without I/O.

One `ServerSession` is one connection. It reads no clock and no socket::

    session = ServerSession(model="gpt-realtime-2.1-mini", brain=brain)
    outputs = session.open(now)              # session.created
    outputs = session.feed(frame, now)       # str or dict: a client event;
                                             # bytes: a binary frame;
                                             # Heard, Spoken, Thought: answers
    outputs = session.wake(now)              # when session.next_wake has come

`now` is seconds (float) of any clock that does not go back. The outputs are to
be carried out in order: `Send` (one event), `SendText` (one encoded event),
`Close`, `Cut`, `Stall`, and the requests `Hear`, `Speak` and `Think`, which
only come where `ServerOptions` puts ears and voices outside, or there is no
brain. All audio inside is PCM s16le mono 24 kHz.

A `Brain` decides the answers: `plan(ResponseRequest) -> Plan` of `Say` and
`Call`, ending `Completed`, `Incomplete` or `Failed`. `ScriptedBrain` is one for
tests, `RuleBrain` one of patterns and replies. `Script` is a strict stand-in for a whole session: expect → emit steps.
A `Journal` given to a session keeps every event. `parse_fault` reads faults for
`ServerOptions.faults`. Identifiers and free choices follow `IdSource(seed)`.
"""

from .canned import CannedSession
from .faults import Fault, FaultKind, parse_fault
from .ids import IdSource
from .items import Item, Part
from .journal import Entry, Journal
from .options import ServerOptions, Source, TranscriptionOrder
from .outputs import (
    Close,
    Cut,
    Hear,
    Heard,
    Input,
    Output,
    Send,
    SendText,
    Speak,
    Spoken,
    Stall,
    Think,
    Thought,
)
from .plan import (
    Brain,
    Call,
    Completed,
    Ending,
    Failed,
    Incomplete,
    Plan,
    Reason,
    ResponseRequest,
    Say,
)
from .rules import Rule, RuleBrain, read_rules
from .script import After, Emit, End, Expect, Script, ScriptError
from .scripted import Reply, ScriptedBrain
from .session import ServerSession
from .vad import EnergyDetector, SpeechDetector

__all__ = [
    "After",
    "Brain",
    "Call",
    "CannedSession",
    "Close",
    "Completed",
    "Cut",
    "Emit",
    "End",
    "Ending",
    "EnergyDetector",
    "Entry",
    "Expect",
    "Failed",
    "Fault",
    "FaultKind",
    "Hear",
    "Heard",
    "IdSource",
    "Incomplete",
    "Input",
    "Item",
    "Journal",
    "Output",
    "Part",
    "Plan",
    "Reason",
    "Reply",
    "ResponseRequest",
    "Rule",
    "RuleBrain",
    "Say",
    "Script",
    "ScriptError",
    "ScriptedBrain",
    "Send",
    "SendText",
    "ServerOptions",
    "ServerSession",
    "Source",
    "Speak",
    "SpeechDetector",
    "Spoken",
    "Stall",
    "Think",
    "Thought",
    "TranscriptionOrder",
    "parse_fault",
    "read_rules",
]
