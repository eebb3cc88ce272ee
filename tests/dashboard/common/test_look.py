"""Words that Streamlit's theme has no colour for can be read, and the mark is our own drawing."""

from xml.etree import ElementTree

import pytest

from face2bone.dashboard.common.look import CAPTION_OPACITY, CHOSEN_DARK, CHOSEN_LIGHT, LOGO
from tests.test_theme import BACKGROUNDS, CONFIG, contrast


@pytest.mark.parametrize(("name", "chosen"), [("light", CHOSEN_LIGHT), ("dark", CHOSEN_DARK)])
def test_captions_and_what_is_chosen_can_be_read(name: str, chosen: str) -> None:
    theme = CONFIG["theme"][name]
    for background in BACKGROUNDS:
        caption = over(theme["textColor"], theme[background], CAPTION_OPACITY)
        for ink in (chosen, caption):
            assert contrast(ink, theme[background]) >= 4.5, (ink, background)


def over(ink: str, ground: str, opacity: float) -> str:
    """The colour of ``ink`` seen at this opacity on a ground."""
    pairs = [(int(ink[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(opacity * a + (1 - opacity) * b):02x}" for a, b in pairs)


def test_the_mark_is_seen_on_both_grounds_and_asks_for_nothing() -> None:
    drawn = ElementTree.fromstring(LOGO)  # noqa: S314  ours
    fills = {e.get("fill") for e in drawn.iter()} | {e.get("stroke") for e in drawn.iter()}
    for colour in fills - {None, "none"}:
        for name in ("light", "dark"):
            assert contrast(str(colour), CONFIG["theme"][name]["backgroundColor"]) >= 3.0
    assert "href" not in LOGO
    assert "url(" not in LOGO
