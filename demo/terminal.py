"""Say on a terminal, or in a log, what is going on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
import os
import sys
import textwrap
import time
from typing import TextIO

_STYLES = {
    "title": "\033[1;38;5;208m",
    "pumpkin": "\033[38;5;208m",
    "visitor": "\033[36m",
    "good": "\033[32m",
    "bad": "\033[1;31m",
    "faint": "\033[2m",
}
_RESET = "\033[0m"
_WIDTH = 76
_INDENT = 21


class Terminal:
    """Plain lines everywhere, colours only where somebody looks."""

    def __init__(self, out: TextIO | None = None) -> None:
        """Write to a stream, by default standard output."""
        self._out = out or sys.stdout
        self._colours = self._out.isatty() and "NO_COLOR" not in os.environ

    def line(self, text: str = "", style: str = "") -> None:
        """Write one line."""
        print(self._styled(text, style), file=self._out, flush=True)

    def title(self, text: str) -> None:
        """Write a headline."""
        self.line()
        self.line(text, "title")

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Tell that a step was done, and how many seconds it took."""
        started = time.monotonic()
        try:
            yield
        except BaseException:
            self._step("bad", "failed", name, started)
            raise
        self._step("good", "ok", name, started)

    def _step(self, style: str, verdict: str, name: str, started: float) -> None:
        """Write the line of a step."""
        seconds = time.monotonic() - started
        mark = self._styled(f"{verdict:>6}", style)
        print(f"{mark}  {name:<56}{seconds:6.1f} s", file=self._out, flush=True)

    def said(self, at_s: float, who: str, words: str, pause: str, style: str) -> None:
        """Write who says what, when, and how long it was quiet before."""
        head = f"{at_s:6.1f} s  {who:<10}"
        body = textwrap.wrap(words, _WIDTH - _INDENT) or [""]
        first = f"{self._styled(head, style)}  {body[0]}"
        print(first, file=self._out)
        for more in body[1:]:
            print(f"{'':{_INDENT}}{more}", file=self._out)
        if pause:
            print(self._styled(f"{'':{_INDENT}}{pause}", "faint"), file=self._out)
        self._out.flush()

    def checks(self, rows: Sequence[tuple[bool, str, str]]) -> None:
        """Write a list of checks: whether they hold, their names, what was seen."""
        for ok, name, seen in rows:
            mark = self._styled(
                f"{'ok' if ok else 'FAILED':>6}", "good" if ok else "bad"
            )
            print(f"{mark}  {name:<42}{seen}", file=self._out)
        self._out.flush()

    def _styled(self, text: str, style: str) -> str:
        """Return text in a style, where there are colours."""
        return f"{_STYLES[style]}{text}{_RESET}" if self._colours and style else text
