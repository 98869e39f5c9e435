"""What the model is told: who it is, how it behaves, how it begins."""

from collections.abc import Sequence
import random
from typing import Final

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import TemplateError
from homeassistant.helpers.template import Template

from .const import LOGGER
from .languages import name_of
from .manners import Children

# Apart from the persona, so that no persona can lose them by accident.
SAFETY: Final = (
    "Whoever speaks with you may be a child. Never ask for a name, a school or "
    "an address. Frighten nobody more than is fun. If you are asked, say that "
    "you are a talking computer."
)
DISCLOSURE: Final = (
    "Whatever you open with, your first sentence also says that you are a "
    "talking computer."
)
FINISHING: Final = (
    "When the conversation is over, say goodbye and call the tool "
    "finish_conversation in the same answer. Never mention tools."
)
ANY_LANGUAGE: Final = (
    "Answer in the language that you are spoken to in. If the visitor changes it, "
    "so do you."
)
ONE_LANGUAGE: Final = (
    "Always speak {language}, whatever language you are spoken to in and whatever "
    "language your instructions and opening lines are in."
)
READ_ALOUD: Final = (
    "You read texts aloud. Say what the user wrote, word for word and in its own "
    "language. Answer nothing, add nothing and leave nothing out."
)
GREET: Final = "Somebody has just come to the door. Greet them now."
OPEN_WITH: Final = "Open the conversation now by saying, in character: {line}"
SAY_VERBATIM: Final = (
    'Say exactly these words now, add nothing and answer nothing: "{text}"'
)
SAY_IN_PERSONA: Final = (
    "Tell whoever is there, in character and in one or two short sentences: {text}"
)
ASK: Final = (
    'Ask the visitor now, saying exactly: "{question}" Then wait for the answer.'
)
FITTING: Final = (
    "These answers to your question fit: {choices}. If the visitor gives another "
    "one, ask once more."
)
SECOND_RING: Final = (
    "The doorbell rang again: somebody else is at the door as well. Mention it "
    "when it fits."
)


def render_instructions(
    hass: HomeAssistant,
    persona: str,
    extra: str | None,
    children: Children,
    language: str | None = None,
) -> str:
    """Render the persona's template and put the fixed rules behind it.

    Raises `TemplateError` where the persona is no valid template.
    """
    rendered = str(Template(persona, hass).async_render(parse_result=False))
    parts = [
        rendered,
        extra or "",
        _language_rule(language),
        SAFETY if children.safety_rules else "",
        DISCLOSURE if children.says_it_is_a_computer else "",
        FINISHING,
    ]
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _language_rule(language: str | None) -> str:
    """Return in which language to speak: one, or each visitor's own."""
    if language is None:
        return ANY_LANGUAGE
    return ONE_LANGUAGE.format(language=name_of(language))


def first_words(
    hass: HomeAssistant, lines: Sequence[str], opening: str | None
) -> str | None:
    """Return the opening that was asked for, or one of a persona's lines by chance.

    None where there are none, or where the line's template cannot be rendered.
    """
    if opening is not None or not lines:
        return opening
    line = random.choice(lines)  # Nobody gains by guessing it.
    try:
        return str(Template(line, hass).async_render(parse_result=False))
    except TemplateError as err:
        LOGGER.warning("First words cannot be rendered: %s", err)
        return None


def render_opening(line: str | None) -> str:
    """Return the direction to open with a line, or with a greeting of its own.

    An empty line means that the voice listens first.
    """
    if line is None:
        return GREET
    return OPEN_WITH.format(line=line) if line.strip() else ""


def render_statement(text: str, *, verbatim: bool) -> str:
    """Return the direction to say something and no more."""
    return (SAY_VERBATIM if verbatim else SAY_IN_PERSONA).format(text=text)


def render_question(question: str) -> str:
    """Return the direction to ask something."""
    return ASK.format(question=question)


def render_choices(choices: Sequence[str]) -> str | None:
    """Return what the voice should know of the answers that would fit."""
    return FITTING.format(choices="; ".join(choices)) if choices else None
