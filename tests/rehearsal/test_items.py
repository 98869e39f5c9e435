"""Items of the client's: create, retrieve, delete and truncate."""

from base64 import b64decode, b64encode
from typing import Any

import pytest

from custom_components.realtime_pumpkin.rehearsal import Call, Say, ServerOptions
from custom_components.realtime_pumpkin.rehearsal.sound import tone

from .talk import VOICE, Talk, errors

ADDED, DONE = "conversation.item.added", "conversation.item.done"
JPEG = b"\xff\xd8\xff\xe0 a picture"
HUGE = b"\xff\xd8\xff" + bytes(15 * 1024 * 1024)
SAID = Say("One two three four five six seven eight nine ten.", duration_ms=10_000)


def create(talk: Talk, item: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """Create an item."""
    return talk.send("conversation.item.create", item=item, **more)


def message(role: str, kind: str, **content: Any) -> dict[str, Any]:
    """Return a message with one part."""
    return {"type": "message", "role": role, "content": [{"type": kind, **content}]}


def picture_url(picture: bytes, kind: str = "png") -> str:
    """Return a picture as a data URL."""
    return f"data:image/{kind};base64,{b64encode(picture).decode()}"


@pytest.mark.parametrize(
    "item",
    [
        message("system", "input_text", text="Boo."),
        message("user", "input_text", text="Boo."),
        message("user", "input_audio", audio=b64encode(VOICE).decode()),
        message("user", "input_image", image_url=picture_url(b"\x89PNG\r\n\x1a\n...")),
        message("user", "input_image", image_url=picture_url(JPEG, "jpeg")),
        message("assistant", "output_text", text="Boo."),
        {"type": "function_call", "name": "a", "arguments": "{}", "call_id": "call_1"},
    ],
)
def test_every_kind_of_item_is_added_and_done(item: dict[str, Any]) -> None:
    """Two events, the same item."""
    talk = Talk()
    events = create(talk, item)
    assert [event["type"] for event in events] == [ADDED, DONE]
    assert events[0]["item"] == events[1]["item"]
    assert events[0]["item"]["type"] == item["type"]
    assert "audio" not in str(events[0]["item"].get("content", [{}])[0].keys())


def test_items_stand_where_the_client_wants_them() -> None:
    """At the end, behind another one, or at the root."""
    talk = Talk()
    text = message("user", "input_text", text="x")
    create(talk, text | {"id": "a"})
    create(talk, text | {"id": "b"})
    behind = create(talk, text | {"id": "c"}, previous_item_id="a")
    first = create(talk, text | {"id": "d"}, previous_item_id="root")
    assert behind[0]["previous_item_id"] == "a"
    assert first[0]["previous_item_id"] is None
    assert create(talk, text | {"id": "e"})[0]["previous_item_id"] == "b"


@pytest.mark.parametrize(
    ("item", "error"),
    [
        ({}, ("missing_required_parameter", "item.type")),
        ({"type": "poem"}, ("invalid_value", "item.type")),
        ({"type": "message"}, ("missing_required_parameter", "item.role")),
        (
            {"type": "message", "role": "user"},
            ("missing_required_parameter", "item.content"),
        ),
        (
            message("assistant", "output_audio", audio="AAAA"),
            ("invalid_value", "item.content[0].type"),
        ),
        (
            message("user", "input_audio", audio="not base64!"),
            ("invalid_value", "item.content[0].audio"),
        ),
        (
            message("user", "input_image", image_url="https://porch/picture.jpg"),
            ("invalid_value", "item.content[0].image_url"),
        ),
        (
            message("user", "input_image", image_url=picture_url(b"GIF89a", "gif")),
            ("invalid_value", "item.content[0].image_url"),
        ),
        (
            message("user", "input_image", image_url="data:image/png;base64,%%"),
            ("invalid_value", "item.content[0].image_url"),
        ),
        (
            message("user", "input_image", image_url=picture_url(JPEG, "png")),
            ("invalid_image", "item.content[0].image_url"),
        ),
        (
            message("user", "input_image", image_url=picture_url(HUGE, "jpeg")),
            ("invalid_value", "item.content[0].image_url"),
        ),
        (
            message("system", "input_image", image_url=picture_url(JPEG, "jpeg")),
            ("invalid_value", "item.content[0].type"),
        ),
        (
            message("user", "input_image"),
            ("missing_required_parameter", "item.content[0].image_url"),
        ),
        (
            message("system", "input_text"),
            ("missing_required_parameter", "item.content[0].text"),
        ),
        (
            {"type": "function_call_output", "call_id": "call_x", "output": "{}"},
            ("invalid_tool_call_id", "item.call_id"),
        ),
    ],
)
def test_a_wrong_item_is_refused(item: dict[str, Any], error: tuple[str, str]) -> None:
    """Nothing is added, and the error names the place."""
    talk = Talk()
    events = create(talk, item)
    assert errors(events) == [error]
    assert len(events) == 1


def test_an_id_is_given_only_once() -> None:
    """A second item with the same id is refused."""
    talk = Talk()
    item = message("user", "input_text", text="x") | {"id": "a"}
    create(talk, item)
    assert errors(create(talk, item)) == [("item_create_duplicate_item_id", "item.id")]


def test_an_unknown_place_is_refused() -> None:
    """`previous_item_id` must exist."""
    talk = Talk()
    item = message("user", "input_text", text="x")
    events = create(talk, item, previous_item_id="nowhere")
    assert errors(events) == [("item_create_invalid_item_id", "item_id")]


def test_a_function_output_is_taken_for_a_call_that_was_made() -> None:
    """The client's answer to the model's call, and the news it brings."""
    talk = Talk(Call("a", call_id="call_1"), "Done.")
    talk.answer()
    output = {"type": "function_call_output", "call_id": "call_1", "output": "{}"}
    assert errors(create(talk, output)) == []
    talk.answer()
    assert [item.type for item in talk.brain.requests[-1].news] == [
        "function_call_output"
    ]


def test_a_retrieved_item_comes_with_its_audio() -> None:
    """Item events leave audio out; retrieving tells it."""
    talk = Talk(Say("Boo!", pcm=tone(700)))
    item_id = talk.answer()["output"][0]["id"]
    talk.send("conversation.item.retrieve", item_id=item_id)
    part = talk.last("conversation.item.retrieved")["item"]["content"][0]
    assert part["type"] == "output_audio"
    assert b64decode(part["audio"]) == tone(700)


def test_old_audio_is_forgotten_but_its_length_is_not() -> None:
    """Audio is kept for a while only; usage still knows how long it was."""
    talk = Talk(SAID, "b", options=ServerOptions(keep_audio_s=1))
    first = talk.answer()["output"][0]["id"]
    used = talk.answer()["usage"]["input_token_details"]["audio_tokens"]
    talk.send("conversation.item.retrieve", item_id=first)
    part = talk.last("conversation.item.retrieved")["item"]["content"][0]
    assert part["audio"] == ""
    assert used == 200


def test_a_deleted_item_is_gone() -> None:
    """Deleted once, and an error the second time."""
    talk = Talk()
    create(talk, message("user", "input_text", text="x") | {"id": "a"})
    deleted = talk.send("conversation.item.delete", item_id="a")
    assert deleted[0]["type"] == "conversation.item.deleted"
    again = talk.send("conversation.item.delete", item_id="a")
    assert errors(again) == [("item_delete_invalid_item_id", "item_id")]
    assert "the item with id 'a' does not exist" in again[0]["error"]["message"]


@pytest.mark.parametrize("verb", ["retrieve", "delete"])
def test_unknown_items_are_errors_of_the_verb(verb: str) -> None:
    """Each verb has a code of its own."""
    talk = Talk()
    events = talk.send(f"conversation.item.{verb}", item_id="x")
    assert errors(events) == [(f"item_{verb}_invalid_item_id", "item_id")]


def truncate(talk: Talk, item_id: str, ms: int) -> list[dict[str, Any]]:
    """Truncate an item."""
    return talk.send(
        "conversation.item.truncate", item_id=item_id, content_index=0, audio_end_ms=ms
    )


def test_truncation_drops_the_transcript_and_shortens_the_audio() -> None:
    """Clients see no text any more; the brain knows what was heard."""
    talk = Talk(SAID, "b")
    item_id = talk.answer()["output"][0]["id"]
    assert truncate(talk, item_id, 3000)[0]["audio_end_ms"] == 3000
    talk.send("conversation.item.retrieve", item_id=item_id)
    part = talk.last("conversation.item.retrieved")["item"]["content"][0]
    assert part["transcript"] is None
    assert len(b64decode(part["audio"])) == 3000 * 48
    talk.answer()
    assert talk.brain.requests[-1].history[0].words == "One two three"


def test_truncation_may_keep_the_part_that_was_heard() -> None:
    """By option the transcript is cut instead of dropped."""
    talk = Talk(SAID, options=ServerOptions(cut_transcript=True))
    item_id = talk.answer()["output"][0]["id"]
    truncate(talk, item_id, 3000)
    talk.send("conversation.item.retrieve", item_id=item_id)
    part = talk.last("conversation.item.retrieved")["item"]["content"][0]
    assert part["transcript"] == "One two three"


def test_an_item_cannot_be_truncated_behind_its_end() -> None:
    """The error tells both lengths; the exact end is allowed."""
    talk = Talk(SAID)
    item_id = talk.answer()["output"][0]["id"]
    events = truncate(talk, item_id, 10_001)
    assert errors(events) == [(None, None)]
    message_ = events[0]["error"]["message"]
    assert message_ == "Audio content of 10000ms is already shorter than 10001ms"
    assert errors(truncate(talk, item_id, 10_000)) == []


def test_an_item_in_progress_is_as_long_as_what_was_sent() -> None:
    """Pace 1: after two seconds there are two seconds and a delta."""
    talk = Talk(SAID, options=ServerOptions(pace=1.0))
    talk.send("response.create")
    talk.pass_time(2.0)
    item_id = talk.last("response.output_item.added")["item"]["id"]
    assert errors(truncate(talk, item_id, 2300)) == [(None, None)]
    assert errors(truncate(talk, item_id, 2200)) == []


def test_only_the_assistants_audio_can_be_truncated() -> None:
    """Not what a user said, not text, not before any audio came."""
    talk = Talk("Boo!")
    talk.update(output_modalities=["text"])
    text_id = talk.answer()["output"][0]["id"]
    create(talk, message("user", "input_audio", audio="AAAA") | {"id": "u"})
    for item_id in (text_id, "u"):
        assert errors(truncate(talk, item_id, 0)) == [
            ("unsupported_content_type", None)
        ]
    assert errors(truncate(talk, "x", 0)) == [
        ("item_truncate_invalid_item_id", "item_id")
    ]
