"""What is kept of one photo's explanation: figures only, as one row of a table.

The exact Shapley value of each of the ten regions for four *targets*: the three classes'
logits, and severity, the expected class from 0 (normal) to 2 (osteoporosis). Hidden regions
are filled by blur, which needs no cohort. Presence and importance of the bank's concepts
beside them; where a concept sits is a map, and maps are not kept.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.bone import CLASS_LABELS
from face2bone.bundle import Bundle
from face2bone.explain.arrays import BoolArray, FloatArray
from face2bone.explain.baselines import blur_baseline
from face2bone.explain.craft import explain_concepts
from face2bone.explain.shapley import region_shapley
from face2bone.modalities.face import REGIONS, AlignedFace
from face2bone.runtime import Engine, logits_of_crops, predict

SEVERITY: Final = "severity"
TARGETS: Final = (*CLASS_LABELS, SEVERITY)
"""What a region's value is for: a class's logit, or the expected class."""


@dataclass(frozen=True)
class PhotoFigures:
    """The prediction for one photo and what it rests on.

    probabilities (3,), calibrated; members (3,) bool, the prediction set; distance: out of
    domain beyond the bundle's threshold; values (10, 4): a row a region, a column a target of
    ``TARGETS``; base and full (4,): the target with every region painted over and of the whole
    face, ``base + values.sum(axis=0) == full``; presence (R,) and importance (R, 3) of the
    bank's concepts; reconstruction_error as in ``ConceptAttribution``.
    """

    probabilities: FloatArray
    members: BoolArray
    distance: float
    values: FloatArray
    base: FloatArray
    full: FloatArray
    presence: FloatArray
    importance: FloatArray
    reconstruction_error: float


def photo_figures(
    bundle: Bundle,
    engine: Engine,
    face: AlignedFace,
    progress: Callable[[float], None] | None = None,
) -> PhotoFigures:
    """Predict and explain one aligned face; 1,024 passes and one (R + 1) x 256 half passes.

    ``progress`` gets the fraction of the passes done in (0, 1]; raise from it to cancel.
    Raises ``EngineError`` when a logit is not finite.
    """
    said = predict(engine, bundle, face)
    regions = region_shapley(logits_of_crops(engine), face, blur_baseline(face), progress)
    severity = regions.severity(bundle.calibration)
    concepts = explain_concepts(bundle.concepts, engine, face)
    return PhotoFigures(
        probabilities=said.probabilities,
        members=np.isin(range(len(CLASS_LABELS)), said.prediction_set),
        distance=said.out_of_domain.distance,
        values=np.column_stack([regions.values, severity.values]),
        base=np.append(regions.base, severity.base),
        full=np.append(regions.full, severity.full),
        presence=concepts.presence,
        importance=concepts.importance,
        reconstruction_error=concepts.reconstruction_error,
    )


def region_columns(target: str) -> list[str]:
    """Column names of the ten region values for one of ``TARGETS``, in ``REGIONS``' order."""
    return [f"region_{target}_{region.value}" for region in REGIONS]


def presence_columns(concepts: int) -> list[str]:
    """Column names of the presence of each of the bank's concepts, counted from 1."""
    return [f"presence_{i}" for i in range(1, concepts + 1)]


def importance_columns(concepts: int, label: str) -> list[str]:
    """Column names of each concept's importance for one class."""
    return [f"importance_{i}_{label}" for i in range(1, concepts + 1)]


def columns(concepts: int) -> list[str]:
    """Every column that ``as_row`` baselines, in its order."""
    per_class = [importance_columns(concepts, label) for label in CLASS_LABELS]
    return [
        *(f"p_{label}" for label in CLASS_LABELS),
        *(f"set_{label}" for label in CLASS_LABELS),
        "ood_distance",
        *(name for target in TARGETS for name in region_columns(target)),
        *(f"{end}_{target}" for end in ("base", "full") for target in TARGETS),
        *presence_columns(concepts),
        *(name for names in per_class for name in names),
        "reconstruction_error",
    ]


def as_row(figures: PhotoFigures) -> dict[str, Any]:
    """The figures as named cells; ``from_row`` is the inverse."""
    cells: list[Any] = [
        *figures.probabilities.tolist(),
        *figures.members.tolist(),
        figures.distance,
        *figures.values.T.ravel().tolist(),
        *figures.base.tolist(),
        *figures.full.tolist(),
        *figures.presence.tolist(),
        *figures.importance.T.ravel().tolist(),
        figures.reconstruction_error,
    ]
    return dict(zip(columns(len(figures.presence)), cells, strict=True))


def from_row(row: pd.Series, concepts: int) -> PhotoFigures:
    """The figures of one row of a table that ``as_row`` filled."""

    def read(names: list[str]) -> npt.NDArray[np.float64]:
        return np.asarray(row[names], np.float64)

    return PhotoFigures(
        probabilities=read([f"p_{label}" for label in CLASS_LABELS]),
        members=np.asarray(row[[f"set_{label}" for label in CLASS_LABELS]], bool),
        distance=float(row["ood_distance"]),
        values=np.column_stack([read(region_columns(target)) for target in TARGETS]),
        base=read([f"base_{target}" for target in TARGETS]),
        full=read([f"full_{target}" for target in TARGETS]),
        presence=read(presence_columns(concepts)),
        importance=np.column_stack(
            [read(importance_columns(concepts, label)) for label in CLASS_LABELS]
        ),
        reconstruction_error=float(row["reconstruction_error"]),
    )


def signed(value: float) -> str:
    """A value with its sign and two decimals, zero without one."""
    text = f"{value:+.2f}".replace("-", "−")
    return "0.00" if text[1:] == "0.00" else text
