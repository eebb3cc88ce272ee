"""The cohort that the demo bundle brings is what the command makes of drawn patients."""

import numpy as np
import pytest

from face2bone.assess import Assessor
from face2bone.bone import CLASS_LABELS
from face2bone.bundle import Bundle
from face2bone.cohort_explanations.counterfactual import varied
from face2bone.cohort_explanations.folder import ExplainedCohort, read_explained, shipped
from face2bone.drawn.people import DEMONSTRATION_SEED_RANGE, patient_seed
from face2bone.explain.cohort import THUMBNAIL
from face2bone.modalities.face import FACE_PARTS
from face2bone.studies.face2bone import demonstration

SEED = 300_001
SIZE_LIMIT = 1_500_000  # bytes: it is read before a visitor sees anything


@pytest.fixture(scope="module")
def cohort(demo_bundle: Bundle) -> ExplainedCohort:
    folder = shipped(demo_bundle)
    assert folder is not None
    return read_explained(folder, demo_bundle, FACE_PARTS)


def test_it_is_small_drawn_and_of_patients_no_model_was_trained_on(
    cohort: ExplainedCohort, demo_bundle: Bundle
) -> None:
    folder = shipped(demo_bundle)
    assert folder is not None
    assert sum(path.stat().st_size for path in folder.iterdir()) < SIZE_LIMIT
    assert cohort.about.drawn
    assert SEED in DEMONSTRATION_SEED_RANGE
    seeds = [patient_seed(SEED, i) for i in range(len(cohort.table))]
    assert cohort.table["patient_id"].tolist() == [f"drawn-{seed:016x}" for seed in seeds]
    assert set(cohort.table["bone_mass_class"]) == set(CLASS_LABELS)
    assert cohort.table[THUMBNAIL].notna().all()


@pytest.mark.slow
def test_a_patient_drawn_again_gets_the_same_answer(
    cohort: ExplainedCohort, demo_bundle: Bundle
) -> None:
    row = cohort.table.iloc[0]
    changes = demonstration().changes
    patient = changes.patient(row["patient_id"], cohort.about.world)
    assert (patient.t_score, patient.patient.age_years) == (row["t_score"], row["age_years"])
    variant = varied(Assessor(demo_bundle), changes, patient, changes.values(patient))
    stored = row[[f"p_{label}" for label in CLASS_LABELS]].to_numpy(float)
    np.testing.assert_allclose(variant.prediction.probabilities, stored, atol=1e-3)
    full = row[[f"full_{label}" for label in CLASS_LABELS]].to_numpy(float)
    np.testing.assert_allclose(variant.prediction.logits, full, atol=1e-3)
