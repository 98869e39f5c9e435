"""Measure, print the table, and keep it: `python -m benchmarks [section ...]`."""

from argparse import ArgumentParser
import asyncio
import sys
import time
import traceback

from . import document, plots, results, sections
from .results import Findings
from .table import table


async def measure(names: list[str]) -> tuple[Findings, list[str]]:
    """Measure sections one after another; return also which of them failed."""
    findings: Findings = {}
    failed = []
    for name in names:
        began = time.monotonic()
        try:
            findings[name] = await sections.measure(name)
        except Exception:  # noqa: BLE001 - the others are worth measuring all the same
            traceback.print_exc()
            failed.append(name)
        took = time.monotonic() - began
        say(f"{name}: {'failed' if name in failed else 'measured'} in {took:.0f} s")
    return findings, failed


def say(text: str) -> None:
    """Tell whoever waits, beside the table."""
    print(text, file=sys.stderr, flush=True)


def main() -> int:
    """Run the sections that the command line names."""
    parser = ArgumentParser(prog="script/bench", description="Measure the integration.")
    parser.add_argument("sections", nargs="*", metavar="SECTION")
    parser.add_argument("--list", action="store_true", help="tell which there are")
    given = parser.parse_args()
    if wrong := sections.unknown(given.sections):
        parser.error(f"no such section: {', '.join(wrong)}")
    if given.list:
        print("\n".join(sections.SECTIONS))
        return 0
    before = results.kept()
    names = given.sections or list(sections.SECTIONS)
    findings, failed = asyncio.run(measure(names))
    print(table(findings, before))
    if findings and not given.sections:
        results.keep(findings)
        plots.draw(findings)
        document.renew()
    if failed:
        say(f"What is kept lacks what failed: {', '.join(failed)}")
    return len(failed)


if __name__ == "__main__":
    sys.exit(main())
