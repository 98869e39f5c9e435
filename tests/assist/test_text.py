"""The voice's engines outside of its conversations: it reads, and it writes."""

import asyncio
from collections.abc import AsyncIterator
import io
from typing import Any
import wave

from homeassistant.components import conversation, tts
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util import dt as dt_util
import pytest

from custom_components.realtime_pumpkin.const import CONVERSATION_OVER, EventName
from custom_components.realtime_pumpkin.prompt import READ_ALOUD
from custom_components.realtime_pumpkin.rehearsal import Plan, Say, ServerOptions
from tests.assist.visit import Visit, voice_at

pytestmark = pytest.mark.usefixtures(
    "homeassistant_component", "socket_enabled", "no_old_sounds"
)

SATELLITE = "assist_satellite.nowhere"
LONG = (
    "The candles on the porch are lit, the fog is on its way, the cats are fed, and"
    " whoever dares to knock tonight shall hear a story of the pumpkin of this house."
)


async def text_of(words: str) -> AsyncIterator[str]:
    """Yield a text at once."""
    yield words


async def converse(
    hass: HomeAssistant, text: str, conversation_id: str | None = None
) -> conversation.ConversationResult:
    """Write to the voice."""
    return await conversation.async_converse(
        hass, text, conversation_id, Context(), agent_id="conversation.pumpkin"
    )


def speech(result: conversation.ConversationResult) -> str:
    """Return what was answered."""
    words: str = result.response.speech["plain"]["speech"]
    return words


async def read_aloud(hass: HomeAssistant, text: str, **options: str) -> bytes:
    """Let the voice read a text; return the WAV file."""
    stream = tts.async_create_stream(
        hass,
        "tts.pumpkin_voice",
        options={tts.ATTR_PREFERRED_FORMAT: "wav", **options},
    )
    stream.async_set_message(text)
    return b"".join([chunk async for chunk in stream.async_stream_result()])


def totals(visit: Visit) -> Any:
    """Return what the voice has used today."""
    [voice] = visit.entry.runtime_data.voices.values()
    return voice.totals.at(dt_util.now()).day


async def test_a_text_is_read_in_the_voice(hass: HomeAssistant) -> None:
    """A session of its own that is told to read, not to answer."""
    said = Say("Dinner is ready!", duration_ms=700)
    async with voice_at(hass, SATELLITE, said) as visit:
        file = await read_aloud(hass, "Dinner is ready!")
        [request] = visit.server.brain.requests
        assert totals(visit).tokens["output_audio"] > 0
        assert totals(visit).conversations == 0
    with wave.open(io.BytesIO(file)) as sound:
        assert sound.getnchannels() == 1
        assert sound.getsampwidth() == 2
        # Home Assistant's converter writes a file of unknown length.
        frames = len(sound.readframes(10**7)) / 2
        assert frames / sound.getframerate() == pytest.approx(0.7, abs=0.05)
    assert request.instructions == READ_ALOUD
    assert [item.words for item in request.history] == ["Dinner is ready!"]


async def test_a_voice_that_says_nothing_is_told(hass: HomeAssistant) -> None:
    """An empty file would be played by nobody."""
    async with voice_at(hass, SATELLITE, Plan(), Plan()):
        with pytest.raises(HomeAssistantError, match="word for word"):
            await read_aloud(hass, "Dinner is ready!")


async def test_a_text_is_heard_sentence_by_sentence(hass: HomeAssistant) -> None:
    """The first sentence is out before the last one is asked for."""
    first, last = "The candles on the porch are lit.", "And the fog is on its way."
    async with voice_at(
        hass, SATELLITE, Say(first, duration_ms=400), Say(last, duration_ms=300)
    ) as visit:
        [voice] = visit.entry.runtime_data.voices.values()
        more = asyncio.Event()

        async def text() -> AsyncIterator[str]:
            """Write the last sentence when it is asked for."""
            yield f"{first} "
            await more.wait()
            yield last

        sound = voice.reader.read(text())
        assert len(await anext(sound)) == 400 * 48
        assert len(visit.server.brain.requests) == 1
        more.set()
        assert len(b"".join([pcm async for pcm in sound])) == 300 * 48
        assert visit.server.sessions == 2


async def test_a_long_sentence_is_heard_while_it_is_being_read(
    hass: HomeAssistant,
) -> None:
    """Its first sound is there long before its last; all of it is heard, once."""
    said = Say(LONG, duration_ms=9000)
    async with voice_at(hass, SATELLITE, said, options=ServerOptions(pace=6)) as visit:
        [voice] = visit.entry.runtime_data.voices.values()
        sound = voice.reader.read(text_of(LONG))
        first = await anext(sound)
        assert 0 < len(first) < 2000 * 48
        assert totals(visit).tokens == {}  # It is counted at its end.
        rest = b"".join([pcm async for pcm in sound])
        assert len(first) + len(rest) == 9000 * 48
        assert len(visit.server.brain.requests) == 1


async def test_a_long_sentence_that_begins_wrongly_is_read_once_more(
    hass: HomeAssistant,
) -> None:
    """Nothing of the wrong sound gets out."""
    wrong = Say(f"Sure, I will read that to you now. {LONG}", duration_ms=9000)
    right = Say(LONG, duration_ms=7000)
    async with voice_at(hass, SATELLITE, wrong, right) as visit:
        [voice] = visit.entry.runtime_data.voices.values()
        heard = [pcm async for pcm in voice.reader.read(text_of(LONG))]
        assert len(b"".join(heard)) == 7000 * 48


