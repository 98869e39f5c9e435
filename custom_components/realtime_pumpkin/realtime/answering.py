"""The model's answers: their sound, their words and their tool calls."""

from collections.abc import Iterator
from dataclasses import replace
import json
from typing import Final

from .actions import Action, FinishUtterance, Notify, Play, RunTool, Send
from .calls import BadArguments, error_output, parse_arguments
from .conversation import Conversation, Due
from .ending import Farewell
from .errors import RealtimeError, is_terminal
from .events import (
    AssistantTranscript,
    AssistantTranscriptDelta,
    AudioDelta,
    AudioStarted,
    Finished,
    ItemFinished,
    ResponseCreated,
    ResponseDone,
    ToolCalled,
)
from .finish import FINISH_TOOL, EndReason
from .pausing import begin
from .signals import SpeakerFinished, SpeakerStarted, ToolFinished

TOO_EARLY: Final = "Nobody has answered yet. Wait for the visitor."


def on_response_created(talk: Conversation, event: ResponseCreated) -> Iterator[Action]:
    """Let a response through, unless nobody wants to hear it now."""
    is_ours = talk.gate.is_requested
    talk.progress_at = talk.now
    talk.unanswered_requests = 0
    is_wanted = talk.gate.created(event.response_id)
    talk.deadlines.cancel(Due.ANSWER)
    talk.sight.response_created()
    is_goodbye = is_ours and talk.ending.created(event.response_id)
    is_late = bool(talk.ending) and not is_goodbye
    if talk.playback.is_held:
        talk.gate.hold()  # A created response would open it while somebody speaks.
    is_late |= talk.turns.is_speaking and not talk.playback.is_held
    if is_late or not is_wanted:
        talk.playback.close(event.response_id)
        yield Send({"type": "response.cancel", "response_id": event.response_id})


def on_audio(talk: Conversation, event: AudioDelta) -> Iterator[Action]:
    """Play a delta, unless its response was interrupted or is over."""
    talk.progress_at = talk.now
    if not talk.playback.accepts(event.response_id):
        return
    if talk.playback.supersede(event.response_id):
        yield FinishUtterance()
    pcm, begun = talk.playback.receive(
        event.response_id, event.item_id, event.content_index, event.pcm
    )
    if begun:
        talk.history.reserve("assistant", event.item_id)
        yield from begin(talk, begun)
    if pcm:
        yield Play(pcm)


def on_speaker_started(talk: Conversation, event: SpeakerStarted) -> Iterator[Action]:
    """Note that the voice is heard; a sound of our own answers nobody."""
    is_sound = talk.playback.is_sound(event.utterance)
    if response_id := talk.playback.started(event.utterance):
        talk.first_sound_at = talk.now
        if is_sound:
            return
        talk.turns.voice_heard()
        talk.barge_in.cuts = []
        talk.deadlines.cancel(Due.WORDS)
        yield Notify(AudioStarted(response_id))


def on_speaker_finished(talk: Conversation, event: SpeakerFinished) -> Iterator[Action]:
    """Open the half-duplex gate again once the echo is gone."""
    if talk.playback.finished(event.utterance):
        talk.last_sound_at = talk.now
    if talk.playback.is_silent and talk.is_half_duplex:
        talk.wait(Due.ECHO_GONE, talk.behaviour.echo_tail)
    return iter(())


def on_assistant_delta(
    talk: Conversation, event: AssistantTranscriptDelta
) -> Iterator[Action]:
    """Pass the words on as they come."""
    talk.progress_at = talk.now
    if not talk.playback.is_unheard(event.response_id):
        talk.history.grow("assistant", event.item_id, event.text)
        talk.unwritten = event
        yield Notify(event)


