"""The sound of the play, prepared: an MP3 (mono 24 kHz) for each sentence.

`python -m demo.clips` renders them anew after a line has changed.
"""

from collections.abc import Iterator
from pathlib import Path
import re
from typing import Final

import av
import numpy as np

from .play import LINES
from .sentences import sentences

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
            sentence: decode(folder / clip_name(sentence))
            for sentence in play_sentences()
        }

    def sound(self, sentence: str) -> bytes | None:
        """Return a sentence as PCM s16le mono 24 kHz; None if it is not prepared."""
        return self._sounds.get(sentence.strip())


def decode(file: Path) -> bytes:
    """Return an MP3 file as PCM s16le mono 24 kHz; raises `OSError`."""
    with av.open(str(file)) as container:
        resampler = av.AudioResampler("s16", "mono", 24_000)
        frames = [
            resampled
            for frame in container.decode(audio=0)
            for resampled in resampler.resample(frame)
        ]
    return b"".join(frame.to_ndarray().astype(np.int16).tobytes() for frame in frames)
