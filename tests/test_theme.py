"""The dashboard's colours keep WCAG 2.2 AA contrast, and its limits match the code's."""

import tomllib
from pathlib import Path

import pytest

from face2bone.dashboard.common.uploads import COHORT_BYTES, PHOTO_BYTES
from face2bone.modalities.photo import MAX_BYTES

CONFIG = tomllib.loads(
    (Path(__file__).resolve().parent.parent / ".streamlit" / "config.toml").read_text("utf-8")
)
BACKGROUNDS = ("backgroundColor", "secondaryBackgroundColor")


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb (WCAG 2.2, section 3)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # a known near miss


@pytest.mark.parametrize("name", ["light", "dark"])
def test_contrast(name: str) -> None:
    theme = CONFIG["theme"][name]
    for background in BACKGROUNDS:
        for text in ("textColor", "linkColor"):
            assert contrast(theme[text], theme[background]) >= 4.5, (text, background)
        for part in ("primaryColor", "borderColor"):
            assert contrast(theme[part], theme[background]) >= 3.0, (part, background)
    assert contrast("#ffffff", theme["primaryColor"]) >= 4.5


def test_the_upload_limits_are_those_of_a_cohort_and_of_a_photo() -> None:
    assert CONFIG["server"]["maxUploadSize"] * 2**20 == COHORT_BYTES
    assert PHOTO_BYTES == MAX_BYTES


def test_nothing_is_reported_and_no_traceback_is_shown() -> None:
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert CONFIG["server"]["address"] == "localhost"
    assert CONFIG["server"]["enableXsrfProtection"] is True
