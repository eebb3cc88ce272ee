"""What the nested models read: clinical columns, and face features made few.

Clinical: age, sex, BMI and height with squares of age and BMI and the product of age and sex.
A face shows age, sex and build; a clinical model too stiff to follow them would let a face gain
by curvature alone, so the clinical side gets what a careful statistician would give it.

The picture is as the frozen network sees it: features at its cut, averaged over the map, the same
numbers that say whether it is out of domain (``bundle.ood``), before any head fitted to labels.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.arrays import Floats
from face2bone.bundle.ood import pooled
from face2bone.cohort.crop_store import CropStore
from face2bone.errors import EvaluationError
from face2bone.runtime import Engine, network_input

DETAILS: Final = ("age_years", "sex", "height_cm", "weight_kg")
CLINICAL_NAMES: Final = (
    *("age", "age squared", "female", "age times female"),
    *("BMI", "BMI squared", "height"),
)
BATCH: Final = 32
FLAT: Final = 1e-9  # spread below which a feature says nothing


def clinical_columns(about: pd.DataFrame) -> Floats:
    """Columns (N, 7) in the order of ``CLINICAL_NAMES``, centred and of about unit spread.

    ``about`` has ``age_years``, ``sex`` ("F", "M"), ``height_cm`` and ``weight_kg``. Raises
    ``EvaluationError`` when one is missing.
    """
    missing = [name for name in DETAILS if name not in about]
    if missing:
        raise EvaluationError(
            "The cohort lacks {columns}. The clinical model needs all four details.",
            columns=tuple(missing),
        )
    age, height, weight = (
        np.asarray(about[name], np.float64) for name in ("age_years", "height_cm", "weight_kg")
    )
    female = np.asarray(about["sex"] == "F", np.float64) - 0.5
    years = (age - 65.0) / 10.0
    bulk = (weight / (height / 100.0) ** 2 - 24.0) / 3.5
    return np.column_stack(
        [years, years**2, female, years * female, bulk, bulk**2, (height - 160.0) / 8.0]
    )


@dataclass(frozen=True)
class Components:
    """Principal components of standardised features, learnt on some patients, used on others.

    mean, spread: (F,); axes: (k, F); scale: one number that gives the first component unit
    variance and leaves the others smaller, so that one ridge shrinks weak directions more.
    """

    mean: Floats
    spread: Floats
    axes: Floats
    scale: float

    def __call__(self, features: Floats) -> Floats:
        """Scores (N, k) of features (N, F)."""
        scores: Floats = ((features - self.mean) / self.spread) @ self.axes.T / self.scale
        return scores


def learn_components(features: Floats, count: int) -> Components:
    """The ``count`` leading components (fewer when rows or features are) of features (N, F).

    Raises ``EvaluationError`` when every feature is constant or one is not finite.
    """
    if not np.isfinite(features).all():
        raise EvaluationError(
            "The face features are not finite. Look for a diverged network and train again."
        )
    mean, spread = features.mean(axis=0), features.std(axis=0)
    if spread.max(initial=0.0) < FLAT:
        raise EvaluationError(
            "The face features are the same for every patient. Use another bundle."
        )
    spread = np.where(spread < FLAT, np.inf, spread)  # a constant feature scores zero
    _, lengths, axes = np.linalg.svd((features - mean) / spread, full_matrices=False)
    count = min(count, len(features) - 1, features.shape[1])
    return Components(mean, spread, axes[:count], float(lengths[0]) / np.sqrt(len(features)))


def whole(features: npt.ArrayLike, rows: int) -> Floats:
    """Features as float64 (N, F). Raises ``EvaluationError`` for another shape."""
    array = np.asarray(features, np.float64)
    if array.ndim != 2 or len(array) != rows:
        raise EvaluationError(
            "The face features have shape {shape} where ({rows}, F) is needed. Pass one "
            "row for each patient.",
            shape=str(array.shape),
            rows=rows,
        )
    return array


def picture_features(engine: Engine, store: CropStore) -> Floats:
    """Features (N, C) of every index row of a crop store."""
    rows = store.rows
    parts = [
        pooled(engine.features(network_input(store.crops[rows[i : i + BATCH]], engine.input)))
        for i in range(0, len(rows), BATCH)
    ]
    return np.concatenate(parts)
