"""Both knees on one film: each as if alone, the right one on the film's left."""

from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.knee import draw_knee
from face2bone.drawn.knee.look import knee_look
from face2bone.drawn.knee.pair import draw_both_knees, pair_frame
from face2bone.drawn.knee.values import KNEE_VALUES
from face2bone.drawn.worlds import World
from face2bone.modalities.knee.parts import KNEE_PARTS
from face2bone.modalities.parts import part_index

COARSE = 0.9


@pytest.fixture(scope="module")
def patient() -> FilmPatient:
    return draw_film_cohort(KNEE_VALUES, 1, World.PLANTED, 400_350)[0]


@pytest.fixture(scope="module")
def both(patient: FilmPatient) -> DrawnFilm:
    return draw_both_knees(patient, COARSE, clean=True)


def test_the_film_is_twice_as_wide(patient: FilmPatient, both: DrawnFilm) -> None:
    height, width = draw_knee(patient, COARSE).grey.shape
    assert both.grey.shape == (height, 2 * width)


def test_fibulas_are_on_the_outside(both: DrawnFilm) -> None:
    columns = np.argwhere(both.part_map == part_index(KNEE_PARTS, "fibula"))[:, 1]
    width = both.grey.shape[1]
    assert (columns < 0.3 * width).any()
    assert (columns > 0.7 * width).any()
    assert not ((columns > 0.35 * width) & (columns < 0.65 * width)).any()


def test_landmarks_name_their_side(both: DrawnFilm) -> None:
    middle = both.grey.shape[1] / 2
    assert both.landmarks["right_joint_centre"][0] < middle < both.landmarks["left_joint_centre"][0]
    assert len(both.landmarks) == 12


@pytest.mark.parametrize(("place", "letter"), [(0.05, "R"), (0.9, "L")])
def test_the_marker_names_the_knee_it_lies_beside(
    patient: FilmPatient, place: float, letter: str
) -> None:
    frame = replace(knee_look(patient).frame, marker_at=(0.4, place))
    assert pair_frame(frame).marker == letter


def test_legs_meet_without_a_step(both: DrawnFilm) -> None:
    middle = both.grey.shape[1] // 2
    steps = np.abs(np.diff(both.grey[:, middle - 8 : middle + 8], axis=1))
    assert steps.max() < 0.2


def test_the_knees_are_not_mirror_images(both: DrawnFilm) -> None:
    left, right = np.hsplit(both.grey, 2)
    assert np.abs(left - right[:, ::-1]).mean() > 0.005
