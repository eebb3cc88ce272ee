"""From a bundle and a cohort's photos to an evaluation: align, predict, measure.

Aligned crops go to a crop store, so a run that was stopped goes on where it was; the
caller says where the store lies and whether it is kept, because crops show faces.
"""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd

from face2bone import __version__, clock
from face2bone.bundle import Bundle, bundle_hash
from face2bone.calibration import prediction_sets
from face2bone.cohort.crop_store import CropStore, rejection_reasons
from face2bone.cohort.crops import photo_crops
from face2bone.cohort.manifest import Cohort
from face2bone.cohort.views import (
    Visits,
    first_views,
    largest_of_views,
    mean_of_views,
    visits_of,
)
from face2bone.covariates import of_table
from face2bone.drawn.people import TRAINING_SEED_RANGE
from face2bone.drawn.writing import read_plan
from face2bone.evaluation.guards.report import Guarded, guard_cohort
from face2bone.evaluation.record import BundleName, CohortFacts, EvaluationRecord
from face2bone.evaluation.result import evaluate_predictions
from face2bone.evaluation.table import PredictionTable
from face2bone.progress import Progress, counted
from face2bone.runtime import Engine, Predictions, predict_crops
from face2bone.studies import study_named
from face2bone.words import template

CHUNK: Final = 512  # crops: 39 MB


@dataclass(frozen=True)
class Evaluated:
    """The record, one row a visit with a usable photo (``predictions``), and photos left out."""

    record: EvaluationRecord
    predictions: pd.DataFrame
    rejected: pd.DataFrame


def evaluate_bundle(
    bundle: Bundle, cohort: Cohort, engine: Engine, crops: Path, progress: Progress
) -> Evaluated:
    """Evaluate a bundle on every usable photo of a cohort; views of one visit count once.

    ``crops`` is the crop store's folder, made or gone on with.

    Raises ``WrongStudy`` for a cohort of another study, and ``TrainingError`` when ``crops`` holds
    another cohort's or no photo is usable.
    """
    bundle.card.require_study(cohort.study, template("the cohort"))
    modality = study_named(cohort.study).ready().modality
    store = photo_crops(cohort, modality, crops, progress=counted(progress, "aligning"))
    views, visits = _predicted(bundle, engine, store, progress), visits_of(store.index)
    progress("measuring", 0, 1)
    said, first = _of_visits(bundle, views, visits), first_views(visits)
    index = store.index.iloc[first].reset_index(drop=True)
    table = PredictionTable.of(said.probabilities, store.labels[first], index, said.sets)
    threshold = bundle.ood.threshold
    unlike, outside = views.distances > threshold, said.distances > threshold
    rejected, guards = store.rejected, guard_cohort(cohort)
    card = bundle.card
    record = EvaluationRecord(
        bundle=BundleName(card.name, card.version, card.status, bundle_hash(bundle)),
        cohort=_facts(bundle, cohort, rejected, int(unlike.sum()), guards),
        evaluation=evaluate_predictions(table),
        engine=engine.name,
        created_on=clock.today(),
        software=f"face2bone {__version__}",
        guards=guards,
    )
    progress("measuring", 1, 1)
    return Evaluated(record, _rows(index, said, outside, card.labels), rejected)


def _predicted(bundle: Bundle, engine: Engine, store: CropStore, progress: Progress) -> Predictions:
    """Of every index row; a chunk of crops is in memory at a time, not the cohort."""
    parts, beside = [], of_table(store.index, bundle.card.covariates)
    for start in range(0, len(store.rows), CHUNK):
        progress("predicting", start, len(store.rows))
        chunk = slice(start, start + CHUNK)
        crops = store.crops[store.rows[chunk]]
        parts.append(predict_crops(engine, bundle, crops, beside[chunk]))
    progress("predicting", len(store.rows), len(store.rows))
    names = [field.name for field in fields(Predictions)]
    return Predictions(**{n: np.concatenate([getattr(p, n) for p in parts]) for n in names})


def _of_visits(bundle: Bundle, views: Predictions, visits: Visits) -> Predictions:
    """One row a visit: the mean of its views' calibrated probabilities, and the set they give.

    A visit is as far from the training pictures as the farthest of its views.
    """
    if len(first_views(visits)) == len(visits):
        return views
    probabilities = mean_of_views(views.probabilities, visits)
    return Predictions(
        probabilities=probabilities,
        sets=prediction_sets(probabilities, bundle.conformal),
        distances=largest_of_views(views.distances, visits),
        logits=mean_of_views(views.logits, visits).astype(np.float32),
    )


def _rows(
    index: pd.DataFrame, said: Predictions, outside: Any, classes: tuple[str, ...]
) -> pd.DataFrame:
    """What was true and what was said of each visit; no photo, and no path of one."""
    t_scores = index.get("t_score", pd.Series(float("nan"), index=index.index))
    columns = {
        "patient_id": index["patient_id"],
        "bone_mass_class": index["bone_mass_class"],
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
        remarks=(*cohort.remarks, *_remarks(bundle, cohort, plan), *guards.remarks),
        reference_method=cohort.reference_method,
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


def _remarks(bundle: Bundle, cohort: Cohort, plan: dict[str, Any] | None) -> list[str]:
    said, is_demo = [], bundle.card.status == "demo"
    subjects = f"{study_named(cohort.study).ready().modality.subject}s"
    trained, measured = bundle.card.reference_method, cohort.reference_method
    if trained != measured:
        said.append(
            f"The model was trained on {trained.label} and is held against {measured.label}: "
            "their T-scores are not interchangeable."
        )
    if plan is not None and plan["seed"] in TRAINING_SEED_RANGE:
        said.append(
            "The cohort's seed is one of those kept for training: the model may have seen "
            "these very patients, and every figure may be too good."
        )
    if plan is not None:
        said.append(f"The {subjects} were drawn. Nothing here says how the model does on people.")
        drawn_by = plan.get("generator_hash"), plan["generator_version"]
        if is_demo and drawn_by != (bundle.card.generator_hash, bundle.card.generator_version):
            said.append(
                f"The {subjects} were drawn by another version of the generator than trained it."
            )
    elif is_demo:
        said.append(f"The model was trained on drawn {subjects} and has never seen a person.")
    return said
