"""A face age evaluation's file: read back as written, or one sentence."""

import json
from dataclasses import replace

import numpy as np
import pytest

from face2bone.errors import EvaluationError
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years_record import (
    bands_of,
    beats_guess,
    decades_of,
    from_json,
    to_json,
    years_estimates,
)
from face2bone.tasks.known_ages import KnownAges
from face2bone.tasks.years import YearsInterval, YearsTask
from tests.evaluation.test_years_words import DRAWN, RECORD


@pytest.mark.parametrize("record", [RECORD, replace(RECORD, cohort=DRAWN)])
def test_it_is_read_as_it_was_written(record: object) -> None:
    assert from_json(to_json(record), "metrics.json") == record  # type: ignore[arg-type]


def test_its_file_says_what_it_is_of() -> None:
    found = json.loads(to_json(replace(RECORD, cohort=DRAWN)))
    assert found["bundle"]["status"] == "research"
    assert (found["cohort"]["drawn"], found["cohort"]["seed"]) == (True, 7)
    assert json.loads(to_json(RECORD))["cohort"]["side"] == "test"
    assert set(found) >= {"engine", "created_on", "software", "schema"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[1]",
        to_json(RECORD)[:-40],
        to_json(replace(RECORD, schema=2)),
        to_json(RECORD).replace(b'"engine"', b'"motor"'),
    ],
)
def test_another_file_is_one_sentence(data: bytes) -> None:
    with pytest.raises(EvaluationError, match=r"metrics\.json is no face age evaluation"):
        from_json(data, "metrics.json")


TASK = YearsTask(20, 90)


def test_bands_hold_error_bias_and_coverage_and_need_people() -> None:
    ages = np.array([25.0, 26.0, 45.0])
    logits = -0.5 * ((TASK.years - (ages[:, None] + [[4.0], [-2.0], [0.0]])) / 0.1) ** 2
    known = TASK.known(logits, ages, YearsInterval(3.0, 0.1, 100))
    first, second = bands_of(known, ((20, 30), (30, 40), (40, 50)))
    assert (first.people, first.mae, first.bias) == (2, 3.0, 1.0)
    assert first.coverage == 0.5  # 4 years off lies outside, 2 inside
    assert (second.low, second.people, second.mae) == (40.0, 1, 0.0)
    assert bands_of(known, ((40, 50),), fewest=2) == ()
    assert bands_of(known, ((40, 50),), has_interval=False)[0].coverage is None


def test_decades_are_those_that_anybody_is_in() -> None:
    assert list(decades_of(np.array([29.9, 30.0, 71.0]))) == [(20, 30), (30, 40), (70, 80)]


@pytest.mark.parametrize(
    ("error", "better"),
    [
        (Estimate(6.0, 5.0, 6.9), True),
        (Estimate(6.0, 5.0, 7.0), False),
        (Estimate(6.0), False),
        (Estimate(None), False),
    ],
)
def test_better_than_a_guess_is_the_whole_interval_below_it(error: Estimate, better: bool) -> None:
    assert beats_guess(error, 7.0) is better


def test_intervals_are_over_people() -> None:
    rng = np.random.default_rng(1)
    ages, off = np.repeat(rng.uniform(20, 80, 40), 5), np.repeat(rng.normal(0, 6, 40), 5)
    known = KnownAges(ages, ages + off, ages + off - 5, ages + off + 5)
    by_person = years_estimates(known, np.repeat(np.arange(40), 5))["mae"]
    by_photo = years_estimates(known, np.arange(200))["mae"]
    assert by_person.value == by_photo.value
    assert (by_person.high or 0) - (by_person.low or 0) > 1.5 * (
        (by_photo.high or 0) - (by_photo.low or 0)
    )
