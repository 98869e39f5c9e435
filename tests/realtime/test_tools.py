"""Tools: called once, run beside the talk, answered by one response."""

import json

from custom_components.realtime_pumpkin.realtime import actions, events, signals
from custom_components.realtime_pumpkin.realtime.config import Behaviour
from custom_components.realtime_pumpkin.realtime.session import SessionCore
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say

from .world import CONFIG, World


def _outputs(world: World) -> list[dict[str, str]]:
    """Return the results that were given to the model."""
    items = [e["item"] for e in world.sent_of("conversation.item.create")]
    return [item for item in items if item["type"] == "function_call_output"]


def _answer_calls(world: World, until: float) -> None:
    """Let the world's tools answer as they are called, two ticks later."""
    answered = 0
    while world.now < until:
        world.step()
        for call in world.calls[answered:]:
            done = signals.ToolFinished(call.call_id, json.dumps({"done": call.name}))
            world.tell(world.now + 0.02, done)
            answered += 1


def test_calls_of_one_answer_get_one_follow_up() -> None:
    """Two tools run side by side and one response speaks of both."""
    plan = Plan((Say("Let me see."), Call("fog", {"on": True}), Call("thunder")))
    world = World([plan, "There you are!"])
    _answer_calls(world, 6)
    assert [call.name for call in world.calls] == ["fog", "thunder"]
    assert world.calls[0].arguments == {"on": True}
    assert len(_outputs(world)) == 2
    assert len(world.sent_of("response.create")) == 2
    assert world.errors() == []
    world.brain.assert_finished()


def test_results_wait_for_the_end_of_the_answer_that_called() -> None:
    """They are sent after its `response.done`, then the follow-up is asked for."""
    world = World([Plan((Call("fog"), Say("word " * 40))), "Done!"])
    _answer_calls(world, 20)
    done = next(t for t, m in world.received if m["type"] == "response.done")
    sent = next(t for t, e in world.sent if "function_call_output" in str(e))
    assert sent >= done
    assert world.errors() == []


def test_a_call_is_made_once_however_often_it_is_told() -> None:
    """The same `call_id` in a repeated item is ignored."""
    core = SessionCore(CONFIG, Behaviour())
    core.feed(events.SessionCreated("s", None), 0)
    core.feed(events.SessionUpdated(), 0)
    core.feed(events.ResponseCreated("r1"), 1)
    call = events.FunctionCall("c1", "fog", "{}")
    item = events.ItemFinished("r1", "i1", "function_call", "completed", call)
    runs = [core.feed(item, 1), core.feed(item, 1)]
    assert [any(isinstance(a, actions.RunTool) for a in run) for run in runs] == [
        True,
        False,
    ]


def test_an_incomplete_call_is_not_made() -> None:
    """An answer that was cut short may have half a call."""
    core = SessionCore(CONFIG, Behaviour())
    call = events.FunctionCall("c1", "fog", '{"on": tr')
    item = events.ItemFinished("r1", "i1", "function_call", "incomplete", call)
    assert core.feed(item, 1) == [actions.Notify(item)]


def test_broken_arguments_give_the_model_an_error_it_can_talk_about() -> None:
    """The tool is not run, the conversation goes on."""
    world = World([Call("fog", "{not json"), "Sorry!"])
    _answer_calls(world, 5)
    assert world.calls == []
    assert "not valid JSON" in _outputs(world)[0]["output"]
    world.brain.assert_finished()


def test_arguments_that_are_no_object_are_refused() -> None:
    """A list of arguments means nothing to a tool."""
    world = World([Call("fog", "[1]"), "Sorry!"])
    _answer_calls(world, 5)
    assert "must be a JSON object" in _outputs(world)[0]["output"]


def test_a_tool_that_takes_too_long_is_given_up() -> None:
    """The model is told after 15 s, and a late result is dropped."""
    world = World([Call("fog"), "It jams."])
    world.run(15)
    assert _outputs(world) == []
    world.tell(18, signals.ToolFinished("whatever", "{}"))
    world.run(20)
    assert "did not answer in time" in _outputs(world)[0]["output"]
    assert len(_outputs(world)) == 1


def test_a_tool_result_after_an_interruption_is_still_given() -> None:
    """The fog was made; the model should know."""
    plan = Plan((Say("word " * 60, duration_ms=9000), Call("fog")))
    world = World([plan, "Yes?", "Fog is on."], heard=["Stop."])
    world.say(5, 1)
    _answer_calls(world, 14)
    assert len(_outputs(world)) == 1
    assert world.errors() == []
