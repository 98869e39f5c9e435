"""Measure, print the table, and keep it: `python -m benchmarks [section ...]`."""

from argparse import ArgumentParser
import asyncio
import sys
import time

from . import document, plots, results, sections
from .results import Findings
from .table import table


async def measure(names: list[str]) -> Findings:
    """Measure sections one after another, telling how they come along."""
    findings: Findings = {}
    for name in names:
        began = time.monotonic()
        findings[name] = await sections.measure(name)
        took = time.monotonic() - began
        print(f"{name}: measured in {took:.0f} s", file=sys.stderr, flush=True)
    return findings


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
    findings = asyncio.run(measure(given.sections or list(sections.SECTIONS)))
    print(table(findings, before))
    if not given.sections:
        results.keep(findings)
        plots.draw(findings)
        document.renew()
    return 0


if __name__ == "__main__":
    sys.exit(main())
