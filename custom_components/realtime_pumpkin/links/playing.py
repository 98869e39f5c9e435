"""Play one sound through a speaker that nobody else uses."""

import asyncio

from .protocols import AudioSink


class _Listening:
    """Wait for the end of the only utterance."""

    def __init__(self) -> None:
        """Start before it was heard."""
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def audio_started(self, utterance: str) -> None:
        """Take note of nothing: only the end matters."""

    def audio_finished(self, utterance: str, heard_ms: int) -> None:
        """Be done."""
        if not self.over.done():
            self.over.set_result(None)

    def audio_taken(self, is_taken: bool) -> None:
        """Let it be: one sound is not worth a second try."""

    def audio_failed(self, error: Exception) -> None:
        """Fail as the speaker did."""
        if not self.over.done():
            self.over.set_exception(error)


async def async_play(sink: AudioSink, pcm: bytes, patience: float) -> None:
    """Play PCM s16le mono 24 kHz to its end and close the speaker again.

    Raises `LinkError` where the speaker cannot be had or is lost. One that does
    not come to the end within its duration and `patience` seconds is left alone.
    """
    listening = _Listening()
    try:
        await sink.open(listening)
        sink.begin("sound")
        sink.write(pcm)
        sink.finish()
        await asyncio.wait([listening.over], timeout=len(pcm) / 48_000 + patience)
        if listening.over.done():
            listening.over.result()
    finally:
        listening.over.cancel()
        await sink.close()
