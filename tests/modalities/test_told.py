"""What a person is told of a knee or hand beside the network's answer."""

import re

import pytest

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.patients import FilmPatient, draw_film_patient
from face2bone.drawn.film.write import dicom_bytes, png_bytes
from face2bone.drawn.hand import HAND
from face2bone.drawn.hand.render import draw_hand
from face2bone.drawn.knee import KNEE
from face2bone.drawn.knee.pair import draw_both_knees
from face2bone.drawn.worlds import World
from face2bone.modalities.hand.finding import MEANING, find_hand, index_measures
from face2bone.modalities.hand.metacarpal_index import BoneIndex, MetacarpalIndex
from face2bone.modalities.knee.cortex import CorticalIndex
from face2bone.modalities.knee.finding import UNLIKE, cortex_measures, find_knees
from face2bone.modalities.knee.quality import LIKENESS_WARN
from face2bone.modalities.radiograph import read_radiograph
from tests.conftest import ROOT


def one_knee(seed: int) -> tuple[FilmPatient, DrawnFilm]:
    patient = draw_film_patient(KNEE.model, seed, World.PLANTED)
    return patient, KNEE.draw(patient)


@pytest.mark.parametrize("seed", [900_771, 900_774])
def test_the_file_says_which_knee_it_is(seed: int) -> None:
    patient, film = one_knee(seed)
    (knee,) = find_knees(read_radiograph(dicom_bytes(KNEE, patient, film)))
    assert knee.told[0] == f"{patient.side.capitalize()} knee, as the file says."


def test_of_two_knees_the_place_says_which_is_which() -> None:
    patient, _ = one_knee(900_771)
    knees = find_knees(read_radiograph(png_bytes(draw_both_knees(patient))))
    on_the_left, on_the_right = sorted(knees, key=lambda knee: knee.found.x)
    assert on_the_left.told[0].startswith("Right knee, by its place")
    assert on_the_right.told[0].startswith("Left knee, by its place")


def test_a_picture_only_lets_guess() -> None:
    (knee,) = find_knees(read_radiograph(png_bytes(one_knee(900_771)[1])))
    assert knee.told[0].startswith("Probably a ")


def test_cortical_indices_are_told_as_measured_and_in_mm_with_spacing_only() -> None:
    with_mm = CorticalIndex("femur", 0.31, 9, 4.66, 30.04)
    femur, tibia = cortex_measures((with_mm,), 0.8)
    assert (femur.value, femur.unit) == (0.31, "ratio")
    assert femur.detail == "Walls of 4.7 mm on average, shaft of 30.0 mm, by the file's spacing."
    assert "not a T-score" in femur.meaning
    assert tibia.value is None
    assert "could not be measured" in tibia.why_not
    assert cortex_measures((CorticalIndex("tibia", 0.2, 5, None, None),), 0.8)[1].detail == ""


def test_of_what_is_hardly_a_knee_no_index_is_told() -> None:
    found = (CorticalIndex("femur", 0.2, 5, None, None), CorticalIndex("tibia", 0.2, 5, None, None))
    for likeness, values in ((LIKENESS_WARN, [0.2, 0.2]), (LIKENESS_WARN - 0.01, [None, None])):
        told = cortex_measures(found, likeness)
        assert [one.value for one in told] == values
    assert {one.why_not for one in told} == {UNLIKE}


def test_a_fine_film_of_a_hand_gives_both_indices() -> None:
    patient = draw_film_patient(HAND.model, 900_771, World.PLANTED)
    hand = find_hand(read_radiograph(dicom_bytes(HAND, patient, draw_hand(patient, 0.3))))
    second, mean = hand.measures
    assert second.value is not None
    assert mean.value is not None
    assert abs(second.value - mean.value) < 0.15
    assert hand.told[0] == f"{patient.side.capitalize()} hand seen from behind, as the thumb shows."


def test_an_index_that_was_refused_says_why_and_has_no_number() -> None:
    refused = MetacarpalIndex(None, None, (), 0.5, True, "The film is too coarse.")
    assert [(one.value, one.why_not) for one in index_measures(refused)] == [
        (None, "The film is too coarse.")
    ] * 2
    uneven = BoneIndex(2, 0.4, 20.0, (3.0, 5.0), "The two walls differ.")
    second, mean = index_measures(MetacarpalIndex(None, 0.44, (uneven,), 0.2, True, ""))
    assert (second.value, second.why_not) == (None, "The two walls differ.")
    assert (mean.value, mean.why_not) == (0.44, "")


def test_the_cuts_named_are_those_of_the_published_table() -> None:
    text = (ROOT / "docs" / "research" / "hand.md").read_text("utf-8")
    table = text.split("| below | finding |")[1].split("\n\n")[0]
    cuts = [float(cut) for cut in re.findall(r"^\| (\.\d+) \|", table, re.MULTILINE)]
    assert len(cuts) == 5
    assert f"between {min(cuts):.3f} and {max(cuts):.3f}" in MEANING
