"""One cell of the matrix: a fault strikes a visit at a phase, and what came of it."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from homeassistant.exceptions import HomeAssistantError

from custom_components.realtime_pumpkin.const import DOMAIN, Connection, EventName
from custom_components.realtime_pumpkin.realtime.events import Phase as VoicePhase
from tests.faults.service import GREETING_MS, LINES
from tests.faults.visit import visit
from tests.faults.world import OPENING_S, World
from tests.links.virtual_time import now


class Phase(StrEnum):
    """When a fault strikes."""

    CONNECTING = "connecting"
    LISTENING = "listening"
    PROCESSING = "processing"
    RESPONDING = "responding"
    FINISHING = "finishing"
    IDLE = "idle"


type Act = Callable[[World], Awaitable[None]]


async def _nothing(world: World) -> None:
    """Do nothing."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What goes wrong: how it begins, and how it ends."""

    strike: Act
    lift: Act = _nothing
    arm: Act = _nothing
    """What is prepared before the phase in which it strikes."""

    lasts_s: float | None = None
    """After how long it is lifted; None: not before the conversation is over."""

    is_inside: bool = False
    """While connecting it strikes when the connection is being opened, not before."""

    noticed_s: float = 0.0
    """Within how long a conversation can know of it at all."""


RETRY_BUDGET_S = 15.0
GRACE_S = 5.0
_OFFSET_S = {
    Phase.LISTENING: 0.5,
    Phase.PROCESSING: 0.6,
    Phase.RESPONDING: 1.0,
    Phase.FINISHING: 0.5,
}
"""Half of a phase or less; three seconds later no answer may just be at its end."""

MORE_S = {
    Phase.LISTENING: 1.5,
    Phase.PROCESSING: 1.0,
    Phase.RESPONDING: 2.5,
    Phase.FINISHING: 1.3,
}
"""How much later than usual a fault may strike and still be in its phase."""

_PLAYS_ON_S = 0.45
"""More than what a speaker was already given."""
_GAP_S = 0.3
_JUST_S = 0.05
"""What ends so shortly before the strike was ended by it."""

