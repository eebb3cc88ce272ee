"""The whole study of simulated cohorts whose truth is known; and what it must never hold."""

import dataclasses
from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter

from face2bone.drawn.hazard import SimulatedCohort, SurvivalWorld, simulate_cohort
from face2bone.errors import SurvivalError
from face2bone.evaluation.survival.clinical import People
from face2bone.evaluation.survival.study import (
    NO_HAZARD,
    Score,
    Scores,
    SurvivalStudy,
    survival_study,
)
from face2bone.evaluation.survival.words import COHORT_ONLY, DILUTED, markdown, verdict
from face2bone.survival.times import SurvivalTimes


def gap_of(cohort: SimulatedCohort) -> Scores:
    return Scores((Score("gap", cohort.gap_years, True, "a column"),))


@pytest.mark.slow
def test_the_planted_face_adds_and_the_null_face_does_not(planted_study, null_study) -> None:
    age, hazard = planted_study.scores
    assert age.per_sd.low > 1.0
    assert age.per_decade.low > 1.0
    assert hazard.per_decade is None
    assert age.quartiles.ratios[2].low > 1.0
    for score in null_study.scores:
        gain = score.accuracy.concordance["uno_gain"]
        assert gain.low <= 0.0 <= gain.high
        assert score.per_sd.low <= 1.0 <= score.per_sd.high
    assert [score.name for score in null_study.scores] == ["face age"]
    assert null_study.remarks == (NO_HAZARD,)
    assert "The face age adds to age and sex" in verdict(planted_study)
    assert "was not shown to add" in verdict(null_study)


def test_facts_of_the_cohort(planted, planted_study) -> None:
    who, c = planted_study.cohort, planted.cohort
    assert (who.patients, who.events) == (600, int(c.times.events.sum()))
    assert who.women == int((~c.male).sum())
    assert who.person_years == pytest.approx(c.times.years.sum())
    assert 4.0 < who.median_follow_up < 6.0
    assert planted_study.without_score["age"].low > 1.0
    assert planted_study.remarks == ()


def numbers(value: Any) -> list[tuple[Any, ...]]:
    """Every sequence of numbers anywhere in a study."""
    if dataclasses.is_dataclass(value):
        return [s for f in dataclasses.fields(value) for s in numbers(getattr(value, f.name))]
    if isinstance(value, dict):
        return [s for item in value.values() for s in numbers(item)]
    if isinstance(value, tuple | list | np.ndarray):
        inner = [s for item in value for s in numbers(item)]
        return inner or [tuple(value)]
    return []


def test_no_result_has_one_value_a_patient(planted_study) -> None:
    """Nothing of a study is as long as its cohort: nobody can be looked up in it."""
    found = numbers(planted_study)
    assert found
    assert max(len(sequence) for sequence in found) < 100 < planted_study.cohort.patients
    written = TypeAdapter(SurvivalStudy).dump_json(planted_study).decode()
    assert "patient_id" not in written


def test_the_report_says_what_it_is_and_is_not(planted_study) -> None:
    text = markdown(planted_study, "Drawn.", ["one.svg", "two.svg"])
    for said in (COHORT_ONLY, DILUTED, "Kaplan-Meier", "Log-rank", "Uno's C", "(one.svg)"):
        assert said in text
    assert text.count("## The face") == 2
    assert "nan" not in text.lower().replace("finance", "")


def test_a_cohort_of_one_sex_is_adjusted_for_age() -> None:
    c = simulate_cohort(400, 2)
    one = survival_study(People(c.age_years, np.ones(400, bool)), c.times, gap_of(c))
    assert list(one.without_score) == ["age"]
    assert one.adjusted_for == "age"
    assert "adjusted for age;" in verdict(one)
    assert [t.name for t in one.scores[0].proportional] == ["score", "age", "all"]
    assert "a man against a woman" not in markdown(one, "Drawn.")


def test_a_further_column_takes_away_what_it_explains() -> None:
    """A score that is a stage read twice adds nothing once the stage is adjusted for."""
    c = simulate_cohort(600, 3)
    rng = np.random.default_rng(1)
    stage = np.round(c.gap_years / 6)
    twice = Scores((Score("stage again", stage + rng.normal(0, 0.5, 600), False, "a column"),))
    alone = survival_study(People(c.age_years, c.male), c.times, twice)
    people = People(c.age_years, c.male, {"stage": stage})
    adjusted = survival_study(people, c.times, twice)
    assert alone.scores[0].per_sd.low > 1.0
    assert adjusted.scores[0].per_sd.low < 1.0 < adjusted.scores[0].per_sd.high
    assert adjusted.without_score["stage"].low > 1.0
    assert adjusted.adjusted_for == "age, sex and stage"
    assert "one more of stage" in markdown(adjusted, "Drawn.")


def test_few_events_are_remarked_and_too_few_refused() -> None:
    c = simulate_cohort(400, 2, SurvivalWorld.CENSORED)
    score = gap_of(c)
    found = survival_study(People(c.age_years, c.male), c.times, score)
    assert "patients had the event: intervals are wide" in found.remarks[0]
    nobody = SurvivalTimes(c.times.years, np.zeros(400, bool))
    with pytest.raises(SurvivalError, match="0 patients had the event where 30 are needed"):
        survival_study(People(c.age_years, c.male), nobody, score)


def test_what_was_not_followed_is_said_and_never_nan() -> None:
    c = simulate_cohort(300, 8)
    early = c.eta > np.quantile(c.eta, 0.4)
    years = np.where(early, np.minimum(c.times.years, 2.5), c.times.years)
    times = SurvivalTimes(years, c.times.events & (c.times.years <= years))
    found = survival_study(People(c.age_years, c.male), times, gap_of(c))
    text = markdown(found, "Drawn.")
    assert "nan" not in text
    assert "not followed so long" in text


def test_a_score_that_tells_nobody_apart_is_refused() -> None:
    c = simulate_cohort(300, 2)
    flat = Scores((Score("flat", np.ones(300), False, "x"),))
    with pytest.raises(SurvivalError, match="score flat is the same for every patient"):
        survival_study(People(c.age_years, c.male), c.times, flat)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_study(planted) -> None:
    c = planted.cohort
    score = gap_of(c)
    first, again, other = (
        survival_study(People(c.age_years, c.male), c.times, score, seed) for seed in (0, 0, 1)
    )
    assert first == again
    assert first.scores[0].accuracy != other.scores[0].accuracy
    assert first.scores[0].per_sd == other.scores[0].per_sd
