"""The hand's solids: a metacarpal index that can be measured, a palm without a seam."""

from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.film.exposure import HAND_SPECTRUM, log_signal
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.hand import HAND, metacarpal_indices
from face2bone.drawn.hand.anatomy import build, wall_share
from face2bone.drawn.hand.look import hand_look
from face2bone.drawn.hand.render import LANDMARKS, hand_values
from face2bone.drawn.hand.skeleton import tubes
from face2bone.drawn.hand.values import HAND_VALUES
from face2bone.drawn.worlds import World
from face2bone.modalities.hand.parts import HAND_PARTS
from face2bone.modalities.parts import part_index

COHORT = draw_film_cohort(HAND_VALUES, 12, World.PLANTED, 400_370)


@pytest.fixture(scope="module")
def patient() -> FilmPatient:
    return COHORT[0]


def profile(patient: FilmPatient, ray: int) -> np.ndarray:
    """Attenuation across the middle of a metacarpal, every 0.05 mm."""
    look = hand_look(patient)
    tube = next(t for t in tubes(look) if t.ray == ray and t.kind == 0)
    direction = np.subtract(tube.head, tube.base) / tube.length
    across = np.arange(-9, 9, 0.05)
    middle = np.add(tube.base, tube.head) / 2
    x = (middle[0] - across * direction[1]).astype(np.float32)
    y = (middle[1] + across * direction[0]).astype(np.float32)
    grid = [np.tile(axis, (3, 1)) for axis in (x, y)]
    anatomy = build(grid[0], grid[1], hand_values(patient), look, np.zeros_like(grid[0]))
    return log_signal(anatomy.bone_cm, anatomy.soft_cm, HAND_SPECTRUM)[1]


def measured_index(patient: FilmPatient, ray: int) -> float:
    """Outer edges at the steepest slopes, inner edges at the two maxima."""
    line = profile(patient, ray)
    middle = len(line) // 2
    left = np.argmax(line[:middle])
    right = middle + np.argmax(line[middle:])
    slope = np.diff(line)
    outer = np.argmax(slope[:left]), right + np.argmin(slope[right:])
    return float(((left - outer[0]) + (outer[1] - right)) / (outer[1] - outer[0]))


def test_the_index_an_instrument_measures_is_the_truth() -> None:
    """The maxima of a path through a tube's wall lie on the marrow's edge."""
    truth = np.array([metacarpal_indices(p)[1] for p in COHORT])
    found = np.array([measured_index(p, 1) for p in COHORT])
    assert np.corrcoef(truth, found)[0, 1] > 0.98
    assert np.abs(found - truth).max() < 0.03


def test_metacarpals_share_a_value_and_keep_something_of_their_own(patient: FilmPatient) -> None:
    cohort = draw_film_cohort(HAND_VALUES, 400, World.PLANTED, 400_371)
    indices = np.array([metacarpal_indices(p) for p in cohort])
    assert 0.75 < np.corrcoef(indices[:, 1], indices[:, 2])[0, 1] < 0.95
    values, look = hand_values(patient), hand_look(patient)
    thinner = replace(values, metacarpal_cortex=values.metacarpal_cortex - 0.1)
    for tube in tubes(look):
        change = wall_share(tube, values, look) - wall_share(tube, thinner, look)
        assert change == pytest.approx(0.1 if tube.kind == 0 else 0.0)


def test_the_palm_has_no_seam(patient: FilmPatient) -> None:
    """Where palm, thumb and wrist meet the path of flesh changes smoothly."""
    look = hand_look(patient)
    y = np.arange(-70, 10, 0.25, dtype=np.float32)[:, None]
    x = np.full_like(y, 29.0)  # between the second metacarpal and the thumb's
    anatomy = build(x, y, hand_values(patient), look, np.zeros_like(y))
    flesh = anatomy.soft_cm[:, 0]
    inside = (anatomy.bone_cm[:, 0] == 0) & (flesh > 0.5)  # the outline itself is steep
    steps = np.abs(np.diff(flesh))[inside[1:] & inside[:-1]]
    assert len(steps) > 100
    assert steps.max() < 0.06


def test_landmarks_are_in_a_hand_landmarkers_order_and_on_bone(patient: FilmPatient) -> None:
    film = HAND.draw(patient, clean=True)
    assert list(film.landmarks) == [str(n) for n in range(LANDMARKS)]
    tips = [film.landmarks[str(n)] for n in (4, 8, 12, 16, 20)]
    soft = part_index(HAND_PARTS, "soft_tissue")
    near_bone = 0
    for x, y in tips:
        around = film.part_map[round(y) - 6 : round(y) + 7, round(x) - 6 : round(x) + 7]
        near_bone += bool(((around >= 0) & (around != soft)).any())
    assert near_bone == 5
    assert film.landmarks["12"][1] < film.landmarks["0"][1]


def test_a_left_hands_thumb_is_on_the_films_right(patient: FilmPatient) -> None:
    for side, sign in (("left", 1), ("right", -1)):
        film = HAND.draw(replace(patient, side=side), 1.0)  # type: ignore[arg-type]
        assert sign * (film.landmarks["4"][0] - film.landmarks["20"][0]) > 0
