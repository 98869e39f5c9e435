"""Keep what sessions hear, for checks of what got lost on the way."""

from base64 import b64decode
from io import FileIO
from pathlib import Path

import orjson


class Microphone:
    """Write all that one session is sent of a microphone, as it is sent."""

    def __init__(self, file: FileIO) -> None:
        """Write into a file that the microphone closes: PCM s16le mono 24 kHz."""
        self._file = file

    def hear(self, frame: str | bytes) -> None:
        """Take one of the client's frames; what is no sound is passed over."""
        event = orjson.loads(frame)
        if event.get("type") == "input_audio_buffer.append":
            self._file.write(b64decode(event["audio"]))

    def close(self) -> None:
        """Write no more."""
        self._file.close()


def open_microphone(folder: Path | None, number: int) -> Microphone | None:
    """Return what keeps a session's sound in a folder; None where none is wanted."""
    if folder is None:
        return None
    return Microphone(FileIO(folder / f"session-{number}.pcm", "wb"))
