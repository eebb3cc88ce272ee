"""The oracle's row belongs to drawn cohorts, and to the patients it was drawn for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from face2bone.cohort.manifest import Cohort
from face2bone.comparison.oracle import drawn_oracle
from face2bone.drawn.face.oracle import cohort_oracle
from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.face.provenance import PATIENT_MODEL_HASH
from face2bone.drawn.worlds import World
from face2bone.errors import TrainingError


def plan(root: Path, **changes: object) -> Cohort:
    values = {
        "world": "planted",
        "seed": 400_701,
        "patients": 5,
        "generator_version": "1.0.0",
        "generator_hash": "0" * 64,
        "patient_model_hash": PATIENT_MODEL_HASH,
    } | changes
    (root / "cohort.yaml").write_text(yaml.safe_dump(values), "utf-8")
    return Cohort(table=pd.DataFrame(), root=root, boundary=None)


@pytest.mark.parametrize("world", ["planted", "null"])
def test_it_is_the_generators_own(tmp_path: Path, world: str) -> None:
    found = drawn_oracle(plan(tmp_path, world=world))
    assert found is not None
    assert (found.world, found.seed) == (world, 400_701)
    patients = draw_cohort(5, World(world), 400_701)
    for patient, best in zip(patients, cohort_oracle(patients, World(world)), strict=True):
        np.testing.assert_array_equal(found.probabilities[patient.patient_id], best)


def test_patients_have_none(cohort: Cohort) -> None:
    assert drawn_oracle(cohort) is None


def test_a_cohort_of_another_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="another version"):
        drawn_oracle(plan(tmp_path, patient_model_hash="0" * 64))
