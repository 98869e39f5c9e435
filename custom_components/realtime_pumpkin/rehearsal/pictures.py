"""Pictures as clients send them: a data URL with a PNG or JPEG inside."""

import re
from typing import Any, Final

from .errors import ApiError, invalid_value
from .schema import read_base64, text

MOST_BYTES: Final = 15 * 1024 * 1024
"""As for a piece of audio; the service names no limit of its own."""

_DATA_URL: Final = re.compile(r"data:(image/[a-z0-9.+-]+);base64,", re.IGNORECASE)
_BEGINS_WITH: Final = {"image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n"}


def image_url(value: Any, path: str) -> str:
    """Accept a data URL that holds what it says it does.

    Raises `ApiError` for another address, an unsupported type, what is no base64,
    what is no picture, and more than 15 MiB.
    """
    url = text(value, path)
    found = _DATA_URL.match(url)
    if found is None:
        raise invalid_value(
            path,
            f"Invalid '{path}'. Expected a base64-encoded data URL with an image MIME"
            " type (e.g. 'data:image/png;base64,aW1nIGJ5dGVzIGhlcmU=').",
        )
    kind = found[1].lower()
    if kind not in _BEGINS_WITH:
        raise invalid_value(
            path,
            f"Invalid '{path}'. Expected an image of type image/png or image/jpeg,"
            f" but got unsupported MIME type '{kind}'.",
        )
    _check(read_base64(url[found.end() :], path, of="image"), kind, path)
    return url


def _check(picture: bytes, kind: str, path: str) -> None:
    """Raise `ApiError` where bytes are too many or no picture of a kind."""
    if len(picture) > MOST_BYTES:
        raise invalid_value(path, f"Invalid '{path}': more than 15 MiB of image.")
    if not picture.startswith(_BEGINS_WITH[kind]):
        raise ApiError(
            "The image data you provided does not represent a valid image. Please"
            " check your input and try again.",
            code="invalid_image",
            param=path,
        )
