"""A hand given as a knee and a knee given as a hand: refused in words, and no index of either."""

from collections.abc import Callable

import numpy as np
import pytest

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.film.write import dicom_bytes, png_bytes
from face2bone.drawn.hand import HAND, draw_hand
from face2bone.drawn.knee import KNEE, draw_knee
from face2bone.drawn.knee.pair import draw_both_knees
from face2bone.drawn.worlds import World
from face2bone.errors import SubjectNotFound
from face2bone.modalities.film_kind import SURELY_A_KNEE, check_not_a_hand
from face2bone.modalities.hand.looks import Agreed, Film
from face2bone.modalities.hand.modality import HAND as HAND_FILM
from face2bone.modalities.hand.points import Points
from face2bone.modalities.knee.locator import locate_knees
from face2bone.modalities.knee.modality import KNEE_FILM
from face2bone.modalities.radiograph import read_radiograph
from tests.modalities.hand.conftest import film_of

SEED = 400_780
Draw = Callable[..., DrawnFilm]


class Sees:
    """A hand landmarker that sees these points, and counts how often it was asked."""

    def __init__(self, points: Points | None) -> None:
        self.points, self.asked = points, 0

    def locate(self, film: Film) -> Agreed | None:
        self.asked += 1
        return None if self.points is None else Agreed(self.points, 0.01, 6)


def drawn_hands(count: int) -> list[DrawnFilm]:
    return [draw_hand(one) for one in draw_film_cohort(HAND.model, count, World.PLANTED, SEED)]


@pytest.mark.slow
def test_a_hand_is_no_knee_and_is_told_to_be_a_hand() -> None:
    films = drawn_hands(4)
    assert [locate_knees(film.grey) for film in films] == [()] * 4
    for film in films:
        with pytest.raises(SubjectNotFound, match=r"looks like a hand\. Choose the study of hands"):
            KNEE_FILM.prepare(read_radiograph(png_bytes(film)))


@pytest.mark.slow
@pytest.mark.parametrize("draw", [draw_knee, draw_both_knees])
def test_a_knee_given_as_one_is_prepared_and_given_as_a_hand_named(draw: Draw) -> None:
    for patient in draw_film_cohort(KNEE.model, 3, World.PLANTED, SEED + 1):
        film = read_radiograph(png_bytes(draw(patient)))
        assert KNEE_FILM.prepare(film)
        with pytest.raises(SubjectNotFound, match=r"looks like a knee\. Choose the study of knees"):
            HAND_FILM.prepare(film)


def test_what_the_file_says_is_believed_in_either_study() -> None:
    (patient,) = draw_film_cohort(KNEE.model, 1, World.PLANTED, SEED + 1)
    (other,) = draw_film_cohort(HAND.model, 1, World.PLANTED, SEED)
    with pytest.raises(SubjectNotFound, match="The file says that it shows a knee"):
        HAND_FILM.prepare(read_radiograph(dicom_bytes(KNEE, patient, draw_knee(patient))))
    with pytest.raises(SubjectNotFound, match="The file says that it shows a hand"):
        KNEE_FILM.prepare(read_radiograph(dicom_bytes(HAND, other, draw_hand(other))))


def test_a_hand_is_looked_for_unless_the_film_is_surely_a_knee() -> None:
    (film,) = drawn_hands(1)
    points = np.array([film.landmarks[str(n)] for n in range(21)])
    seen = Sees(points)
    check_not_a_hand(film.grey, SURELY_A_KNEE, seen)  # type: ignore[arg-type]
    assert seen.asked == 0
    with pytest.raises(SubjectNotFound):
        check_not_a_hand(film.grey, SURELY_A_KNEE - 0.01, seen)  # type: ignore[arg-type]


def test_what_has_no_hands_proportions_is_no_hand() -> None:
    (film,) = drawn_hands(1)
    points = np.array([film.landmarks[str(n)] for n in range(21)])
    points[[5, 9, 13, 17]] += 0.4 * (points[0] - points[9])
    for seen in (Sees(points), Sees(None)):
        check_not_a_hand(film.grey, 0.5, seen)  # type: ignore[arg-type]
        assert seen.asked == 1


def test_a_film_of_neither_is_said_to_be_neither() -> None:
    for prepare, said in ((KNEE_FILM.prepare, "No knee was"), (HAND_FILM.prepare, "No hand was")):
        with pytest.raises(SubjectNotFound, match=said):
            prepare(film_of(np.zeros((300, 240), np.float32)))
