"""Tests of the first page: what it shows, in which order, and that it is true."""

from collections.abc import Iterator
import importlib.util
import io
import json
from pathlib import Path
import re
import shlex
import subprocess
import tarfile
from types import ModuleType
from typing import Any, Final
from urllib.parse import quote

from homeassistant.components.assist_satellite import AssistSatelliteEntityFeature
from homeassistant.components.esphome.assist_satellite import EsphomeAssistSatellite
from homeassistant.components.recorder import CONFIG_SCHEMA as RECORDER_SCHEMA
from homeassistant.components.wyoming.assist_satellite import WyomingAssistSatellite
from homeassistant.core import HomeAssistant
from homeassistant.util.yaml import load_yaml_dict
import pytest

from custom_components.realtime_pumpkin.bus import WORDS
from custom_components.realtime_pumpkin.const import DOMAIN
from custom_components.realtime_pumpkin.links import (
    satellites,
    wyoming_microphone,
    wyoming_speaker,
)
from custom_components.realtime_pumpkin.links.browser import BrowserPort, BrowserTab
from custom_components.realtime_pumpkin.links.browser_speaker import BrowserSpeaker
from docs.events_reference import examples

from .documents import README, ROOT, blocks, headings, parse, read
from .test_docs_forms import all_fields, rows as form_rows
from .test_docs_troubleshooting import strings

PAGE: Final = read(README)
TRANSLATIONS: Final = ROOT / "custom_components" / DOMAIN / "translations"
TEXTS: Final[dict[str, Any]] = json.loads(read(TRANSLATIONS / "en.json"))
# Home Assistant's and HACS's own words.
FRONTEND: Final = {
    *("Settings", "Devices & services", "Add integration"),
    *("Custom repositories", "Integration", "Download"),
}
ORDER: Final = [
    *("Two commands", "What it does", "What you need", "Install", "Hardware"),
    *("A first pumpkin in ten minutes", "Blueprints", "Configuration", "Entities"),
    *("Events, triggers, conditions, actions", "The card", "What it costs"),
    *("Privacy", "Limits", "Troubleshooting", "Remove", "Develop", "License"),
]


def chapter(title: str) -> str:
    """Return the text below a heading, up to the next of its level."""
    _, _, rest = PAGE.partition(f"\n## {title}\n")
    assert rest, title
    return rest.partition("\n## ")[0]


