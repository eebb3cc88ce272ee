"""The look of a hand film: the person and chance, never the bone values."""

from dataclasses import replace

import numpy as np

from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.hand.look import hand_look
from face2bone.drawn.hand.values import HAND_VALUES
from face2bone.drawn.people import clinical_arrays, t_score_mean
from face2bone.drawn.worlds import World

COHORT = draw_film_cohort(HAND_VALUES, 1_500, World.PLANTED, 400_380)
LOOKS = [hand_look(p) for p in COHORT]


def test_the_look_does_not_depend_on_values_or_label() -> None:
    patient = COHORT[0]
    other = replace(patient, values=tuple(0.5 * v for v in patient.values), t_score=0.3)
    assert hand_look(other) == hand_look(patient)


def test_given_age_sex_and_bmi_no_nuisance_knows_the_t_score() -> None:
    left = np.array([p.t_score for p in COHORT]) - t_score_mean(*clinical_arrays(COHORT))
    columns = {
        "width": [h.width for h in LOOKS],
        "turn": [h.turn_deg for h in LOOKS],
        "spread": [h.spread[1] for h in LOOKS],
        "length": [h.lengths[2] for h in LOOKS],
        "own_share": [np.mean(h.own_share) for h in LOOKS],
        "scatter": [h.exposure.scatter for h in LOOKS],
        "high": [h.exposure.high for h in LOOKS],
        "dose": [h.exposure.photons for h in LOOKS],
        "marker": [h.frame.marker_at[1] for h in LOOKS],
        "side": [h.frame.marker == "L" for h in LOOKS],
    }
    for name, column in columns.items():
        r = np.corrcoef(left, np.array(column, float))[0, 1]
        assert abs(r) < 4 / np.sqrt(len(left)), name
