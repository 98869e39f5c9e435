"""How the server is started: its command line and defaults."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from custom_components.realtime_pumpkin.rehearsal import (
    Brain,
    EnergyDetector,
    ServerOptions,
    Source,
    SpeechDetector,
    TranscriptionOrder,
    parse_fault,
)

type BrainFactory = Callable[[], Brain]

MODELS = (
    "gpt-realtime-2.1-mini",
    "gpt-realtime-2.1",
    "gpt-realtime-2",
    "gpt-realtime-1.5",
    "gpt-realtime",
    "gpt-realtime-mini",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Everything about a server that is not a session's own."""

    options: ServerOptions
    canned: bool = False
    refuse_by_http: bool = False
    seed: str | None = None
    ping_s: float = 20.0
    certificate: Path | None = None
    private_key: Path | None = None
    microphones: Path | None = None
    """Where what each session hears is kept."""


def read_command_line(arguments: Sequence[str] | None = None) -> Namespace:
    """Read the command line; ends the process where it is wrong."""
    return command_line().parse_args(arguments)


def command_line() -> ArgumentParser:
    """Return what reads the command line."""
    parser = ArgumentParser(
        prog="python -m demo.realtime_server",
        description="An OpenAI Realtime server without key and cloud.",
    )
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on")
    add("--port", type=int, default=8765, help="port to listen on; 0 takes a free one")
    add("--think-ms", type=int, default=300, help="thinking time before an answer")
    add(
        "--pace",
        type=_positive,
        default=6.0,
        help="seconds of audio sent per second; inf",
    )
    add("--delta-ms", type=int, default=200, help="audio in one delta")
    add(
        "--transcription",
        type=TranscriptionOrder,
        choices=list(TranscriptionOrder),
        default=TranscriptionOrder.FREE,
        help="where a turn's transcript arrives, seen from its answer",
    )
    add(
        "--transcription-delay-ms", type=int, default=0, help="how late transcripts are"
    )
    add("--vary", action="store_true", help="vary every order the protocol leaves open")
    add("--seed", help="make ids and free orders the same in every run")
    add("--script", type=Path, help="answer by the rules of a TOML file")
    add(
        "--vad", choices=("energy", "silero"), default="energy", help="speech detection"
    )
    add(
        "--call-tool",
        choices=("with", "before", "alone"),
        default="with",
        help="where the goodbye's tool call stands: behind the words, before them, or"
        " alone, with the goodbye in the answer to its output",
    )
    add("--key", help="the only API key accepted")
    add("--models", help="the only models served, with commas between them")
    add("--refuse-by-http", action="store_true", help="refuse keys with HTTP 401")
    add("--legacy-items", action="store_true", help="send conversation.item.created")
    add("--no-item-object", action="store_true", help="leave out an item's object")
    add(
        "--fault",
        action="append",
        default=[],
        type=parse_fault,
        help="kind[=value][@when]",
    )
    add("--canned", action="store_true", help="answer from a can, for load tests")
    add(
        "--prerender", action="store_true", help="render all the brain can say, and end"
    )
    add("--certificate", type=Path, help="TLS certificate chain (PEM)")
    add("--private-key", type=Path, help="TLS private key (PEM)")
    add("--microphones", type=Path, help="keep what sessions hear in this folder")
    add("--verbose", action="store_true", help="log what happens")
    return parser


def _positive(text: str) -> float:
    """Read a number above zero; raises `ValueError` for another one."""
    number = float(text)
    if not number > 0:
        raise ValueError(text)
    return number


def settings_from(given: Namespace) -> ServerSettings:
    """Return the settings that a command line asks for."""
    models = frozenset(given.models.split(",")) if given.models else None
    options = ServerOptions(
        pace=given.pace,
        delta_ms=given.delta_ms,
        think_ms=given.think_ms,
        transcription_order=given.transcription,
        transcription_delay_ms=given.transcription_delay_ms,
        vary=given.vary,
        legacy_item_events=given.legacy_items,
        item_object=not given.no_item_object,
        key=given.key,
        models=models,
        ears=Source.OUTSIDE,
        voices=Source.OUTSIDE,
        faults=tuple(given.fault),
        detector=_detector(given.vad),
    )
    return ServerSettings(
        options=options,
        canned=given.canned,
        refuse_by_http=given.refuse_by_http,
        seed=given.seed,
        certificate=given.certificate,
        private_key=given.private_key,
        microphones=given.microphones,
    )


def _detector(name: str) -> Callable[[], SpeechDetector]:
    """Return what makes a speech detector; silero needs an optional package."""
    if name == "energy":
        return EnergyDetector
    from .silero import SileroDetector  # noqa: PLC0415

    return SileroDetector
