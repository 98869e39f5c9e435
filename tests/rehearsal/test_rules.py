"""A brain of rules: input matcher to reply or tool."""

import re

import pytest

from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Rule,
    RuleBrain,
    Say,
    read_rules,
)

from .talk import Talk, errors

RULES = [
    Rule("trick", Call("give_candy", {"pieces": 2})),
    Rule("^given$", "Enjoy!"),
    Rule("h.llo", Say("Hello yourself!", duration_ms=500)),
]


def test_what_is_written_decides_what_is_answered() -> None:
    """Anywhere in the text and in any case; the first rule wins."""
    talk = Talk(brain=RuleBrain(RULES))
    talk.write("Well, HELLO!")
    said = talk.answer()["output"][0]["content"][0]["transcript"]
    assert said == "Hello yourself!"


def test_the_output_of_a_tool_is_matched_too() -> None:
    """A call, its output, and what is said to it."""
    talk = Talk(brain=RuleBrain(RULES))
    talk.write("Trick or treat!")
    call = talk.answer()["output"][0]
    assert (call["name"], call["arguments"]) == ("give_candy", '{"pieces":2}')
    output = {
        "type": "function_call_output",
        "call_id": call["call_id"],
        "output": "given",
    }
    talk.send("conversation.item.create", item=output)
    assert talk.answer()["output"][0]["content"][0]["transcript"] == "Enjoy!"


def test_what_no_rule_knows_is_answered_with_nothing() -> None:
    """A completed response without output."""
    talk = Talk(brain=RuleBrain(RULES))
    talk.write("Zorgle.")
    response = talk.answer()
    assert (response["status"], response["output"]) == ("completed", [])
    assert errors(talk.events()) == []


def test_rules_are_read_from_data() -> None:
    """As a TOML file holds them."""
    data = {
        "rules": [
            {"hears": "bell", "say": "Ding!", "call": "ring", "arguments": {"n": 1}}
        ]
    }
    (rule,) = read_rules(data)
    assert rule.hears == "bell"
    talk = Talk(brain=RuleBrain([rule]))
    talk.write("Ring the bell")
    assert [item["type"] for item in talk.answer()["output"]] == [
        "message",
        "function_call",
    ]


@pytest.mark.parametrize("data", [{}, {"rules": [{"heard": "x"}]}, {"rules": 3}])
def test_what_is_no_rule_is_refused(data: dict[str, object]) -> None:
    """With a word on why."""
    with pytest.raises(ValueError, match="no rules"):
        read_rules(data)


def test_a_pattern_that_is_none_is_refused() -> None:
    """When the brain is made, not in mid-conversation."""
    with pytest.raises(re.error):
        RuleBrain([Rule("(", "x")])
