"""Tests that imports point one way only, and that the reader of imports sees when not."""

from collections import Counter
from itertools import pairwise
from pathlib import Path
import re

import pytest

from .architecture import (
    FLOORS,
    WITHOUT_HOME_ASSISTANT,
    arrows_against,
    arrows_to,
    cycle,
    floor,
    homeless,
    read_modules,
    room,
    stated_order,
    wrong_arrows,
)

ROOT = Path(__file__).parents[1] / "custom_components" / "realtime_pumpkin"
PAGE = (ROOT.parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")


def build(root: Path, **sources: str) -> Path:
    """Write modules into a package folder; `__` in a name stands for a folder."""
    for name, source in sources.items():
        path = root / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        (path.parent / "__init__.py").touch()
    return root


def test_every_module_has_its_room() -> None:
    """A new module must be given a floor before it can be imported."""
    assert len(read_modules(ROOT)) > 1
    assert homeless(ROOT) == set()


def test_every_room_has_one_line_on_the_page_of_the_architecture() -> None:
    """None is left out or named twice, and none is named that is gone."""
    table = PAGE.partition("## Rooms")[2].partition("\n## ")[0]
    places = "".join(re.findall(r"^\| (`.*?) \|", table, re.MULTILINE))
    named = Counter(re.findall(r"`(\w+)(?:\.py|/)`", places))
    rooms = {room(module) for module in read_modules(ROOT)}
    assert named == Counter({*rooms, "www"})


def test_the_order_that_the_page_states_is_that_of_the_imports() -> None:
    """Read from the page itself, and from nothing else."""
    order = stated_order(PAGE)
    rooms = {room(module) for module in read_modules(ROOT)}
    assert len(order) >= 10
    assert all(names & rooms for names in order)
    assert arrows_against(ROOT, order) == []


def test_the_order_that_the_page_states_is_that_of_the_floors() -> None:
    """The page is the short form of what the tests know in full."""
    heights = [
        {at for name in names if (at := floor(name)) is not None}
        for names in stated_order(PAGE)
    ]
    assert all(heights)
    for lower, upper in pairwise(heights):
        assert max(lower) < min(upper)
    assert min(heights[0]) == 0
    assert max(heights[-1]) == len(FLOORS) - 1


def test_the_page_names_the_rooms_without_home_assistant() -> None:
    """`const` is too small to be worth saying it."""
    [said] = re.findall(r"([^.\n]*) import nothing of Home Assistant", PAGE)
    assert set(re.findall(r"`(\w+)/`", said)) == WITHOUT_HOME_ASSISTANT - {"const"}


def test_every_module_that_the_page_names_is_there() -> None:
    """A file that moved is found by whoever reads the page."""
    modules = {path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py")}
    names = modules | {Path(name).name for name in modules}
    missing = [
        name
        for name in re.findall(r"`([\w/]+\.py)`", PAGE)
        if name not in names and not (ROOT.parents[1] / name).exists()
    ]
    assert missing == []


def test_an_arrow_against_the_stated_order_is_seen(tmp_path: Path) -> None:
    """The reader of the page does not let everything pass."""
    root = build(tmp_path, audio="from .links import wire", links__wire="")
    right = stated_order("`audio, links ← platforms`: so")
    assert right[0] == {"audio", "links"}
    assert "sensor" in right[1]
    assert len(arrows_against(root, stated_order("`audio ← links`: so"))) == 1
    assert arrows_against(root, stated_order("`links ← audio`: so")) == []


def test_imports_point_only_to_lower_floors() -> None:
    """No room knows what is built upon it."""
    assert wrong_arrows(ROOT) == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Modules can be read in an order."""
    assert cycle(ROOT) == []


def test_the_cores_know_nothing_of_home_assistant() -> None:
    """Conversation, audio and rehearsal work without Home Assistant."""
    assert arrows_to(ROOT, "homeassistant", WITHOUT_HOME_ASSISTANT) == []


@pytest.mark.parametrize("package", ["demo", "tests"])
def test_the_integration_runs_without_demo_and_tests(package: str) -> None:
    """What is installed does not import what is not."""
    assert arrows_to(ROOT, package) == []


@pytest.mark.parametrize(
    "source",
    [
        "from ..coordinator import VoiceCoordinator",
        "from .. import coordinator",
        "from custom_components.realtime_pumpkin.coordinator import VoiceCoordinator",
        "import custom_components.realtime_pumpkin.coordinator",
        "def late():\n    from ..coordinator import VoiceCoordinator",
    ],
)
def test_an_import_that_points_up_is_seen(tmp_path: Path, source: str) -> None:
    """However it is written, an arrow to a higher floor is a wrong arrow."""
    root = build(tmp_path, coordinator="", links__wyoming=source)
    package = "custom_components.realtime_pumpkin"
    assert wrong_arrows(root) == [f"{package}.links.wyoming -> {package}.coordinator"]


def test_an_import_between_neighbours_is_seen(tmp_path: Path) -> None:
    """Rooms on one floor do not know each other."""
    root = build(tmp_path, prompt="", tools="from .prompt import render")
    assert len(wrong_arrows(root)) == 1


def test_an_import_past_what_a_room_may_know_is_seen(tmp_path: Path) -> None:
    """The rehearsal server does not learn from the client it tests."""
    root = build(
        tmp_path, realtime__events="", rehearsal__core="from ..realtime import events"
    )
    assert len(wrong_arrows(root)) == 1


def test_imports_that_point_down_or_stay_in_the_room_are_right(tmp_path: Path) -> None:
    """The reader does not cry over what is allowed."""
    root = build(
        tmp_path,
        const="",
        audio__pcm="",
        links__errors="from ..const import DOMAIN",
        links__wyoming="from ..audio import pcm\nfrom .errors import LinkError",
    )
    assert wrong_arrows(root) == []


def test_a_circle_is_seen(tmp_path: Path) -> None:
    """Two modules of one room that need each other are a circle."""
    root = build(tmp_path, audio__a="from .b import x", audio__b="from . import a")
    assert len(set(cycle(root))) == 2


def test_a_room_without_a_floor_is_seen(tmp_path: Path) -> None:
    """A drawer called `util` has no place."""
    assert homeless(build(tmp_path, util="")) == {"util"}


def test_home_assistant_in_a_core_is_seen(tmp_path: Path) -> None:
    """A core that imports Home Assistant is found out."""
    source = "from homeassistant.core import HomeAssistant"
    root = build(tmp_path, realtime__session=source)
    assert len(arrows_to(root, "homeassistant", WITHOUT_HOME_ASSISTANT)) == 1
