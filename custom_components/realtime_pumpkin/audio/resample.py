"""Change the rate and the channels of a PCM stream."""

from weakref import finalize

from av.audio.resampler import AudioResampler

from .formats import AudioFormat, first_channel, spread
from .pyav import audio_frame, pcm_bytes, release


class Resampler:
    """Turn a stream of PCM s16le from one format into another.

    It keeps its filter's state, so how the stream is cut changes nothing in
    what comes out; bytes of a cut sample wait for their other half. Of several
    source channels the first is taken.
    """

    def __init__(self, source: AudioFormat, target: AudioFormat) -> None:
        """Start a stream; the filter runs only where the rates differ."""
        self._source = source
        self._target = target
        self._rest = b""
        self._filter: AudioResampler | None = None
        if source.rate != target.rate:
            self._filter = AudioResampler(format="s16", layout="mono", rate=target.rate)
            finalize(self, release, self._filter).atexit = False

    @property
    def source(self) -> AudioFormat:
        """Return the format that goes in."""
        return self._source

    @property
    def target(self) -> AudioFormat:
        """Return the format that comes out."""
        return self._target

    def push(self, pcm: bytes) -> bytes:
        """Return what the added source PCM makes complete."""
        pcm = self._rest + pcm
        whole = len(pcm) - len(pcm) % self._source.frame_bytes
        pcm, self._rest = pcm[:whole], pcm[whole:]
        if not pcm:
            return b""
        if self._source == self._target:
            return pcm
        mono = first_channel(pcm, self._source.channels)
        return spread(self._convert(mono), self._target.channels)

    def flush(self) -> bytes:
        """Return what the filter still holds; the stream has ended."""
        if self._filter is None:
            return b""
        held = b"".join(map(pcm_bytes, self._filter.resample(None)))
        return spread(held, self._target.channels)

    def _convert(self, mono: bytes) -> bytes:
        """Change the rate of whole mono samples."""
        if self._filter is None:
            return mono
        frames = self._filter.resample(audio_frame(mono, self._source.rate))
        return b"".join(map(pcm_bytes, frames))
