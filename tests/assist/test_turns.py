"""Spoken turns as a browser's Assist dialog takes them, and typed ones beside them."""

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import async_capture_events

from custom_components.realtime_pumpkin.const import EventName
from custom_components.realtime_pumpkin.rehearsal import Call, Plan, Say
from tests.assist.browsers import Browsers
from tests.assist.dialog import SAID, silence, speech

pytestmark = pytest.mark.usefixtures("homeassistant_component", "socket_enabled")

GOODBYE = Plan(
    (Say("Goodbye!", duration_ms=300), Call("finish_conversation", {"reason": "done"}))
)


async def test_each_answer_is_the_sound_of_its_own_turn(browsers: Browsers) -> None:
    """The same short answer twice in a row included: no older sound is heard."""
    async with browsers.talk(
        Say("Boo!", duration_ms=300),
        Say("Boo!", duration_ms=800),
        Say("The candles burn, the fog is thick, and who is knocking here so late?"),
        heard=("Hello?", "Again!", "Tell me more."),
    ) as (visit, dialog):
        first, second = await dialog.speak(), await dialog.speak()
        third = await dialog.speak()
        heard = [run.heard for run in (first, second, third)]
        sounds = [await dialog.sound_of(run) for run in (first, second, third)]
        assert visit.server.sessions == 2  # The other is the account's check.
    assert heard == ["Hello?", "Again!", "Tell me more."]
    assert [first.answer, second.answer] == ["Boo!", "Boo!"]
    assert sounds[:2] == pytest.approx([0.3, 0.8], abs=0.06)
    assert sounds[2] > 1
    assert first.goes_on
    assert second.goes_on


async def test_the_dialog_listens_until_the_voice_says_goodbye(
    browsers: Browsers,
) -> None:
    """Then the session is closed, and what it was is told."""
    async with browsers.talk("Boo!", GOODBYE, heard=("Hello?", "Bye.")) as (
        visit,
        dialog,
    ):
        first, last = await dialog.speak(), await dialog.speak()
        assert await dialog.sound_of(last) == pytest.approx(0.3, abs=0.06)
        ended = await visit.until(EventName.CONVERSATION_ENDED)
        assert visit.named(EventName.FINISHED)[0]["reason"] == "done"
    assert first.goes_on
    assert not last.goes_on
    assert ended["reason"] == "finished"
    assert ended["turns"] == 2
    assert ended["conversation_id"] == first.conversation_id
    assert [line["text"] for line in ended["transcript"]] == [
        *("Hello?", "Boo!"),
        *("Bye.", "Goodbye!"),
    ]
    assert ended["tokens"]["output_audio"] > 0


async def test_a_goodbye_is_said_where_the_model_forgets_it(browsers: Browsers) -> None:
    """A telephone would wait for its sound for ever."""
    finish = Call("finish_conversation", {"reason": "done"})
    async with browsers.talk(finish, "Goodbye!", heard=("Bye.",)) as (_, dialog):
        run = await dialog.speak()
    assert run.answer == "Goodbye!"
    assert not run.goes_on


async def test_typed_and_spoken_turns_know_each_other(browsers: Browsers) -> None:
    """One conversation, one session, whichever way somebody says something."""
    async with browsers.talk(
        "Boo!", "A pumpkin.", "Orange.", heard=("Hello?", "Which colour?")
    ) as (visit, dialog):
        await dialog.speak()
        written = await dialog.write("Who are you?")
        await dialog.speak()
        requests = visit.server.brain.requests
        assert visit.server.sessions == 2
    assert written.answer == "A pumpkin."
    assert not written.has("tts-end")
    assert [request.modalities for request in requests] == [
        *(["audio"], ["text"], ["audio"])
    ]
    assert [item.words for item in requests[2].history][:4] == [
        *("Hello?", "Boo!"),
        *("Who are you?", "A pumpkin."),
    ]


async def test_a_lost_session_goes_on_with_what_was_said(browsers: Browsers) -> None:
    """The next turn opens another one."""
    async with browsers.talk("Boo!", "A pumpkin.", heard=("Hello?", "Who?")) as (
        visit,
        dialog,
    ):
        await dialog.speak()
        [voice] = visit.entry.runtime_data.voices.values()
        [conversation] = voice.turns._conversations.values()
        await conversation._async_close()
        run = await dialog.speak()
        words = [item.words for item in visit.server.brain.requests[1].history]
        assert visit.server.sessions == 3
    assert run.answer == "A pumpkin."
    assert words[:2] == ["Hello?", "Boo!"]


async def test_two_browsers_do_not_mix(browsers: Browsers) -> None:
    """Each has a conversation, a session and sounds of its own."""
    async with browsers.talk(
        Say("Boo!", duration_ms=300),
        Say("Boo!", duration_ms=800),
        "Once more.",
        heard=("I am Ann.", "I am Ben.", "Who am I?"),
    ) as (visit, ann):
        ben = await browsers.open()
        to_ann, to_ben = await ann.speak(), await ben.speak()
        sounds = [await ben.sound_of(to_ben), await ann.sound_of(to_ann)]
        await ann.speak()
        history = visit.server.brain.requests[2].history
        assert visit.server.sessions == 3
    assert to_ann.conversation_id != to_ben.conversation_id
    assert sounds == pytest.approx([0.8, 0.3], abs=0.06)
    assert "I am Ben." not in [item.words for item in history]


