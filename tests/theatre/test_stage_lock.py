"""Tests of the lock of a stage: one voice at a time, in order, and never stuck."""

import asyncio
from collections.abc import Callable

from hypothesis import given, strategies as st
import pytest

from custom_components.realtime_pumpkin.theatre.stage_lock import (
    MOST_WAITING,
    StageLock,
)
from tests.links.virtual_time import now, run

VOICES = [f"voice_{number}" for number in range(7)]


class Porch:
    """Voices that come to a stage and leave it, and what must always hold."""

    def __init__(self) -> None:
        """Begin with an empty stage."""
        self.lock = StageLock()
        self.tasks: dict[str, asyncio.Task[bool]] = {}
        self.inside: list[str] = []

    def come(self, who: str) -> None:
        """Try to enter, with some patience, unless it is trying already."""
        if who not in self.tasks:
            task = self.tasks[who] = asyncio.create_task(self._enter(who))
            task.add_done_callback(lambda _: self.tasks.pop(who))

    async def _enter(self, who: str) -> bool:
        """Enter, or give up after a minute."""
        if is_in := await self.lock.async_enter(who, 60.0):
            self.inside.append(who)
        return is_in

    def go(self, who: str) -> None:
        """Leave the stage, if on it."""
        if who in self.inside:
            self.inside.remove(who)
            self.lock.leave(who)

    def cancel(self, who: str) -> None:
        """Be cancelled while waiting, as an action may be."""
        if who in self.tasks:
            self.tasks[who].cancel()

    def send_away(self, who: str) -> None:
        """Be removed while waiting."""
        self.lock.send_away(who)

    async def rest(self, seconds: float = 0.0) -> None:
        """Let everybody do what they can, and look at the promises."""
        for _ in range(4):
            await asyncio.sleep(0)
        await asyncio.sleep(seconds)
        assert len(self.inside) <= 1
        if self.inside:
            assert self.lock.holder == self.inside[0]


STEPS: list[str] = ["come", "come", "go", "cancel", "send_away", "wait"]


@given(
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.sampled_from(VOICES), st.booleans()),
        max_size=60,
    )
)
def test_one_voice_is_on_stage_and_it_is_free_when_all_have_left(
    steps: list[tuple[str, str, bool]],
) -> None:
    """Whatever comes, goes, is cancelled, removed or loses patience, and when."""

    async def play() -> None:
        """Go through the steps, some of them before anybody could react."""
        porch = Porch()
        acts: dict[str, Callable[[str], None]] = {
            "come": porch.come,
            "go": porch.go,
            "cancel": porch.cancel,
            "send_away": porch.send_away,
        }
        for step, who, is_settled in steps:
            if step == "wait":
                await porch.rest(61.0)
            else:
                acts[step](who)
            if is_settled:
                await porch.rest()
        await porch.rest(61.0)
        assert porch.tasks == {}
        for who in list(porch.inside):
            porch.go(who)
        assert porch.lock.is_unused

    run(play())


def test_voices_enter_in_the_order_in_which_they_came() -> None:
    """Nobody is overtaken."""

    async def play() -> list[str]:
        """Let four wait, and leave one after the other."""
        lock, order = StageLock(), list[str]()
        assert lock.try_enter("first")

        async def enter(who: str) -> None:
            """Wait, be there for a second, and leave."""
            assert await lock.async_enter(who, 60.0)
            order.append(who)
            await asyncio.sleep(1)
            lock.leave(who)

        async with asyncio.TaskGroup() as group:
            for who in VOICES[:MOST_WAITING]:
                group.create_task(enter(who))
            await asyncio.sleep(1)
            lock.leave("first")
        assert lock.is_unused
        return order

    assert run(play()) == VOICES[:MOST_WAITING]


def test_patience_has_an_end() -> None:
    """After it the voice is told, to the second, and stands in nobody's way."""

    async def play() -> None:
        """Wait for a voice that never stops talking."""
        lock, begin = StageLock(), now()
        assert lock.try_enter("talker")
        assert not await lock.async_enter("patient", 60.0)
        assert now() - begin == pytest.approx(60.0, abs=0.1)
        lock.leave("talker")
        assert lock.is_unused

    run(play())


def test_whoever_gave_up_may_wait_again() -> None:
    """And is not taken for somebody who waits already."""

    async def play() -> None:
        """Come twice to a stage that stays taken."""
        lock = StageLock()
        assert lock.try_enter("talker")
        for _ in range(2):
            begin = now()
            assert not await lock.async_enter("patient", 60.0)
            assert now() - begin == pytest.approx(60.0, abs=0.1)

    run(play())


def test_no_more_than_a_few_wait_and_nobody_twice() -> None:
    """A doorbell that is rung all night makes no endless row."""

    async def play() -> None:
        """Let many come."""
        lock = StageLock()
        assert lock.try_enter("talker")
        assert not await lock.async_enter("talker", 60.0)
        waiting = [
            asyncio.create_task(lock.async_enter(who, 60.0))
            for who in VOICES[:MOST_WAITING]
        ]
        await asyncio.sleep(0)
        assert not await lock.async_enter(VOICES[0], 60.0)
        assert not await lock.async_enter(VOICES[-1], 60.0)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        assert lock.holder == "talker"

    run(play())


def test_an_heir_comes_before_those_that_wait() -> None:
    """The visitor was promised the ghost."""

    async def play() -> None:
        """Leave the stage to somebody."""
        lock = StageLock()
        assert lock.try_enter("pumpkin")
        task = asyncio.create_task(lock.async_enter("witch", 60.0))
        await asyncio.sleep(0)
        lock.leave("pumpkin", "ghost")
        assert (lock.holder, task.done()) == ("ghost", False)
        lock.leave("pumpkin")
        assert lock.holder == "ghost"
        lock.leave("ghost")
        assert await task
        lock.leave("witch")
        assert lock.is_unused

    run(play())
