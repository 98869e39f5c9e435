"""What is fuzzed, and which share of a long run each surface gets."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Surface:
    """One place where something comes in from outside."""

    name: str
    target: str
    """The module and the function of bytes, or the test that is run."""

    inputs: int
    """How many inputs a long run tries."""

    short: int

    is_guided: bool = False
    """By coverage, where atheris is installed."""


SURFACES: Final = (
    Surface("frames", "frames:fuzz_frames", 50_000, 1500, is_guided=True),
    Surface(
        "conversation", "conversation:fuzz_conversation", 50_000, 800, is_guided=True
    ),
    Surface("flood", "conversation:fuzz_flood", 1000, 30),
    Surface("shell", "shell:fuzz_shell", 8000, 200),
    Surface("turns", "turns:fuzz_turns", 8000, 200),
    Surface("server", "server:fuzz_server", 8000, 120),
    Surface("wyoming", "wyoming:fuzz_wire", 10_000, 300),
    Surface("satellite", "wyoming:fuzz_satellite", 1000, 40),
    Surface("persona", "persona:fuzz_persona", 5000, 150),
    Surface("action", "action:fuzz_action", 20_000, 1000),
    Surface(
        "view", "test_web.py::test_no_request_gets_anything_but_a_refusal", 3000, 200
    ),
    Surface("commands", "test_web.py::test_no_command_of_anybody_raises", 3000, 150),
    Surface(
        "stored", "test_stored.py::test_nothing_that_is_stored_stops_the_rest", 4000, 40
    ),
    Surface("flows", "test_flows.py::test_no_answer_in_a_form_raises", 6000, 60),
)