def table(title: str) -> list[list[str]]:
    """Return the cells of a chapter's table, row by row, without its head."""
    lines = [line for line in chapter(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def program(path: str) -> ModuleType:
    """Return a script as a module."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_chapters_come_in_the_order_in_which_they_are_needed() -> None:
    """What it is, how to get it, how to use it, what it costs, how to leave it."""
    assert [words for level, words in headings(PAGE) if level == 2] == ORDER


def test_the_page_is_no_wall() -> None:
    """It can be read in one go; the rest is in docs/."""
    assert len(PAGE.splitlines()) <= 350
    what_it_does = chapter("What it does").partition("<!-- results -->")[0]
    bullets = re.findall(r"^- ", what_it_does, re.MULTILINE)
    assert len(bullets) <= 6
    badges = re.findall(r"^\[!\[", PAGE.partition("\n## ")[0], re.MULTILINE)
    assert len(badges) <= 7


def test_its_pictures_are_seen_in_hacs() -> None:
    """HACS has no files beside the page: every picture has a whole address."""
    pictures = [
        str(token.attrs["src"]) for token in parse(PAGE) if token.type == "image"
    ]
    pictures += re.findall(r'<img src="([^"]+)"', PAGE)
    assert len(pictures) > 10
    assert [each for each in pictures if not each.startswith("https://")] == []


def bold_within_text() -> Iterator[str]:
    """Yield what is bold in the page, but not at the beginning of a line or cell."""
    for token in parse(PAGE):
        children = token.children or []
        for place, child in enumerate(children):
            before = any(each.content for each in children[:place])
            if child.type == "strong_open" and before:
                yield children[place + 1].content


def test_what_is_bold_is_a_label() -> None:
    """Users find the fields, switches and buttons that the page names."""
    own = {"Rehearsal", "who it is", "where it listens and speaks"}
    bold = set(bold_within_text())
    assert len(bold) > 15
    assert bold - FRONTEND - set(strings(TEXTS)) == own


def test_what_is_computed_is_up_to_date() -> None:
    """`script/readme.py` would write the page as it is.

    What was measured may be left out, until somebody lets the script fill it in.
    """
    readme = program("script/readme.py")
    assert PAGE in (readme.filled(PAGE), readme.filled(PAGE, results=""))


def test_a_visit_costs_what_its_tokens_cost() -> None:
    """One answer of ten seconds to five seconds of speech, by hand."""
    readme = program("script/readme.py")
    visit = readme.Visit(answers=2, answer_s=10, turns=1, turn_s=5)
    told = readme.instructions_tokens()
    words = 2 * 35 * 2.4 + (2 * told + 35) * 0.6
    sound = 2 * 200 * 20 + (200 + 50) * 10
    cost = visit.cost("gpt-realtime-2.1-mini", is_cached=False)
    assert cost == pytest.approx((words + sound) / 1e6)


def test_the_floor_is_that_of_hacs() -> None:
    """The page, HACS and the blueprints ask for the same Home Assistant."""
    floor = json.loads((ROOT / "hacs.json").read_text())["homeassistant"]
    assert f"- Home Assistant {floor.removesuffix('.0')} or newer." in PAGE


def test_the_command_by_hand_unpacks_the_integration(tmp_path: Path) -> None:
    """Run on what GitHub would send, it leaves the integration and nothing else."""
    command = re.search(r"^  \| (tar .*)$", PAGE, re.MULTILINE)
    assert command is not None
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as sent:
        for part in (f"custom_components/{DOMAIN}", "docs/brand", "README.md"):
            sent.add(ROOT / part, f"realtime-pumpkin-main/{part}")
    (tmp_path / "custom_components").mkdir()
    subprocess.run(
        shlex.split(command[1]), cwd=tmp_path, input=archive.getvalue(), check=True
    )
    assert {path.name for path in (tmp_path / "custom_components").iterdir()} == {
        DOMAIN
    }
    assert (tmp_path / "custom_components" / DOMAIN / "manifest.json").exists()


def test_every_blueprint_has_its_button() -> None:
    """A row with its name and the link that imports it."""
    shown = {row[0]: row[2] for row in table("Blueprints")}
    paths = sorted((ROOT / "blueprints").rglob("*.yaml"))
    made = [load_yaml_dict(str(path))["blueprint"] for path in paths]
    assert shown.keys() == {
        each["name"].removeprefix("Realtime Pumpkin - ") for each in made
    }
    for each in made:
        name = each["name"].removeprefix("Realtime Pumpkin - ")
        address = quote(str(each["source_url"]), safe="")
        assert shown[name].endswith(f"?blueprint_url={address})")


def test_the_defaults_of_the_table_are_those_of_the_forms() -> None:
    """The figures that are named of what nobody changed."""
    defaults = {name: default for name, default, *_ in all_fields()}
    cells = {row[0]: row[2] for row in table("Configuration")}
    silence, longest = defaults["silence_duration_ms"], defaults["max_duration_s"]
    daily = form_rows()["daily_budget_usd"][1]
    assert cells["**Turn taking**"].endswith(f"; {silence} ms")
    assert cells["**Limits and budget**"] == f"{longest} s, and {daily} a day"
    assert f"a **Daily budget** of {daily} is set" in PAGE


def test_the_sections_of_the_table_are_those_of_the_form() -> None:
    """All of them but the speaker's volume, which is on its device as well."""
    sections = TEXTS["config_subentries"]["voice"]["step"]["manners"]["sections"]
    named = re.findall(r"\*\*(.+?)\*\*", " ".join(r[0] for r in table("Configuration")))
    assert {each["name"] for each in sections.values()} - {"Sound"} == set(named)


def test_the_recorder_is_told_of_every_event_with_words() -> None:
    """What the page excludes is what says what was said."""
    [excluded] = [block["recorder"] for block in blocks(README) if "recorder" in block]
    with_words = {
        f"{DOMAIN}_{name}"
        for name, fields in examples().items()
        if fields.keys() & WORDS
    }
    assert set(excluded["exclude"]["event_types"]) == with_words


def test_the_recorder_keeps_events_for_ten_days_by_itself() -> None:
    """As long as Home Assistant says."""
    assert RECORDER_SCHEMA({"recorder": {}})["recorder"]["purge_keep_days"] == 10


def test_the_notice_for_the_door_is_one_page_in_every_language() -> None:
    """With the drawing as it is now, all words in each language, and linked."""
    notice = program("docs/door-notice/render.py")
    page, words = read(notice.PAGE), notice.words()
    assert notice.drawn(page) == page
    assert words.keys() == {path.stem for path in TRANSLATIONS.glob("*.json")}
    shown = {each.split(".")[0] for each in re.findall(r'data-says="([\w.]+)"', page)}
    for language, said in words.items():
        assert said.keys() == {*shown, "language"}
        printed = (notice.PAGE.parent / f"{language}.pdf").read_bytes()
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
        assert f"(docs/door-notice/{language}.pdf)" in chapter("Privacy")


@pytest.fixture(name="hardware")
def hardware_fixture() -> dict[str, list[str]]:
    """Return what the page says of each device, by a word that names it."""
    words = ("Voice Preview", "linux-voice", "wyoming-satellite", "keeps", "phone or")
    found = {}
    for word in (*words, "Assist dialog"):
        [row] = [row for row in table("Hardware") if word in row[0]]
        found[word] = [cell.split(",")[0].split()[0] for cell in row[1:]]
    assert len(found) == len(table("Hardware"))
    return found


def test_the_table_of_hardware_agrees_with_the_page_of_the_devices(
    hardware: dict[str, list[str]],
) -> None:
    """What can be started and what can be interrupted is the same on both."""
    lines = read(ROOT / "docs/devices.md").partition("## Speakers")[0].splitlines()
    pairs = {
        "Voice Preview": "A satellite with ESPHome",
        "linux-voice": "[linux-voice-assistant]",
        "wyoming-satellite": "A Wyoming satellite, connected directly",
        "keeps": "A Wyoming satellite, shared",
        "phone or": "A browser's tab",
        "Assist dialog": "The Assist dialog",
    }
    for word, begins in pairs.items():
        [line] = [line for line in lines if line.startswith(f"| {begins}")]
        _, starts, interrupts, _ = [cell.strip() for cell in line.strip("|").split("|")]
        assert hardware[word][0] == starts.split()[0].rstrip(","), word
        assert (hardware[word][1] == "no") == interrupts.startswith("no"), word


async def test_the_table_of_hardware_says_what_the_links_know(
    hass: HomeAssistant, hardware: dict[str, list[str]]
) -> None:
    """Who may be started is what each link can; none but a browser is believed."""
    wyoming = wyoming_microphone.CAPABILITIES, wyoming_speaker.CAPABILITIES
    assert all(each.remote_start for each in wyoming)
    assert hardware["wyoming-satellite"][0] == "yes"
    satellite = satellites.capabilities(hass, "assist_satellite.any")
    assert not any(each.echo_cancelled for each in (*wyoming, satellite))
    assert {hardware[word][2] for word in ("wyoming-satellite", "keeps")} == {"the"}
    port = BrowserPort("P", lambda: None)
    port.attach(BrowserTab("tab", "Ada", echo_cancelled=True, send=lambda _: None))
    speaker = BrowserSpeaker(port, clock=hass.loop.time)
    assert speaker.capabilities.echo_cancelled
    assert hardware["phone or"] == ["yes", "yes", "the"]


def test_who_waits_for_a_wake_word_cannot_be_started_by_home_assistant(
    hardware: dict[str, list[str]],
) -> None:
    """What Home Assistant's own satellites say of themselves."""
    can_start = AssistSatelliteEntityFeature.START_CONVERSATION
    wyoming = WyomingAssistSatellite.__new__(WyomingAssistSatellite)
    assert wyoming.supported_features
    assert not wyoming.supported_features & can_start
    assert hardware["keeps"][0] == "no"
    assert hasattr(EsphomeAssistSatellite, "async_start_conversation")
    assert hardware["Voice Preview"][0] == hardware["linux-voice"][0] == "yes"


def test_its_links_are_followed_in_hacs() -> None:
    """HACS makes a link to a file whole only where its line has no whole address."""
    relative = re.compile(r"\]\((?!https?:|#)[^)]+\)")
    mixed = [
        line for line in PAGE.splitlines() if relative.search(line) and "://" in line
    ]
    assert mixed == []


def test_the_picture_is_of_a_visit_as_its_caption_says() -> None:
    """Its figures are in the report beside it, every check of which held."""
    report = json.loads(read(ROOT / "docs/images/overview.json"))
    assert report["ok"]
    assert all(check["ok"] for check in report["checks"])
    rig = {key: report["rig"][key] for key in ("service", "satellite", "speaker")}
    assert rig == {"service": "local", "satellite": "wyoming", "speaker": "mpd"}
    assert (report["interruptions"], report["tool_calls"]) == (1, 1)
    assert report["finished_by"] == "finish_conversation"
