"""How well a face age network knows the ages of a cohort: error, error by age, intervals that hold.

Intervals of the figures are over people: all photos of a person come along. The age that nobody
needs a face for, the cohort's own median said of everybody, stands beside the error.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from face2bone.arrays import Floats, Singles
from face2bone.bundle.ood import ood_distance, pooled
from face2bone.bundle.years_bundle import Band, YearsBundle
from face2bone.cohort.age_manifest import DECADE, AgeCohort
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.crops import photo_crops
from face2bone.evaluation.bootstrap import Estimate, estimates
from face2bone.evaluation.measures import Figures
from face2bone.modalities.face.chip import CHIP_INPUT
from face2bone.modalities.face.modality import FACE, FACE_CHIP
from face2bone.progress import Progress, counted, silent
from face2bone.runtime import Engine, network_input

CHUNK: Final = 128  # crops


@dataclass(frozen=True)
class YearsEvaluation:
    """What was measured; years throughout.

    mae, bias: of answer minus age. slope: of the answers on age; 1 where the young do not look
    older and the old younger. coverage, width: of the interval; None without one. guess_mae: of
    the cohort's median age, said of everybody. bands: by decade of life. out_of_domain: photos
    unlike those of training; None where that cannot be said.
    """

    bundle: str
    sha256: str
    photos: int
    people: int
    rejected: int
    mae: Estimate
    bias: Estimate
    slope: Estimate
    coverage: Estimate | None
    level: float | None
    width: float | None
    guess_mae: float
    bands: tuple[Band, ...]
    out_of_domain: int | None


@dataclass(frozen=True)
class Answered:
    """The figures, one row a usable photo (``answers``), and the photos left out."""

    evaluation: YearsEvaluation
    answers: pd.DataFrame
    rejected: pd.DataFrame


def evaluate_years(
    bundle: YearsBundle,
    cohort: AgeCohort,
    engine: Engine,
    crops: Path,
    progress: Progress = silent,
) -> Answered:
    """Ask a face age bundle of every usable photo of a cohort of known ages.

    ``crops`` is the crop store's folder, made or gone on with. Raises ``TrainingError`` when it
    holds another cohort's or no photo is usable.
    """
    kind = FACE_CHIP if bundle.card.input.takes(CHIP_INPUT) else FACE
    store = photo_crops(cohort.pictures, kind, crops, progress=counted(progress, "aligning"))
    logits, outside = _asked(bundle, engine, store, progress)
    table = _table(bundle, store.index, logits, outside)
    found = _measured(bundle, table, len(store.rejected))
    progress("measuring", 1, 1)
    return Answered(found, table, store.rejected)


def _asked(
    bundle: YearsBundle, engine: Engine, store: CropStore, progress: Progress
) -> tuple[Floats, Floats]:
    """Logits (N, K) of every crop, and 1 where it is unlike those of training, 0, or NaN."""
    logits, outside = [], []
    for start in range(0, len(store.rows), CHUNK):
        progress("predicting", start, len(store.rows))
        crops = store.crops[store.rows[start : start + CHUNK]]
        features = engine.features(network_input(crops, engine.input))
        logits.append(engine.head(features))
        outside.append(_outside(bundle, features))
    progress("predicting", len(store.rows), len(store.rows))
    return np.concatenate(logits).astype(np.float64), np.concatenate(outside)


def _outside(bundle: YearsBundle, features: Singles) -> Floats:
    if bundle.ood is None:
        return np.full(len(features), np.nan)
    distances = ood_distance(pooled(features), bundle.ood)
    return np.asarray(distances > bundle.ood.threshold, np.float64)


def _table(
    bundle: YearsBundle, index: pd.DataFrame, logits: Floats, outside: Floats
) -> pd.DataFrame:
    """One row a photo; without an interval ``low`` and ``high`` are the network's own spread."""
    task, fitted = bundle.card.task, bundle.facts.interval
    low, high = task.spread(logits) if fitted is None else task.interval(logits, fitted)
    said = {"years": task.answers(logits), "low": low, "high": high, "out_of_domain": outside}
    known = index[["patient_id", "photo", "sex", "age_years"]].reset_index(drop=True)
    return pd.concat([known, pd.DataFrame(said)], axis=1)


def _measured(bundle: YearsBundle, table: pd.DataFrame, rejected: int) -> YearsEvaluation:
    ages, off = np.asarray(table["age_years"]), np.asarray(table["years"] - table["age_years"])
    inside = np.asarray((table["low"] <= ages) & (ages <= table["high"]), np.float64)
    fitted, patients = bundle.facts.interval, pd.factorize(table["patient_id"])[0]
    found = estimates(lambda weights: _figures(weights, ages, off, inside), patients)
    unlike = table["out_of_domain"]
    return YearsEvaluation(
        bundle=bundle.card.name,
        sha256=bundle.sha256,
        photos=len(table),
        people=int(patients.max()) + 1,
        rejected=rejected,
        mae=found["mae"],
        bias=found["bias"],
        slope=found["slope"],
        coverage=None if fitted is None else found["coverage"],
        level=None if fitted is None else 1.0 - fitted.alpha,
        width=None if fitted is None else float((table["high"] - table["low"]).mean()),
        guess_mae=float(np.abs(np.median(ages) - ages).mean()),
        bands=_bands(ages, off, None if fitted is None else inside),
        out_of_domain=None if unlike.isna().any() else int(unlike.sum()),
    )


def _figures(weights: Floats, ages: Floats, off: Floats, inside: Floats) -> Figures:
    """Figures under each row of weights (R, N); (R,) each."""
    total = weights.sum(axis=1)

    def mean(values: Floats) -> Floats:
        weighed: Floats = weights @ values / total
        return weighed

    spread = mean(ages**2) - mean(ages) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        tilt = (mean(ages * off) - mean(ages) * mean(off)) / spread
    return {
        "mae": mean(np.abs(off)),
        "bias": mean(off),
        "slope": 1.0 + tilt,
        "coverage": mean(inside),
    }


def _bands(ages: Floats, off: Floats, inside: Floats | None) -> tuple[Band, ...]:
    """By decade of life, those that anybody is in."""
    decade, made = ages // DECADE, []
    for one in np.unique(decade):
        rows = decade == one
        made.append(
            Band(
                low=float(one * DECADE),
                high=float((one + 1) * DECADE),
                people=int(rows.sum()),
                mae=round(float(np.abs(off[rows]).mean()), 3),
                bias=round(float(off[rows].mean()), 3),
                coverage=None if inside is None else round(float(inside[rows].mean()), 4),
            )
        )
    return tuple(made)
