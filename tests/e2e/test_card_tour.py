"""The card in Home Assistant's real frontend, set up and used as people do."""

from typing import Any

import pytest

from .card_editor import LABELS
from .card_people import LANGUAGES
from .conftest import Play

_MUTE = "Mute microphone"


@pytest.fixture(scope="module")
def facts(play: Play) -> dict[str, Any]:
    """Return what was found out."""
    return play("card-tour").facts


def _names(heard: list[list[str]], role: str) -> list[str]:
    """Return the names of what a screen reader finds of a role."""
    return [name for found, name in heard if found == role]


def test_the_card_picker_shows_a_living_preview(facts: dict[str, Any]) -> None:
    """Searched for by its name."""
    assert facts["edited"]["previewed"] == ["pumpkin"]


def test_the_editor_names_every_option(facts: dict[str, Any]) -> None:
    """In Home Assistant's own dialog."""
    assert set(LABELS) <= set(facts["edited"]["form"].splitlines())


def test_what_is_chosen_in_the_editor_is_saved(facts: dict[str, Any]) -> None:
    """Every kind of field, and the size in the sections view."""
    [card] = facts["edited"]["saved"]
    assert card == {
        "type": "custom:realtime-pumpkin-card",
        "entity": "assist_satellite.jack_o_lantern",
        "name": "Gruesome",
        "face": "skull",
        "show_conversation": False,
        "porch": True,
        "directions": ["Moan"],
        "grid_options": {"columns": 9, "rows": 5},
    }


def test_the_sections_view_gives_the_card_its_rows(facts: dict[str, Any]) -> None:
    """Five rows of 56 px and four gaps of 8 px."""
    assert "Number of rows" in facts["edited"]["layout"]
    assert facts["edited"]["height"] == 5 * 56 + 4 * 8


def test_a_face_in_porch_mode_does_not_cover_its_own_editor(
    facts: dict[str, Any],
) -> None:
    """It fills the page when the dashboard is no longer edited."""
    assert not facts["edited"]["covered"]


def test_the_porch_check_is_told_in_the_card(facts: dict[str, Any]) -> None:
    """What is going on meanwhile, and what was found."""
    assert "be quiet" in facts["mouse"]["checking"]
    assert "microphone" in facts["mouse"]["checked"]


def test_typed_words_and_directions_reach_the_voice(facts: dict[str, Any]) -> None:
    """The typed visitor is in the conversation, the direction in the answer."""
    told = facts["mouse"]["told"]
    assert "Trick or treat!" in told
    assert "Mwah ha" in told
    assert "Ended: stopped" in told


def test_the_buttons_mute_and_tell_the_cost(facts: dict[str, Any]) -> None:
    """The switch of the voice follows; dollars stay when it is over."""
    assert facts["mouse"]["muted"] == "on"
    assert "USD" in facts["mouse"]["cost"]


def test_the_keyboard_reaches_everything_in_the_order_it_is_seen(
    facts: dict[str, Any],
) -> None:
    """From the face down to the conversation."""
    first, *others = facts["keyboard"]["order"]
    assert first.startswith("Tap to wake")
    assert others == ["Porch mode", "Start", _MUTE, "Check the porch", "Conversation"]


def test_a_button_that_goes_hands_the_keyboard_on(facts: dict[str, Any]) -> None:
    """Start becomes Stop, and the return key stops what it has started."""
    assert facts["keyboard"]["started"] == "Stop"


def test_a_screen_reader_finds_a_name_for_everything(facts: dict[str, Any]) -> None:
    """The face is a picture, the conversation a log with a list in it."""
    heard = facts["keyboard"]["heard"]
    for role in ("image", "button", "log", "textbox", "combobox", "option"):
        assert _names(heard, role), role
        assert all(_names(heard, role)), role
    assert {"status", "list", "listitem"} <= {role for role, _ in heard}


def test_porch_mode_fills_the_screen_and_keeps_it_awake(facts: dict[str, Any]) -> None:
    """By one click; one lock, and the page behind does not scroll."""
    before, entered = facts["porch"]["before"], facts["porch"]["entered"]
    assert before["locks"] == 0
    assert (entered["full"], entered["locks"]) == ("html", 1)
    assert (entered["width"], entered["height"]) == (1, 1)
    assert not entered["scrolls"]


def test_a_hidden_page_takes_its_lock_again_when_it_is_seen(
    facts: dict[str, Any],
) -> None:
    """The browser takes the screen and the lock away; the face stays."""
    hidden, back = facts["porch"]["hidden"], facts["porch"]["back"]
    assert (hidden["open"], hidden["locks"]) == (True, 0)
    assert (back["open"], back["locks"], back["width"]) == (True, 1, 1)


