"""How a voice's options become a session of the service and its behaviour."""

from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError, TemplateError

from .calibration import DEFAULT_THRESHOLD, Calibration
from .const import (
    DEFAULT_TRANSCRIPTION_MODEL,
    DOMAIN,
    BargeIn,
    NoiseReduction,
    TurnDetection,
)
from .languages import code_of
from .links.protocols import AudioSource
from .manners import TurnTaking
from .options import VoiceOptions
from .prompt import render_instructions, render_opening
from .realtime.config import Behaviour, SemanticVad, ServerVad, SessionConfig
from .request import ConversationRequest


def create_config(
    hass: HomeAssistant,
    options: VoiceOptions,
    extra: str | None,
    tools: tuple[dict[str, Any], ...],
) -> SessionConfig:
    """Return how the session is to be, with extra instructions for this once.

    Raises `ServiceValidationError` where the persona cannot be rendered.
    """
    try:
        instructions = render_instructions(
            hass,
            options.instructions,
            extra,
            options.children,
            options.tongue.language,
        )
    except TemplateError as error:
        raise ServiceValidationError(
            translation_domain=DOMAIN,
            translation_key="instructions_invalid",
            translation_placeholders={"voice": options.name, "error": str(error)},
        ) from error
    noise = options.turns.noise_reduction
    language = options.tongue.language
    return SessionConfig(
        instructions=instructions,
        voice=options.voice,
        transcription_model=DEFAULT_TRANSCRIPTION_MODEL,
        language=code_of(language) if language else None,
        tools=tools,
        turn_detection=_turn_detection(options.turns, options.calibration),
        noise_reduction=None if noise is NoiseReduction.NONE else noise.value,
    )


def create_behaviour(
    options: VoiceOptions,
    source: AudioSource,
    request: ConversationRequest,
    context: tuple[str, ...] = (),
) -> Behaviour:
    """Return how the conversation is to run, on a link with its microphone.

    The model is told the `context` before what the request has to tell.
    """
    turns, limits, found = options.turns, options.limits, options.calibration
    tail_ms = turns.echo_tail_ms
    return Behaviour(
        opening=_opening(request),
        context=(*context, *((request.context,) if request.context else ())),
        listens=request.listens,
        barge_in=can_be_interrupted(options, source),
        echo_tail=(found.tail_ms(tail_ms) if found else tail_ms) / 1000,
        min_speech=turns.min_speech_ms / 1000,
        trims_silence=turns.trims_silence,
        max_duration=float(limits.max_duration_s),
        idle_timeout=float(limits.idle_timeout_s),
    )


def _opening(request: ConversationRequest) -> str:
    """Return what the voice is told to open with; empty: it listens first."""
    if request.direction is not None:
        return request.direction
    return render_opening(request.opening)


def _turn_detection(
    turns: TurnTaking, found: Calibration | None
) -> ServerVad | SemanticVad:
    """Return what tells the end of a turn.

    A threshold that the user has set stays; else the porch check's is used.
    """
    match turns.turn_detection:
        case TurnDetection.SERVER_VAD:
            threshold = turns.threshold
            if threshold is None:
                threshold = found.threshold if found else DEFAULT_THRESHOLD
            return ServerVad(
                threshold, turns.prefix_padding_ms, turns.silence_duration_ms
            )
        case TurnDetection.SEMANTIC_VAD:
            return SemanticVad(turns.eagerness.value)


def can_be_interrupted(options: VoiceOptions, source: AudioSource) -> bool:
    """Tell whether speech may interrupt the voice without it hearing itself.

    What the porch check found knows better than what the link says of itself, but for
    a microphone that does not go on while the speaker plays.
    """
    if not source.capabilities.full_duplex:
        return False
    if options.barge_in is BargeIn.AUTO:
        return (options.calibration or source.capabilities).echo_cancelled
    return options.barge_in is BargeIn.ON