_LONGEST_S = 400.0
_IDLE_S = 3.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a visit."""

    end: str
    """`recovered`, `ended: <reason>`, `refused: <why>` or `nothing`."""

    errors: tuple[str, ...]
    """The kinds of the error events on the bus, fatal ones with an exclamation mark."""

    sound: str
    """What the visitor hears from then on."""

    took_s: float
    """How long it took until the voice was well again, or idle."""

    settled_s: float
    """How long after the last error that ends a conversation, or the sound that was
    still heard to its end then, it was idle."""

    def __str__(self) -> str:
        """Return it in words."""
        errors = f" ({', '.join(self.errors)})" if self.errors else ""
        return f"{self.end}{errors}; {self.sound}"


async def play(world: World, trouble: Trouble, phase: Phase, more_s: float) -> Outcome:
    """Hold a visit that is struck at a phase, `more_s` later than usual.

    Raises `AssertionError` where something is left, or where the next conversation
    does not work.
    """
    world.begin()
    before = world.census()
    if phase is Phase.IDLE:
        outcome = await _strike_idle(world, trouble)
    else:
        outcome = await _strike_visit(world, trouble, phase, more_s)
    if phase is not Phase.IDLE:  # There the next conversation takes what is prepared.
        await _until_nothing_is_left(world, before)
    await _next_conversation_works(world)
    await _until_nothing_is_left(world, before)
    return outcome


async def _strike_idle(world: World, trouble: Trouble) -> Outcome:
    """Let a fault come and go while nobody is there, but a session is prepared."""
    await world.voice.async_prepare()
    await trouble.arm(world)
    await trouble.strike(world)
    await asyncio.sleep(trouble.lasts_s or _IDLE_S)
    await trouble.lift(world)
    told = [name for _, name, _ in world.told]
    end = "nothing" if not told else ", ".join(told)
    return Outcome(end, (), "silence", took_s=0.0, settled_s=0.0)


async def _strike_visit(
    world: World, trouble: Trouble, phase: Phase, more_s: float
) -> Outcome:
    """Hold a visit with a fault in it, until its end."""
    visitor = asyncio.create_task(visit(world), name="visitor")
    lifting: asyncio.Task[None] | None = None
    struck_at = now()
    try:
        if phase is Phase.CONNECTING and trouble.is_inside:
            lifting, refusal = await _strike_inside(world, trouble)
        else:
            if phase is Phase.CONNECTING:
                await trouble.arm(world)
                await trouble.strike(world)
                lifting = asyncio.create_task(_lift_later(world, trouble))
            refusal = await ring(world)
        if refusal is None and phase is not Phase.CONNECTING:
            await _until(world, trouble, phase)
            await asyncio.sleep(_OFFSET_S[phase] + more_s)
            struck_at = now()
            await trouble.strike(world)
            lifting = asyncio.create_task(_lift_later(world, trouble))
        assert await world.until(lambda: world.is_idle, _LONGEST_S), world.told
        over_at = now()
        await asyncio.sleep(1)  # What the speaker has been given is heard.
    finally:
        visitor.cancel()
        if lifting is not None:
            lifting.cancel()
            await asyncio.gather(lifting, return_exceptions=True)
        await asyncio.gather(visitor, return_exceptions=True)
        world.ears.is_spoken_to = False
    await trouble.lift(world)
    return _outcome(world, refusal, struck_at, over_at)


async def _strike_inside(
    world: World, trouble: Trouble
) -> tuple[asyncio.Task[None], str | None]:
    """Strike while the service has not answered yet.

    Return what lifts it, and why there is no talk.
    """
    world.line.flow.down.clear()
    await trouble.arm(world)
    ringing = asyncio.create_task(ring(world), name="ring")
    await world.being_opened()
    striking = asyncio.create_task(_act(trouble.strike, world), name="strike")
    await asyncio.sleep(OPENING_S)
    world.line.flow.down.set()
    await striking
    lifting = asyncio.create_task(_lift_later(world, trouble))
    return lifting, await ringing


async def _act(act: Act, world: World) -> None:
    """Do something to a world, as a task."""
    await act(world)


async def _lift_later(world: World, trouble: Trouble) -> None:
    """Let a fault pass after its time."""
    if trouble.lasts_s is not None:
        await asyncio.sleep(trouble.lasts_s)
        await trouble.lift(world)


async def ring(world: World) -> str | None:
    """Start a conversation; return why there is none."""
    try:
        await world.hass.services.async_call(
            DOMAIN,
            "start_conversation",
            {"entity_id": world.entity_id},
            blocking=True,
        )
    except HomeAssistantError as error:
        return str(error.translation_key)
    except asyncio.CancelledError:
        if _is_cancelled():
            raise
        # Home Assistant stops, and with it whatever it was asked for.
    return None


def _is_cancelled() -> bool:
    """Tell whether it is our own task that is to end."""
    task = asyncio.current_task()
    return task is None or task.cancelling() > 0


async def _until(world: World, trouble: Trouble, phase: Phase) -> None:
    """Wait until the visit is in a phase; prepare what strikes there."""
    reached = {
        Phase.LISTENING: lambda: _is(world, VoicePhase.LISTENING, ""),
        Phase.PROCESSING: lambda: _is(world, VoicePhase.PROCESSING, LINES[0]),
        Phase.RESPONDING: lambda: _is(world, VoicePhase.RESPONDING, LINES[0]),
        Phase.FINISHING: lambda: _is(world, VoicePhase.RESPONDING, LINES[1]),
    }
    said_before = {Phase.FINISHING: LINES[0]}.get(phase, "")
    line = lambda: world.service.brain.words == said_before  # noqa: E731
    assert await world.until(line, 60)
    if phase is Phase.FINISHING:
        responding = lambda: _is(world, VoicePhase.RESPONDING, LINES[0])  # noqa: E731
        assert await world.until(responding, 60)
    else:
        assert await world.until(lambda: world.named(EventName.AUDIO_STARTED), 60)
    await trouble.arm(world)
    assert await world.until(reached[phase], 60), (phase, world.told)


def _is(world: World, phase: VoicePhase, words: str) -> bool:
    """Tell whether the voice does something, after the visitor's words."""
    return (
        world.voice.data.phase is phase
        and world.service.brain.words == words
        and not world.ears.is_spoken_to
    )


