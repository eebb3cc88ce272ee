"""What the nested models read: clinical columns, and face features made few.

Clinical: age, sex, BMI and height with squares of age and BMI and the product of age and sex.
A face shows age, sex and build; a clinical model too stiff to follow them would let a face gain
by curvature alone, so the clinical side gets what a careful statistician would give it.

The picture is as the frozen network sees it: features at its cut, averaged over the map, the same
numbers that say whether it is out of domain (``bundle.ood``), before any head fitted to labels.

Histograms of oriented gradients say what a picture's edges do, with nothing learnt from anybody
(Dalal and Triggs 2005): the direction of each pixel's gradient, in ``BINS`` bins of the half turn,
weighted by its length and averaged over square cells; blocks of 2 x 2 cells are scaled to length
one, clipped and scaled again ("L2-Hys"). Features that were fitted to nobody suit a cohort too
small to train a network on, and cannot leak a label.
"""

from dataclasses import dataclass
from typing import Final

import cv2
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


BATCH: Final = 32


def picture_features(engine: Engine, store: CropStore) -> Floats:
    """Features (N, C) of every index row of a crop store."""
    rows = store.rows
    parts = [
        pooled(engine.features(network_input(store.crops[rows[i : i + BATCH]], engine.input)))
        for i in range(0, len(rows), BATCH)
    ]
    return np.concatenate(parts)


SIDE: Final = 96  # pixels a picture is brought to
CELL: Final = 12  # pixels
BINS: Final = 9
CLIP: Final = 0.2
EPSILON: Final = 1e-5


def oriented_gradients(pictures: npt.NDArray[np.uint8]) -> Floats:
    """Features (N, F) of pictures (N, H, W, C); colour is averaged away."""
    return np.stack([_of_one(picture) for picture in pictures])


def _of_one(picture: npt.NDArray[np.uint8]) -> Floats:
    grey = picture.astype(np.float32).mean(axis=-1)
    small = cv2.resize(grey, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float64)
    return _blocks(_cells(small)).ravel()


def _cells(grey: Floats) -> Floats:
    """Mean gradient length by cell and direction; (H / CELL, W / CELL, BINS)."""
    down, right = np.zeros_like(grey), np.zeros_like(grey)
    down[1:-1], right[:, 1:-1] = grey[2:] - grey[:-2], grey[:, 2:] - grey[:, :-2]
    length, turn = np.hypot(down, right), np.rad2deg(np.arctan2(down, right)) % 180
    direction = np.minimum((turn * BINS / 180).astype(np.int64), BINS - 1)
    by_direction = np.where(direction[..., None] == np.arange(BINS), length[..., None], 0.0)
    rows, columns = (side // CELL for side in grey.shape)
    cells: Floats = by_direction.reshape(rows, CELL, columns, CELL, BINS).mean(axis=(1, 3))
    return cells


def _blocks(cells: Floats) -> Floats:
    """Every 2 x 2 cells as one vector of length one; (rows - 1, columns - 1, 4 BINS)."""
    corners = [cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:]]
    return _of_length_one(np.minimum(_of_length_one(np.concatenate(corners, axis=-1)), CLIP))


def _of_length_one(blocks: Floats) -> Floats:
    scaled: Floats = blocks / np.sqrt((blocks**2).sum(axis=-1, keepdims=True) + EPSILON**2)
    return scaled
