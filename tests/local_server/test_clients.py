"""Independent clients hold whole conversations without a single error event."""

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator
from importlib import import_module
from types import ModuleType
from typing import Any

from openai import AsyncOpenAI
from openai.resources.realtime.realtime import AsyncRealtimeConnection
import pytest

from custom_components.realtime_pumpkin.rehearsal import (
    Call,
    Plan,
    Say,
    ScriptedBrain,
    ServerOptions,
)
from custom_components.realtime_pumpkin.rehearsal.sound import tone

from .conftest import Serve

MODEL = "gpt-realtime-2.1-mini"
SPEECH = tone(700, level=0.3) + bytes(48 * 900)
FAST = ServerOptions(pace=60.0)
LONG = Say("A very long story about a pumpkin.", duration_ms=20_000)


async def events_until(connection: AsyncRealtimeConnection, *types: str) -> list[Any]:
    """Return events until all of certain types came; none of them is an error."""
    events = []
    async with asyncio.timeout(20):
        async for event in connection:
            assert event.type != "error", event
            events.append(event)
            if {each.type for each in events}.issuperset(types):
                break
    return events


@pytest.fixture
async def client() -> AsyncIterator[AsyncOpenAI]:
    """Return an SDK client whose port a test sets."""
    async with AsyncOpenAI(api_key="key", base_url="http://127.0.0.1/v1") as sdk:
        yield sdk


def connect(client: AsyncOpenAI, port: int) -> Any:
    """Connect the SDK client to a port."""
    here = client.with_options(base_url=f"http://127.0.0.1:{port}/v1")
    return here.realtime.connect(model=MODEL)


async def speak(connection: AsyncRealtimeConnection) -> None:
    """Send speech and the silence behind it."""
    for at in range(0, len(SPEECH), 4800):
        piece = b64encode(SPEECH[at : at + 4800]).decode()
        await connection.input_audio_buffer.append(audio=piece)


async def test_the_sdk_holds_a_spoken_conversation(
    serve: Serve, client: AsyncOpenAI
) -> None:
    """Speech in, transcript and speech out, twice."""
    brain = ScriptedBrain(["Boo!", "Goodbye!"], heard=["hello", "bye"])
    async with serve(brain, FAST) as port, connect(client, port) as connection:
        transcription = {"model": "gpt-transcribe"}
        await connection.session.update(
            session={
                "type": "realtime",
                "audio": {"input": {"transcription": transcription}},
            }
        )
        for said, answered in (("hello", "Boo!"), ("bye", "Goodbye!")):
            await speak(connection)
            events = {
                e.type: e for e in await events_until(connection, "response.done")
            }
            transcript = "conversation.item.input_audio_transcription.completed"
            assert events[transcript].transcript == said
            done = events["response.done"].response
            assert done.output[0].content[0].transcript == answered
            assert done.usage.output_token_details.audio_tokens > 0
    brain.assert_finished()


async def test_the_sdk_holds_a_written_conversation_with_tools(
    serve: Serve, client: AsyncOpenAI
) -> None:
    """A call, its output and the answer to it, in text."""
    brain = ScriptedBrain([Call("ring", {"times": 2}), "It rang."])
    async with serve(brain, FAST) as port, connect(client, port) as connection:
        tool = {"type": "function", "name": "ring", "parameters": {"type": "object"}}
        await connection.session.update(
            session={"type": "realtime", "output_modalities": ["text"], "tools": [tool]}
        )
        content = [{"type": "input_text", "text": "Ring!"}]
        await connection.conversation.item.create(
            item={"type": "message", "role": "user", "content": content}
        )
        await connection.response.create()
        call = (await events_until(connection, "response.done"))[-1].response.output[0]
        assert (call.name, call.arguments) == ("ring", '{"times":2}')
        await connection.conversation.item.create(
            item={
                "type": "function_call_output",
                "call_id": call.call_id,
                "output": "ok",
            }
        )
        await connection.response.create()
        done = (await events_until(connection, "response.done"))[-1].response
        assert done.output[0].content[0].text == "It rang."


