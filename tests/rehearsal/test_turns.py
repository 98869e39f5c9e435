"""Turn detection, the input buffer and who may answer or interrupt."""

from base64 import b64encode

import numpy as np
import pytest

from custom_components.realtime_pumpkin.rehearsal import Reason, Say, ServerOptions
from custom_components.realtime_pumpkin.rehearsal.sound import (
    BYTES_PER_MS,
    Encoder,
    tone,
)

from .talk import VOICE, Talk, errors

STARTED = "input_audio_buffer.speech_started"
STOPPED = "input_audio_buffer.speech_stopped"
LONG = Say("A very long story.", duration_ms=60_000)


def silence(ms: int) -> bytes:
    """Return silence."""
    return bytes(ms * BYTES_PER_MS)


def test_places_are_counted_on_the_audio_written() -> None:
    """Start is detection minus prefix; end includes the silence."""
    talk = Talk("Boo!")
    talk.turn_detection(prefix_padding_ms=300, silence_duration_ms=500)
    talk.append(silence(2000) + VOICE + silence(1000))
    assert talk.last(STARTED)["audio_start_ms"] == 1700
    assert talk.last(STOPPED)["audio_end_ms"] == 3500


def test_the_start_is_never_before_the_audio() -> None:
    """A prefix longer than what was written is cut."""
    talk = Talk("Boo!")
    talk.append(VOICE)
    assert talk.last(STARTED)["audio_start_ms"] == 0


def test_silence_is_200_ms_where_the_client_says_nothing() -> None:
    """As in real `session.created` events, and 500 ms by option."""
    talk = Talk("Boo!")
    talk.append(VOICE + silence(600))
    assert talk.last(STOPPED)["audio_end_ms"] == 1200
    talk = Talk("Boo!", options=ServerOptions(silence_duration_ms=500))
    talk.append(VOICE + silence(600))
    assert talk.last(STOPPED)["audio_end_ms"] == 1500


@pytest.mark.parametrize(("threshold", "is_heard"), [(0.3, True), (0.9, False)])
def test_the_threshold_decides_what_is_speech(threshold: float, is_heard: bool) -> None:
    """A quiet tone (-43 dBFS) is speech only for a low threshold."""
    talk = Talk()
    talk.turn_detection(threshold=threshold)
    talk.append(tone(500, level=0.01))
    assert (STARTED in talk.types()) is is_heard


def test_a_click_is_not_speech() -> None:
    """Less than 60 ms of sound start nothing."""
    talk = Talk()
    talk.append(silence(200) + tone(40, level=0.5) + silence(200))
    assert STARTED not in talk.types()


def test_the_size_of_appends_does_not_matter() -> None:
    """Odd chunks give the same places as one piece."""
    whole, pieces = Talk("Boo!"), Talk("Boo!")
    audio = silence(500) + VOICE + silence(500)
    whole.send("input_audio_buffer.append", audio=b64encode(audio).decode())
    for at in range(0, len(audio), 997):
        piece = b64encode(audio[at : at + 997]).decode()
        pieces.send("input_audio_buffer.append", audio=piece)
    for kind, key in ((STARTED, "audio_start_ms"), (STOPPED, "audio_end_ms")):
        assert pieces.last(kind)[key] == whole.last(kind)[key]


def test_the_item_holds_the_speech_with_prefix_and_silence() -> None:
    """What was committed can be retrieved: 300 + 1000 + 200 ms."""
    talk = Talk("Boo!")
    talk.append(silence(1000) + VOICE + silence(500))
    item_id = talk.last(STARTED)["item_id"]
    talk.send("conversation.item.retrieve", item_id=item_id)
    audio = talk.last("conversation.item.retrieved")["item"]["content"][0]["audio"]
    assert len(audio) * 3 // 4 // BYTES_PER_MS == 1500


@pytest.mark.parametrize("name", ["audio/pcmu", "audio/pcma"])
def test_turns_are_detected_in_telephone_audio(name: str) -> None:
    """Places in G.711 are the same milliseconds."""
    talk = Talk("Boo!")
    talk.update(audio={"input": {"format": {"type": name}}})
    audio = Encoder({"type": name}).encode(silence(1000) + VOICE + silence(500))
    talk.send("input_audio_buffer.append", audio=b64encode(audio).decode())
    assert talk.last(STARTED)["audio_start_ms"] == pytest.approx(700, abs=20)
    assert talk.last(STOPPED)["audio_end_ms"] == pytest.approx(2200, abs=20)


