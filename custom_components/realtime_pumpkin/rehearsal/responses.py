"""Which responses run: one in the conversation, any number out of band."""

from collections.abc import Callable
from typing import Any

from .config import (
    AUDIO_FORMAT,
    MAX_TOKENS,
    METADATA,
    MODALITIES,
    REASONING,
    TOOL_CHOICE,
    TOOLS,
    VOICE,
    SessionConfig,
)
from .errors import already_active, no_such_item, nothing_to_cancel, voice_locked
from .faults import Fault, FaultKind
from .hearing import Hearing
from .items import Conversation, Item
from .line import Line
from .new_items import RESPONSE_INPUT, read_item
from .outputs import JsonObject, Spoken, Thought
from .plan import Brain, Failed, Plan, Reason, ResponseRequest
from .response import Response, new_response
from .run import Run
from .schema import any_object, boolean, cleared, fields, literal, nullable, text
from .usage import Tokens, count, response_usage

OVERRIDES = fields(
    {
        "instructions": cleared(text, str),
        "output_modalities": MODALITIES,
        "audio": fields({"output": fields({"format": AUDIO_FORMAT, "voice": VOICE})}),
        "conversation": literal("auto", "none"),
        "input": RESPONSE_INPUT,
        "metadata": METADATA,
        "max_output_tokens": MAX_TOKENS,
        "tools": TOOLS,
        "tool_choice": TOOL_CHOICE,
        "parallel_tool_calls": boolean,
        "reasoning": REASONING,
        "prompt": nullable(any_object),
    }
)


class Responses:
    """Create, cancel and interrupt responses."""

    def __init__(
        self,
        line: Line,
        config: SessionConfig,
        conversation: Conversation,
        *,
        brain: Brain | None,
        hearing: Hearing,
        settled: Callable[[Response], None],
    ) -> None:
        """Start idle; `settled` is told of every response of the conversation."""
        self._line = line
        self._config = config
        self._conversation = conversation
        self._brain = _FailingBrain.around(brain, line.options.faults)
        self._hearing = hearing
        self._settled = settled
        self._current: Run | None = None
        self._others: list[Run] = []
        self._known = Tokens()
        self._spent = 0

    @property
    def voice_is_locked(self) -> bool:
        """Tell whether the assistant has been heard, so that its voice stays."""
        return self._conversation.has_assistant_audio()

    @property
    def busy(self) -> bool:
        """Tell whether the conversation is being answered."""
        return self._current is not None

    def create(self, reason: Reason, overrides: JsonObject | None = None) -> None:
        """Begin a response; raises `ApiError` when it may not."""
        overrides = overrides or {}
        response = new_response(
            self._line.ids.make("resp"),
            reason,
            self._config,
            self._conversation.id,
            overrides,
        )
        if not response.out_of_band:
            self._check_free(response)
        if "input" in overrides:
            response.input = self._read_input(overrides["input"])
        run = Run(
            self._line,
            self._conversation,
            response,
            brain=self._brain,
            hearing=self._hearing,
            account=self._account,
            ended=self._end,
        )
        if response.out_of_band:
            self._others.append(run)
        else:
            self._current = run
        run.start()

    def cancel(self, response_id: str | None) -> None:
        """Cancel a response; raises `ApiError` when there is none."""
        running = [*([self._current] if self._current else []), *self._others]
        if response_id is not None:
            running = [run for run in running if run.response.id == response_id]
        elif len(running) > 1:
            # The real service is reported to do nothing when it has to guess.
            return
        if not running:
            raise nothing_to_cancel()
        running[0].cancel("client_cancelled")

    def interrupt(self) -> None:
        """Cut the conversation's response short, because the user speaks."""
        if self._current is not None:
            self._current.cancel("turn_detected")

    def thought(self, thought: Thought) -> None:
        """Take in the plan of an outside brain."""
        for run in (self._current, *self._others):
            if run is not None and run.response.id == thought.response_id:
                run.planned(thought.plan)
                return

    def spoken(self, sound: Spoken) -> None:
        """Take in the sound of a sentence."""
        for run in (self._current, *self._others):
            if run is not None and run.spoken(sound):
                return

    def _check_free(self, response: Response) -> None:
        """Raise when the conversation is being answered, or the voice is set."""
        if self._current is not None:
            raise already_active(self._current.response.id)
        if (
            self.voice_is_locked
            and response.speaks
            and response.voice != self._config.voice
        ):
            raise voice_locked()

    def _read_input(self, given: list[JsonObject]) -> list[Item]:
        """Build the items that a response reads instead of the conversation."""
        return [self._read_one(each, index) for index, each in enumerate(given)]

    def _read_one(self, given: JsonObject, index: int) -> Item:
        """Build one item, or look up the one that is referred to."""
        if given["type"] == "item_reference":
            found = self._conversation.find(given["id"])
            if found is None:
                raise no_such_item("referencing", "reference", given["id"])
            return found
        item_id: Any = given.get("id") or self._line.ids.make("item")
        path = f"response.input[{index}]"
        item = read_item(given, item_id, self._config.listening["format"], path)
        self._hearing.understand(item)
        return item

    def _account(self, response: Response) -> None:
        """Fill in a response's usage."""
        if not response.items and response.status == "cancelled":
            response.usage = response_usage(Tokens(), Tokens(), Tokens())
            return
        own = {item.id for item in response.items}
        source = self._conversation if response.input is None else response.input
        read = count(
            (each for each in source if each.id not in own), response.instructions
        )
        written = response.written()
        response.usage = response_usage(read, self._known, written)
        self._known = Tokens(read.text, read.audio, read.image)
        self._spent += read.total + written.total

    def _end(self, run: Run) -> None:
        """Let go of a response that is over."""
        if run is self._current:
            self._current = None
            self._settled(run.response)
        else:
            self._others.remove(run)
        delay = self._line.options.rate_limits_delay_ms / 1000
        self._line.later(delay, self._send_rate_limits)

    def _send_rate_limits(self) -> None:
        """Tell how many tokens are left in this minute."""
        limit = self._line.options.rate_limit_tokens
        remaining = max(limit - self._spent % limit, 0)
        tokens = {
            "name": "tokens",
            "limit": limit,
            "remaining": remaining,
            "reset_seconds": round((limit - remaining) * 60 / limit, 3),
        }
        self._line.send("rate_limits.updated", rate_limits=[tokens])


class _FailingBrain:
    """Fail every response or the n-th one, as a fault asks."""

    def __init__(
        self, brain: Brain | None, ending: Failed, number: int | None = None
    ) -> None:
        """Keep the real brain for its ears, and for what does not fail."""
        self._brain = brain
        self._ending = ending
        self._number = number
        self._planned = 0

    @staticmethod
    def around(brain: Brain | None, faults: tuple[Fault, ...]) -> Brain | None:
        """Return the brain, or one that fails when a fault says so."""
        for fault in faults:
            if fault.kind is FaultKind.FAIL:
                code = fault.value or "rate_limit_exceeded"
                kind = "server_error" if code == "server_error" else code
                return _FailingBrain(
                    brain,
                    Failed(code, f"The response failed: {code}.", kind),
                    fault.number,
                )
        return brain

    def plan(self, request: ResponseRequest) -> Plan:
        """Return a failure, or what the real brain wants where none is due."""
        self._planned += 1
        if self._brain and self._number not in (None, self._planned):
            return self._brain.plan(request)
        return Plan(ending=self._ending)

    def hear(self, pcm: bytes) -> str | None:
        """Hear with the real brain."""
        return self._brain.hear(pcm) if self._brain else ""
