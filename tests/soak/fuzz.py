"""Feed every surface thousands of inputs: guided by coverage, or with random seeds.

`python -m tests.soak.fuzz [--short]` tells on stderr how it goes and prints, as its last
line, what is promised as JSON. An input that raised is written into `soak-output`; the
line on stderr says how to try it again: `python -m tests.soak.fuzz --again FILE`.
"""

from argparse import ArgumentParser, Namespace
import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
import hashlib
from importlib import import_module
from importlib.util import find_spec
import json
import logging
import os
from pathlib import Path
from random import SystemRandom
import subprocess
import sys
import tempfile
import traceback
from typing import Any, Final

from tests.fuzz.amount import AMOUNT, REPORT, SEED
from tests.fuzz.surfaces import SURFACES, Surface

OUTPUT: Final = Path("soak-output")
LONGEST_S: Final = 3600
LONGEST_INPUT: Final = 1024
MOST_SAVED: Final = 20
SEEDS: Final = 64

type Fuzz = Callable[[bytes], None]


def main() -> None:
    """Do what the command line says."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="what CI has time for")
    parser.add_argument("--again", type=Path, help="an input that raised")
    parser.add_argument(
        "--surface", action="append", help="only these, in this process"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--report", type=Path)
    arguments = parser.parse_args()
    if arguments.again:
        _try_again(arguments.again)
    elif arguments.surface:
        _fuzz_here(arguments)
    else:
        print(json.dumps(measure(short=arguments.short)))  # noqa: T201 - the result


def measure(*, short: bool) -> list[dict[str, Any]]:
    """Fuzz all surfaces, two at a time; return what is promised."""
    guided = [(one,) for one in SURFACES if _is_guided(one)]
    tests = [(one,) for one in SURFACES if one.target.startswith("test_")]
    alone = [one for [one] in (*guided, *tests)]
    others = tuple(one for one in SURFACES if one not in alone)
    with ThreadPoolExecutor(2) as pool:
        parts = [*guided, others, *tests]
        found = pool.map(lambda part: _run(part, short=short), parts)
        ran = [one for part in found for one in part]
    wanted = {one.name: one.short if short else one.inputs for one in SURFACES}
    raised = sum(one["raised"] for one in ran)
    missing = sum(max(0, wanted[one["name"]] - one["ran"]) for one in ran)
    total = sum(one["ran"] for one in ran)
    _say(f"{total} inputs, {raised} of them raised")
    promised = sum(wanted.values()) if short else 100_000
    return [
        _promise("inputs that raised", raised),
        _promise("inputs that are missing", missing),
        _promise(f"inputs fewer than {promised:,}", max(0, promised - total)),
    ]


def _promise(name: str, value: int) -> dict[str, Any]:
    """Return a promise of none."""
    return {"name": name, "value": value, "unit": "inputs", "bound": 0}


def _is_guided(surface: Surface) -> bool:
    """Tell whether coverage guides it here; it ends its process then."""
    return surface.is_guided and find_spec("atheris") is not None


def _run(surfaces: Sequence[Surface], *, short: bool) -> list[dict[str, Any]]:
    """Fuzz surfaces in a process of their own; return how many ran and raised."""
    seed = SystemRandom().randrange(2**31)
    with tempfile.TemporaryDirectory() as folder:
        if surfaces[0].target.startswith("test_"):
            result = _run_test(surfaces[0], seed, Path(folder), short=short)
        else:
            command = [sys.executable, "-m", "tests.soak.fuzz"]
            for surface in surfaces:
                command += ["--surface", surface.name]
            command += ["--seed", str(seed), "--report", folder]
            result = _call([*command, *["--short"] * short], {})
        found = [_found(one, Path(folder)) for one in surfaces]
    if result.returncode and not any(one["raised"] for one in found):
        found[0]["raised"] = 1
    if any(one["raised"] for one in found):
        _say(result.stderr[-6000:] + result.stdout[-3000:])
    for one in found:
        _say(
            f"{one['name']}: {one['ran']} inputs (seed {seed}), {one['raised']} raised"
        )
    return found


def _found(surface: Surface, folder: Path) -> dict[str, Any]:
    """Return how many inputs of a surface ran and raised."""
    report = folder / surface.name
    lines = report.read_text(encoding="ascii").split() if report.exists() else []
    return {"name": surface.name, "ran": len(lines), "raised": lines.count("0")}


def _run_test(
    surface: Surface, seed: int, folder: Path, *, short: bool
) -> subprocess.CompletedProcess[str]:
    """Run a test with a real Home Assistant; its inputs follow from the seed."""
    command = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider"]
    command += ["--timeout", str(LONGEST_S), f"tests/fuzz/{surface.target}"]
    number = str(surface.short if short else surface.inputs)
    report = str(folder / surface.name)
    return _call(command, {AMOUNT: number, SEED: str(seed), REPORT: report})


def _call(
    command: Sequence[str], settings: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, or for an hour."""
    return subprocess.run(
        command,
        env={**os.environ, **settings},
        capture_output=True,
        check=False,
        text=True,
        errors="replace",
        timeout=LONGEST_S,
    )


