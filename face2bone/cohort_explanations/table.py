"""The rows of an explained cohort as one browses them: filtered, sorted, with doubts beside them.

Added to each photo's row:

    error          ranked probability score against the true class, 0 to 1
    uncertainty    1 minus the largest probability, 0 to 2/3
    osta           OSTA index, for women it is meant for: past menopause, which counts from 50
    agreement      whether picture and OSTA point the same way
    disagreement   how far apart they rank this woman among the cohort's, 0 to 1

A manifest does not say of which ethnic group a patient is, and OSTA was derived in Asian
women; the index is given for every woman of 50 and over, and the page says so.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import rankdata

from face2bone.arrays import Floats
from face2bone.bone import BoneClass
from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.clinical.eligibility import completed_years, spec_of, why_not
from face2bone.clinical.score import Instrument
from face2bone.clinical.selection import ost_index
from face2bone.cohort_explanations.folder import About, ExplainedCohort
from face2bone.cohort_explanations.groups import GroupMeans, group_means, prediction_table
from face2bone.explain.photo_row import Layout, PhotoFigures, from_row
from face2bone.patient import Patient, Sex
from face2bone.words import template

BOTH, PICTURE_ONLY = template("both"), template("face only")
OSTA_ONLY, NEITHER = template("OSTA only"), template("neither")
NOT_FOR = template("OSTA is not for this patient")
AGREEMENTS: Final = (BOTH, PICTURE_ONLY, OSTA_ONLY, NEITHER, NOT_FOR)
"""Who points to osteoporosis: the picture by its most probable class, OSTA by its cut-off."""
MEASURES: Final = (template("error"), template("uncertainty"), template("disagreement"))


@dataclass(frozen=True)
class Filters:
    """Which rows to show; an empty tuple leaves its dimension open.

    ages: completed years, both ends included; least_error and least_uncertainty: at least so
    much; agreements: of ``AGREEMENTS``.
    """

    classes: tuple[str, ...] = ()
    predicted: tuple[str, ...] = ()
    sexes: tuple[str, ...] = ()
    ages: tuple[float, float] = (0.0, 200.0)
    least_error: float = 0.0
    least_uncertainty: float = 0.0
    agreements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explored:
    """An explained cohort ready to be browsed; ``table`` has the columns named above too.

    The index of ``table`` numbers the photos from 0; it is how a row is asked for.
    """

    about: About
    table: pd.DataFrame
    layout: Layout

    @cached_property
    def groups(self) -> tuple[GroupMeans, ...]:
        """Means by group, everyone first."""
        return group_means(self.table, self.layout)

    def figures(self, row: int) -> PhotoFigures:
        """The explanation of one row."""
        return from_row(self.table.loc[row], self.layout)

    def region_values(self, target: str) -> tuple[Floats, Floats]:
        """Exact values (N, R) of every photo's regions for one of ``targets``, and bases (N,)."""
        values = self.table[self.layout.region_columns(target)].to_numpy(float)
        return values, self.table[f"base_{target}"].to_numpy(float)

    def rows(self, filters: Filters, by: str, descending: bool = True) -> pd.DataFrame:
        """The rows that pass, sorted by a column; rows without a value there come last."""
        chosen = self.table[_passes(self.table, filters)]
        return chosen.sort_values(by, ascending=not descending, na_position="last", kind="stable")


def explored(cohort: ExplainedCohort) -> Explored:
    """Add the doubts to every row of a cohort that was read back."""
    table = cohort.table.reset_index(drop=True)
    predictions = prediction_table(table, cohort.layout.labels)
    p, predicted = predictions.probabilities, predictions.probabilities.argmax(axis=1)
    osta = np.array([_osta(row) for row in table.itertuples()], np.float64)
    added = {
        "predicted_class": [cohort.layout.labels[k] for k in predicted],
        "error": ranked_probability_scores(p, predictions.labels),
        "uncertainty": 1.0 - p.max(axis=1),
        "outside": table["ood_distance"] > cohort.about.ood_threshold,
        "osta": osta,
        "agreement": _agreements(predicted, osta),
        "disagreement": _rank_gap(p[:, BoneClass.OSTEOPOROSIS], osta),
    }
    return Explored(cohort.about, table.assign(**added), cohort.layout)


def _passes(table: pd.DataFrame, f: Filters) -> npt.NDArray[np.bool_]:
    passes = np.ones(len(table), bool)
    for column, values in (
        ("bone_mass_class", f.classes),
        ("predicted_class", f.predicted),
        ("sex", f.sexes),
        ("agreement", f.agreements),
    ):
        if values:
            passes &= table[column].isin(values).to_numpy()
    years = np.floor(table["age_years"].to_numpy(float))
    passes &= (years >= f.ages[0]) & (years <= f.ages[1])
    passes &= table["error"].to_numpy() >= f.least_error
    passes &= table["uncertainty"].to_numpy() >= f.least_uncertainty
    return passes


def _osta(row: object) -> float:
    """The index, or NaN for whom OSTA is not meant."""
    age, height, weight = (getattr(row, name) for name in ("age_years", "height_cm", "weight_kg"))
    patient = Patient(age, Sex(getattr(row, "sex")), height, weight)  # noqa: B009
    if why_not(spec_of(Instrument.OSTA).population, patient):
        return float("nan")
    return float(ost_index(completed_years(patient), weight))


def _agreements(predicted: npt.NDArray[np.int64], osta: npt.NDArray[np.float64]) -> list[str]:
    cutoff = spec_of(Instrument.OSTA).cutoff
    words = {(True, True): BOTH, (True, False): PICTURE_ONLY, (False, True): OSTA_ONLY}
    found = []
    for k, index in zip(predicted, osta, strict=True):
        if np.isnan(index) or cutoff is None:
            found.append(NOT_FOR)
            continue
        found.append(words.get((k == BoneClass.OSTEOPOROSIS, cutoff.past(index)), NEITHER))
    return found


def _rank_gap(
    picture: npt.NDArray[np.float64], osta: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Distance of the two rankings of risk, each from 0 to 1; NaN where there is no OSTA."""
    gap = np.full(len(picture), np.nan)
    has = np.flatnonzero(~np.isnan(osta))
    if len(has) > 1:
        by_picture, by_osta = rankdata(picture[has]), rankdata(-osta[has])
        gap[has] = np.abs(by_picture - by_osta) / (len(has) - 1)
    return gap
