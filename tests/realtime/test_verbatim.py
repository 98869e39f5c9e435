"""Texts to be read aloud: cut where one breathes, compared with what was said."""

from collections.abc import AsyncIterator

import pytest

from custom_components.realtime_pumpkin.realtime.verbatim import is_verbatim, sentences


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
        ("Dinner is ready!", ""),
    ],
)
def test_an_answer_is_no_reading(text: str, said: str) -> None:
    """Nor is more or less than the text."""
    assert not is_verbatim(text, said)
