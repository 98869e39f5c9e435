"""Files of personas: whatever they hold, there is a character or a reason."""

from functools import cache
import json
from pathlib import Path
import tempfile
from typing import Any, Final

import orjson
import yaml

from custom_components.realtime_pumpkin.character import become
from custom_components.realtime_pumpkin.personas import (
    BUILT_IN,
    CUSTOM_PERSONA,
    DEFAULT_PERSONA,
    Gallery,
    Persona,
    gallery_of,
    read_files,
)
from custom_components.realtime_pumpkin.personas.gallery import LONGEST_REASON, File

from .dice import Dice
from .odd import mutated
from .typed import assert_typed

SAMPLE: Final[dict[str, Any]] = {
    "name": "Scarecrow",
    "description": "It creaks.",
    "voice": "ballad",
    "language": "en",
    "instructions": "You are {{ 'a scarecrow' }}.",
    "openings": ["Who is there?", "{% if true %}Boo!{% endif %}"],
    "effects": ["wind", "creak"],
    "limits": {"max_duration_s": 120, "idle_timeout_s": 15, "most_effects": 3},
}
BOMB: Final = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n"
    for n in range(12)
)
TOKENS: Final = (
    *("&a ", "*a", "!secret x", "!include x.yaml", "!env_var X", "!!binary x"),
    *("!!python/object:os.system x", "!!set", "<<: *a", "? [a]\n: b", "---\n", "...\n"),
    *("{{", "{% for x in range(10**9) %}", "}}", "{{ x | y }}", '"\\ud800"', "\\x00"),
    *("\t", "%YAML 1.1\n", "|\n  x", ">", "yes", ".nan", "1e999", "0x7f", "12:30:00"),
    *("[" * 3000, "{a: " * 900, "'" * 99, "\ufeff", BOMB, "x: *l\n", "a" * 70_000),
)
BYTES: Final = (b"\xff\xfe", b"\xef\xbb\xbf", b"\x00", b"\x80", b"\xed\xa0\x80")


def text(dice: Dice) -> bytes:
    """Return a file: a persona with something wrong, or bytes of any kind."""
    match dice.number(5):
        case 0 | 1:
            given: Any = mutated(dice, SAMPLE) if dice.one_in(2) else SAMPLE
            data = json.dumps(given)  # JSON is YAML.
        case 2:
            data = yaml.safe_dump(SAMPLE)
        case 3:
            return dice.rest()
        case _:
            data = BOMB + "name: *l\nopenings: *k\ninstructions: {*j : x}\n"
    for _ in range(dice.number(4)):
        at = dice.number(len(data) + 1)
        data = data[:at] + dice.pick(TOKENS) + data[at + dice.number(9) :]
    content = data.encode("utf-8", "surrogatepass")
    if dice.one_in(4):
        at = dice.number(len(content) + 1)
        content = content[:at] + dice.pick(BYTES) + content[at:]
    return content


@cache
def _needed() -> tuple[File, ...]:
    """Return the files that every gallery needs."""
    needed = {f"{name}.yaml" for name in (DEFAULT_PERSONA, CUSTOM_PERSONA)}
    return tuple(each for each in read_files(BUILT_IN) if each[0] in needed)


def fuzz_persona(data: bytes) -> None:
    """Read a file; raise where neither a character nor a reason comes of it.

    Where there is a Home Assistant, without which templates are not checked.
    """
    dice = Dice(data)
    with tempfile.TemporaryDirectory() as folder:
        name = dice.pick(("owl.yaml", "custom.yaml", "jack_o_lantern.yaml", "ß.yaml"))
        Path(folder, name).write_bytes(text(dice))
        gallery = gallery_of([*_needed(), *read_files(Path(folder))])
    assert set(gallery.broken) <= {name}
    for reason in gallery.broken.values():
        assert 0 < len(reason) <= LONGEST_REASON
        reason.encode()
    stem = Path(name).stem
    assert stem in gallery.personas or name in gallery.broken
    _check(gallery)


def _check(gallery: Gallery) -> None:
    """Check that everybody can be shown, stored and become."""
    assert {DEFAULT_PERSONA, CUSTOM_PERSONA} <= gallery.personas.keys()
    names = [persona.name for persona in gallery.in_order()]
    assert len(names) == len(set(names))
    for persona in gallery.personas.values():
        assert isinstance(persona, Persona)
        assert_typed(persona)
        orjson.dumps(become({}, persona, []))
        orjson.dumps([persona.id, persona.name, persona.description])
