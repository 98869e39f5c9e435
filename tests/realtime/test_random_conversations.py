"""Conversations that nobody wrote, each exact to the tick; `script/soak` plays more."""

import os
import random

import pytest

from custom_components.realtime_pumpkin.realtime import events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Failed,
    Plan,
    Reply,
    Say,
    ServerOptions,
    TranscriptionOrder,
)

from .world import World

AMOUNT = "RANDOM_CONVERSATIONS"
CONVERSATIONS = int(os.environ.get(AMOUNT, "60"))
COUGHING = CONVERSATIONS * 3 // 10
# A cancel and the end of what it cancels can cross on the wire.
HARMLESS = {"response_cancel_not_active"}
LONGEST_COUGH_S = 0.2
_MOST_GOODBYE_S = 60.0
_TICKS_S = 0.05
FINISH = Call("finish_conversation", {"reason": "done"})


def _reply(dice: random.Random) -> Reply:
    """Return something a model might do."""
    length = dice.randint(1, 40)
    speech = Say("word " * length, duration_ms=dice.randint(100, 400) * length)
    kinds: list[Reply] = [
        speech,
        speech,
        Plan((speech, speech)),
        Plan((speech, Call("fog"), Call("thunder", "[broken"))),
        Call("fog"),
        Plan((speech, FINISH)),
        Plan((FINISH,)),
        Plan((speech,), ending=Failed()),
    ]
    return dice.choices(kinds, weights=[6, 6, 3, 2, 1, 1, 1, 1])[0]


def _options(dice: random.Random) -> ServerOptions:
    """Return a server's free choices."""
    return ServerOptions(
        pace=dice.choice([1.05, 2, 6, 1000]),
        think_ms=dice.choice([0, 300, 1200]),
        delta_ms=dice.choice([20, 200, 400]),
        transcription_order=dice.choice(list(TranscriptionOrder)),
        transcription_delay_ms=dice.choice([0, 900]),
        vary=True,
        legacy_item_events=dice.random() < 0.2,
        item_object=dice.random() < 0.5,
        echo_event_id=dice.random() < 0.8,
    )


def _conversation(seed: int) -> World:
    """Return a conversation in which everything happens at random."""
    dice = random.Random(seed)
    world = World(
        [_reply(dice) for _ in range(80)],
        heard=dice.choices(["some words", ""], weights=[3, 1], k=80),
        behaviour=Behaviour(
            opening=dice.choice(["Greet.", ""]),
            barge_in=dice.random() < 0.7,
            max_duration=dice.choice([30, 60]),
        ),
        options=_options(dice),
        speaker_latency=dice.choice([0.0, 0.1, 0.4, 1.2]),
        speaker_lead_ms=dice.choice([0, 200]),
        network=dice.choice([0.0, 0.02, 0.15]),
        is_marked=True,
        seed=seed,
    )
    for _ in range(dice.randint(0, 12)):
        world.say(dice.uniform(0, 60), dice.uniform(0.1, 3))
    for _ in range(dice.randint(0, 6)):
        world.say(dice.uniform(0, 60), dice.uniform(0.02, LONGEST_COUGH_S))
    for _ in range(dice.randint(0, 3)):
        respond = dice.random() < 0.7
        message = signals.Message(signals.Role.SYSTEM, "Laugh.", respond)
        world.tell(dice.uniform(0, 50), message)
    _play_sounds(world, seed)
    for _ in range(dice.choice([0, 0, 0, 1, 2])):
        world.lose_socket(dice.uniform(0, 50))
    if dice.random() < 0.3:
        world.tell(dice.uniform(1, 50), signals.Stop("stopped", dice.random() < 0.7))
    return world


def _play_sounds(world: World, seed: int) -> None:
    """Play sounds of our own at any moment, in half of the conversations."""
    dice = random.Random(-seed)
    for _ in range(dice.choice([0, 0, 2, 6])):
        world.sound(dice.uniform(0, 50), dice.randint(20, 4000))


def _play(world: World) -> None:
    """Play a conversation to its end; tools answer after half a second."""
    answered = 0
    while not world.core.is_over and world.now < 200:
        world.step()
        for call in world.calls[answered:]:
            world.tell(world.now + 0.5, signals.ToolFinished(call.call_id, "{}"))
        answered = len(world.calls)