def on_assistant_transcript(
    talk: Conversation, event: AssistantTranscript
) -> Iterator[Action]:
    """Keep what the voice says; a truncated item has lost its words there."""
    talk.unwritten = None
    if not talk.playback.is_unheard(event.response_id):
        words = event.text or talk.history.text(event.item_id).strip()
        talk.history.write("assistant", event.item_id, words)
        yield Notify(replace(event, text=words))


def on_item_finished(talk: Conversation, event: ItemFinished) -> Iterator[Action]:
    """Make the call that an item is, once and only if it is complete."""
    talk.progress_at = talk.now
    if talk.playback.is_unheard(event.response_id):
        return
    yield Notify(event)
    call = event.call
    if call is None or event.status != "completed":
        return
    if not talk.calls.accept(event.response_id, call):
        return
    try:
        called = ToolCalled(call.call_id, call.name, parse_arguments(call))
    except BadArguments as error:
        talk.calls.finished(call.call_id, error_output(str(error)))
        return
    yield Notify(called)
    yield from _call(talk, event.response_id, called)


def _call(talk: Conversation, response_id: str, call: ToolCalled) -> Iterator[Action]:
    """Run a tool, or begin the end."""
    if call.name == FINISH_TOOL:
        yield from _finish(talk, response_id, call)
    else:
        talk.wait(("tool", call.call_id), talk.behaviour.tool_timeout)
        yield RunTool(call)


def _finish(talk: Conversation, response_id: str, call: ToolCalled) -> Iterator[Action]:
    """End after the goodbye, unless nobody has had the time to answer."""
    if _is_too_early(talk):
        output = error_output(TOO_EARLY)
        talk.calls.finished(call.call_id, output, wants_answer=False)
        return
    output = json.dumps({"ok": True})
    talk.calls.finished(call.call_id, output, wants_answer=False)
    talk.ending.begin(EndReason.FINISHED, Farewell.UNDECIDED, response_id)
    reason, summary = call.arguments.get("reason"), call.arguments.get("summary")
    yield Notify(Finished(str(reason or ""), str(summary or "")))


def _is_too_early(talk: Conversation) -> bool:
    """Tell whether the conversation has only begun and nobody has spoken."""
    has_begun = talk.duration >= talk.behaviour.finish_grace
    return not talk.turns.has_anybody_spoken and not has_begun


def on_response_done(talk: Conversation, event: ResponseDone) -> Iterator[Action]:
    """Count the cost, give results of tools, let the next response through."""
    talk.usage.add(event.usage)
    if event.status == "completed":
        talk.sight.response_completed()
    talk.unwritten = None
    has_sound = talk.playback.is_known(event.response_id)
    has_spoken = has_sound or talk.turns.has_answered
    talk.ending.done(event.response_id, has_spoken=has_spoken)
    if talk.playback.completed(event.response_id):
        yield FinishUtterance()
    talk.calls.response_done(event.response_id)
    yield from _give_results(talk)
    yield from talk.gate.done(event.response_id)
    if event.status == "failed":
        yield from _on_failure(talk, event)


def _on_failure(talk: Conversation, event: ResponseDone) -> Iterator[Action]:
    """Say why there was no answer; some reasons end the conversation."""
    error = RealtimeError.from_payload(
        {
            "type": event.error_type,
            "code": event.error_code,
            "message": event.error_message,
        }
    )
    if is_terminal(error.kind):
        yield from talk.fail(error)
    else:
        yield from talk.complain(error)


def on_tool_finished(talk: Conversation, event: ToolFinished) -> Iterator[Action]:
    """Keep a tool's result until all those of its response are there."""
    talk.deadlines.cancel(("tool", event.call_id))
    talk.calls.finished(event.call_id, event.output)
    yield from _give_results(talk)


def _give_results(talk: Conversation) -> Iterator[Action]:
    """Send the results that are complete and ask for one answer to them."""
    sends, wants_answer = talk.calls.collect()
    yield from sends
    if sends and not talk.calls.are_open:
        yield from talk.sight.send()
    if wants_answer and not talk.ending:
        yield from talk.gate.request()
