"""Explained cohorts made by hand, without a network: figures that keep their sums."""

from datetime import date

import numpy as np
import pandas as pd

from face2bone.bone import CLASS_LABELS
from face2bone.cohort_explanations.folder import About, ExplainedCohort
from face2bone.drawn.face.patients import patient_seed
from face2bone.drawn.face.worlds import World
from face2bone.evaluation.record import BundleName
from face2bone.explain.cohort import thumbnail
from face2bone.explain.photo_row import Layout, PhotoFigures, as_row
from face2bone.modalities.face import FACE_PARTS

CONCEPTS = 4  # as the tiny bundle has
LAYOUT = Layout(FACE_PARTS, CLASS_LABELS, CONCEPTS)


PICTURE = thumbnail(np.full((160, 160, 3), 99, np.uint8))


def figures(seed: int = 0, shift: float = 0.0) -> PhotoFigures:
    """Figures that keep their sums; ``shift`` is added to every region value."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(10, 4)) + shift
    base = rng.normal(size=4)
    return PhotoFigures(
        probabilities=rng.dirichlet((1.0, 1.0, 1.0)),
        members=np.array([True, True, False]),
        distance=5.0,
        values=values,
        base=base,
        full=base + values.sum(axis=0),
        presence=rng.random(CONCEPTS),
        importance=rng.random((CONCEPTS, 3)),
        reconstruction_error=0.4,
    )


def table_of(patients: int) -> pd.DataFrame:
    """One photo a patient: women and men in turn, the classes in turn, ages from 41 to 84."""
    rows = [
        {
            "patient_id": f"drawn-{patient_seed(400_900, i):016x}",
            "sex": "FM"[i % 2],
            "age_years": 41.0 + 43.0 * i / max(patients - 1, 1),
            "height_cm": 160.0,
            "weight_kg": 45.0 + i % 40,
            "t_score": -float(i % 3) * 1.5,
            "bone_mass_class": CLASS_LABELS[i % 3],
            "site": None,
            "device": None,
            **as_row(figures(i), LAYOUT),
            "thumbnail": PICTURE if i % 2 else None,
        }
        for i in range(patients)
    ]
    return pd.DataFrame(rows)


def about_of(photos: int, sha256: str = "ab" * 32) -> About:
    """Facts of a drawn cohort explained with the bundle of this hash."""
    return About(
        bundle=BundleName("tiny", "0", "demo", sha256),
        engine="torch cpu f32",
        description=f"{photos} drawn patients (planted world, seed 400900); no real person",
        world=World.PLANTED,
        concepts=CONCEPTS,
        ood_threshold=6.0,
        photos=photos,
        rejected=0,
        created_on=date(2026, 11, 21),
        software="face2bone 0",
    )


def cohort_of(photos: int, sha256: str = "ab" * 32) -> ExplainedCohort:
    """A whole cohort."""
    return ExplainedCohort(about_of(photos, sha256), table_of(photos), LAYOUT)
