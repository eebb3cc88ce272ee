"""The whole question in one call, of one cohort: does the face say more than age and sex?

Everything found is of the cohort. No value belongs to one patient: the curves are drawn on an
even grid, and the predictions of patients are summed up before they leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

import numpy as np
from pydantic import Field

from face2bone.arrays import Floats, Integers
from face2bone.errors import SurvivalError
from face2bone.evaluation.survival.accuracy import Accuracy, accuracy, last_usable
from face2bone.evaluation.survival.clinical import DECADE, Clinical, People
from face2bone.evaluation.survival.picture_score import apparent_age, event_folds, picture_hazard
from face2bone.evaluation.survival.quartiles import Quartiles, quartiles
from face2bone.survival.cox import (
    CoxModel,
    HazardRatio,
    LikelihoodRatio,
    fit_cox,
    likelihood_ratio,
)
from face2bone.survival.curves import kaplan_meier
from face2bone.survival.proportional_hazards import HazardsTest, proportional_hazards
from face2bone.survival.times import SurvivalTimes
from face2bone.words import message, template
from face2bone.words.message import Message

APPARENT_AGE, PICTURE_HAZARD = template("face age"), template("face hazard")
FEW_EVENTS: Final = 100
MOSTLY: Final = 0.5  # share of folds; a score that is 0 in more of them says nothing of a cohort
NO_HAZARD: Final = template(
    "No hazard was read from the features: in most folds the model without the face explained the "
    "patients left out better."
)


@dataclass(frozen=True)
class Score:
    """A score of every patient (N,). in_years: a decade of it means something. how: a sentence."""

    name: str
    values: Floats
    in_years: bool
    how: str


@dataclass(frozen=True)
class Scores:
    """What a cohort is asked of; remarks: what must be said of a score that is not among them."""

    scores: tuple[Score, ...]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class CohortSummary:
    """Who was followed. median_follow_up: in years, by Kaplan-Meier of the last visits; None where
    fewer than half were still followed when it ended.
    """

    patients: int
    events: int
    women: int
    age_mean: float
    age_sd: float
    person_years: float
    median_follow_up: float | None


@dataclass(frozen=True)
class ScoreFindings:
    """What one score says of the cohort.

    sd: of the score. per_sd, per_decade: adjusted hazard ratios; the second is
    None for a score that is not in years. per_sd_alone: not adjusted. proportional: tests of the
    adjusted model, a column each and all together.
    """

    name: str
    how: str
    in_years: bool
    sd: float
    per_sd: HazardRatio
    per_sd_alone: HazardRatio
    per_decade: HazardRatio | None
    likelihood: LikelihoodRatio
    proportional: tuple[HazardsTest, ...]
    quartiles: Quartiles
    accuracy: Accuracy


@dataclass(frozen=True)
class SurvivalStudy:
    """One cohort. adjusted_for: in words. without_score: hazard ratios of the model without any
    score: of ten years of age, of a man, and of one more of each further column.
    """

    cohort: CohortSummary
    adjusted_for: str
    without_score: Annotated[Mapping[str, HazardRatio], Field(alias="without_the_face")]
    scores: tuple[ScoreFindings, ...]
    remarks: tuple[str, ...]
    seed: int


def scores_of_features(
    features: Floats, people: People, times: SurvivalTimes, seed: int = 0
) -> Scores:
    """The two scores of ``picture_score``; a hazard that most folds did better without is left out.

    features: (N, F) of a network that has seen none of these patients' outcomes.
    """
    fold = event_folds(times, seed)
    age = Score(
        APPARENT_AGE,
        apparent_age(features, people.age_years, fold),
        in_years=True,
        how="age in years as the frozen features tell it: ridge regression, out of fold",
    )
    clinical = people.clinical
    hazard = picture_hazard(features, people.age_years, clinical, times, fold, seed)
    if hazard.left_out > MOSTLY:
        return Scores((age,), (NO_HAZARD,))
    left = f"; left out in {hazard.left_out:.0%} of the folds" if hazard.left_out else ""
    how = f"log hazard of the frozen features beyond {clinical.words}: Cox under a ridge{left}"
    own = Score(PICTURE_HAZARD, hazard.score, in_years=False, how=f"{how}, out of fold")
    return Scores((age, own))


def survival_study(
    people: People, times: SurvivalTimes, asked: Scores, seed: int = 0
) -> SurvivalStudy:
    """Ask it of every score; people, times and scores are of the same patients in one order.

    Raises ``SurvivalError`` for too few events or a score that is the same for everybody.
    """
    clinical, fold = people.clinical, event_folds(times, seed)
    base = fit_cox(clinical.columns, times, clinical.names)
    return SurvivalStudy(
        cohort=_summary(people, times),
        adjusted_for=clinical.words,
        without_score={name: base.hazard_ratio(name) for name in base.names},
        scores=tuple(_findings(s, clinical, base, times, fold, seed) for s in asked.scores),
        remarks=(*asked.remarks, *_remarks(times)),
        seed=seed,
    )


def _findings(
    score: Score,
    clinical: Clinical,
    base: CoxModel,
    times: SurvivalTimes,
    fold: Integers,
    seed: int,
) -> ScoreFindings:
    sd = float(score.values.std())
    if sd < 1e-9:
        raise SurvivalError(
            "The score {score} is the same for every patient. Use another column or bundle.",
            score=score.name,
        )
    columns = np.column_stack([score.values, clinical.columns])
    model = fit_cox(columns, times, ("score", *clinical.names))
    alone = fit_cox(score.values[:, None], times, ("score",))
    return ScoreFindings(
        name=score.name,
        how=score.how,
        in_years=score.in_years,
        sd=sd,
        per_sd=model.hazard_ratio("score", sd),
        per_sd_alone=alone.hazard_ratio("score", sd),
        per_decade=model.hazard_ratio("score", DECADE) if score.in_years else None,
        likelihood=likelihood_ratio(model, base),
        proportional=proportional_hazards(model, columns, times),
        quartiles=quartiles(score.values, clinical, times, last_usable(times)),
        accuracy=accuracy(clinical, score.values, times, fold, seed),
    )


def _summary(people: People, times: SurvivalTimes) -> CohortSummary:
    last_visits = kaplan_meier(SurvivalTimes(times.years, ~times.events))
    half = np.flatnonzero(last_visits.survival <= 0.5)
    return CohortSummary(
        patients=len(times),
        events=int(times.events.sum()),
        women=int((~people.male).sum()),
        age_mean=float(people.age_years.mean()),
        age_sd=float(people.age_years.std()),
        person_years=float(times.years.sum()),
        median_follow_up=float(last_visits.years[half[0]]) if len(half) else None,
    )


def _remarks(times: SurvivalTimes) -> tuple[str, ...]:
    events = int(times.events.sum())
    if events >= FEW_EVENTS:
        return ()
    return (few_events(events),)


def few_events(events: int) -> Message:
    """The remark of a study with too few events to rely on."""
    return message(
        "Only {events} patients had the event: intervals are wide, and a ratio that looks large "
        "may be luck.",
        events=events,
    )
