"""The whole question in one call: does the face add anything to age, sex, height and weight?"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value.columns import clinical_columns, whole
from face2bone.evaluation.added_value.crossfit import cross_fit
from face2bone.evaluation.added_value.likelihood import LikelihoodRatio, likelihood_ratio
from face2bone.evaluation.added_value.measures import (
    age_matched,
    benefits,
    discrimination,
    reclassification,
)
from face2bone.evaluation.added_value.reading import Reading, read_features
from face2bone.evaluation.added_value.rule import Gain, judge
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.guards.chance import SeedSpread, Shuffle, seed_spread, shuffle_labels


@dataclass(frozen=True)
class AddedValue:
    """Every answer about one cohort; ``gain`` holds the rule's verdict, the rest explains it.

    left_out: share of fits in which the inner folds chose to do without the face.
    net_benefit: by threshold ("0.2"), both minus clinical, for osteoporosis.
    shuffle, seeds: the guards of ``guards.chance`` on these same features.
    """

    gain: Gain
    left_out: float
    likelihood: LikelihoodRatio
    discrimination: Mapping[str, Estimate]
    age_matched: Mapping[str, Estimate]
    net_benefit: Mapping[str, Estimate]
    reclassification: Mapping[str, Estimate]
    reading: Reading
    shuffle: Shuffle
    seeds: SeedSpread


def one_photo_each(about: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Places of every patient's first photo, by ``acquired_on`` where there is one; (P,)."""
    rows = about.reset_index(drop=True)
    ordered = rows.sort_values("acquired_on", kind="stable") if "acquired_on" in rows else rows
    return np.sort(ordered.drop_duplicates("patient_id").index.to_numpy(np.int64))


def study(
    about: pd.DataFrame, features: npt.ArrayLike, labels: npt.NDArray[np.int64], seed: int = 0
) -> AddedValue:
    """Ask it of one cohort.

    about: N rows, one a photo: patient_id, age_years, sex, height_cm, weight_kg. features:
    (N, F) from a backbone that has seen none of these patients. labels: (N,) classes. Of a
    patient with several photos the first counts, so that every row is a person.

    Raises ``EvaluationError`` when the patients are too few or a detail is missing.
    """
    known = whole(features, len(about))
    if "patient_id" not in about:
        raise EvaluationError(
            "The cohort does not say whose photo is whose. Add a patient_id to every row."
        )
    first = one_photo_each(about)
    people, x, y = about.iloc[first], known[first], np.asarray(labels)[first]
    clinical = clinical_columns(people)
    age, height, weight = (
        np.asarray(people[name], np.float64) for name in ("age_years", "height_cm", "weight_kg")
    )
    female = np.asarray(people["sex"] == "F", bool)
    fitted = cross_fit(clinical, x, y, seed)
    return AddedValue(
        gain=judge(fitted),
        left_out=fitted.left_out,
        likelihood=likelihood_ratio(clinical, x, y),
        discrimination=discrimination(fitted, seed),
        age_matched=age_matched(fitted, age, female, seed),
        net_benefit=benefits(fitted, seed),
        reclassification=reclassification(fitted, seed),
        reading=read_features(x, age, female, weight / (height / 100.0) ** 2, seed),
        shuffle=shuffle_labels(clinical, x, y, seed),
        seeds=seed_spread(clinical, x, y),
    )
