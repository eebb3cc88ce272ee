"""The words of a face age evaluation: what is claimed, and what is not."""

from dataclasses import replace
from datetime import date
from typing import Any

from face2bone.bundle.card import notice_of
from face2bone.bundle.years_bundle import Band
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.record import BundleName
from face2bone.evaluation.years_record import OfSex, YearsCohort, YearsFigures, YearsRecord
from face2bone.evaluation.years_words import shown, years_text

FOUND = YearsFigures(
    photos=200,
    people=150,
    mae=Estimate(6.2, 5.5, 7.0),
    bias=Estimate(1.04, 0.2, 1.9),
    slope=Estimate(0.71, 0.6, 0.8),
    coverage=Estimate(0.9, 0.85, 0.95),
    level=0.9,
    width=24.04,
    guess_mae=12.0,
    bands=(Band(20.0, 30.0, 29, 8.0, 7.0, 0.8), Band(30.0, 40.0, 171, 5.0, -1.0, 0.92)),
    sexes=(
        OfSex("F", 120, 90, Estimate(6.0, 5.1, 7.1), Estimate(1.0, 0.1, 2.0), Estimate(0.3, -1, 1)),
        OfSex("M", 80, 60, Estimate(6.5, 5.3, 7.7), Estimate(1.1, -0.2, 2.3), None),
    ),
    out_of_domain=10,
)
COHORT = YearsCohort(
    drawn=False,
    seed=None,
    generator_version=None,
    side="test",
    split="split.csv",
    photos=203,
    people=152,
    rejected={"No face.": 3},
    remarks=(),
)
RECORD = YearsRecord(
    bundle=BundleName("toy", "1.0", "research", "a" * 64),
    cohort=COHORT,
    figures=FOUND,
    engine="torch cpu float32",
    created_on=date(2026, 11, 30),
    software="face2bone 1.0",
)
DRAWN = replace(COHORT, drawn=True, seed=7, generator_version="2.0.0", side="", split="")


def with_figures(**changes: Any) -> YearsRecord:
    return replace(RECORD, figures=replace(FOUND, **changes))


def test_error_interval_and_error_by_age_are_told() -> None:
    text = years_text(RECORD)
    assert "Measured on 200 photos of 150 people." in text
    assert "Mean absolute error 6.2 (5.5 to 7.0) years; 12.0 for saying the cohort's median" in text
    assert "It is better than this guess." in text
    assert "90% interval holds the age of 90.0% (85.0% to 95.0%) and is 24.0 years wide" in text
    assert "| 20 to 29 | 29* | 8.0 | +7.0 | 80% |" in text
    assert "| 30 to 39 | 171 | 5.0 | -1.0 | 92% |" in text
    assert "*: fewer than 30 photos" in text
    assert "10 photos (5%) are unlike" in text


def test_what_was_not_shown_is_not_claimed() -> None:
    worse = with_figures(
        guess_mae=6.9,
        coverage=None,
        level=None,
        width=None,
        out_of_domain=None,
        bands=(Band(30.0, 40.0, 171, 5.0, -1.0),),
        sexes=FOUND.sexes[:1],
    )
    text = years_text(replace(worse, cohort=replace(COHORT, rejected={})))
    assert "That it is better than this guess was not shown" in text
    assert "It has no calibrated interval" in text
    assert "| 30 to 39 | 171 | 5.0 | -1.0 |  |" in text
    assert "left out" not in text
    assert "Women" not in text
    assert "unlike" not in text
    assert "fewer than" not in text


def test_one_is_said_as_one() -> None:
    one = with_figures(photos=1, people=1, out_of_domain=1)
    cohort = replace(COHORT, photos=2, people=1, rejected={"No face.": 1})
    text = years_text(replace(one, cohort=cohort))
    assert "Cohort: 1 person of a cohort, side 'test' of split.csv; 2 photos, 1 photo left" in text
    assert "1 photo of 1 person." in text
    assert "1 photo (100%) is unlike those" in text


def test_whose_figures_they_are_stands_before_them() -> None:
    text = years_text(RECORD)
    assert text.startswith(f"**{notice_of('research')}**")
    assert (
        "toy 1.0 (research) aaaaaaaaaaaa. Cohort: 152 people of a cohort, side 'test' of "
        "split.csv; 203 photos, 3 photos left out. torch cpu float32, face2bone 1.0, 2026-11-30."
    ) in text
    assert "drawn" not in text


def test_figures_of_a_demonstration_do_not_pass_for_real_ones() -> None:
    bundle = replace(RECORD.bundle, status="demo")
    text = years_text(replace(RECORD, bundle=bundle, cohort=DRAWN))
    before, _ = text.split("Mean absolute error")
    assert notice_of("demo") in before
    assert "The people were drawn: nobody here exists" in before
    assert "152 drawn people (seed 7, generator 2.0.0; no real person)" in before


def test_women_and_men_are_told_apart() -> None:
    text = years_text(RECORD)
    assert "Women, 120 photos: mean absolute error 6.0 (5.1 to 7.1) years" in text
    assert "age gap +0.3 (-1.0 to +1.0) years on average" in text
    assert "Men, 80 photos: mean absolute error 6.5 (5.3 to 7.7) years, +1.1 (-0.2 to +2.3)" in text


def test_a_figure_without_an_interval_stands_alone() -> None:
    assert shown(Estimate(1.25), ".2f") == "1.25"
    assert shown(Estimate(None)) == "not defined"