async def test_a_tool_is_called_in_a_spoken_turn(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """Its result comes back to the model, which speaks of it."""
    fog = async_capture_events(hass, "fog")
    scripts = {"fog_machine": {"sequence": [{"event": "fog"}]}}
    assert await async_setup_component(hass, "script", {"script": scripts})
    async with browsers.talk(
        Call("fog_machine"),
        Say("Fog for you!", duration_ms=400),
        heard=("Fog, please.",),
        data={"scripts": ["script.fog_machine"]},
    ) as (visit, dialog):
        run = await dialog.speak()
        assert await dialog.sound_of(run) == pytest.approx(0.4, abs=0.06)
        assert visit.named(EventName.TOOL_CALLED)[0]["name"] == "fog_machine"
    assert run.answer == "Fog for you!"
    assert len(fog) == 1


async def test_the_end_of_the_stream_ends_the_turn(browsers: Browsers) -> None:
    """As when the button is pressed again in mid word."""
    async with browsers.talk("Boo!", heard=("Hello?",)) as (_, dialog):
        run = await dialog.speak(silence(200) + speech(500), closes=True)
    assert (run.heard, run.answer) == ("Hello?", "Boo!")


@pytest.mark.parametrize("pcm", [b"", silence(600)])
async def test_nobody_speaking_is_told_as_always(
    browsers: Browsers, pcm: bytes
) -> None:
    """No answer is asked for."""
    async with browsers.talk() as (visit, dialog):
        run = await dialog.speak(pcm, closes=True)
        assert visit.server.brain.requests == []
    assert run.data("error")["code"] == "stt-no-text-recognized"


async def test_a_sound_without_words_is_not_answered(browsers: Browsers) -> None:
    """What the model had begun to say to a cough is never heard, nor remembered."""
    async with browsers.talk("Bless you!", "Boo!", heard=("", "Hello?")) as (
        visit,
        dialog,
    ):
        cough = await dialog.speak()
        run = await dialog.speak()
        words = [item.words for item in visit.server.brain.requests[-1].history]
    assert cough.data("error")["code"] == "stt-no-text-recognized"
    assert run.answer == "Boo!"
    assert "Bless you!" not in words


async def test_an_answer_is_written_as_it_comes(browsers: Browsers) -> None:
    """The dialog shows word after word."""
    async with browsers.talk("I am a pumpkin on a porch.") as (_, dialog):
        run = await dialog.write("Who are you?")
    pieces = [
        event["data"]["chat_log_delta"]["content"]
        for event in run.events
        if event["type"] == "intent-progress"
        and event["data"].get("chat_log_delta", {}).get("content")
    ]
    assert len(pieces) > 3
    assert "".join(pieces) == run.answer == "I am a pumpkin on a porch."


async def test_a_conversation_is_not_kept_for_ever(
    hass: HomeAssistant, browsers: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dialog that is closed tells nobody."""
    monkeypatch.setattr("custom_components.realtime_pumpkin.turns.turns.KEPT_S", 0.01)
    async with browsers.talk("Boo!") as (visit, dialog):
        await dialog.write("Hello?")
        ended = await visit.until(EventName.CONVERSATION_ENDED)
        [voice] = visit.entry.runtime_data.voices.values()
        assert not voice.turns._conversations
    assert ended["reason"] == "idle"


async def test_only_a_few_conversations_are_kept(browsers: Browsers) -> None:
    """The one that waits longest makes room."""
    async with browsers.talk(*["Boo!"] * 5) as (visit, dialog):
        begun = []
        for _ in range(5):
            dialog.conversation_id = None
            begun.append((await dialog.write("Hello?")).conversation_id)
        ended = await visit.until(EventName.CONVERSATION_ENDED)
        [voice] = visit.entry.runtime_data.voices.values()
        assert list(voice.turns._conversations) == begun[1:]
    assert ended["conversation_id"] == begun[0]


async def test_a_text_that_is_read_is_not_taken_for_a_turn(
    hass: HomeAssistant, browsers: Browsers
) -> None:
    """Where a sentence trigger answers instead of the voice, its text is read."""
    answers = {
        "alias": "x",
        "triggers": {"trigger": "conversation", "command": "secret word"},
        "actions": {"set_conversation_response": "Dinner is ready!"},
    }
    assert await async_setup_component(hass, "automation", {"automation": answers})
    async with browsers.talk(
        "Never heard.",
        Say("Dinner is ready!", duration_ms=600),
        heard=("secret word",),
    ) as (_, dialog):
        run = await dialog.speak(SAID)
        assert run.answer == "Dinner is ready!"
        assert await dialog.sound_of(run) == pytest.approx(0.6, abs=0.06)