async def test_the_sdk_interrupts_by_voice_and_truncates(
    serve: Serve, client: AsyncOpenAI
) -> None:
    """The answer is cancelled, cut at what was heard, and the next one comes."""
    brain = ScriptedBrain([LONG, "Yes?"], heard=["stop"])
    async with (
        serve(brain, ServerOptions()) as port,
        connect(client, port) as connection,
    ):
        await connection.response.create()
        await events_until(connection, "response.output_audio.delta")
        await speak(connection)
        cancelled = (await events_until(connection, "response.done"))[-1].response
        assert cancelled.status_details.reason == "turn_detected"
        item_id = cancelled.output[0].id
        await connection.conversation.item.truncate(
            item_id=item_id, content_index=0, audio_end_ms=100
        )
        # Both are on their way, in either order.
        events = await events_until(
            connection, "conversation.item.truncated", "response.done"
        )
        done = next(e.response for e in events if e.type == "response.done")
        assert done.output[0].content[0].transcript == "Yes?"


@pytest.fixture
def agents() -> ModuleType:
    """Return openai-agents, which takes a second to import, so only here."""
    import_module("agents.realtime")
    return import_module("agents")


async def agent_session(agents: ModuleType, port: int, **options: Any) -> Any:
    """Return what runs an agent of openai-agents against a port."""
    agent = agents.realtime.RealtimeAgent(name="pumpkin", **options)
    url = f"ws://127.0.0.1:{port}/v1/realtime?model={MODEL}"
    runner = agents.realtime.RealtimeRunner(agent)
    return await runner.run(model_config={"url": url, "api_key": "key"})


async def until_done(session: Any, responses: int = 1) -> list[dict[str, Any]]:
    """Return the raw events up to the end of so many responses, none an error."""
    raw: list[dict[str, Any]] = []
    async with asyncio.timeout(20):
        async for event in session:
            assert event.type != "error", event
            if event.type == "raw_model_event":
                assert event.data.type not in ("error", "exception"), event.data
                if event.data.type == "raw_server_event":
                    raw.append(event.data.data)
            if sum(each["type"] == "response.done" for each in raw) == responses:
                break
    return raw


async def test_a_strict_agent_holds_a_spoken_conversation(
    serve: Serve, agents: ModuleType
) -> None:
    """openai-agents validates every event; a malformed one would be an error."""
    brain = ScriptedBrain(["Boo!"], heard=["hello"])
    async with (
        serve(brain, FAST) as port,
        await agent_session(agents, port, instructions="Boo.") as session,
    ):
        await session.send_audio(SPEECH)
        raw = await until_done(session)
    types = [each["type"] for each in raw]
    assert "input_audio_buffer.speech_started" in types
    assert raw[-1]["response"]["output"][0]["content"][0]["transcript"] == "Boo!"


async def test_a_strict_agent_uses_its_tools(serve: Serve, agents: ModuleType) -> None:
    """The agent answers the call and asks for the response to its output."""
    rung: list[int] = []

    @agents.function_tool
    def ring(times: int) -> str:
        """Ring the bell."""
        rung.append(times)
        return "It rang."

    brain = ScriptedBrain(
        [Plan((Say("A moment."), Call("ring", {"times": 2}))), "Done."]
    )
    async with (
        serve(brain, FAST) as port,
        await agent_session(agents, port, tools=[ring]) as session,
    ):
        await session.send_message("Ring!")
        raw = await until_done(session, responses=2)
    assert rung == [2]
    assert raw[-1]["response"]["output"][0]["content"][0]["transcript"] == "Done."


async def test_a_strict_agent_interrupts(serve: Serve, agents: ModuleType) -> None:
    """It cancels and truncates what nobody will hear."""
    brain = ScriptedBrain([LONG, "Yes?"], heard=["stop"])
    async with serve(brain) as port, await agent_session(agents, port) as session:
        await session.send_message("Tell me a story.")
        async with asyncio.timeout(20):
            async for event in session:
                if event.type == "audio":
                    break
        await session.send_audio(SPEECH)
        raw = await until_done(session, responses=2)
    done = [
        each["response"]["status"] for each in raw if each["type"] == "response.done"
    ]
    assert done == ["cancelled", "completed"]