def _fuzz_here(arguments: Namespace) -> None:
    """Fuzz one surface in this process."""
    logging.disable(logging.CRITICAL - 1)
    for surface in SURFACES:
        if surface.name not in arguments.surface:
            continue
        if _is_guided(surface):
            _guided(surface, arguments)
        else:
            asyncio.run(_with_house(surface, arguments))


async def _with_house(surface: Surface, arguments: Namespace) -> None:
    """Fuzz with random seeds; templates want a Home Assistant to be there."""
    target = _Counted(surface, _target(surface), arguments)
    await _in_house(surface, lambda: _by_hypothesis(target, arguments))


async def _in_house(surface: Surface, fuzz: Callable[[], None]) -> None:
    """Run what needs a Home Assistant beside it, or else a thread of its own."""
    if surface.name == "persona":
        from homeassistant.core import HomeAssistant  # noqa: PLC0415 - slow to import

        HomeAssistant(tempfile.gettempdir())
        fuzz()
    else:
        await asyncio.to_thread(fuzz)


def _by_hypothesis(target: _Counted, arguments: Namespace) -> None:
    """Let hypothesis choose inputs, differently each time."""
    from hypothesis import HealthCheck, given, seed, settings  # noqa: PLC0415 - not where atheris watches

    from tests.fuzz.dice import inputs  # noqa: PLC0415

    @seed(arguments.seed)
    @settings(
        max_examples=target.wanted,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs())
    def fuzz(data: bytes) -> None:
        """Try one input."""
        target(data)

    fuzz()


def _guided(surface: Surface, arguments: Namespace) -> None:
    """Let atheris choose inputs that reach new code; it ends this process."""
    import atheris  # noqa: PLC0415 - where it is installed

    with atheris.instrument_imports(include=["custom_components.realtime_pumpkin"]):
        target = _target(surface)
    from tests.fuzz.dice import noise  # noqa: PLC0415

    corpus = Path(tempfile.mkdtemp())
    for number in range(SEEDS):
        (corpus / str(number)).write_bytes(noise(arguments.seed + number))
    counted = _Counted(surface, target, arguments, ends=True)
    options = [f"-max_len={LONGEST_INPUT}", f"-seed={arguments.seed}", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], counted)
    atheris.Fuzz()


def _target(surface: Surface) -> Fuzz:
    """Return the function of a surface."""
    module, name = surface.target.split(":")
    target: Fuzz = getattr(import_module(f"tests.fuzz.{module}"), name)
    return target


class _Counted:
    """A target that writes down what it was given, and goes on where it raised."""

    def __init__(
        self,
        surface: Surface,
        target: Fuzz,
        arguments: Namespace,
        *,
        ends: bool = False,
    ) -> None:
        """Count calls of a target; after the last, the process `ends`."""
        self._surface = surface
        self._target = target
        self.wanted = surface.short if arguments.short else surface.inputs
        self._left = self.wanted
        self._ends = ends
        self._saved = 0
        self._report = (arguments.report / surface.name).open("a", encoding="ascii")

    def __call__(self, data: bytes) -> None:
        """Try one input."""
        try:
            self._target(data)
            self._report.write("1\n")
        except Exception:  # noqa: BLE001 - that is what is looked for
            self._report.write("0\n")
            self._save(data)
        self._left -= 1
        if not self._left:
            self._report.flush()
            sys.stderr.flush()
            if self._ends:
                os._exit(0)

    def _save(self, data: bytes) -> None:
        """Write an input that raised to where it is tried again."""
        self._saved += 1
        if self._saved > MOST_SAVED:
            return
        OUTPUT.mkdir(exist_ok=True)
        name = hashlib.sha256(data).hexdigest()[:12]
        file = OUTPUT / f"fuzz-{self._surface.name}-{name}.hex"
        file.write_text(data.hex(), encoding="ascii")
        _say(f"{traceback.format_exc()}\ninput {data.hex()}, kept as {file}")


def _try_again(file: Path) -> None:
    """Try an input that raised; it raises again, where it is not mended."""
    _, name, _ = file.stem.split("-")
    [surface] = [one for one in SURFACES if one.name == name]
    data = bytes.fromhex(file.read_text(encoding="ascii"))
    asyncio.run(_in_house(surface, lambda: _target(surface)(data)))


def _say(text: str) -> None:
    """Tell how it goes."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201 - for whoever waits


if __name__ == "__main__":
    main()
