"""What lies on the disk, read so that damage costs no more than what is damaged."""

from collections.abc import Callable, Iterable, Iterator
import contextlib
from datetime import datetime
import logging
from pathlib import Path
from typing import Annotated, Any, Final

from homeassistant.core import HomeAssistant, valid_entity_id
from homeassistant.helpers.storage import Store
from homeassistant.util import dt as dt_util
import orjson
from pydantic import AfterValidator, Field, TypeAdapter

_LOGGER: Final = logging.getLogger(__package__)
_LARGEST: Final = 2**53
"""What adds up to more is a number that JSON cannot hold any more."""


def _entity_id(value: str) -> str:
    """Return an entity's id; raise `ValueError` for what is none."""
    if not valid_entity_id(value):
        raise ValueError("no entity id")
    return value


EntityId = Annotated[str, AfterValidator(_entity_id)]
UnixTime = Annotated[float, Field(ge=0, le=datetime(9000, 1, 1).timestamp())]
"""In seconds; a later one is none that a calendar has."""


def read[T](kind: TypeAdapter[T], value: Any) -> T:
    """Return a stored value as its annotations have it; raise `ValueError`."""
    try:
        data = orjson.dumps(value)
    except TypeError as err:
        raise ValueError("JSON cannot hold it") from err
    if not _is_moderate(value):
        raise ValueError("a number is too large")
    return kind.validate_json(data, strict=True)


def _is_moderate(value: Any) -> bool:
    """Tell whether numbers can be added to whatever is stored."""
    match value:
        case dict():
            return all(map(_is_moderate, value.values()))
        case list():
            return all(map(_is_moderate, value))
        case int() | float():
            return abs(value) <= _LARGEST
        case _:
            return True


async def async_read[T](
    hass: HomeAssistant,
    store: Store[Any],
    reader: Callable[[Any], T],
    *,
    shape: type[dict[str, Any] | list[Any]] = dict,
    is_private: bool = False,
) -> list[tuple[Any, T]]:
    """Return what a store holds, each by its key or its place; never raises.

    What `reader` raises `ValueError` for is left out. The file lies aside then, as those
    do that Home Assistant cannot read; a private one is only forgotten.
    """
    stored = await _async_load(store)
    if stored is None:
        return []
    is_whole = isinstance(stored, shape)
    items = _items(stored) if is_whole else []
    found = list(_readable(items, reader))
    if not is_whole or len(found) < len(items):
        await _async_put_aside(hass, store, is_private=is_private)
        rest = {key: raw for key, raw, _ in found}
        await store.async_save(rest if shape is dict else list(rest.values()))
    return [(key, value) for key, _, value in found]


async def _async_load(store: Store[Any]) -> Any:
    """Return what a store holds; what is no store at all is a text, as no store is."""
    try:
        return await store.async_load()
    except Exception:  # noqa: BLE001 - of another version, without one, or not JSON's
        return ""


def _items(stored: Any) -> list[tuple[Any, Any]]:
    """Return what a dict or a list holds, by key or by place."""
    return list(stored.items() if isinstance(stored, dict) else enumerate(stored))


def _readable[T](
    items: Iterable[tuple[Any, Any]], reader: Callable[[Any], T]
) -> Iterator[tuple[Any, Any, T]]:
    """Yield what can be read, as it is stored and as it is."""
    for key, raw in items:
        with contextlib.suppress(ValueError):
            yield key, raw, reader(raw)


async def _async_put_aside(
    hass: HomeAssistant, store: Store[Any], *, is_private: bool
) -> None:
    """Move a damaged file away, and say so."""
    path = Path(store.path)
    aside = path.with_name(f"{path.name}.corrupt.{dt_util.utcnow().isoformat()}")
    with contextlib.suppress(OSError):
        if is_private:
            await hass.async_add_executor_job(path.unlink)
        else:
            await hass.async_add_executor_job(path.rename, aside)
    where = "is forgotten" if is_private else f"lies in {aside}"
    _LOGGER.warning("Some of %s could not be read; it %s", store.key, where)