@pytest.mark.parametrize("way", ["left", "escaped", "shrunk"])
def test_every_way_out_of_porch_mode_lets_the_screen_sleep(
    facts: dict[str, Any], way: str
) -> None:
    """By the button, by Escape, by leaving the full screen."""
    seen = facts["porch"][way]
    assert (seen["open"], seen["full"], seen["locks"]) == (False, None, 0)
    assert seen["width"] < 1


def test_the_keyboard_stays_in_porch_mode(facts: dict[str, Any]) -> None:
    """What is behind the face cannot be reached."""
    assert facts["porch"]["stops"] == ["wake", "Leave porch mode"] * 2


def test_who_wants_calm_has_a_face_at_rest(facts: dict[str, Any]) -> None:
    """From the moment that the system asks for it, until it no longer does."""
    seen = facts["looks"]
    assert (seen["lively"], seen["calm"], seen["lively_again"]) == (True, False, True)


def test_a_theme_colors_the_face(facts: dict[str, Any]) -> None:
    """By the variables that docs/card.md names."""
    light, themed = facts["looks"]["light"], facts["looks"]["themed"]
    assert themed["skin"] == "rgb(1, 2, 3)"
    assert themed["flame"] == "rgb(4, 5, 6)"
    assert "rgb(7, 8, 9)" in themed["sky"]
    assert light["skin"] != themed["skin"]


def test_a_dark_page_has_a_night_behind_the_face(facts: dict[str, Any]) -> None:
    """And words that can be read on it."""
    light, dark = facts["looks"]["light"], facts["looks"]["dark"]
    assert dark["sky"] != light["sky"]
    assert dark["words"] != light["words"]
    assert (light["stars"], dark["stars"]) == ("0", "0.8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_card_speaks_the_language_of_the_user(
    facts: dict[str, Any], language: str
) -> None:
    """In the card, in its editor and in the card picker; nothing is cut off."""
    said = facts["languages"][language]
    start, porch, remote = {
        "de": ("Starten", "Im Verandamodus starten", "Fernbedienung"),
        "es": ("Iniciar", "Empezar en modo porche", "mando a distancia"),
        "fr": ("Démarrer", "Démarrer en mode porche", "télécommande"),
        "nl": ("Starten", "Starten in verandamodus", "afstandsbediening"),
    }[language]
    assert start in said["card"].splitlines()
    assert said["form"][0] == porch
    assert remote in said["picker"]
    assert said["wide"] == 0


def test_a_viewer_sees_all_and_can_press_nothing(facts: dict[str, Any]) -> None:
    """The state, the words and the cost; the one button fills the screen."""
    viewer = facts["viewer"]
    for heard in (viewer["before"], viewer["during"]):
        assert _names(heard, "button") == ["Porch mode"]
        assert _names(heard, "textbox") == []
    words = " ".join(_names(viewer["during"], "StaticText"))
    assert "Good evening" in words
    assert "USD" in words


def test_a_viewer_who_tries_is_refused_in_words(facts: dict[str, Any]) -> None:
    """As a microphone and as one who starts."""
    assert "You may look, but not talk" in facts["viewer"]["told"]
    assert facts["viewer"]["started"] == "unauthorized"


@pytest.mark.parametrize("app", ["android", "ios"])
def test_the_card_works_in_the_web_view_of_an_app(
    facts: dict[str, Any], app: str
) -> None:
    """It talks, without a full screen and a lock, and leaves the app's bus alone."""
    used = facts["apps"][app]
    assert used["asked"] >= 1
    assert "config/get" in used["bus"]
    assert [kind for kind in used["bus"] if "pumpkin" in kind] == []
    assert used["printed"] == []
    assert used["wide"] == 0


@pytest.mark.parametrize("app", ["android", "ios"])
def test_an_app_without_the_microphone_is_told_where_to_allow_it(
    facts: dict[str, Any], app: str
) -> None:
    """In the system's settings, which a browser's page cannot open."""
    assert "for the app in the system's settings" in facts["apps"][app]["refused"]


def test_a_page_without_https_is_told_so(facts: dict[str, Any]) -> None:
    """Opened by a name that is not localhost."""
    assert not facts["insecure"]["secure"]
    assert "https" in facts["insecure"]["told"]


def test_nothing_went_wrong_unseen(facts: dict[str, Any]) -> None:
    """Nothing of ours in the browser's console nor in Home Assistant's log."""
    assert facts["printed"] == []
    log = [line for line in facts["log"].splitlines() if "pumpkin" in line]
    assert [line for line in log if " ERROR " in line] == []
    assert "Traceback" not in facts["log"]
