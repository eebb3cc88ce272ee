"""The words of a face age evaluation: what is claimed, and what is not."""

from dataclasses import replace

from face2bone.bundle.years_bundle import Band
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years import YearsEvaluation
from face2bone.evaluation.years_words import shown, years_text

FOUND = YearsEvaluation(
    bundle="toy",
    sha256="a" * 64,
    photos=200,
    people=150,
    rejected=3,
    mae=Estimate(6.2, 5.5, 7.0),
    bias=Estimate(1.04, 0.2, 1.9),
    slope=Estimate(0.71, 0.6, 0.8),
    coverage=Estimate(0.9, 0.85, 0.95),
    level=0.9,
    width=24.04,
    guess_mae=12.0,
    bands=(Band(20.0, 30.0, 29, 8.0, 7.0, 0.8), Band(30.0, 40.0, 171, 5.0, -1.0, 0.92)),
    out_of_domain=10,
)


def test_error_interval_and_error_by_age_are_told() -> None:
    text = years_text(FOUND)
    assert "toy aaaaaaaaaaaa: 200 photos of 150 people; 3 photos left out." in text
    assert "Mean absolute error 6.2 (5.5 to 7.0) years; 12.0 for saying the cohort's median" in text
    assert "It is better than this guess." in text
    assert "90% interval holds the age of 90.0% (85.0% to 95.0%) and is 24.0 years wide" in text
    assert "| 20 to 29 | 29* | 8.0 | +7.0 | 80% |" in text
    assert "| 30 to 39 | 171 | 5.0 | -1.0 | 92% |" in text
    assert "*: fewer than 30 photos" in text
    assert "10 photos (5%) are unlike" in text


def test_what_was_not_shown_is_not_claimed() -> None:
    worse = replace(FOUND, guess_mae=6.9, coverage=None, level=None, width=None, out_of_domain=None)
    text = years_text(replace(worse, bands=(Band(30.0, 40.0, 171, 5.0, -1.0),), rejected=0))
    assert "That it is better than this guess was not shown" in text
    assert "It has no calibrated interval" in text
    assert "| 30 to 39 | 171 | 5.0 | -1.0 |  |" in text
    assert "left out" not in text
    assert "unlike" not in text
    assert "fewer than" not in text


def test_one_is_said_as_one() -> None:
    text = years_text(replace(FOUND, photos=1, people=1, rejected=1, out_of_domain=1))
    assert "1 photo of 1 person; 1 photo left out." in text
    assert "1 photo (100%) is unlike those" in text


def test_a_figure_without_an_interval_stands_alone() -> None:
    assert shown(Estimate(1.25), ".2f") == "1.25"
    assert shown(Estimate(None)) == "not defined"
