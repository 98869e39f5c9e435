"""Tests of the lists of guards: each names what is there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.backpressure.queues import QUEUES
from tests.mutants.guards import GUARDS
from tests.mutants.mutant import Guard
from tests.mutants.queues import BOUNDS
from tests.security.test_page import LINK, rows

ROOT: Final = Path(__file__).parents[2]
NOTHING_TO_SWITCH_OFF: Final = {
    "test_dependencies.py": "what is installed is not made of our modules",
    "test_audit.py": "it tests a script beside the integration",
    "test_every_command_has_its_row": "it is a test of tests",
    "test_the_card_makes_markup_of_nothing_that_is_said": "the card is no Python",
}
"""Tests of docs/security.md that stand for no guard of this kind, and why."""


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_can_be_switched_off_and_on_again(guard: Guard) -> None:
    """Its target is there, and is something else without it."""
    owner, name = guard.find()
    before = vars(owner)[name]
    switch_on = guard.switch_off()
    assert vars(owner)[name] is guard.instead
    switch_on()
    assert vars(owner)[name] is before
    assert guard.instead != before


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_a_guard_names_tests_that_are_there(guard: Guard) -> None:
    """A file, and the function in it."""
    assert guard.tests
    for test in guard.tests:
        file, _, rest = test.partition("::")
        function = rest.rpartition("::")[2].partition("[")[0]
        assert f"def {function}" in (ROOT / file).read_text(), test


def test_no_two_guards_have_a_name() -> None:
    """It is how one is asked for."""
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)


def test_each_queue_has_a_bound_that_can_be_taken_away() -> None:
    """Those that docs/reliability.md promises to be bounded."""
    assert BOUNDS.keys() == QUEUES.keys()


def named_by_the_page() -> Iterator[tuple[str, str]]:
    """Yield the tests that docs/security.md names: a name, and its file."""
    for _, _, tests in rows("The guards"):
        yield from LINK.findall(tests)


@pytest.mark.parametrize(("name", "file"), sorted(set(named_by_the_page())))
def test_each_guard_of_the_page_on_security_can_be_switched_off(
    name: str, file: str
) -> None:
    """The test that it names there is one that notices here."""
    noticing = {test.partition("[")[0] for guard in GUARDS for test in guard.tests}
    of_a_file = {test.partition("::")[0] for test in noticing}
    is_noticing = (
        file in of_a_file
        if name.endswith(".py")
        else (f"{file}::{name}" in noticing or file in noticing)
    )
    assert is_noticing != (name in NOTHING_TO_SWITCH_OFF)
