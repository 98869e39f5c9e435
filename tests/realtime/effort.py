"""What code costs, without a clock: what the interpreter does and how much it copies."""

from collections.abc import Callable
from dataclasses import dataclass
import sys
import tracemalloc
from types import CodeType
from typing import Any, Final

_TOOL: Final = 4
"""A number that neither coverage (1) nor a profiler (2) takes."""

_EVENTS: Final = sys.monitoring.events
_OURS: Final = ("/realtime_pumpkin/", "/tests/realtime/")
_THEIRS: Final = ("/asyncio/", "/websockets/", "/openai/")
"""Where code is counted; whatever else watches a test is not."""


@dataclass(slots=True)
class Effort:
    """What was done, since it was made."""

    instructions: int = 0
    """Bytecode instructions: the same in every run of the same Python."""

    calls: int = 0
    """Calls that our own code makes, of functions written in Python or in C."""


class Counter:
    """Count what is done while the context lasts, or from its start to its stop."""

    def __init__(self) -> None:
        """Have counted nothing."""
        self.effort = Effort()

    def __enter__(self) -> Effort:
        """Count from now on."""
        self.start()
        return self.effort

    def __exit__(self, *_: object) -> None:
        """Count no more."""
        self.stop()

    def start(self) -> None:
        """Count from now on."""
        monitoring = sys.monitoring
        monitoring.use_tool_id(_TOOL, "effort")
        monitoring.register_callback(_TOOL, _EVENTS.INSTRUCTION, self._on_instruction)
        monitoring.register_callback(_TOOL, _EVENTS.CALL, self._on_call)
        monitoring.set_events(_TOOL, _EVENTS.INSTRUCTION | _EVENTS.CALL)

    def stop(self) -> None:
        """Count no more."""
        sys.monitoring.set_events(_TOOL, 0)
        sys.monitoring.free_tool_id(_TOOL)

    def _on_instruction(self, code: CodeType, _offset: int) -> object:
        """Count an instruction."""
        if not _is_of(code, _OURS + _THEIRS):
            return sys.monitoring.DISABLE
        self.effort.instructions += 1
        return None

    def _on_call(
        self, code: CodeType, _offset: int, _function: Any, _first: Any
    ) -> object:
        """Count a call."""
        if not _is_of(code, _OURS):
            return sys.monitoring.DISABLE
        self.effort.calls += 1
        return None


def _is_of(code: CodeType, places: tuple[str, ...]) -> bool:
    """Tell whether code is of one of these places, and not the counter itself."""
    path = code.co_filename
    return path != __file__ and any(place in path for place in places)


def allocated(work: Callable[[], object]) -> int:
    """Return how many bytes are held at once, at most, beyond what was held before."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        work()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - before