@pytest.mark.parametrize("block", range(10))
def test_random_conversations_keep_every_promise(block: int) -> None:
    """They end once, idle, and the service never has to refuse anything."""
    for seed in range(block, CONVERSATIONS, 10):
        world = _conversation(seed)
        _play(world)
        codes = {error["code"] for error in world.errors()}
        assert codes <= HARMLESS, seed
        assert len(world.ends) == 1, seed
        assert world.core.phase is events.Phase.IDLE, seed
        assert world.core.feed(signals.Wake(), world.now + 1) == [], seed
        _check_truncations(world, seed)


@pytest.mark.parametrize("seed", range(0, CONVERSATIONS, 12))
def test_frames_that_take_the_short_way_change_nothing(seed: int) -> None:
    """What is sent, told and decided is what it is when every frame is fed."""
    short, long = _conversation(seed), _conversation(seed)
    long.feeds_all = True
    _play(short)
    _play(long)
    assert short.sent == long.sent
    assert short.updates == long.updates
    assert short.ends == long.ends


def _check_truncations(world: World, seed: int) -> None:
    """Check that every cut lies where the speaker really was, and no sample is lost."""
    heard = world.heard_of_items()
    was_taken_back = any(
        update.response_id.startswith("resumed_") for update in world.of(events.Resumed)
    )
    for item_id, end_ms, _ in world.truncations:
        assert heard[item_id] >= end_ms, seed
        assert was_taken_back or heard[item_id] == end_ms, seed
    assert len(world.truncations) <= len(world.of(events.Interrupted)), seed
    if not (world.is_hung_up or world.of(events.Interrupted)):
        assert _left_out(world) == [], seed


def _left_out(world: World) -> list[str]:
    """Return what was not heard whole, though the conversation had the time for it.

    Whoever reaches the longest duration is cut, at once where the model has finished
    or nobody is connected and after a minute of goodbyes else; sounds of our own that
    wait behind a goodbye are not played.
    """
    heard = world.heard_of_items()
    over_s = world.ends[0][0] - world.behaviour.max_duration
    is_cut = abs(over_s) < _TICKS_S or over_s > _MOST_GOODBYE_S - _TICKS_S
    return [
        item_id
        for item_id, wanted in world.wanted_of_items().items()
        if heard[item_id] < wanted
        and not is_cut
        and not (over_s >= 0 and item_id.startswith("sound_") and not heard[item_id])
    ]


def _coughing(seed: int) -> World:
    """Return a conversation in which somebody coughs into everything."""
    dice = random.Random(seed)
    world = World(
        [_reply(dice) for _ in range(80)],
        behaviour=Behaviour(opening="Greet.", max_duration=40),
        options=_options(dice),
        speaker_latency=dice.choice([0.0, 0.1, 0.4, 1.2]),
        speaker_lead_ms=dice.choice([0, 200]),
        network=dice.choice([0.0, 0.02, 0.15]),
        is_marked=True,
        seed=seed,
    )
    at = dice.uniform(0, 2)
    while at < 45:
        world.say(at, dice.uniform(0.02, LONGEST_COUGH_S))
        at += dice.uniform(1, 5)
    for _ in range(dice.randint(0, 6)):
        message = signals.Message(signals.Role.SYSTEM, "Laugh.", respond=True)
        world.tell(dice.uniform(0, 40), message)
    _play_sounds(world, seed)
    if dice.random() < 0.2:
        world.lose_socket(dice.uniform(0, 40))
    return world


@pytest.mark.parametrize("block", range(6))
def test_coughs_at_any_moment_cost_no_answer_a_sample(block: int) -> None:
    """Every answer is heard whole and once, nothing cancelled and nothing cut."""
    for seed in range(block, COUGHING, 6):
        world = _coughing(seed)
        _play(world)
        assert len(world.ends) == 1, seed
        assert world.of(events.Interrupted) == [], seed
        assert world.truncations == [], seed
        waits = len(world.of(events.Paused)) - len(world.of(events.Resumed))
        # What was paused when the connection was lost goes on as something new.
        assert 0 <= waits <= len(world.of(events.SessionLost)), seed
        assert _left_out(world) == [], seed
        assert _given_up_before_the_end(world) == [], seed


def _given_up_before_the_end(world: World) -> list[float]:
    """Return when answers were given up; what comes after a goodbye always is."""
    finished = [t for t, u in world.updates if isinstance(u, events.Finished)]
    end = min([*finished, world.behaviour.max_duration])
    cancelled = [t for t, e in world.sent if e["type"] == "response.cancel"]
    return [t for t in cancelled if t < end]
