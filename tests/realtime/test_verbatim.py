"""Texts to be read aloud: cut where one breathes, compared with what was said."""

from collections.abc import AsyncIterator

import pytest

from custom_components.realtime_pumpkin.realtime.verbatim import (
    FASTEST,
    HeldBack,
    is_verbatim,
    sentences,
)

LONG = (
    "The candles on the porch are lit, the fog is on its way, the cats are fed, and"
    " whoever dares to knock at 7:30 shall hear a story of the pumpkin of this house"
)
SECOND = bytes(48_000)


async def pieces(*chunks: str) -> list[str]:
    """Return what a text that comes in chunks is read in."""

    async def text() -> AsyncIterator[str]:
        """Yield the chunks."""
        for chunk in chunks:
            yield chunk

    return [piece async for piece in sentences(text())]


async def test_a_sentence_is_read_while_the_next_is_still_written() -> None:
    """Wherever the text is cut on its way, the sentences are the same."""
    text = "The candles on the porch are lit. The fog machine is on. Boo!"
    whole = ["The candles on the porch are lit.", "The fog machine is on. Boo!"]
    assert await pieces(text) == whole
    assert await pieces(*text) == whole


async def test_a_text_without_an_end_is_cut_between_words() -> None:
    """One response should not have to read a page."""
    text = "boo " * 300
    cut = await pieces(text)
    assert " ".join(cut) == text.strip()
    assert max(map(len, cut)) <= 400


async def test_nothing_is_nothing_to_read() -> None:
    """White space is not read."""
    assert await pieces("", " \n ") == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dinner is ready!", "dinner is ready"),
        ("It is 20 °C outside.", "It is twenty degrees Celsius outside."),
        ("Alarm at 7:30!", "Alarm at seven thirty!"),
        ("7:30, the cat is fed.", "It's seven thirty, the cat is fed."),
        ("", ""),
    ],
)
def test_what_is_only_spelt_differently_was_read(text: str, said: str) -> None:
    """A number may be said in words."""
    assert is_verbatim(text, said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Dinner is ready!", "Sure! Dinner is ready!"),
        ("Dinner is ready!", "Dinner is not ready!"),
        ("What time is it?", "It is half past seven."),
        ("Dinner is ready!", "Dinner!"),
        (LONG, f"Sure! {LONG}"),
        (LONG, f"{LONG}. Anything else?"),
        ("Dinner is ready!", ""),
    ],
)
def test_an_answer_is_no_reading(text: str, said: str) -> None:
    """Nor is more or less than the text."""
    assert not is_verbatim(text, said)


def test_a_long_sentence_is_let_out_as_its_words_come() -> None:
    """Never more sound than the proven words need, and in the end all of it."""
    held = HeldBack(LONG)
    out = len(held.push(SECOND * 20, ""))
    assert out == 0
    for end in range(len(LONG) + 1):
        out += len(held.push(b"", LONG[:end]))
        assert out / 48_000 <= end / FASTEST
    assert out / 48_000 > 0.9 * len(LONG) / FASTEST
    assert held.rest(LONG) == (SECOND * 20)[out:]


def test_no_sound_goes_before_some_words_have_come() -> None:
    """Whoever answers instead of reading is found out in silence."""
    held = HeldBack(LONG)
    assert held.push(SECOND * 9, "The candles on the porch are") == b""
    assert not held.has_begun
    assert held.push(b"", "The candles on the porch are lit,") != b""
    assert held.has_begun


def test_a_number_in_words_holds_nothing_back() -> None:
    """It counts as it was said."""
    said = LONG.replace("7:30", "seven thirty")
    held = HeldBack(LONG)
    assert len(held.push(SECOND * 20, said)) / 48_000 > 0.9 * len(LONG) / FASTEST
    assert held.rest(said) is not None


@pytest.mark.parametrize(
    "said",
    [
        "Sure! " + LONG,
        "What a lovely evening to light candles, isn't it? Shall I tell you a story?",
        "",
    ],
)
def test_nothing_is_let_out_of_what_does_not_begin_as_the_text(said: str) -> None:
    """So it can be read once more, and nobody has noticed."""
    held = HeldBack(LONG)
    assert held.push(SECOND * 9, said) == b""
    assert held.rest(said) is None
    assert not held.has_begun


def test_what_is_said_wrongly_later_is_never_let_out() -> None:
    """Only what was the text's is heard, and the end tells that it was not all."""
    at = LONG.index("the cats")
    said = (
        LONG[:at] + "and now I will tell you all about the weather of the whole week."
    )
    held = HeldBack(LONG)
    assert 0 < len(held.push(SECOND * 20, said)) / 48_000 <= at / FASTEST
    assert held.push(SECOND, said) == b""
    assert held.rest(said) is None


def test_a_short_sentence_is_let_out_whole_or_not_at_all() -> None:
    """It takes too little time to be worth the risk."""
    held = HeldBack("Dinner is ready, and it is getting cold!")
    assert held.push(SECOND, "Dinner is ready, and it is getting cold!") == b""
    assert held.rest("Dinner is ready, and it is getting cold!") == SECOND
