"""Drawn twins through the public network and a bone bundle: a table whose limits can be missed."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from face2bone import robustness as module
from face2bone.bundle import Bundle
from face2bone.bundle.years_bundle import load_years_bundle
from face2bone.drawn.face import twins
from face2bone.drawn.face.twins import TWINS, Twin
from face2bone.errors import StudyError
from face2bone.modalities.face import photo_twins
from face2bone.modalities.face.photo_twins import PHOTO_TWINS, PhotoTwin
from face2bone.modalities.photo import Photo
from face2bone.report.model.robustness_text import robustness_text
from face2bone.robustness import (
    Robustness,
    Shift,
    age_robustness,
    class_robustness,
    photo_robustness,
)

ROOT = Path(__file__).resolve().parent.parent
SAME = Twin("light", "as it was", lambda face: face)
FEW = (SAME, TWINS[0], TWINS[2])


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "TWINS", FEW)


@pytest.mark.slow
def test_a_twin_that_is_the_same_moves_nothing() -> None:
    told: list[tuple[int, int]] = []
    bundle = load_years_bundle(ROOT / "models" / "face-age-public")
    found = age_robustness(bundle, 3, 400_020, lambda done, total: told.append((done, total)))
    same, make_up, surgery = found.shifts
    assert (same.median, same.nine_in_ten, same.pairs) == (0.0, 0.0, 3)
    assert make_up.nine_in_ten > 0
    assert surgery.limit is None
    assert same.named_otherwise is None
    assert (found.unit, found.sha256) == ("years", bundle.sha256)
    assert told[-1] == (3, 3)


@pytest.mark.slow
def test_of_classes_the_last_ones_probability_and_the_name_are_watched(tiny_bundle: Bundle) -> None:
    found = class_robustness(tiny_bundle, 2, 400_021)
    assert found.unit == "probability of osteoporosis"
    assert found.shifts[0].named_otherwise == 0.0
    assert "named otherwise" in robustness_text(found)


def test_a_face_that_is_not_found_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(twins, "_seen", lambda *_: None)
    found = age_robustness(load_years_bundle(ROOT / "models" / "face-age-public"), 2, 400_022)
    assert found.not_found == 2 * len(FEW)
    assert all(shift.pairs == 0 for shift in found.shifts)
    assert "not found" in robustness_text(found)


def test_a_bundle_of_another_picture_is_refused(tiny_bundle: Bundle) -> None:
    card = replace(tiny_bundle.card, input=replace(tiny_bundle.card.input, channels=1))
    with pytest.raises(StudyError, match="does not read faces"):
        class_robustness(replace(tiny_bundle, card=card))


def test_what_is_beyond_its_limit_is_named() -> None:
    shifts = (
        Shift("make-up", "lipstick", 10, -1.6, 3.0, 1.5, None),
        Shift("light", "dim", 10, 1.5, 3.0, 1.5, None),
        Shift("surgery", "jaw", 10, -9.0, 12.0, None, None),
    )
    found = Robustness("toy", "a" * 64, "years", 10, 1, 0, shifts)
    text = robustness_text(found)
    assert [shift.words for shift in found.beyond] == ["lipstick"]
    assert "| make-up | lipstick | 10 | -1.6 | 3.0 | 1.5 **no** |" in text
    assert "Beyond the limit: make-up (lipstick)." in text
    assert text.startswith(
        "toy aaaaaaaaaaaa, 10 drawn faces (seed 1)"
    )  # which bundle, not only its name
    within = replace(found, shifts=shifts[1:])
    assert "within it" in robustness_text(within)


def test_a_change_nobody_was_found_in_has_no_figure() -> None:
    shift = module._shift(SAME, [], 1.5, False)
    assert np.isnan(shift.median)
    assert shift.holds


def test_of_photographs_the_pixels_are_changed(
    astronaut_photo: Photo, tiny_bundle: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    same = PhotoTwin("light", "as it was", lambda pixels, _: pixels)
    black = PhotoTwin("light", "none", lambda pixels, _: np.zeros_like(pixels))
    monkeypatch.setattr(photo_twins, "PHOTO_TWINS", (same, PHOTO_TWINS[3], black))
    years = load_years_bundle(ROOT / "models" / "face-age-public")
    found = photo_robustness(years, [astronaut_photo])
    still, dim, gone = found.shifts
    assert (still.median, still.pairs, still.limit) == (0.0, 1, 2.5)
    assert dim.nine_in_ten > 0
    assert (gone.pairs, found.not_found) == (0, 1)
    assert "1 photograph; shifts of the apparent age" in robustness_text(found)
    classes = photo_robustness(tiny_bundle, [astronaut_photo] * 2)
    assert classes.shifts[0].named_otherwise == 0.0
    assert "2 photographs; shifts of the probability" in robustness_text(classes)


def test_a_photo_without_a_face_is_counted(drawn_photo: Photo) -> None:
    blank = replace(drawn_photo, pixels=np.full((300, 300, 3), 127, np.uint8))
    found = photo_robustness(load_years_bundle(ROOT / "models" / "face-age-public"), [blank])
    assert found.not_found == len(PHOTO_TWINS)
