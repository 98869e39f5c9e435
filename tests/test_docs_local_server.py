"""Tests that the local server's page tells of what its command line takes."""

from argparse import Action
import math
import re
from typing import Final

import pytest

from custom_components.realtime_pumpkin.rehearsal.faults import FaultKind, parse_fault
from demo.realtime_server.settings import command_line

from .documents import ROOT, read

PAGE: Final = read(ROOT / "docs" / "local-server.md")
OPTIONS: Final = [action for action in command_line()._actions if action.dest != "help"]
FAULTS: Final = re.findall(
    r"^\| `([^`]+)` \|", PAGE.partition("## Rehearse")[2], re.MULTILINE
)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.dest)
def test_an_option_is_on_the_page(option: Action) -> None:
    """Whoever reads the page need not ask for `--help`."""
    assert re.search(rf"`[^`]*{option.option_strings[0]}\b", PAGE)


def test_the_page_names_no_option_that_is_unknown() -> None:
    """Such as one that was renamed."""
    known = {flag for option in OPTIONS for flag in option.option_strings}
    assert set(re.findall(r"--[a-z][a-z-]+", PAGE)) <= known


@pytest.mark.parametrize(
    ("flag", "default"),
    re.findall(r"^\| `(--[a-z-]+)` \| ([\w.]+) \|", PAGE, re.MULTILINE),
)
def test_a_default_of_the_page_is_the_options(flag: str, default: str) -> None:
    """A number, a choice, or nothing."""
    [option] = [each for each in OPTIONS if flag in each.option_strings]
    match option.default:
        case bool() | None | []:
            assert default in {"off", "none", "all"}
        case int() | float() as number:
            assert math.isclose(float(default), number)
        case choice:
            assert default == choice


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_of_fault_has_an_example_that_can_be_asked_for(
    kind: FaultKind,
) -> None:
    """As it is written on the page."""
    assert kind in {parse_fault(written).kind for written in FAULTS}
