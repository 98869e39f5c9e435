"""A conversation through a satellite that Home Assistant's `esphome` integration holds.

The ten minutes are played with `script/e2e --long -k ten_minutes`, beside nothing else.
"""

from pathlib import Path
from statistics import median
from typing import Any

import pytest

from custom_components.realtime_pumpkin.links.frames import FrameDecoder
from custom_components.realtime_pumpkin.links.satellite_stream import PIPELINE_FORMAT

from .conftest import Play, Scenario
from .esphome import STARTS, pauses

CHUNK = 1024
TAIL_S = 15.0
"""A goodbye is not listened to, and it is heard to its end."""


@pytest.fixture(scope="module")
def talk(play: Play) -> Scenario:
    """Play a visit of more than a minute."""
    return play("esphome-conversation")


@pytest.fixture(scope="module")
def starts(play: Play) -> Scenario:
    """Start some conversations."""
    return play("esphome-starts")


def _run(scenario: Scenario) -> dict[str, Any]:
    """Return the only run of the device's assistant."""
    [run] = scenario.facts["device"]["runs"]
    return dict(run)


def _sent(scenario: Scenario) -> bytes:
    """Return what the device sent, as frames of PCM s16le mono 24 kHz."""
    pcm = (scenario.folder / "kept/device.pcm").read_bytes()
    decoder = FrameDecoder()
    chunks = [pcm[at : at + CHUNK] for at in range(0, len(pcm), CHUNK)]
    return b"".join(
        frame for chunk in chunks for frame in decoder.push(PIPELINE_FORMAT, chunk)
    )


def _received(folder: Path) -> bytes:
    """Return what the service's only session heard: PCM s16le mono 24 kHz."""
    heard = [path.read_bytes() for path in (folder / "kept").glob("session-*.pcm")]
    [pcm] = [each for each in heard if each]
    return pcm


def _nothing_lost(scenario: Scenario, tail_s: float) -> None:
    """Compare every sample of the microphone from the first to the last heard."""
    sent, received = _sent(scenario), _received(scenario.folder)
    assert sent[: len(received)] == received
    assert (len(sent) - len(received)) / 48000 < tail_s


def test_the_visit_happens_as_it_must(talk: Scenario) -> None:
    """Every check of the report, with six turns."""
    report = talk.facts["report"]
    assert [check for check in report["checks"] if not check["ok"]] == []
    assert report["turns"] >= 3


def test_it_is_one_stage_of_more_than_a_minute(talk: Scenario) -> None:
    """The device was asked to listen once and streamed all the time."""
    run = _run(talk)
    assert run["stt_ended_at"] - run["first_audio_at"] > 60
    assert talk.facts["phase_while_talking"] == "streaming_microphone"


def test_its_own_assistant_is_chosen_again_while_it_talks(talk: Scenario) -> None:
    """And afterwards."""
    assert talk.facts["selected_while_talking"] == "preferred"
    assert talk.facts["selected_after"] == "preferred"


def test_the_device_rests_and_has_nothing_to_complain_about(talk: Scenario) -> None:
    """The run ended without an error, and nothing came that it did not expect."""
    assert talk.facts["device"]["phase"] == "idle"
    assert talk.facts["device"]["complaints"] == []
    assert _run(talk)["events"][-4:] == [
        "STT_END",
        "INTENT_START",
        "INTENT_END",
        "RUN_END",
    ]


def test_no_sample_is_lost_or_out_of_order(talk: Scenario) -> None:
    """The service hears what the device sent, bit for bit."""
    _nothing_lost(talk, TAIL_S)


def test_the_microphone_opens_soon_after_the_call(starts: Scenario) -> None:
    """At most 150 ms beyond what the device itself takes.

    That is the clip that it plays and the chunk that it fills; fetching the clip
    counts as ours.
    """
    device = starts.facts["device"]
    runs, entries = device["runs"], device["entries"]
    clips = pauses(
        [entry for entry in entries if entry["detail"].get("kind", "") != "media"],
        "sound",
        "played",
    )
    chunks = [run["first_audio_at"] - run["answered_at"] for run in runs]
    totals = [
        run["first_audio_at"] - called
        for run, called in zip(runs, starts.facts["called"], strict=True)
    ]
    assert len(totals) == STARTS
    over = median(totals) - median(clips) - median(chunks)
    assert over < 0.150, (over, totals, clips, chunks)


def test_every_start_is_one_run_that_ends(starts: Scenario) -> None:
    """No conversation leaves the device listening."""
    device = starts.facts["device"]
    assert device["phase"] == "idle"
    assert device["complaints"] == []
    assert all(run["ended_at"] for run in device["runs"])


@pytest.mark.parametrize(
    "seconds", [pytest.param(60, id="a_minute"), pytest.param(600, id="ten_minutes")]
)
@pytest.mark.timeout(1200)
def test_nothing_is_lost_and_memory_does_not_grow(
    play: Play, request: pytest.FixtureRequest, seconds: int
) -> None:
    """Over one stage, the voice answering every few seconds."""
    if seconds > 60 and not request.config.getoption("--long"):
        pytest.skip("it takes ten minutes: script/e2e --long -k ten_minutes")
    scenario = play("esphome-minute" if seconds == 60 else "esphome-long")
    assert scenario.facts["phase_while_talking"] == "streaming_microphone"
    run = _run(scenario)
    assert run["stt_ended_at"] - run["first_audio_at"] > seconds * 0.98
    _nothing_lost(scenario, 2.0)
    spoken = [e for e in scenario.facts["device"]["entries"] if e["what"] == "played"]
    assert len(spoken) > seconds / 10
    memory = scenario.facts["resident_mb"]
    assert memory[-1] - memory[0] < 15, memory