@pytest.mark.parametrize(
    ("eagerness", "pause_s"), [("high", 2), ("medium", 4), ("auto", 4), ("low", 8)]
)
def test_semantic_detection_waits_for_an_unfinished_thought(
    eagerness: str, pause_s: int
) -> None:
    """A short sound ends only after the longest wait of its eagerness."""
    talk = Talk("Boo!")
    talk.turn_detection(type="semantic_vad", eagerness=eagerness)
    talk.append(VOICE[: 300 * BYTES_PER_MS] + silence(pause_s * 1000 - 100))
    assert STOPPED not in talk.types()
    talk.append(silence(200))
    assert STOPPED in talk.types()


def test_semantic_detection_answers_a_whole_thought_soon() -> None:
    """A sentence ends after a short pause, and a judge may decide otherwise."""
    talk = Talk("Boo!")
    talk.turn_detection(type="semantic_vad", eagerness="low")
    talk.append(VOICE + silence(700))
    assert STOPPED in talk.types()
    talk = Talk("Boo!", options=ServerOptions(finished=lambda _: False))
    talk.turn_detection(type="semantic_vad", eagerness="low")
    talk.append(VOICE + silence(700))
    assert STOPPED not in talk.types()


@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("interrupt", [True, False])
def test_answering_and_interrupting_are_chosen_apart(
    create: bool, interrupt: bool
) -> None:
    """The four combinations of create_response and interrupt_response."""
    talk = Talk(LONG, LONG)
    talk.turn_detection(create_response=create, interrupt_response=interrupt)
    talk.send("response.create")
    talk.speak()
    done = talk.responses()
    assert [each["status"] for each in done] == ["cancelled"] * interrupt
    created = len(talk.events("response.created"))
    assert created == (2 if create and interrupt else 1)
    assert errors(talk.events()) == []


def test_a_turn_without_create_response_waits_for_the_client() -> None:
    """The item is there; the answer comes when it is asked for."""
    talk = Talk("Boo!")
    talk.turn_detection(create_response=False)
    talk.speak()
    assert "response.created" not in talk.types()
    assert talk.answer()["status"] == "completed"


def test_the_idle_timeout_counts_from_the_end_of_playback() -> None:
    """Five seconds after three seconds of speech were sent, and played."""
    talk = Talk(Say("Boo!", duration_ms=3000), "Hello?")
    talk.turn_detection(idle_timeout_ms=5000)
    talk.answer()
    at = {entry.type: entry.at for entry in talk.journal}
    triggered = next(
        e.at for e in talk.journal if e.type == "input_audio_buffer.timeout_triggered"
    )
    done = next(e.at for e in talk.journal if e.type == "response.done")
    assert triggered - done == pytest.approx(8.0)
    assert at["response.done"] > triggered
    assert talk.brain.requests[-1].reason is Reason.TIMEOUT


def test_an_idle_timeout_commits_an_empty_turn_and_is_answered() -> None:
    """timeout_triggered, committed, added, done, then an answer."""
    talk = Talk("Boo!", "Hello?")
    talk.turn_detection(idle_timeout_ms=5000)
    talk.send("response.create")
    talk.pass_time(10)
    types = talk.types()
    after = types[types.index("input_audio_buffer.timeout_triggered") :]
    assert after[:5] == [
        "input_audio_buffer.timeout_triggered",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
    ]


def test_an_empty_turn_has_no_transcript() -> None:
    """There is nothing to hear in it."""
    talk = Talk("Boo!", "Hello?", heard=["never"])
    talk.update(audio={"input": {"transcription": {"model": "gpt-transcribe"}}})
    talk.turn_detection(idle_timeout_ms=5000)
    talk.send("response.create")
    talk.pass_time(10)
    assert "input_audio_buffer.timeout_triggered" in talk.types()
    assert not any("input_audio_transcription" in kind for kind in talk.types())
    assert len(talk.responses()) == 2


