"""Render what the rehearsal says into its clips: `python -m demo.clips`."""

import asyncio

from custom_components.realtime_pumpkin.audio.mp3 import Mp3Encoder
from custom_components.realtime_pumpkin.rehearsal.clips import (
    FOLDER,
    clip_name,
    play_sentences,
)

from .realtime_server.voices import Voices

VOICE = "echo"


def main() -> None:
    """Write a clip for every sentence and remove those of old sentences."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    old = set(FOLDER.glob("*.mp3"))
    for sentence in play_sentences():
        file = FOLDER / clip_name(sentence)
        file.write_bytes(clip(sentence))
        old.discard(file)
    for file in old:
        file.unlink()


def clip(sentence: str) -> bytes:
    """Return a sentence as MP3."""
    pcm = asyncio.run(Voices().speak(sentence, VOICE, 1.0))
    if not pcm:
        raise SystemExit(f"No voice for: {sentence}")
    encoder = Mp3Encoder()
    return encoder.push(pcm) + encoder.flush()


if __name__ == "__main__":
    main()
