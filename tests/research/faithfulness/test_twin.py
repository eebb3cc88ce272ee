"""The healthy twin differs from the patient in what bone loss does to a face, and nowhere else."""

import numpy as np
import pytest

from face2bone.drawn.face.parameters import AGEING_NAMES, Ageing
from face2bone.drawn.face.worlds import HIGHEST, LOWEST, ageing_mean
from face2bone.errors import SubjectNotFound
from face2bone.modalities.face.alignment import MASK_VALUE
from face2bone.modalities.face.parts import (
    FACE_PARTS,
    MANDIBULAR_LEFT,
    MANDIBULAR_RIGHT,
    NASOLABIAL_LEFT,
    NASOLABIAL_RIGHT,
    PERIORBITAL_LEFT,
    PERIORBITAL_RIGHT,
)
from research.faithfulness.baselines import region_means
from research.faithfulness.twin import healthy_ageing, twin_face


def of(values, *regions):
    return np.mean([values[FACE_PARTS.index(r)] for r in regions])


def test_healthy_is_the_mean_of_a_t_score_of_zero():
    young, old = healthy_ageing(45.0), healthy_ageing(85.0)
    assert young.orbit == pytest.approx(float(ageing_mean(45.0, 0.0)[0]))
    for name, low, high in zip(AGEING_NAMES, LOWEST, HIGHEST, strict=True):
        assert low <= getattr(young, name) < getattr(old, name) <= high


def test_only_the_bone_differs_and_only_inside_the_face(patient, twin):
    assert patient.ageing != healthy_ageing(patient.patient.age_years)
    outside = ~twin.aligned.mask
    assert (twin.twin[outside] == MASK_VALUE).all()
    assert (twin.alone[:, outside] == MASK_VALUE).all()
    assert twin.change[outside].max() == 0
    assert twin.change.max() > 10
    assert twin.baseline.pixels is twin.twin


def test_each_parameter_changes_the_regions_it_is_named_for(twin):
    means = dict(
        zip(
            AGEING_NAMES,
            (region_means(c, twin.aligned.part_map) for c in twin.change_alone),
            strict=True,
        )
    )
    eyes = (PERIORBITAL_LEFT, PERIORBITAL_RIGHT)
    jaw = (MANDIBULAR_LEFT, MANDIBULAR_RIGHT)
    folds = (NASOLABIAL_LEFT, NASOLABIAL_RIGHT)
    assert of(means["orbit"], *eyes) > 3 * of(means["orbit"], *jaw)
    assert of(means["jaw"], *jaw) > 3 * of(means["jaw"], *eyes)
    assert of(means["nasolabial"], *folds) > 3 * of(means["nasolabial"], *eyes)


def test_all_parameters_together_change_more_than_any_alone(twin):
    alone = twin.change_alone.sum(axis=(1, 2))
    assert twin.change.sum() > alone.max()


def test_the_twin_of_somebody_healthy_is_nearly_that_person(patient, twin):
    import dataclasses

    well = healthy_ageing(patient.patient.age_years)
    nearly = dataclasses.replace(well, wrinkle=well.wrinkle + 0.02)
    face = twin_face(dataclasses.replace(patient, ageing=nearly))
    assert face.change.mean() < 0.1 * twin.change.mean()
    assert isinstance(well, Ageing)


def test_a_drawing_without_a_face_is_said_so(patient):
    class Blind:
        def locate(self, pixels):
            return []

    with pytest.raises(SubjectNotFound):
        twin_face(patient, Blind())