def test_speech_stops_the_idle_timeout() -> None:
    """Somebody who speaks is not idle."""
    talk = Talk("Boo!")
    talk.turn_detection(idle_timeout_ms=5000, create_response=False)
    talk.send("response.create")
    talk.pass_time(5)
    talk.speak()
    talk.pass_time(20)
    assert "input_audio_buffer.timeout_triggered" not in talk.types()


def test_without_turn_detection_the_client_commits_and_asks() -> None:
    """Manual turns: committed, added, done, and no answer of its own accord."""
    talk = Talk("Boo!")
    talk.update(audio={"input": {"turn_detection": None}})
    talk.append(VOICE + silence(2000))
    assert STARTED not in talk.types()
    events = talk.send("input_audio_buffer.commit")
    assert [event["type"] for event in events] == [
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
    ]
    assert talk.answer()["status"] == "completed"


def test_less_than_100_ms_cannot_be_committed() -> None:
    """The error says how little there is."""
    talk = Talk()
    talk.update(audio={"input": {"turn_detection": None}})
    talk.append(silence(50))
    events = talk.send("input_audio_buffer.commit", event_id="mine")
    assert errors(events) == [("input_audio_buffer_commit_empty", None)]
    assert "only has 50.00ms" in events[0]["error"]["message"]
    assert events[0]["error"]["event_id"] == "mine"


def test_a_cleared_buffer_is_empty() -> None:
    """Clear forgets the audio and speech in progress."""
    talk = Talk()
    talk.append(VOICE)
    assert (
        talk.send("input_audio_buffer.clear")[0]["type"] == "input_audio_buffer.cleared"
    )
    talk.append(silence(500))
    assert STOPPED not in talk.types()
    talk.update(audio={"input": {"turn_detection": None}})
    talk.send("input_audio_buffer.clear")
    events = talk.send("input_audio_buffer.commit")
    assert errors(events) == [("input_audio_buffer_commit_empty", None)]


def test_places_go_on_after_clearing() -> None:
    """Milliseconds count all audio of the session, also what was dropped."""
    talk = Talk("Boo!")
    talk.append(silence(3000))
    talk.send("input_audio_buffer.clear")
    talk.append(silence(1000) + VOICE)
    assert talk.last(STARTED)["audio_start_ms"] == 3700


def test_an_interruption_before_the_first_item_leaves_nothing() -> None:
    """response.done says cancelled, without output and with zero usage."""
    talk = Talk(LONG, options=ServerOptions(think_ms=10_000))
    talk.send("response.create")
    talk.append(VOICE)
    response = talk.responses()[-1]
    assert response["status_details"] == {
        "type": "cancelled",
        "reason": "turn_detected",
    }
    assert response["output"] == []
    assert response["usage"]["total_tokens"] == 0


def test_an_interruption_closes_the_open_item_with_what_was_said() -> None:
    """The tail of the ladder: partial transcript, incomplete item, cancelled."""
    talk = Talk(LONG)
    talk.send("response.create")
    talk.append(VOICE)
    types = talk.types()
    tail = types[types.index(STARTED) + 1 :]
    assert tail[:6] == [
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    item = talk.last("response.output_item.done")["item"]
    said = talk.last("response.output_audio_transcript.done")["transcript"]
    assert item["status"] == "incomplete"
    assert LONG.text.startswith(said)
    assert said != LONG.text


def test_speech_after_the_answer_was_sent_only_starts() -> None:
    """Still playing, but generated: nothing is cancelled."""
    talk = Talk("Boo!")
    talk.answer()
    talk.append(VOICE)
    assert [each["status"] for each in talk.responses()] == ["completed"]


def test_quiet_hours_of_microphone_are_not_kept() -> None:
    """Ten minutes of silence do not fill the memory."""
    talk = Talk()
    noise = np.random.default_rng(1).normal(0, 20, 24_000 * 60).astype("<i2").tobytes()
    for _ in range(10):
        talk.send("input_audio_buffer.append", audio=b64encode(noise).decode())
    assert STARTED not in talk.types()
    assert len(talk.session._input._buffer) < 1_500_000