def _outcome(
    world: World, refusal: str | None, struck_at: float, over_at: float
) -> Outcome:
    """Say what came of a visit that is over."""
    ended = world.named(EventName.CONVERSATION_ENDED)
    assert len(ended) == 1, world.told
    reason = ended[0]["reason"]
    if refusal is not None:
        end = f"refused: {refusal}"
        assert reason == "start_failed", reason
    else:
        end = "recovered" if reason == "finished" else f"ended: {reason}"
    if end == "recovered":
        opened = [at for at, how in world.connections if how is Connection.OPEN]
        over_at = max(struck_at, opened[-1])
    errors = [
        f"{data['kind']}{'!' if data['fatal'] else ''}"
        for data in world.named(EventName.ERROR)
    ]
    kinds = tuple(dict.fromkeys(errors))
    return Outcome(
        end,
        kinds,
        _heard(world, struck_at),
        took_s=over_at - struck_at,
        settled_s=_settled_s(world, over_at),
    )


def _settled_s(world: World, over_at: float) -> float:
    """Return how long the voice was neither idle nor heard though all was lost."""
    errors = [each for each in world.told if each[1] == EventName.ERROR]
    ends = [at for at, _, data in errors if data["fatal"]]
    if not ends:
        return 0.0
    heard = [sound.end for sound in world.sounds if sound.end <= over_at]
    return over_at - max(ends[-1], *heard, 0.0)


def _heard(world: World, struck_at: float) -> str:
    """Say what was heard on the porch since a moment."""
    runs: list[list[float]] = []
    for sound in world.sounds:
        if runs and sound.begin - runs[-1][1] < _GAP_S:
            runs[-1][1] = max(runs[-1][1], sound.end)
        else:
            runs.append([sound.begin, sound.end])
    now_playing = (end for begin, end in runs if begin < struck_at <= end + _JUST_S)
    playing = next(now_playing, None)
    later = any(begin >= struck_at for begin, _ in runs)
    if playing is None:
        return "the voice speaks" if later else "silence"
    goes_on = playing - struck_at > _PLAYS_ON_S
    first = "it speaks on" if goes_on else "it falls silent"
    return f"{first}, and speaks again" if later else first


async def _until_nothing_is_left(world: World, before: Counter[str]) -> None:
    """Let what ends end; raise `AssertionError` where something stays."""
    for _ in range(20):
        left = world.census() - before
        if not left:
            return
        await asyncio.sleep(0.25)
    raise AssertionError(f"Left behind: {dict(left)}")


async def _next_conversation_works(world: World) -> None:
    """Ring again, hear the greeting to its end and hang up."""
    world.begin()
    world.service.brain.words = ""
    assert await ring(world) is None, world.told
    listens = lambda: (  # noqa: E731
        bool(world.named(EventName.AUDIO_STARTED))
        and world.voice.data.phase is VoicePhase.LISTENING
    )
    assert await world.until(listens, 20), world.told
    heard: Any = sum(each.end - each.begin for each in world.sounds)
    assert abs(heard * 1000 - GREETING_MS) < 150, heard
    await world.voice.async_stop_conversation(goodbye=False)
    assert await world.until(lambda: world.is_idle, 5)
    [ended] = world.named(EventName.CONVERSATION_ENDED)
    assert ended["reason"] == "stopped", ended
    assert not world.complaints, world.complaints
