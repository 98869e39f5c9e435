"""The visitor knows only what is heard, and waits as people do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
from pathlib import Path

import pytest

from demo.porch.ears import Ears, Heard
from demo.porch.soundcard import PERIOD_MS
from demo.porch.visitor import NobodyAnsweredError, hear_out, visit
from demo.rig.processes import RigError
from demo.visit import Line, Visit, VisitError, Visitor, load, names

CHILD = Visitor("Child", "awb")


def script(*texts: str, answer_within_s: float = 5) -> Visit:
    """Return a visit with lines that wait for half a second of silence."""
    lines = tuple(Line(text, after_quiet_ms=500) for text in texts)
    return Visit("A visit", CHILD, lines, "finish_conversation", answer_within_s)


class Door:
    """A sound card in the hand of the test; time passes when it says so."""

    def __init__(self) -> None:
        """Begin a silent night."""
        self.said: list[str] = []
        self.ms = 0
        self.told = asyncio.StreamReader()
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    def write(self, data: bytes) -> None:
        """Take what the visitor tells the sound card."""
        self._lines.put_nowait(json.loads(data)["say"])

    def close(self) -> None:
        """Let the visitor go."""

    def passes(self, ms: int, *, speaker: int = 0) -> None:
        """Let time pass while the speaker sounds at a level."""
        for _ in range(ms // PERIOD_MS):
            self._tell(speaker=speaker, line_ended=False)

    async def hear_line(self) -> str:
        """Wait for a line and let it end."""
        name = await self._lines.get()
        self.said.append(name)
        self._tell(speaker=0, line_ended=True)
        return name

    def _tell(self, *, speaker: int, line_ended: bool) -> None:
        """Tell the visitor of 10 ms."""
        level = {"ms": self.ms, "speaker": speaker, "line_ended": line_ended}
        self.told.feed_data(json.dumps(level).encode() + b"\n")
        self.ms += PERIOD_MS


@asynccontextmanager
async def at_the_door() -> AsyncIterator[tuple[Door, Ears]]:
    """Bring a visitor to a door."""
    door = Door()
    async with Ears(door.told, door) as ears:  # type: ignore[arg-type]
        yield door, ears


async def test_the_visitor_speaks_when_the_pumpkin_has_been_quiet_long_enough() -> None:
    """Not a period earlier."""
    async with at_the_door() as (door, ears):
        waiting = asyncio.create_task(hear_out(ears, 0, 5, 500))
        door.passes(300)
        door.passes(1000, speaker=5000)
        door.passes(490)
        await _heard(ears, door.ms)
        assert not waiting.done()
        door.passes(10)
        await waiting


async def test_a_pause_for_breath_does_not_make_the_visitor_speak() -> None:
    """The silence is counted anew after each sound."""
    async with at_the_door() as (door, ears):
        waiting = asyncio.create_task(hear_out(ears, 0, 5, 500))
        door.passes(100, speaker=5000)
        door.passes(400)
        door.passes(100, speaker=5000)
        door.passes(490)
        await _heard(ears, door.ms)
        assert not waiting.done()
        door.passes(10)
        await waiting


async def test_a_whisper_below_the_threshold_is_silence() -> None:
    """What a person cannot hear is no answer."""
    async with at_the_door() as (door, ears):
        waiting = asyncio.create_task(hear_out(ears, 0, 0.05, 500))
        door.passes(1000, speaker=100)
        with pytest.raises(NobodyAnsweredError):
            await waiting


async def test_every_line_is_said_after_an_answer_of_its_own() -> None:
    """The answer to the first line is heard out before the second is said."""
    async with at_the_door() as (door, ears):
        begun: list[tuple[str, int]] = []
        ended: list[int] = []
        files = [Path("one.pcm"), Path("two.pcm")]
        visiting = asyncio.create_task(
            visit(
                ears,
                script("One", "Two"),
                files,
                0,
                lambda line, quiet_ms: begun.append((line.text, quiet_ms)),
                ended.append,
            )
        )
        door.passes(1000, speaker=5000)
        door.passes(500)
        assert await door.hear_line() == "one.pcm"
        door.passes(600)
        door.passes(1000, speaker=5000)
        door.passes(500)
        assert await door.hear_line() == "two.pcm"
        await visiting
        assert begun == [("One", 500), ("Two", 500)]
        assert ended == [1510, 3620]


async def test_a_line_that_interrupts_is_said_into_the_answer() -> None:
    """As long after the answer's first sound as the script says, not earlier."""
    async with at_the_door() as (door, ears):
        begun: list[str] = []
        lines = (Line("Stop!", interrupts_after_ms=300),)
        visiting = asyncio.create_task(
            visit(
                ears,
                Visit("A visit", CHILD, lines, "finish_conversation", 5),
                [Path("stop.pcm")],
                0,
                lambda line, _: begun.append(line.text),
                lambda _: None,
            )
        )
        door.passes(1000)
        door.passes(290, speaker=5000)
        await _heard(ears, door.ms)
        assert begun == []
        door.passes(10, speaker=5000)
        assert await door.hear_line() == "stop.pcm"
        await visiting


async def test_a_visitor_who_is_not_answered_gives_up() -> None:
    """Only what is said after the line is an answer."""
    async with at_the_door() as (door, ears):
        visiting = asyncio.create_task(
            visit(
                ears,
                script("One", "Two", answer_within_s=0.1),
                [Path("one.pcm"), Path("two.pcm")],
                0,
                lambda *_: None,
                lambda _: None,
            )
        )
        door.passes(1000, speaker=5000)
        door.passes(500)
        await door.hear_line()
        with pytest.raises(NobodyAnsweredError):
            await visiting
        assert door.said == ["one.pcm"]


async def _heard(ears: Ears, ms: int) -> None:
    """Wait until the visitor has heard all that was told."""
    async with asyncio.timeout(5):
        while ears.heard.now_ms < ms:  # noqa: ASYNC110 - nobody tells the test
            await asyncio.sleep(0)
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_sound_card_that_ends_is_told() -> None:
    """Nobody waits for a silence that cannot come."""
    async with at_the_door() as (door, ears):
        door.passes(100, speaker=5000)
        door.told.feed_eof()
        with pytest.raises(RigError):
            await hear_out(ears, 0, 5, 500)


def test_a_sound_after_a_pause_is_a_new_one() -> None:
    """A sound within the pause goes on."""
    heard = Heard()
    for ms, peak in ((0, 5000), (500, 5000), (1300, 5000)):
        heard.hear(ms, peak, line_ended=False, pause_ms=700)
    assert heard.sound_started_ms == 1300
    assert heard.last_sound_ms == 1310


@pytest.mark.parametrize("name", names())
def test_every_visit_in_the_folder_can_be_loaded(name: str) -> None:
    """Each has lines and a way in which it ends."""
    loaded = load(name)
    assert loaded.lines
    assert loaded.finished_by
    assert all(line.text for line in loaded.lines)


@pytest.mark.parametrize("times", [{}, {"after_quiet_ms": 1, "interrupts_after_ms": 1}])
def test_a_line_has_one_time(times: dict[str, int]) -> None:
    """Neither none nor two."""
    with pytest.raises(VisitError):
        Line("When?", **times)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"title": "x", "lines": []},
        {"title": "x", "lines": [{"txt": "y"}], "visitor": {"name": "a", "voice": "b"}},
    ],
)
def test_a_visit_that_lacks_something_is_refused(data: dict[str, object]) -> None:
    """A slip in a file is told, not played."""
    with pytest.raises(VisitError):
        Visit.from_data(data)
