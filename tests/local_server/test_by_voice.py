"""The whole server by voice: real ears, the doorkeeper's brain and real voices."""

import asyncio
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any

import orjson
import pytest
from websockets.asyncio.client import ClientConnection, connect

from custom_components.realtime_pumpkin.rehearsal import ServerOptions, Source
from demo.realtime_server import ears as ears_module
from demo.realtime_server.brain import Doorkeeper
from demo.realtime_server.brain.grammar import grammar
from demo.realtime_server.brain.personas import JACK
from demo.realtime_server.brain.riddles import RIDDLES
from demo.realtime_server.brain.understanding import plain
from demo.realtime_server.ears import Ears
from demo.realtime_server.voices import Voices

from .conftest import Serve
from .visit import INSTRUCTIONS

OPTIONS = ServerOptions(ears=Source.OUTSIDE, voices=Source.OUTSIDE, pace=float("inf"))
_PATIENCE_S = 120
"""A machine that has other things to do understands as well, only later."""

TRANSCRIBED = "conversation.item.input_audio_transcription.completed"


async def talk(socket: ClientConnection, speech: bytes) -> tuple[str, str, bytes]:
    """Say something; return what was heard, and the answer in words and sound."""
    for at in range(0, len(speech), 48_000):
        piece = b64encode(speech[at : at + 48_000]).decode()
        await send(socket, {"type": "input_audio_buffer.append", "audio": piece})
    heard, sound = "", b""
    async with asyncio.timeout(_PATIENCE_S):
        async for frame in socket:
            event = orjson.loads(frame)
            assert event["type"] != "error", event
            if event["type"] == TRANSCRIBED:
                heard = event["transcript"]
            elif event["type"] == "response.output_audio.delta":
                sound += b64decode(event["delta"])
            elif event["type"] == "response.done":
                words = event["response"]["output"][0]["content"][0]["transcript"]
                return heard, words, sound
    raise AssertionError("The server closed")


async def send(socket: ClientConnection, event: dict[str, Any]) -> None:
    """Send an event."""
    await socket.send(orjson.dumps(event), text=True)


async def test_the_doorkeeper_hears_and_is_heard(
    serve: Serve, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child's words come in, and independent ears understand the answer."""
    monkeypatch.setattr(ears_module, "_ANSWER_S", _PATIENCE_S)
    said = await Voices(tmp_path).speak("trick or treat", "ballad", 1.0)
    assert said
    ears, listener = Ears(grammar()), Ears()
    session = {
        "type": "realtime",
        "instructions": INSTRUCTIONS,
        "audio": {
            "input": {"transcription": {"model": "gpt-transcribe"}},
            "output": {"voice": "echo"},
        },
    }
    try:
        async with (
            serve(Doorkeeper(), OPTIONS, ears=ears) as port,
            connect(f"ws://127.0.0.1:{port}/v1/realtime?model=m") as socket,
        ):
            await send(socket, {"type": "session.update", "session": session})
            heard, words, sound = await talk(socket, said + bytes(48 * 500))
        assert heard == "trick or treat"
        assert words.startswith(JACK.greetings[0])
        assert words.endswith(RIDDLES[0].question)
        understood = (await listener.hear(sound) or "").split()
        common = [word for word in plain(words).split() if word in understood]
        assert len(common) > 0.7 * len(plain(words).split())
    finally:
        await ears.close()
        await listener.close()
