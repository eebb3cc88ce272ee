"""What is kept of one photo's explanation: figures only, as one row of a table.

The exact Shapley value of each region for each *target*: the classes' logits, and severity, the
expected class, from 0 (the first of them) on. Hidden regions
are filled by the first of the study's baselines. Presence and importance of the bank's concepts
beside them; where a concept sits is a map, and maps are not kept.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.arrays import Flags, Floats
from face2bone.bundle import Bundle
from face2bone.covariates import Rows
from face2bone.explain.baselines import baseline_of
from face2bone.explain.craft import explain_concepts
from face2bone.explain.shapley import region_shapley
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared
from face2bone.progress import FractionDone
from face2bone.runtime import Engine, beside_patients, logits_of_crops, predict
from face2bone.studies import study_named
from face2bone.words import template

SEVERITY: Final = template("severity")


@dataclass(frozen=True)
class Layout:
    """What the figures of a row are of: regions, classes, and a bank of so many concepts."""

    parts: tuple[Part, ...]
    labels: tuple[str, ...]
    concepts: int

    @property
    def targets(self) -> tuple[str, ...]:
        """What a region's value is for: a class's logit, or the expected class."""
        return (*self.labels, SEVERITY)

    def region_columns(self, target: str) -> list[str]:
        """Column names of the region values for one of ``targets``, in the order of ``parts``."""
        return [f"region_{target}_{part.id}" for part in self.parts]

    @property
    def presence_columns(self) -> list[str]:
        """Column names of the presence of each concept, counted from 1."""
        return [f"presence_{i}" for i in range(1, self.concepts + 1)]

    def importance_columns(self, label: str) -> list[str]:
        """Column names of each concept's importance for one class."""
        return [f"importance_{i}_{label}" for i in range(1, self.concepts + 1)]

    @property
    def columns(self) -> list[str]:
        """Every column that ``as_row`` fills, in its order."""
        return [
            *(f"p_{label}" for label in self.labels),
            *(f"set_{label}" for label in self.labels),
            "ood_distance",
            *(name for target in self.targets for name in self.region_columns(target)),
            *(f"{end}_{target}" for end in ("base", "full") for target in self.targets),
            *self.presence_columns,
            *(name for label in self.labels for name in self.importance_columns(label)),
            "reconstruction_error",
        ]


@dataclass(frozen=True)
class PhotoFigures:
    """The prediction for one photo and what it rests on.

    probabilities (K,), calibrated; members (K,) bool, the prediction set; distance: out of
    domain beyond the bundle's threshold; values (n, K + 1): a row a region, a column a target of
    ``Layout``; base and full (K + 1,): the target with every region painted over and of the whole
    picture, ``base + values.sum(axis=0) == full``; presence (R,) and importance (R, K) of the
    bank's concepts; reconstruction_error as in ``ConceptAttribution``.
    """

    probabilities: Floats
    members: Flags
    distance: float
    values: Floats
    base: Floats
    full: Floats
    presence: Floats
    importance: Floats
    reconstruction_error: float


def photo_figures(
    bundle: Bundle,
    engine: Engine,
    prepared: Prepared,
    progress: FractionDone | None = None,
    beside: Rows | None = None,
) -> PhotoFigures:
    """Predict and explain one prepared picture; 2^n passes and one (R + 1) x 256 half passes.

    ``beside`` (V,): the patient's covariates, where the network reads any; held as they are.

    ``progress`` gets the fraction of the passes done in (0, 1]; raise from it to cancel.
    Raises ``EngineError`` when a logit is not finite.
    """
    said, asked = predict(engine, bundle, prepared, beside), beside_patients(engine, beside)
    tools = study_named(bundle.card.study).ready()
    hidden = baseline_of(tools.baselines[0], prepared, bundle.mean_picture, tools.modality.subject)
    regions = region_shapley(logits_of_crops(asked), prepared, hidden, progress)
    severity = regions.severity(bundle.calibration)
    concepts = explain_concepts(bundle.concepts, asked, prepared)
    return PhotoFigures(
        probabilities=said.probabilities,
        members=np.isin(range(len(bundle.card.labels)), said.prediction_set),
        distance=said.out_of_domain.distance,
        values=np.column_stack([regions.values, severity.values]),
        base=np.append(regions.base, severity.base),
        full=np.append(regions.full, severity.full),
        presence=concepts.presence,
        importance=concepts.importance,
        reconstruction_error=concepts.reconstruction_error,
    )


def as_row(figures: PhotoFigures, layout: Layout) -> dict[str, Any]:
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
    return dict(zip(layout.columns, cells, strict=True))


def from_row(row: pd.Series, layout: Layout) -> PhotoFigures:
    """The figures of one row of a table that ``as_row`` filled."""

    def read(names: list[str]) -> npt.NDArray[np.float64]:
        return np.asarray(row[names], np.float64)

    labels, targets = layout.labels, layout.targets
    return PhotoFigures(
        probabilities=read([f"p_{label}" for label in labels]),
        members=np.asarray(row[[f"set_{label}" for label in labels]], bool),
        distance=float(row["ood_distance"]),
        values=np.column_stack([read(layout.region_columns(target)) for target in targets]),
        base=read([f"base_{target}" for target in targets]),
        full=read([f"full_{target}" for target in targets]),
        presence=read(layout.presence_columns),
        importance=np.column_stack([read(layout.importance_columns(label)) for label in labels]),
        reconstruction_error=float(row["reconstruction_error"]),
    )


def signed(value: float) -> str:
    """A value with its sign and two decimals, zero without one."""
    text = f"{value:+.2f}".replace("-", "−")
    return "0.00" if text[1:] == "0.00" else text