async def test_a_long_sentence_that_goes_astray_ends_there(hass: HomeAssistant) -> None:
    """What was wrong is not heard, and Home Assistant keeps nothing of it."""
    at = LONG.index(", and whoever")
    astray = Say(
        f"{LONG[:at]} or so they say, but I would much rather talk about the weather.",
        duration_ms=9000,
    )
    async with voice_at(hass, SATELLITE, astray, Say(LONG, duration_ms=7000)) as visit:
        with pytest.raises(HomeAssistantError, match="word for word"):
            await read_aloud(hass, LONG)
        assert len(visit.server.brain.requests) == 1
        assert len(await read_aloud(hass, LONG)) > 6000 * 32


async def test_what_was_misread_is_read_once_more(hass: HomeAssistant) -> None:
    """Nothing of the wrong sound gets out."""
    wrong = Say("Sure! I will.", duration_ms=900)
    right = Say("Dinner is ready!", duration_ms=500)
    async with voice_at(hass, SATELLITE, wrong, right):
        file = await read_aloud(hass, "Dinner is ready!")
    assert len(file) < 700 * 48


async def test_what_is_misread_twice_is_told(hass: HomeAssistant) -> None:
    """And Home Assistant keeps no sound of it."""
    async with voice_at(hass, SATELLITE, *["Sure!"] * 2, "Dinner is ready!"):
        with pytest.raises(HomeAssistantError, match="word for word"):
            await read_aloud(hass, "Dinner is ready!")
        assert await read_aloud(hass, "Dinner is ready!")


async def test_a_text_is_asked_for_once(hass: HomeAssistant) -> None:
    """Home Assistant keeps the sound of announcements, as it does of others."""
    async with voice_at(hass, SATELLITE, "Dinner is ready!") as visit:
        once = await read_aloud(hass, "Dinner is ready!")
        assert await read_aloud(hass, "Dinner is ready!") == once
        assert len(visit.server.brain.requests) == 1


async def test_another_voice_of_the_provider_can_read(hass: HomeAssistant) -> None:
    """As it can be chosen in an action or a pipeline."""
    async with voice_at(hass, SATELLITE, "Boo!") as visit:
        await read_aloud(hass, "Boo!", voice="marin")
        assert visit.server.brain.requests[0].voice == "marin"


async def test_the_end_of_a_conversation_is_answered_with_nothing(
    hass: HomeAssistant,
) -> None:
    """All was said already; no session is opened for it."""
    async with voice_at(hass, SATELLITE) as visit:
        result = await converse(hass, CONVERSATION_OVER)
        assert speech(result) == ""
        assert result.continue_conversation is False
        assert visit.server.brain.requests == []


async def test_the_persona_answers_what_is_written_to_it(hass: HomeAssistant) -> None:
    """With what was written before, and in writing."""
    async with voice_at(hass, SATELLITE, Say("Boo!"), Say("A pumpkin.")) as visit:
        first = await converse(hass, "Hello?")
        second = await converse(hass, "Who are you?", first.conversation_id)
        requests = visit.server.brain.requests
    assert [speech(first), speech(second)] == ["Boo!", "A pumpkin."]
    assert "You are a pumpkin." in requests[1].instructions
    words = [item.words for item in requests[1].history]
    assert words == ["Hello?", "Boo!", "Who are you?"]
    assert requests[1].modalities == ["text"]


async def test_a_server_that_is_gone_is_told_in_words(hass: HomeAssistant) -> None:
    """The dialog shows what a person can do something about."""
    async with voice_at(hass, SATELLITE) as visit:
        visit.server.brain.plan = _fail  # type: ignore[method-assign]
        result = await converse(hass, "Hello?")
    assert result.response.error_code is not None
    assert speech(result).startswith("The server failed")


async def test_a_spent_budget_silences_the_engines_too(hass: HomeAssistant) -> None:
    """What is spent is spent, whoever would spend more."""
    data = {"daily_budget_usd": 0.01}
    async with voice_at(hass, SATELLITE, Say("Boo!"), data=data) as visit:
        [voice] = visit.entry.runtime_data.voices.values()
        voice._admission.used({"output_audio": 1}, 1.0)
        with pytest.raises(HomeAssistantError, match="budget"):
            await read_aloud(hass, "Dinner is ready!")
        assert visit.server.brain.requests == []


async def test_a_voice_that_is_switched_off_reads_nothing(hass: HomeAssistant) -> None:
    """Off is off, for texts as for visitors."""
    async with voice_at(hass, SATELLITE, Say("Boo!")) as visit:
        [voice] = visit.entry.runtime_data.voices.values()
        voice.async_switch(is_enabled=False)
        with pytest.raises(HomeAssistantError, match="switched off"):
            await read_aloud(hass, "Dinner is ready!")
        assert visit.server.brain.requests == []


async def test_a_text_that_spends_the_budget_is_told_and_shown(
    hass: HomeAssistant,
) -> None:
    """As a conversation that does."""
    data = {"daily_budget_usd": 0.000001, "model": "gpt-realtime-2.1-mini"}
    async with voice_at(hass, SATELLITE, Say("Dinner!"), data=data) as visit:
        await read_aloud(hass, "Dinner!")
        reached = await visit.until(EventName.BUDGET_REACHED)
        assert (reached["budget"], reached["conversation_id"]) == ("daily", None)
        cost = hass.states.get("sensor.pumpkin_cost_today")
        assert cost is not None
        assert float(cost.state) > 0


def _fail(request: Any) -> Plan:
    """Fail as a server does."""
    raise RuntimeError("It broke.")
