"""Tests of the lists of guards: each names what is there."""

from pathlib import Path

import pytest

from tests.mutants.guards import GUARDS
from tests.mutants.mutant import Guard

ROOT = Path(__file__).parents[2]


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
        function = rest.partition("[")[0]
        assert f"def {function}" in (ROOT / file).read_text(), test


def test_no_two_guards_have_a_name() -> None:
    """It is how one is asked for."""
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)
