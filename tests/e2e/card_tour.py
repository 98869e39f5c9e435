"""All that people do with the card besides talking, in one house."""

import asyncio
from pathlib import Path
from typing import Any

from .card import doorstep
from .card_app import apps, insecure
from .card_editor import edit
from .card_looks import looks
from .card_people import by_keyboard, by_mouse, in_languages, only_looking
from .card_porch import porch

type Facts = dict[str, Any]


async def tour(folder: Path) -> Facts:
    """Use the card in every way; pictures of each are kept in the folder."""
    pictures = folder / "pictures"
    await asyncio.to_thread(pictures.mkdir, parents=True, exist_ok=True)
    async with doorstep(folder, lines=()) as at:
        facts = {
            "edited": await edit(at, pictures),
            "mouse": await by_mouse(at, pictures),
            "keyboard": await by_keyboard(at),
            "porch": await porch(at, pictures),
            "looks": await looks(at),
            "languages": await in_languages(at, pictures),
            "viewer": await only_looking(at, pictures),
            "apps": await apps(at, pictures),
            "insecure": await insecure(at),
            "printed": [line for line in at.page.printed if "pumpkin" in line.lower()],
        }
        log = at.folder.logs / "home-assistant.log"
    facts["log"] = await asyncio.to_thread(log.read_text, encoding="utf-8")
    return facts
