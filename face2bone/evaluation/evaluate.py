"""From a bundle and a cohort's photos to an evaluation: align, predict, measure.

Aligned crops go to a crop store, so a run that was stopped goes on where it was; the
caller says where the store lies and whether it is kept, because crops show faces.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from face2bone import __version__, clock
from face2bone.bundle import Bundle, bundle_hash
from face2bone.cohort.crops import CropStore, photo_crops, rejection_reasons
from face2bone.cohort.manifest import Cohort
from face2bone.drawn.face.write import read_plan
from face2bone.drawn.people import TRAINING_SEED_RANGE
from face2bone.evaluation.guards.report import Guarded, guard_cohort
from face2bone.evaluation.record import BundleName, CohortFacts, EvaluationRecord
from face2bone.evaluation.result import evaluate_predictions
from face2bone.evaluation.table import PredictionTable
from face2bone.runtime import Engine, Predictions, predict_crops

Progress = Callable[[str, int, int], None]
"""Called with a step's name, what is done and the total."""

CHUNK: Final = 512  # crops: 39 MB


@dataclass(frozen=True)
class Evaluated:
    """The record, one row a usable photo (``predictions``), and the photos left out."""

    record: EvaluationRecord
    predictions: pd.DataFrame
    rejected: pd.DataFrame


def evaluate_bundle(
    bundle: Bundle, cohort: Cohort, engine: Engine, crops: Path, progress: Progress
) -> Evaluated:
    """Evaluate a bundle on every usable photo of a cohort.

    ``crops`` is the crop store's folder, made or gone on with.

    Raises ``TrainingError`` when ``crops`` holds another cohort's or no photo is usable.
    """
    store = photo_crops(cohort, crops, progress=lambda n, total: progress("aligning", n, total))
    said = _predicted(bundle, engine, store, progress)
    progress("measuring", 0, 1)
    table = PredictionTable.of(said.probabilities, store.labels, store.index, said.sets)
    outside = said.distances > bundle.ood.threshold
    rejected, guards = store.rejected, guard_cohort(cohort)
    card = bundle.card
    record = EvaluationRecord(
        bundle=BundleName(card.name, card.version, card.status, bundle_hash(bundle)),
        cohort=_facts(bundle, cohort, rejected, int(outside.sum()), guards),
        evaluation=evaluate_predictions(table),
        engine=engine.name,
        created_on=clock.today(),
        software=f"face2bone {__version__}",
        guards=guards,
    )
    progress("measuring", 1, 1)
    return Evaluated(record, _rows(store, said, outside, card.labels), rejected)


def _predicted(bundle: Bundle, engine: Engine, store: CropStore, progress: Progress) -> Predictions:
    """Of every index row; a chunk of crops is in memory at a time, not the cohort."""
    parts = []
    for start in range(0, len(store.rows), CHUNK):
        progress("predicting", start, len(store.rows))
        rows = store.rows[start : start + CHUNK]
        parts.append(predict_crops(engine, bundle, store.crops[rows]))
    progress("predicting", len(store.rows), len(store.rows))
    names = [field.name for field in fields(Predictions)]
    return Predictions(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in names})


def _rows(
    store: CropStore, said: Predictions, outside: Any, classes: tuple[str, ...]
) -> pd.DataFrame:
    """What was true and what was said of each usable photo; no photo, and no path of one."""
    t_scores = store.index.get("t_score", pd.Series(float("nan"), index=store.index.index))
    columns = {
        "patient_id": store.index["patient_id"],
        "bone_mass_class": store.index["bone_mass_class"],
        "t_score": t_scores,
        **{f"p_{name}": said.probabilities[:, k].round(6) for k, name in enumerate(classes)},
        "prediction_set": [_names(row, classes) for row in said.sets],
        "out_of_domain": outside,
    }
    return pd.DataFrame(columns)


def _names(row: Any, classes: tuple[str, ...]) -> str:
    return " or ".join(name for name, member in zip(classes, row, strict=True) if member)


def _facts(
    bundle: Bundle, cohort: Cohort, rejected: pd.DataFrame, outside: int, guards: Guarded
) -> CohortFacts:
    table, plan = cohort.table, read_plan(cohort.root)
    return CohortFacts(
        description=described(cohort, plan),
        drawn=plan is not None,
        photos=len(table),
        patients=int(table["patient_id"].nunique()),
        rejected=rejection_reasons(rejected),
        out_of_domain=outside,
        boundary=cohort.boundary.name,
        first_day=table["acquired_on"].min(),
        last_day=table["acquired_on"].max(),
        sites=table["site"].nunique() if "site" in table else 0,
        devices=table["device"].nunique() if "device" in table else 0,
        remarks=(*cohort.remarks, *_remarks(bundle, plan), *guards.remarks),
    )


def described(cohort: Cohort, plan: dict[str, Any] | None) -> str:
    """Whom a cohort holds, in words; ``plan`` as ``read_plan`` gives it."""
    patients = cohort.table["patient_id"].nunique()
    part = f", {cohort.part}" if cohort.part else ""
    if plan is None:
        return f"{patients} patients of a cohort{part}"
    return (
        f"{patients} drawn patients ({plan['world']} world, seed {plan['seed']}, generator "
        f"{plan['generator_version']}{part}); no real person"
    )


def _remarks(bundle: Bundle, plan: dict[str, Any] | None) -> list[str]:
    said, is_demo = [], bundle.card.status == "demo"
    if plan is not None and plan["seed"] in TRAINING_SEED_RANGE:
        said.append(
            "The cohort's seed is one of those kept for training: the model may have seen "
            "these very patients, and every figure may be too good."
        )
    if plan is not None:
        said.append("The faces were drawn. Nothing here says how the model does on people.")
        if is_demo and plan["generator_hash"] != bundle.card.generator_hash:
            said.append("The faces were drawn by another version of the generator than trained it.")
    elif is_demo:
        said.append("The model was trained on drawn faces and has never seen a person.")
    return said
