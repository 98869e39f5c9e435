"""What keeps words and pictures where they belong."""

from base64 import b64encode
from collections.abc import Mapping
import json
from typing import Any, Final

import av
from homeassistant.core import async_get_hass
from homeassistant.helpers.template import Template

from custom_components.realtime_pumpkin.const import CONF_CONFIRMATION_PHRASE
from custom_components.realtime_pumpkin.diagnostics import TO_REDACT
from custom_components.realtime_pumpkin.prompt import GREET
from custom_components.realtime_pumpkin.theatre.eyes import (
    CAPTION,
    Looking,
    async_take_picture,
)
from tests.mutants.mutant import Guard
from tests.mutants.stand_ins import as_it_is, async_nothing, no, yes

_WORDS: Final = "tests/security/test_kept_words.py"
_KEY: Final = "tests/security/test_key.py"
_INJECTION: Final = "tests/security/test_injection.py"
_EYES: Final = "tests/theatre/test_eyes.py"
_FOUND: Final = "tests/fuzz/test_found_stored.py"
_PICTURES: Final = "tests/theatre/test_picture.py"


def _as_a_dict(data: Any) -> dict[str, Any]:
    """Return all of it."""
    return dict(data)


def _open_with_a_template(line: str | None) -> str:
    """Take the first words for a template."""
    if line is None:
        return GREET
    return str(Template(line, async_get_hass()).async_render(parse_result=False))


async def _async_look_with_shut_eyes(self: Looking) -> bool:
    """Show what the camera sees, whatever the switch of the eyes says."""
    jpeg = await async_take_picture(self.stage.hass, self._eyes.camera or "", 512)
    if jpeg is None or self._session is None:
        return False
    self._session.show(f"data:image/jpeg;base64,{b64encode(jpeg).decode()}", CAPTION)
    return True


async def _async_look_again_and_again(self: Looking, _arguments: Any) -> str:
    """Look as often as the model wants to."""
    return json.dumps({"ok": await self._async_show()})


def _decode_any_size(content: bytes) -> av.VideoFrame:
    """Unpack a picture, however large it says that it is."""
    codec = av.CodecContext.create("png", "r")
    return [*codec.decode(av.Packet(content)), *codec.decode(None)][0]


def _trust(stored: Mapping[str, Any], _readers: Any) -> dict[str, Any]:
    """Take what is stored as it is."""
    return dict(stored)


PRIVACY: Final = (
    Guard(
        "the database holds no words that are not for it",
        "voice_events:without_words",
        _as_a_dict,
        (
            f"{_WORDS}::test_the_database_holds_words_where_the_mode_says_so_and_nowhere_else",
        ),
    ),
    Guard(
        "a report holds no confirmation phrase",
        "diagnostics:TO_REDACT",
        TO_REDACT - {CONF_CONFIRMATION_PHRASE},
        (f"{_KEY}::test_a_report_holds_no_confirmation_phrase",),
    ),
    Guard(
        "the bus hears no words that are not for it",
        "voice_events:without_words",
        _as_a_dict,
        ("tests/test_transcripts.py",),
    ),
    Guard(
        "a card that joins late is told no secret words",
        "voice_events:VoiceEvents.tellable",
        as_it_is,
        (f"{_WORDS}::test_a_voice_that_tells_nobody_tells_nobody",),
    ),
    Guard(
        "entities show no words that are not for them",
        "const:Transcripts.in_entities",
        property(yes),
        (f"{_WORDS}::test_entities_show_words_where_the_mode_says_so",),
    ),
    Guard(
        "the database keeps no words of the event entity",
        "event:VoiceEvent._unrecorded_attributes",
        frozenset(),
        ("tests/test_event.py",),
    ),
    Guard(
        "a secretive voice remembers no words of a night",
        "theatre.night:Night.without_words",
        as_it_is,
        ("tests/theatre/test_memory.py",),
    ),
    Guard(
        "a note never tells the confirmation phrase",
        "staging:HouseRules.is_told_in",
        no,
        (f"{_INJECTION}::test_a_note_never_tells_the_confirmation_phrase",),
    ),
    Guard(
        "a note is one line",
        "theatre.night:one_line",
        lambda text, most: text,
        (f"{_INJECTION}::test_a_note_is_one_line_that_ends_where_it_ends",),
    ),
    Guard(
        "a report holds no secret",
        "diagnostics:TO_REDACT",
        frozenset(),
        ("tests/test_diagnostics.py",),
    ),
    Guard(
        "a report holds no words",
        "diagnostics:_WORDS",
        frozenset(),
        ("tests/test_diagnostics.py",),
    ),
    Guard(
        "what is said is never a template",
        "session_setup:render_opening",
        _open_with_a_template,
        (f"{_INJECTION}::test_nothing_that_is_said_is_ever_a_template",),
    ),
    Guard(
        "the model is told to do nothing that a note asks for",
        "theatre.night:_NOTES",
        "",
        (f"{_INJECTION}::test_a_note_is_one_line_that_ends_where_it_ends",),
    ),
    Guard(
        "a night is bounded, whatever is said in it",
        "theatre.night:LONGEST_NOTES",
        10**9,
        (
            "tests/theatre/test_night.py::test_of_many_long_notes_the_last_ones_are_told",
        ),
    ),
    Guard(
        "eyes that are shut see nothing",
        "theatre.eyes:Looking._async_show",
        _async_look_with_shut_eyes,
        (_EYES,),
    ),
    Guard(
        "the model looks a few times and no more",
        "theatre.eyes:Looking._async_look",
        _async_look_again_and_again,
        (f"{_EYES}::test_the_model_looks_a_few_times_and_no_more",),
    ),
    Guard(
        "no picture is written by what carries it",
        "realtime.signals:Picture.__repr__",
        lambda self: self.url,
        (
            "tests/realtime/test_sight.py::test_no_picture_is_written_by_the_repr_of_what_carries_it",
        ),
    ),
    Guard(
        "a camera's error tells no password",
        "theatre.eyes:_reason",
        str,
        (f"{_EYES}::test_a_broken_camera_is_told_in_words_and_logged_once",),
    ),
    Guard(
        "a picture of too many pixels is not unpacked",
        "theatre.picture:_decoded",
        _decode_any_size,
        (f"{_PICTURES}::test_a_picture_of_too_many_pixels_is_not_unpacked",),
    ),
    Guard(
        "a picture that is hard to pack is still small",
        "theatre.picture:MOST_BYTES",
        10**9,
        (f"{_PICTURES}::test_a_picture_that_is_hard_to_pack_is_still_small",),
    ),
    Guard(
        "words appear nowhere while nobody knows where they may",
        "unreadable:_CAREFUL",
        {},
        (f"{_FOUND}::test_words_appear_nowhere_while_nobody_knows_where_they_may",),
    ),
    Guard(
        "nothing of the house is used while nobody knows what is sensitive",
        "unreadable:_CAREFUL",
        {},
        (f"{_FOUND}::test_nothing_is_used_while_nobody_knows_what_is_sensitive",),
    ),
    Guard(
        "settings that cannot be read are not trusted",
        "unreadable:sorted_out",
        _trust,
        ("tests/fuzz/test_stored.py::test_nothing_that_is_stored_stops_the_rest",),
    ),
    Guard(
        "a file that cannot be read lies aside",
        "stored:_async_put_aside",
        async_nothing,
        ("tests/fuzz/test_stored.py::test_nothing_that_is_stored_stops_the_rest",),
    ),
)
