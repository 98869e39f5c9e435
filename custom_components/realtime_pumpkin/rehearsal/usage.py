"""Tokens, computed from the durations and lengths of what was said."""

from collections.abc import Iterable
from dataclasses import dataclass

from .items import Item, Part
from .outputs import JsonObject

USER_MS_PER_TOKEN = 100
ASSISTANT_MS_PER_TOKEN = 50
_LETTERS_PER_TOKEN = 4
_IMAGE_TOKENS = 765
_CACHE_BLOCK = 64
_TOKEN_MODELS = ("gpt-4o-transcribe", "gpt-4o-mini-transcribe")


def text_tokens(text: str) -> int:
    """Return about how many tokens a text has."""
    return -(-len(text) // _LETTERS_PER_TOKEN)


def audio_tokens(milliseconds: int, ms_per_token: int) -> int:
    """Return the tokens of audio, a begun one counting whole."""
    return -(-milliseconds // ms_per_token)


@dataclass(slots=True)
class Tokens:
    """Tokens by kind."""

    text: int = 0
    audio: int = 0
    image: int = 0

    @property
    def total(self) -> int:
        """Return all tokens."""
        return self.text + self.audio + self.image

    def add_part(self, part: Part) -> None:
        """Count one part of an item."""
        match part.kind:
            case "input_audio":
                self.audio += audio_tokens(part.spoken_ms, USER_MS_PER_TOKEN)
            case "output_audio":
                self.audio += audio_tokens(part.spoken_ms, ASSISTANT_MS_PER_TOKEN)
                self.text += text_tokens(part.transcript or "")
            case "input_image":
                self.image += _IMAGE_TOKENS
            case _:
                self.text += text_tokens(part.text or "")

    def add_item(self, item: Item) -> None:
        """Count one item."""
        for part in item.parts:
            self.add_part(part)
        for key in ("name", "arguments", "output"):
            self.text += text_tokens(str(item.extra.get(key, "")))


def count(items: Iterable[Item], instructions: str = "") -> Tokens:
    """Count the tokens of items, and of the instructions before them."""
    tokens = Tokens(text=text_tokens(instructions))
    for item in items:
        tokens.add_item(item)
    return tokens


def response_usage(read: Tokens, known: Tokens, written: Tokens) -> JsonObject:
    """Return a response's `usage`; `known` is what an earlier response read."""
    cached = Tokens(_cached(read.text, known.text), _cached(read.audio, known.audio))
    return {
        "total_tokens": read.total + written.total,
        "input_tokens": read.total,
        "output_tokens": written.total,
        "input_token_details": {
            "text_tokens": read.text,
            "audio_tokens": read.audio,
            "image_tokens": read.image,
            "cached_tokens": cached.total,
            "cached_tokens_details": {
                "text_tokens": cached.text,
                "audio_tokens": cached.audio,
                "image_tokens": 0,
            },
        },
        "output_token_details": {
            "text_tokens": written.text,
            "audio_tokens": written.audio,
        },
    }


def _cached(read: int, known: int) -> int:
    """Return the whole cache blocks that two readings share."""
    return min(read, known) // _CACHE_BLOCK * _CACHE_BLOCK


def transcription_usage(model: str, milliseconds: int, text: str) -> JsonObject:
    """Return the `usage` of a transcription, as its family of models counts."""
    if not model.startswith(_TOKEN_MODELS):
        return {"type": "duration", "seconds": milliseconds / 1000}
    heard = audio_tokens(milliseconds, USER_MS_PER_TOKEN)
    written = text_tokens(text)
    return {
        "type": "tokens",
        "total_tokens": heard + written,
        "input_tokens": heard,
        "output_tokens": written,
        "input_token_details": {"text_tokens": 0, "audio_tokens": heard},
    }
