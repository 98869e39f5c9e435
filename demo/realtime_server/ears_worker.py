"""Recognize speech in a process of its own (any Python 3.9+ with pocketsphinx).

Reads one line of JSON with a grammar (empty for plain English), then for each
utterance a line with the number of bytes and so many bytes of PCM s16le mono
16 kHz; answers each with one line of JSON: the words, and whether they explain
the sound well.
"""

import json
import math
import sys
from typing import Any

from pocketsphinx import Decoder  # type: ignore[import-untyped,unused-ignore]

# A grammar needs no wide search: a third faster, and as good.
_NARROW = {"beam": 1e-30, "pbeam": 1e-30, "wbeam": 1e-20}
_LONGEST_PHONE = 13.5
"""Frames (10 ms): slower speech was stretched to fit the grammar."""
_WORST_FIT = 3.4
"""How badly (log, per frame) the grammar's words may sound like what was said."""
_MOST_NOISE = 0.3
"""Share of the words' time that the grammar may explain away as noise."""


def main() -> None:
    """Answer utterances until the input ends."""
    grammar = json.loads(sys.stdin.buffer.readline())["grammar"]
    decoder = expecting(grammar) if grammar else open_minded()
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            return
        text = hear(decoder, sys.stdin.buffer.read(json.loads(line)["bytes"]))
        plausible = not grammar or bool(text and is_plausible(decoder))
        sys.stdout.write(json.dumps({"text": text, "plausible": plausible}) + "\n")
        sys.stdout.flush()


def expecting(grammar: str) -> Any:
    """Return a decoder that hears what a grammar describes, and nothing else."""
    decoder = Decoder(samprate=16000, lm=None, loglevel="FATAL", **_NARROW)
    decoder.add_jsgf_string("porch", grammar)
    decoder.activate_search("porch")
    return decoder


def open_minded() -> Any:
    """Return a decoder of plain English.

    Its second pass would double the time and find few words more.
    """
    return Decoder(samprate=16000, fwdflat=False, bestpath=False, loglevel="FATAL")


def hear(decoder: Any, pcm: bytes) -> str:
    """Return the words a decoder hears."""
    if not pcm:
        return ""
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    return str(found.hypstr) if found is not None else ""


def is_plausible(decoder: Any) -> bool:
    """Tell whether the words of the last utterance are as long as what was said."""
    frames, noise, phones, fit = 0, 0, 0, 0.0
    for segment in decoder.seg():
        length = segment.end_frame - segment.start_frame + 1
        if segment.word[0] in "<(":
            continue
        if segment.word[0] in "[+":
            noise += length
            continue
        frames += length
        phones += len((decoder.lookup_word(segment.word.split("(")[0]) or "").split())
        fit += math.log(max(segment.ascore, 1e-300))
    if not phones or noise > _MOST_NOISE * frames:
        return False
    return frames / phones <= _LONGEST_PHONE and -fit / frames <= _WORST_FIT


if __name__ == "__main__":
    main()
