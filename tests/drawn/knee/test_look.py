"""The look of a knee film: the person and chance, never the bone values."""

from dataclasses import replace

import numpy as np

from face2bone.drawn.film.patients import draw_film_cohort
from face2bone.drawn.knee.look import knee_look
from face2bone.drawn.knee.values import KNEE_VALUES
from face2bone.drawn.people import clinical_arrays, t_score_mean
from face2bone.drawn.worlds import World
from face2bone.patient import Sex

COHORT = draw_film_cohort(KNEE_VALUES, 1_500, World.PLANTED, 400_340)
LOOKS = [knee_look(p) for p in COHORT]


def test_the_look_does_not_depend_on_values_or_label() -> None:
    patient = COHORT[0]
    other = replace(patient, values=tuple(0.5 * v for v in patient.values), t_score=0.3)
    assert knee_look(other) == knee_look(patient)


def test_men_have_larger_bones_and_the_heavy_more_flesh() -> None:
    size = np.array([look.size for look in LOOKS])
    male = np.array([p.patient.sex is Sex.MALE for p in COHORT])
    assert size[male].mean() > size[~male].mean() + 0.05
    _, _, bmi = clinical_arrays(COHORT)
    assert np.corrcoef([look.flesh for look in LOOKS], bmi)[0, 1] > 0.8


def test_given_age_sex_and_bmi_no_nuisance_knows_the_t_score() -> None:
    left = np.array([p.t_score for p in COHORT]) - t_score_mean(*clinical_arrays(COHORT))
    columns = {
        "flare": [k.flare for k in LOOKS],
        "shaft": [k.shaft for k in LOOKS],
        "turn": [k.turn_deg for k in LOOKS],
        "texture": [k.texture for k in LOOKS],
        "scatter": [k.exposure.scatter for k in LOOKS],
        "low": [k.exposure.low for k in LOOKS],
        "high": [k.exposure.high for k in LOOKS],
        "dose": [k.exposure.photons for k in LOOKS],
        "collimation": [k.frame.collimation_mm[0] for k in LOOKS],
        "marker": [k.frame.marker_at[0] for k in LOOKS],
        "side": [k.frame.marker == "L" for k in LOOKS],
    }
    for name, column in columns.items():
        assert abs(np.corrcoef(left, np.array(column, float))[0, 1]) < 4 / np.sqrt(len(left)), name
