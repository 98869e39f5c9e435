"""One answer to one text, in a session of its own that has no microphone."""

import asyncio
import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from .config import SessionConfig
from .connection import Connect, RealtimeConnection
from .errors import ErrorKind, RealtimeError
from .history import text_item
from .usage import Usage

ANSWER_TIMEOUT: Final = 60.0


@dataclass(slots=True)
class SingleAnswer:
    """What the model answered."""

    text: str = ""
    pcm: bytes = b""
    """PCM s16le mono 24 kHz; empty for a written answer."""

    usage: Usage = field(default_factory=Usage)


async def async_answer(
    connect: Connect,
    config: SessionConfig,
    said: Iterable[tuple[str, str]],
    *,
    spoken: bool,
) -> SingleAnswer:
    """Open a session, tell what was `said` (role and text), return the answer.

    Raises `RealtimeError` where there is none within a minute.
    """
    connection = await connect()
    try:
        async with asyncio.timeout(ANSWER_TIMEOUT):
            await connection.expect_session()
            modality = "audio" if spoken else "text"
            session = {**config.as_dict(), "output_modalities": [modality]}
            await connection.configure(session)
            for role, text in said:
                item = text_item(role, text)
                await connection.send(
                    {"type": "conversation.item.create", "item": item}
                )
            await connection.send({"type": "response.create"})
            return await _read(connection)
    except TimeoutError as err:
        raise RealtimeError(ErrorKind.SERVER, None, "No answer within 60 s") from err
    finally:
        await connection.close()


async def _read(connection: RealtimeConnection) -> SingleAnswer:
    """Collect an answer to its end; raise `RealtimeError` where it fails."""
    texts: list[str] = []
    pcm = bytearray()
    while True:
        match await connection.recv():
            case {"type": "response.output_audio.delta", "delta": str(delta)}:
                pcm += _decode(delta)
            case {"type": "response.output_text.done", "text": str(text)}:
                texts.append(text)
            case {
                "type": "response.output_audio_transcript.done",
                "transcript": str(text),
            }:
                texts.append(text)
            case {"type": "error", "error": dict(error)}:
                raise RealtimeError.from_payload(error)
            case {"type": "response.done", "response": dict(response)}:
                _raise_failure(response)
                answer = SingleAnswer(" ".join(texts).strip(), bytes(pcm))
                answer.usage.add(_object(response, "usage"))
                return answer


def _raise_failure(response: dict[str, Any]) -> None:
    """Raise why a response was not completed."""
    if response.get("status", "completed") == "completed":
        return
    details = _object(response, "status_details")
    reason = details.get("reason") or response.get("status")
    error = _object(details, "error") or {"message": f"The answer ended: {reason}"}
    raise RealtimeError.from_payload(error)


def _decode(delta: str) -> bytes:
    """Return a delta's PCM; what is no base64 is skipped."""
    try:
        return base64.b64decode(delta)
    except binascii.Error:
        return b""


def _object(fields: dict[str, Any], name: str) -> dict[str, Any]:
    """Return an object field, empty where it is missing or no object."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}
