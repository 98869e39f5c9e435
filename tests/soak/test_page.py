"""What the page on reliability says is what was measured."""

import pytest

from tests.soak.page import PAGE, block_of, blocks, read
from tests.soak.promises import Promise

CONTENT = read()


@pytest.mark.parametrize("name", blocks(CONTENT))
def test_a_block_says_what_the_code_and_the_figures_say(name: str) -> None:
    """`python -m tests.soak.page` writes it."""
    page = PAGE.read_text(encoding="utf-8")
    assert block_of(page, name) == blocks(CONTENT)[name]


def test_every_promise_on_the_page_was_kept() -> None:
    """And the figures are those of the long form."""
    assert CONTENT["form"] == "long"
    found = [
        Promise(**fields) for part in CONTENT["promises"].values() for fields in part
    ]
    assert found
    assert [each for each in found if not each.is_kept] == []
