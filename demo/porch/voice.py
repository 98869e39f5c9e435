"""Give the visitor a voice: flite speaks, libav makes it a child."""

import asyncio
from fractions import Fraction
from pathlib import Path

import av
from av.filter import Graph
import numpy as np
from numpy.typing import NDArray

from demo.rig.places import program
from demo.rig.processes import RigError
from demo.visit import Visitor

MICROPHONE_RATE = 16000
_PEAK = 0.5 * 32767


async def speak(visitor: Visitor, text: str, folder: Path) -> Path:
    """Return a file with a line as PCM s16le mono 16 kHz."""
    name = "".join(c if c.isalnum() else "-" for c in text.lower()).strip("-")
    spoken = folder / f"line-{name}.wav"
    child = await asyncio.create_subprocess_exec(
        *(program("flite"), "-voice", visitor.voice, "-t", text, "-o", spoken),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    if await child.wait():
        raise RigError(f"flite could not say “{text}” with the voice {visitor.voice}")
    line = spoken.with_suffix(".pcm")
    line.write_bytes(_shaped(spoken, visitor).tobytes())
    return line


def _shaped(spoken: Path, visitor: Visitor) -> NDArray[np.int16]:
    """Return speech at the visitor's pitch and tempo, at half of full scale."""
    with av.open(str(spoken)) as container:
        frames = list(container.decode(audio=0))
    graph, rate = Graph(), frames[0].sample_rate
    source = graph.add_abuffer(
        sample_rate=rate, format="s16", layout="mono", time_base=Fraction(1, rate)
    )
    chain = [
        source,
        graph.add("asetrate", str(round(rate * visitor.pitch))),
        graph.add("aresample", str(MICROPHONE_RATE)),
        graph.add("atempo", str(visitor.tempo / visitor.pitch)),
        graph.add("aformat", f"sample_fmts=s16:sample_rates={MICROPHONE_RATE}"),
        graph.add("abuffersink"),
    ]
    graph.link_nodes(*chain).configure()
    for frame in [*frames, None]:
        graph.push(frame)
    shaped = np.concatenate(_pulled(graph)).astype(np.float64)
    loudest = float(np.abs(shaped).max())
    return (shaped * (_PEAK / loudest)).astype(np.int16)


def _pulled(graph: Graph) -> list[NDArray[np.int16]]:
    """Return all that a filter graph has to give."""
    pulled: list[NDArray[np.int16]] = []
    while True:
        try:
            frame = graph.pull()
            assert isinstance(frame, av.AudioFrame)
            pulled.append(frame.to_ndarray().reshape(-1).astype(np.int16))
        except av.error.EOFError, av.error.BlockingIOError:
            return pulled
