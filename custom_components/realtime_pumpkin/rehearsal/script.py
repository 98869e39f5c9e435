"""Strict scripts: a server that expects exact client events and emits exact ones."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .client_events import parse_frame
from .ids import IdSource
from .journal import Journal
from .outputs import Close, Cut, Input, JsonObject, Output, Send

type Facts = dict[str, Any]
"""What a script remembers of client events, by name."""


class ScriptError(AssertionError):
    """The client did something else than the script expects."""


@dataclass(frozen=True, slots=True)
class Expect:
    """Wait for a client event of a type.

    `where` must be contained in the event (objects key by key); `remember` maps
    names to dotted paths whose values later steps may use.
    """

    type: str
    where: Mapping[str, Any] = field(default_factory=dict)
    remember: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Emit:
    """Send an event, or what a function makes of the remembered facts."""

    event: JsonObject | Callable[[Facts], JsonObject]


@dataclass(frozen=True, slots=True)
class After:
    """Let time pass before the next step."""

    seconds: float


@dataclass(frozen=True, slots=True)
class End:
    """Close with a code, or drop the connection when there is none."""

    code: int | None = 1000
    reason: str = ""


type Step = Expect | Emit | After | End


class Script:
    """A whole connection that follows steps, with the face of a `ServerSession`.

    Unexpected client events raise `ScriptError` and stay in `errors`;
    `assert_finished` raises when steps are left over. Event types in `ignore`
    (by default the microphone's) may come at any time.
    """

    def __init__(
        self,
        steps: Iterable[Step],
        *,
        ignore: frozenset[str] = frozenset({"input_audio_buffer.append"}),
        ids: IdSource | None = None,
    ) -> None:
        """Prepare the steps."""
        self._steps = deque(steps)
        self._ignore = ignore
        self._ids = ids or IdSource(0)
        self._facts: Facts = {}
        self._due: float | None = None
        self.journal = Journal()
        self.errors: list[ScriptError] = []

    @property
    def next_wake(self) -> float | None:
        """Return when the script goes on by itself."""
        return self._due

    def open(self, now: float, *, unix_time: float | None = None) -> list[Output]:
        """Play the steps up to the first one that waits."""
        return self._play(now)

    def feed(self, event: Input, now: float) -> list[Output]:
        """Match a client event against the script; raises `ScriptError`."""
        if not isinstance(event, dict | str | bytes):
            return []
        received = parse_frame(event)
        self.journal.note_event(now, received)
        if received.get("type") in self._ignore:
            return []
        if self._due is not None or not self._steps:
            raise self._error(f"Unexpected while nothing is expected: {received}")
        step = self._steps.popleft()
        if not isinstance(step, Expect) or not _matches(step, received):
            raise self._error(f"Expected {step}, but got {received}")
        self._facts |= {
            name: _at(received, path) for name, path in step.remember.items()
        }
        return self._play(now)

    def wake(self, now: float) -> list[Output]:
        """Go on when a pause is over."""
        if self._due is None or now < self._due:
            return []
        self._due = None
        return self._play(now)

    def assert_finished(self) -> None:
        """Raise unless every step was played and nothing unexpected came."""
        if self.errors:
            raise self.errors[0]
        if self._steps:
            raise ScriptError(f"Never happened: {list(self._steps)}")

    def _play(self, now: float) -> list[Output]:
        """Play steps until one waits for the client or for time."""
        outputs: list[Output] = []
        while self._steps and not isinstance(self._steps[0], Expect):
            match self._steps.popleft():
                case After(seconds):
                    self._due = now + seconds
                    break
                case Emit(event):
                    made = event(self._facts) if callable(event) else event
                    event_id = {"event_id": self._ids.make("event")}
                    outputs.append(Send(event_id | made))
                case End(None):
                    outputs.append(Cut())
                case End(int() as code, reason):
                    outputs.append(Close(code, reason))
        self.journal.note_outputs(now, outputs)
        return outputs

    def _error(self, message: str) -> ScriptError:
        """Keep and return an error."""
        error = ScriptError(message)
        self.errors.append(error)
        return error


def _matches(step: Expect, received: JsonObject) -> bool:
    """Tell whether an event is the expected one."""
    return received.get("type") == step.type and _contains(received, step.where)


def _contains(whole: Any, part: Any) -> bool:
    """Tell whether a JSON value holds another, objects key by key."""
    if isinstance(part, Mapping):
        return isinstance(whole, Mapping) and all(
            key in whole and _contains(whole[key], each) for key, each in part.items()
        )
    return bool(whole == part)


def _at(value: Any, path: str) -> Any:
    """Return the value at a dotted path."""
    for key in path.split("."):
        value = value[int(key)] if isinstance(value, list) else value[key]
    return value
