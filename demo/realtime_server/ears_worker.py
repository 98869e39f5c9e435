"""Recognize speech in a process of its own (any Python 3.9+ with pocketsphinx).

Reads one line of JSON with the grammar, then for each utterance a line with the
number of bytes and so many bytes of PCM s16le mono 16 kHz; answers each with one
line of JSON. What the grammar does not explain well is heard with the open
language model, so that words nobody expected come through too.
"""

import json
import math
import sys
from typing import Any

from pocketsphinx import Decoder  # type: ignore[import-untyped,unused-ignore]

_LONGEST_PHONE = 13.5
"""Frames (10 ms): slower speech was stretched to fit the grammar."""
_WORST_FIT = 4.2
"""How badly (log, per frame) the grammar's words may sound like what was said."""
_MOST_NOISE = 0.3
"""Share of the words' time that the grammar may explain away as noise."""


def main() -> None:
    """Answer utterances until the input ends."""
    hello = json.loads(sys.stdin.buffer.readline())
    # The second pass doubles the time and finds few words more.
    open_ears = Decoder(samprate=16000, fwdflat=False, bestpath=False, loglevel="FATAL")
    closed_ears = None
    if hello["grammar"]:
        closed_ears = Decoder(samprate=16000, lm=None, loglevel="FATAL")
        closed_ears.add_jsgf_string("porch", hello["grammar"])
        closed_ears.activate_search("porch")
    while True:
        line = sys.stdin.buffer.readline()
        if not line:
            return
        pcm = sys.stdin.buffer.read(json.loads(line)["bytes"])
        answer = {"text": recognize(pcm, closed_ears, open_ears)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def recognize(pcm: bytes, closed_ears: Any, open_ears: Any) -> str:
    """Return what the grammar hears, or the open ears where that is implausible."""
    if closed_ears is not None:
        expected = hear(closed_ears, pcm)
        if expected and is_plausible(closed_ears):
            return expected
    return hear(open_ears, pcm)


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
