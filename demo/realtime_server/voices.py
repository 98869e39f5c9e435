"""Voices without a cloud: flite speaks, pitch and speed make ten voices of four."""

import asyncio
from dataclasses import dataclass
from hashlib import sha256
import logging
import os
from pathlib import Path
import re
import shutil
from tempfile import TemporaryDirectory
import wave

import numpy as np

from custom_components.realtime_pumpkin.rehearsal.sound import RATE, reading_ms, tone

from .resampling import resampled

_LOGGER = logging.getLogger(__name__)
_AT_ONCE = 2
_CACHE_VERSION = 1
_LEVEL = 0.1
"""Root mean square of speech, of full scale (-20 dBFS)."""
_PEAK = 0.89
_RENDER_S = 20
# flite spells these letter by letter.
_PRONOUNCED = {"mwah": "muah", "jack o'lantern": "jack a lantern", "har": "harr"}


@dataclass(frozen=True, slots=True)
class Timbre:
    """A flite voice, higher (pitch above 1) or lower than it is."""

    speaker: str
    pitch: float = 1.0


TIMBRES = {
    "alloy": Timbre("slt"),
    "ash": Timbre("rms", 0.93),
    "ballad": Timbre("awb"),
    "cedar": Timbre("rms", 1.07),
    "coral": Timbre("slt", 1.1),
    # The clearest of all is what the pumpkin has by default.
    "echo": Timbre("rms"),
    "marin": Timbre("slt", 1.04),
    "sage": Timbre("slt", 0.94),
    "shimmer": Timbre("slt", 1.18),
    "verse": Timbre("kal16"),
}


class Voices:
    """Render sentences, each once: they are kept in the user's cache."""

    def __init__(self, cache: Path | None = None) -> None:
        """Keep sentences in a folder, by default in the user's cache."""
        self._cache = cache or default_cache()
        self._program = shutil.which("flite")
        self._renderers = asyncio.Semaphore(_AT_ONCE)
        if self._program is None:
            _LOGGER.warning(
                "No flite: the server speaks in tones (try: apt-get install flite)"
            )

    async def speak(self, text: str, voice: str, speed: float) -> bytes | None:
        """Return a sentence as PCM s16le mono 24 kHz, or None when flite fails."""
        spoken = pronounced(text)
        if not re.search(r"\w", spoken):
            return b""
        if self._program is None:
            return tone(reading_ms(text, speed))
        timbre = timbre_of(voice)
        kept = self._cache / f"{_name(timbre, speed, spoken)}.pcm"
        try:
            return kept.read_bytes()
        except FileNotFoundError:
            pass
        try:
            async with self._renderers:
                pcm = await self._render(self._program, timbre, speed, spoken)
            await asyncio.to_thread(_keep, kept, pcm)
        except (OSError, EOFError, wave.Error) as error:
            _LOGGER.warning("The voice failed: %s", error or type(error).__name__)
            return None
        return pcm

    async def _render(
        self, program: str, timbre: Timbre, speed: float, text: str
    ) -> bytes:
        """Let flite speak, slower by as much as the pitch makes it faster.

        Raises `OSError` (also when it takes too long) or `wave.Error`.
        """
        stretch = timbre.pitch / speed
        with TemporaryDirectory(prefix="pumpkin-voice-") as folder:
            file = Path(folder) / "spoken.wav"
            process = await asyncio.create_subprocess_exec(
                program,
                *("-voice", timbre.speaker),
                *("--setf", f"duration_stretch={stretch:.4f}"),
                *("-t", text, "-o", str(file)),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            try:
                async with asyncio.timeout(_RENDER_S):
                    code = await process.wait()
            finally:
                if process.returncode is None:
                    process.kill()
            if code:
                raise OSError(f"flite ended with exit status {code}")
            return await asyncio.to_thread(_shaped, file, timbre.pitch)


def timbre_of(voice: str) -> Timbre:
    """Return the timbre of an API voice; unknown names each get one of the ten."""
    if voice in TIMBRES:
        return TIMBRES[voice]
    names = sorted(TIMBRES)
    return TIMBRES[names[sha256(voice.encode()).digest()[0] % len(names)]]


def pronounced(text: str) -> str:
    """Return a text as flite reads it aloud properly."""
    plain = text.replace("\u2019", "'").replace("\u2018", "'").replace("\u2026", "...")
    plain = plain.encode("ascii", "ignore").decode()
    for written, spoken in _PRONOUNCED.items():
        plain = re.sub(rf"\b{written}\b", spoken, plain, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", plain).strip().lstrip("-")


def default_cache() -> Path:
    """Return the folder of rendered sentences in the user's cache."""
    home = os.environ.get("XDG_CACHE_HOME")
    root = Path(home) if home else Path.home() / ".cache"
    return root / "realtime-pumpkin" / "voices"


def _name(timbre: Timbre, speed: float, text: str) -> str:
    """Return the name under which a rendered sentence is kept."""
    key = f"{_CACHE_VERSION}|{timbre.speaker}|{timbre.pitch}|{speed:.3f}|{text}"
    return sha256(key.encode()).hexdigest()[:32]


def _keep(file: Path, pcm: bytes) -> None:
    """Write a sentence into the cache, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}.part")
    part.write_bytes(pcm)
    part.replace(file)


def _shaped(file: Path, pitch: float) -> bytes:
    """Return a WAV file at 24 kHz, its pitch changed and its level even."""
    with wave.open(str(file)) as spoken:
        rate = spoken.getframerate()
        samples = np.frombuffer(spoken.readframes(spoken.getnframes()), "<i2")
    wanted = resampled(samples.astype(np.float64) / 32768, RATE / (rate * pitch))
    loudness = float(np.sqrt(np.mean(wanted**2))) or 1.0
    wanted *= min(_LEVEL / loudness, _PEAK / (float(np.abs(wanted).max()) or 1.0))
    return np.rint(wanted * 32767).astype("<i2").tobytes()
