"""Play one visit on a stage that is set, and judge it."""

import asyncio
from collections.abc import AsyncIterator
import contextlib
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from .house import log as house_log, setup
from .house.events import EventLog
from .measure import conversation, events as house_events, report as judging
from .measure.recording import write_recording
from .measure.report import Check, Expectation, Measurement
from .narrator import Narrator
from .porch.ears import Ears
from .porch.visitor import NobodyAnsweredError, visit
from .recording import assemble, cut
from .stage import Options, Stage
from .terminal import Terminal
from .timeline import draw
from .transcript import write_transcript
from .visit import Visit

BEFORE_S = 2.0
"""The night before the doorbell, which is part of the recording."""

AFTER_S = 2.0
"""The silence after the end, in which nothing may be heard."""

_END_WITHIN_S = 45.0


@dataclass(frozen=True, slots=True)
class Played:
    """What became of a visit."""

    seen: Measurement
    report: dict[str, Any]


async def play(
    on: Stage, script: Visit, options: Options, terminal: Terminal
) -> Played:
    """Ring the doorbell, let the visitor talk, write down what happened."""
    terminal.title(f"{script.title} (seconds since the doorbell)")
    async with (
        await Ears.at(on.porch.card.address) as ears,
        _listening(on, script) as log,
    ):
        await asyncio.sleep(BEFORE_S)
        narrator = Narrator(terminal, ears, script.visitor.name)
        log.listen(narrator.take)
        await setup.ring(on.house)
        telling = asyncio.create_task(narrator.follow(), name="narrator")
        problem = await _talk(on, script, ears, log, narrator)
        await asyncio.sleep(AFTER_S)
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await telling
    if problem:
        terminal.line(f"        {problem}", "bad")
    return await asyncio.to_thread(_publish, on, script, options, log)


@asynccontextmanager
async def _listening(on: Stage, script: Visit) -> AsyncIterator[EventLog]:
    """Keep Home Assistant's events while the visit goes on."""
    entities = {setup.DOORBELL, on.voice, on.player or on.voice, *script.turned_on}
    entities |= {script.light} - {""}
    log = EventLog(on.folder.path / "events.jsonl", entities)
    await log.follow(on.house)
    try:
        yield log
    finally:
        log.close()


async def _talk(
    on: Stage, script: Visit, ears: Ears, log: EventLog, narrator: Narrator
) -> str | None:
    """Let the visitor talk until all is over; return what went wrong."""
    lines, begins, ends = on.porch.lines, narrator.visitor_says, narrator.visitor_said
    visitor = visit(ears, script, lines, narrator.zero_ms, begins, ends)
    talking = asyncio.create_task(visitor, name="visitor")
    ending = asyncio.create_task(log.wait_for("conversation_ended"), name="ending")
    try:
        await asyncio.wait({talking, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not talking.done():
            return "The conversation was over before the visitor had said everything."
        talking.result()
        await asyncio.wait_for(ending, _END_WITHIN_S)
    except NobodyAnsweredError as err:
        return str(err)
    except TimeoutError:
        return f"The conversation did not end within {_END_WITHIN_S:.0f} s."
    finally:
        for task in (talking, ending):
            task.cancel()
        await asyncio.gather(talking, ending, return_exceptions=True)
    return None


def _publish(on: Stage, script: Visit, options: Options, log: EventLog) -> Played:
    """Write the files of a visit: the figures come from these files alone."""
    path = on.folder.path
    recording = assemble(on.folder.sound)
    bell = house_events.ringing(log.events, setup.DOORBELL)
    if bell:
        end_at = recording.started_at + recording.duration_s
        recording = cut(recording, bell.at - BEFORE_S, end_at)
    write_recording(path / "visit.wav", recording)
    expected = _expected(on, script)
    seen = Measurement.of_folder(path, expected)
    checks = [house_log.check(on.folder.logs / "home-assistant.log")]
    content = judging.report(seen, checks)
    content["rig"] = {
        "service": "openai" if options.openai else "local",
        "satellite": options.satellite,
        "speaker": "mpd" if options.has_player else "satellite",
        "visit": options.visit,
        "expected": asdict(expected),
    }
    judging.write_report(path / "report.json", content)
    talk = conversation.speeches(seen)
    write_transcript(path / "transcript.md", script, seen, talk, content)
    draw(path / "timeline.png", seen, talk, script.visitor.name)
    return Played(seen, content)


def _expected(on: Stage, script: Visit) -> Expectation:
    """Return what a visit must have been."""
    return Expectation(
        setup.DOORBELL,
        on.voice,
        len(script.lines),
        script.finished_by,
        interruptions=sum(line.interrupts for line in script.lines),
        turned_on=script.turned_on,
        light=script.light,
        light_calls=script.light_calls,
        called=script.called,
    )


def tell(played: Played, terminal: Terminal) -> None:
    """Write the verdict on the terminal."""
    terminal.title("What must hold")
    checks = [Check(**check) for check in played.report["checks"]]
    terminal.checks([(check.ok, check.name, check.seen) for check in checks])
