"""Figures made by hand: a cohort's table whose means are known."""

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.cohort.synthetic.worlds import World
from face2bone.evaluation.record import BundleName
from face2bone.explain.figures import PhotoFigures, as_row
from face2bone.explore.folder import About, ExplainedCohort

CONCEPTS = 2
MakeFigures = Callable[..., PhotoFigures]


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
            "patient_id": f"p{i}",
            "sex": "FM"[i % 2],
            "age_years": 41.0 + 43.0 * i / max(patients - 1, 1),
            "height_cm": 160.0,
            "weight_kg": 45.0 + i % 40,
            "t_score": -float(i % 3) * 1.5,
            "bone_mass_class": CLASS_LABELS[i % 3],
            "site": None,
            "device": None,
            **as_row(figures(i)),
            "thumbnail": b"a picture" if i % 2 else None,
        }
        for i in range(patients)
    ]
    return pd.DataFrame(rows)


@pytest.fixture
def make_figures() -> MakeFigures:
    return figures


@pytest.fixture
def make_table() -> Callable[[int], pd.DataFrame]:
    return table_of


@pytest.fixture
def about() -> About:
    return About(
        bundle=BundleName("tiny", "0", "demo", "ab" * 32),
        engine="torch cpu f32",
        description="40 drawn patients (planted world, seed 1, generator 1); no real person",
        world=World.PLANTED,
        concepts=CONCEPTS,
        ood_threshold=6.0,
        photos=40,
        rejected=0,
        created_on=date(2026, 11, 21),
        software="face2bone 0",
    )


@pytest.fixture
def explained(about: About) -> ExplainedCohort:
    return ExplainedCohort(about, table_of(40))
