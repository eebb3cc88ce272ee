"""A survival study's file: read back as written, and whom it says it is of."""

import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from face2bone.drawn.hazard import simulate_cohort
from face2bone.errors import SurvivalError
from face2bone.evaluation.record import BundleName
from face2bone.evaluation.survival.clinical import People
from face2bone.evaluation.survival.record import (
    FollowedCohort,
    ScoreSource,
    SurvivalRecord,
    from_json,
    to_json,
)
from face2bone.evaluation.survival.study import Score, Scores, SurvivalStudy, survival_study
from face2bone.survival.times import SurvivalTimes

REAL = FollowedCohort(600, False, None, None)
DRAWN = FollowedCohort(600, True, "planted", 7)
BUNDLE = BundleName("demo", "1.0", "demo", "a" * 64)


def record_of(study: SurvivalStudy, cohort: FollowedCohort = REAL) -> SurvivalRecord:
    source = ScoreSource("", BUNDLE, "torch cpu f32", 3)
    return SurvivalRecord(source, cohort, study, date(2026, 11, 30), "face2bone 1.0")


@pytest.mark.slow
def test_it_is_read_as_it_was_written(planted_study: SurvivalStudy) -> None:
    record = record_of(planted_study, DRAWN)
    assert from_json(to_json(record), "survival.json") == record


def test_what_was_not_followed_is_null_and_read_as_nothing() -> None:
    c = simulate_cohort(300, 8)
    early = c.eta > np.quantile(c.eta, 0.4)
    years = np.where(early, np.minimum(c.times.years, 2.5), c.times.years)
    times = SurvivalTimes(years, c.times.events & (c.times.years <= years))
    gap = Scores((Score("gap", c.gap_years, True, "a column"),))
    record = record_of(survival_study(People(c.age_years, c.male), times, gap))
    data = to_json(record)
    json.loads(data, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert b'"observed": null' in data
    assert from_json(data, "survival.json") == record


def test_whom_it_is_of_is_said(planted_study: SurvivalStudy) -> None:
    said = record_of(planted_study, DRAWN).of_what
    assert "the frozen features of demo (demo); 3 patients without a usable photo are left" in said
    assert "600 drawn patients (planted world, seed 7); no real person" in said
    assert "face2bone 1.0, 2026-11-30." in said
    column = ScoreSource("gap", None, None, 0)
    said = replace(record_of(planted_study), source=column).of_what
    assert said.startswith("Score: the column gap of the manifest. Cohort: 600 patients.")


def test_another_file_is_one_sentence(planted_study: SurvivalStudy) -> None:
    whole = to_json(record_of(planted_study))
    earlier = json.dumps(json.loads(whole)["study"]).encode()
    nobody = replace(planted_study, scores=())
    for data in (b"", b"[1]", whole[:-90], earlier, to_json(record_of(nobody))):
        with pytest.raises(SurvivalError, match=r"survival\.json is no survival study"):
            from_json(data, "survival.json")
    with pytest.raises(SurvivalError, match="no survival study"):
        from_json(to_json(replace(record_of(planted_study), schema=3)), "survival.json")
