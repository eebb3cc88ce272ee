"""Every figure of one patient of the shipped cohort, computed again from the seed."""

import numpy as np

from face2bone.assess import Assessor
from face2bone.bundle import Bundle
from face2bone.cohort_explanations.counterfactual import (
    explained_variant,
    varied,
)
from face2bone.cohort_explanations.folder import read_explained, shipped
from face2bone.explain.photo_row import from_row
from face2bone.modalities.face import FACE_PARTS
from face2bone.progress import silent
from face2bone.studies.face2bone import demonstration

TOLERANCE = 2e-3  # logits; two engines may compute them


def test_the_figures_follow_from_the_seed_and_the_bundle(demo_bundle: Bundle) -> None:
    folder = shipped(demo_bundle)
    assert folder is not None
    cohort = read_explained(folder, demo_bundle, FACE_PARTS)
    row = cohort.table.iloc[3]
    assessor = Assessor(demo_bundle)
    changes = demonstration().changes
    patient = changes.patient(row["patient_id"], cohort.about.world)
    variant = varied(assessor, changes, patient, changes.values(patient))
    found, stored = (
        explained_variant(assessor, variant, silent),
        from_row(row, cohort.layout),
    )
    for name in ("probabilities", "values", "base", "full", "presence", "importance"):
        np.testing.assert_allclose(
            getattr(found, name), getattr(stored, name), atol=TOLERANCE, err_msg=name
        )
