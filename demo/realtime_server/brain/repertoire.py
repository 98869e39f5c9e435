"""Everything a character can say, to render it beforehand."""

from collections.abc import Iterator

from custom_components.realtime_pumpkin.rehearsal.sentences import sentences

from .lines import LINES
from .personas import Persona
from .riddles import RIDDLES
from .understanding import COSTUMES


def repertoire(persona: Persona) -> list[str]:
    """Return every sentence of a character, each once."""
    seen = dict.fromkeys(
        piece.strip() for line in _lines(persona) for piece in sentences(line)
    )
    return list(seen)


def _lines(persona: Persona) -> Iterator[str]:
    """Walk a character's lines."""
    yield from (
        persona.laugh,
        persona.before_riddle,
        persona.treat,
        persona.self_portrait,
        persona.joke,
        persona.still_there,
        persona.somebody_else,
        persona.yes_master,
        persona.farewell,
    )
    for several in (
        persona.greetings,
        persona.right,
        persona.wrong,
        persona.small_talk,
        persona.not_understood,
        LINES,
    ):
        yield from several
    for riddle in RIDDLES:
        yield from (riddle.question, riddle.hint, f"The answer is {riddle.solution}.")
    yield from (persona.costume.format(each) for each in COSTUMES)
