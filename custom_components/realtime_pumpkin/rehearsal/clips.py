"""The sound of the play, prepared: an MP3 (mono 24 kHz) for each sentence.

`python -m demo.clips` renders them anew after a line has changed.
"""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Final

from ..audio.decode import decode
from .play import LINES
from .sentences import sentences

LONGEST_MS: Final = 10_000
FOLDER: Final = Path(__file__).parent / "sounds"


def clip_name(sentence: str) -> str:
    """Return the name of the file with a sentence."""
    words = re.findall(r"[a-z]+", sentence.lower().replace("'", ""))
    return f"{'_'.join(words)}.mp3"


def play_sentences() -> Iterator[str]:
    """Yield every sentence of the play, without the spaces around it."""
    for line in LINES:
        yield from (sentence.strip() for sentence in sentences(line))


class Clips:
    """All sentences of the play, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Read and decode the clips; blocks for some 100 ms.

        Raises `OSError` where a file is missing.
        """
        self._sounds = {
            sentence: decode(str(folder / clip_name(sentence)), LONGEST_MS)
            for sentence in play_sentences()
        }

    def sound(self, sentence: str) -> bytes | None:
        """Return a sentence as PCM s16le mono 24 kHz; None if it is not prepared."""
        return self._sounds.get(sentence.strip())
