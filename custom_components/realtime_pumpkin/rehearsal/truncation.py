"""Cutting assistant audio at what the user heard."""

from .errors import already_shorter, no_such_item, not_truncatable
from .items import Conversation
from .line import Line
from .outputs import JsonObject
from .sound import BYTES_PER_MS


def truncate(line: Line, conversation: Conversation, event: JsonObject) -> None:
    """Carry out `conversation.item.truncate`.

    Raises `ApiError` when the item is unknown, not model audio, or ends before
    the point.
    """
    item = conversation.find(event["item_id"])
    if item is None:
        raise no_such_item("truncating", "truncate", event["item_id"])
    part = item.audio_part()
    if part is None or not part.spoken_ms:
        raise not_truncatable()
    end_ms: int = event["audio_end_ms"]
    if end_ms > part.spoken_ms:
        raise already_shorter(part.spoken_ms, end_ms)
    part.heard = _heard_words(part.words, end_ms / part.spoken_ms)
    part.transcript = part.heard if line.options.cut_transcript else None
    part.spoken_ms = end_ms
    del part.audio[end_ms * BYTES_PER_MS :]
    line.send(
        "conversation.item.truncated",
        item_id=item.id,
        content_index=event["content_index"],
        audio_end_ms=end_ms,
    )


def _heard_words(text: str, share: float) -> str:
    """Return the words said in the first part of a text's audio."""
    cut = round(len(text) * share)
    if cut >= len(text):
        return text
    return text[:cut].rpartition(" ")[0]
