"""Compute a visit's figures again from its files: `python -m demo.measure FOLDER`."""

import json
from pathlib import Path
import sys

from .report import Expectation, Measurement, report


def main() -> int:
    """Print the figures; the exit status is 0 where the visit was as it must be."""
    if len(sys.argv) != 2:
        print("usage: python -m demo.measure FOLDER", file=sys.stderr)
        return 2
    folder = Path(sys.argv[1])
    written = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    expected = Expectation(**written["rig"]["expected"])
    content = report(Measurement.of_folder(folder, expected))
    print(json.dumps(content, indent=2))
    return 0 if content["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
