"""Faults that a connection asks for, to see how a client takes them.

A fault is written `kind[=value][@when]`; `when` is a time in seconds after the
connection began, or a server event's type, with `#n` for its n-th occurrence:
`cut@2.5`, `close=1011@response.output_audio.delta#3`, `unknown@session.updated`,
`missing=item_id@response.output_audio.delta`, `fail=insufficient_quota`.
"""

from dataclasses import dataclass
from enum import StrEnum
import re


class FaultKind(StrEnum):
    """What goes wrong."""

    CUT = "cut"
    """The TCP connection drops."""
    STALL = "stall"
    """The server falls silent and deaf."""
    CLOSE = "close"
    """The server closes; the value is the code (1011)."""
    ERROR = "error"
    """An `error` event comes out of nowhere; the value is its code."""
    UNKNOWN = "unknown"
    """An event of an unknown type comes after the named one."""
    MISSING = "missing"
    """The named event lacks the field of the value."""
    LATE_DELTA = "late_delta"
    """Audio of a response goes on after it was cancelled."""
    SLOW = "slow"
    """Audio comes at the value's multiple of real time (0.5)."""
    LATE_TRANSCRIPTION = "late_transcription"
    """Transcripts come so many ms after they are known (3000)."""
    FAIL = "fail"
    """Responses fail; the value is the code (rate_limit_exceeded)."""
    EXPIRE = "expire"
    """The session ends after so many seconds (5)."""
    REFUSE = "refuse"
    """The connection is refused; the value is invalid_api_key, invalid_model…"""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; it strikes at a time, or with the n-th event of a type."""

    kind: FaultKind
    value: str | None = None
    at_s: float | None = None
    event: str | None = None
    number: int | None = None


_FORM = re.compile(
    r"(?P<kind>[a-z_]+)(=(?P<value>[^@]+))?"
    r"(@((?P<at>\d+(\.\d+)?)|(?P<event>[a-z_.]+)(#(?P<number>\d+))?))?"
)


_NUMBERS: dict[FaultKind, tuple[str, float, float]] = {
    FaultKind.CLOSE: ("1011", 1000, 4999),
    FaultKind.SLOW: ("0.5", 0.01, 1000),
    FaultKind.LATE_TRANSCRIPTION: ("3000", 0, 3_600_000),
    FaultKind.EXPIRE: ("5", 0, 1_000_000),
}
"""Kinds whose value is a number: its default and its bounds."""


def parse_fault(text: str) -> Fault:
    """Read `kind[=value][@when]`; raises `ValueError` when it is none."""
    found = _FORM.fullmatch(text.strip())
    if found is None or found["kind"] not in set(FaultKind):
        known = ", ".join(FaultKind)
        raise ValueError(f"No fault: {text!r} (known kinds: {known})")
    kind = FaultKind(found["kind"])
    return Fault(
        kind,
        _value(kind, found["value"]),
        float(found["at"]) if found["at"] else None,
        found["event"],
        int(found["number"]) if found["number"] else None,
    )


def _value(kind: FaultKind, given: str | None) -> str | None:
    """Return a fault's value; raises `ValueError` when it is not a fit number."""
    if kind not in _NUMBERS:
        return given
    default, least, most = _NUMBERS[kind]
    value = given or default
    if not least <= float(value) <= most:
        raise ValueError(f"No value for {kind}: {value}")
    return value
