"""The small parts of the conversation, each alone."""

import asyncio

import pytest

from custom_components.realtime_pumpkin.realtime.actions import Send, SendAudio
from custom_components.realtime_pumpkin.realtime.deadlines import Deadlines
from custom_components.realtime_pumpkin.realtime.feed import Feed
from custom_components.realtime_pumpkin.realtime.history import (
    LONGEST_HISTORY,
    RESEEDED,
    History,
)
from custom_components.realtime_pumpkin.realtime.microphone import (
    BUFFERED_BYTES,
    MicrophoneGate,
)
from custom_components.realtime_pumpkin.realtime.usage import PRICES, Usage


def test_what_is_due_comes_in_the_order_of_its_time() -> None:
    """And only once."""
    deadlines = Deadlines()
    for name, at in (("late", 3.0), ("first", 1.0), ("then", 2.0)):
        deadlines.set(name, at)
    assert deadlines.next == 1.0
    assert deadlines.pop_due(2.5) == ["first", "then"]
    assert deadlines.pop_due(2.5) == []
    assert "late" in deadlines


def test_a_cancelled_deadline_is_not_due() -> None:
    """Cancelling what is not set does nothing."""
    deadlines = Deadlines()
    deadlines.set("a", 1.0)
    deadlines.cancel("a")
    deadlines.cancel("b")
    assert deadlines.next is None


def test_the_history_keeps_its_newest_lines() -> None:
    """It is bounded, and a new session gets fewer still."""
    history = History()
    for number in range(LONGEST_HISTORY + 50):
        history.write("user", str(number), f"line {number}")
    lines = history.transcript()
    assert len(lines) == LONGEST_HISTORY
    assert lines[-1]["text"] == f"line {LONGEST_HISTORY + 49}"
    assert len(list(history.items())) == RESEEDED


def test_a_feed_keeps_so_many_pieces_and_drops_what_comes_after_them() -> None:
    """And counts what it has dropped."""

    async def scenario() -> list[int]:
        feed: Feed[int] = Feed(2)
        for piece in range(5):
            feed.put(piece)
        feed.end()
        assert feed.dropped == 3
        return [piece async for piece in feed.read()]

    assert asyncio.run(scenario()) == [0, 1]


def test_a_shortened_line_keeps_the_share_that_was_heard() -> None:
    """Also when its words come later."""
    history = History()
    history.reserve("assistant", "a")
    history.shorten("a", 0.5)
    history.write("assistant", "a", "one two three four")
    assert history.transcript() == [{"role": "assistant", "text": "one two"}]
    assert history.complete("a") == "three four"
    assert history.transcript()[0]["text"] == "one two three four"
    assert history.complete("a") == ""


def test_directions_of_ours_are_no_part_of_the_transcript() -> None:
    """But a new session is told of them."""
    history = History()
    history.write("system", "s", "It rains.")
    assert history.transcript() == []
    assert [item["role"] for item in history.items()] == ["system"]


def test_frames_are_kept_until_a_session_opens_the_oldest_going_first() -> None:
    """A dead network costs a constant amount of memory."""
    gate = MicrophoneGate()
    second = BUFFERED_BYTES // 16
    for number in range(20):
        assert list(gate.hear(bytes([number]) * second)) == []
    sent = b"".join(sound.pcm for sound in gate.open())
    assert sent == b"".join(bytes([number]) * second for number in range(4, 20))


def test_what_was_kept_is_sent_in_few_pieces() -> None:
    """A socket's queue holds so many frames and no more."""
    gate = MicrophoneGate()
    for _ in range(750):
        list(gate.hear(bytes(960)))
    assert len(list(gate.open())) == 30


def test_speech_whose_words_are_not_known_is_sent_again_to_a_new_session() -> None:
    """With the second before it was noticed."""
    gate = MicrophoneGate()
    list(gate.open())
    for number in range(30):
        list(gate.hear(bytes([number]) * 4800))
    gate.mark()
    list(gate.hear(b"speech"))
    gate.lose(replays=True)
    sent = b"".join(sound.pcm for sound in gate.open())
    assert sent == b"".join(bytes([n]) * 4800 for n in range(20, 30)) + b"speech"


def test_speech_whose_words_are_known_is_not_sent_again() -> None:
    """The new session is told them as text."""
    gate = MicrophoneGate()
    list(gate.open())
    gate.mark()
    list(gate.hear(b"speech"))
    gate.unmark()
    gate.lose(replays=True)
    assert list(gate.open()) == []


def test_a_muffled_microphone_sends_silence_of_equal_length() -> None:
    """Reopened, the service is asked to forget what it heard."""
    gate = MicrophoneGate()
    list(gate.open())
    gate.muffle()
    assert list(gate.hear(b"abcd")) == [SendAudio(bytes(4))]
    assert list(gate.reopen()) == [Send({"type": "input_audio_buffer.clear"})]
    assert list(gate.reopen()) == []
    assert list(gate.hear(b"abcd")) == [SendAudio(b"abcd")]


def test_cached_tokens_are_counted_once_and_cost_less() -> None:
    """They are part of the input as the service counts it."""
    usage = Usage()
    usage.add(
        {
            "input_token_details": {
                "text_tokens": 100,
                "audio_tokens": 50,
                "cached_tokens_details": {"text_tokens": 40, "audio_tokens": 0},
            },
            "output_token_details": {"text_tokens": 10, "audio_tokens": 20},
        }
    )
    assert usage.tokens == {
        "cached_text": 40,
        "input_text": 60,
        "input_audio": 50,
        "output_text": 10,
        "output_audio": 20,
    }
    expected = (40 * 0.4 + 60 * 4 + 50 * 32 + 10 * 24 + 20 * 64) / 1_000_000
    assert usage.cost("gpt-realtime-2.1") == pytest.approx(expected)


@pytest.mark.parametrize(
    "usage", [{}, {"input_token_details": None}, {"output_token_details": {"x": "y"}}]
)
def test_missing_usage_costs_nothing(usage: dict[str, object]) -> None:
    """Failed responses may have none."""
    counted = Usage()
    counted.add(usage)
    assert counted.total == 0
    assert counted.cost("gpt-realtime-2.1") == 0


def test_every_price_is_a_number_of_usd_per_million() -> None:
    """The list says of when it is."""
    assert PRICES["currency"] == "USD"
    assert PRICES["per_tokens"] == 1_000_000
    assert PRICES["as_of"]
    for prices in PRICES["models"].values():
        assert prices["cached_audio"] <= prices["input_audio"] < prices["output_audio"]
