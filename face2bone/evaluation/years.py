"""How well a face age network knows the ages of a cohort: error, error by age, intervals that hold.

Intervals of the figures are over people: all photos of a person come along. The age that nobody
needs a face for, the cohort's own median said of everybody, stands beside the error.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone import __version__, clock
from face2bone.arrays import Floats, Singles
from face2bone.bundle.ood import ood_distance, pooled
from face2bone.bundle.years_bundle import YearsBundle, YearsCard
from face2bone.cohort.age_manifest import AgeCohort
from face2bone.cohort.crop_store import CropStore, rejection_reasons
from face2bone.cohort.crops import photo_crops
from face2bone.drawn.people import TRAINING_SEED_RANGE
from face2bone.drawn.writing import read_plan
from face2bone.evaluation.bootstrap import Estimate, estimates
from face2bone.evaluation.record import BundleName
from face2bone.evaluation.years_record import (
    OfSex,
    YearsCohort,
    YearsFigures,
    YearsRecord,
    bands_of,
    decades_of,
    years_estimates,
)
from face2bone.progress import Progress, counted, silent
from face2bone.runtime import Engine, network_input
from face2bone.studies import AGE_TOOLS
from face2bone.tasks.known_ages import KnownAges
from face2bone.tasks.years import gaps
from face2bone.words import template

CHUNK: Final = 128  # crops
NEVER_SEEN: Final = template("The model was trained on drawn faces and has never seen a person.")
MAY_BE_KNOWN: Final = template(
    "The cohort's seed is one of those kept for training: the model may have seen these very "
    "people, and every figure may be too good."
)
OTHER_GENERATOR: Final = template(
    "The faces were drawn by another version of the generator than trained the model."
)


@dataclass(frozen=True)
class Answered:
    """The record, one row a usable photo (``answers``), and the photos left out."""

    record: YearsRecord
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
    kind = AGE_TOOLS.reading(bundle.card.input) or AGE_TOOLS.modality
    store = photo_crops(cohort.pictures, kind, crops, progress=counted(progress, "aligning"))
    logits, outside = _asked(bundle, engine, store, progress)
    table = _table(bundle, store.index, logits, outside)
    card = bundle.card
    record = YearsRecord(
        bundle=BundleName(card.name, card.version, card.status, bundle.sha256),
        cohort=_cohort(card, cohort, store.rejected),
        figures=_measured(bundle, table),
        engine=engine.name,
        created_on=clock.today(),
        software=f"face2bone {__version__}",
    )
    progress("measuring", 1, 1)
    return Answered(record, table, store.rejected)


def _cohort(card: YearsCard, cohort: AgeCohort, rejected: pd.DataFrame) -> YearsCohort:
    plan = read_plan(cohort.root)
    return YearsCohort(
        drawn=plan is not None,
        seed=None if plan is None else plan["seed"],
        generator_version=None if plan is None else plan["generator_version"],
        side=cohort.side,
        split=cohort.split,
        photos=len(cohort.table),
        people=int(cohort.table["patient_id"].nunique()),
        rejected=rejection_reasons(rejected),
        remarks=(*cohort.remarks, *_remarks(card, plan)),
    )


def _remarks(card: YearsCard, plan: dict[str, Any] | None) -> Iterator[str]:
    """What a demonstration's figures must not be taken for."""
    if card.status != "demo":
        return
    if plan is None:
        yield NEVER_SEEN
        return
    if plan["seed"] in TRAINING_SEED_RANGE:
        yield MAY_BE_KNOWN
    drawn_by = plan.get("generator_hash"), plan["generator_version"]
    if drawn_by != (card.generator_hash, card.generator_version):
        yield OTHER_GENERATOR


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
    """One row a photo; without an interval ``low`` and ``high`` are the network's own spread.

    gap: the age gap in years, NaN where the bundle has no fit for it.
    """
    task, fitted, gap = bundle.card.task, bundle.facts.interval, bundle.facts.gap
    low, high = task.spread(logits) if fitted is None else task.interval(logits, fitted)
    known = index[["patient_id", "photo", "sex", "age_years"]].reset_index(drop=True)
    years, is_male = task.answers(logits), np.asarray(known["sex"] == "M")
    apart = np.nan if gap is None else gaps(years, known["age_years"], is_male, gap)
    said = {"years": years, "low": low, "high": high, "gap": apart, "out_of_domain": outside}
    return known.assign(**said)


def _measured(bundle: YearsBundle, table: pd.DataFrame) -> YearsFigures:
    known, fitted = _known(table), bundle.facts.interval
    people, unlike = pd.factorize(table["patient_id"])[0], table["out_of_domain"]
    found = years_estimates(known, people)
    return YearsFigures(
        photos=len(table),
        people=int(people.max()) + 1,
        mae=found["mae"],
        bias=found["bias"],
        slope=found["slope"],
        coverage=None if fitted is None else found["coverage"],
        level=None if fitted is None else 1.0 - fitted.alpha,
        width=None if fitted is None else found["width"].value,
        guess_mae=float(np.abs(np.median(known.ages) - known.ages).mean()),
        bands=bands_of(known, decades_of(known.ages), has_interval=fitted is not None),
        sexes=tuple(_of_sex(table[table["sex"] == sex], sex) for sex in sorted(set(table["sex"]))),
        out_of_domain=None if unlike.isna().any() else int(unlike.sum()),
    )


def _known(table: pd.DataFrame) -> KnownAges:
    columns = ("age_years", "years", "low", "high")
    return KnownAges(*(np.asarray(table[name], np.float64) for name in columns))


def _of_sex(table: pd.DataFrame, sex: str) -> OfSex:
    people = pd.factorize(table["patient_id"])[0]
    found = years_estimates(_known(table), people)
    return OfSex(
        sex=sex,
        photos=len(table),
        people=int(people.max()) + 1,
        mae=found["mae"],
        bias=found["bias"],
        gap=_mean_gap(np.asarray(table["gap"], np.float64), people),
    )


def _mean_gap(gap: Floats, people: npt.NDArray[np.int64]) -> Estimate | None:
    if np.isnan(gap).any():
        return None
    return estimates(lambda weights: {"gap": weights @ gap / weights.sum(axis=1)}, people)["gap"]
