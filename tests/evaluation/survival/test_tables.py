"""Tables of a study: every figure of the findings, and a word where there is none."""

from dataclasses import replace

from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.survival import tables
from face2bone.evaluation.survival.study import SurvivalStudy
from face2bone.survival.absolute_risk import RiskGroup
from face2bone.survival.cox import HazardRatio


def test_every_row_is_as_long_as_its_head(planted_study: SurvivalStudy) -> None:
    rest = planted_study.adjusted_for
    for score in planted_study.scores:
        for table in (
            tables.ratios(score, rest),
            tables.against_lowest(score, rest),
            tables.at_risk(score),
            tables.concordance(score, rest),
            tables.proportional(score),
            tables.calibration(score),
            tables.brier(score, rest),
        ):
            assert table.rows
            assert {len(row) for row in table.rows} == {len(table.head)}


def test_only_a_score_in_years_has_a_ratio_for_ten_of_them(planted_study: SurvivalStudy) -> None:
    age, hazard = (tables.ratios(score, "age") for score in planted_study.scores)
    assert len(age.rows) == len(hazard.rows) + 1
    assert age.rows[2][0] == "ten years, adjusted for age"


def test_a_ratio_has_interval_and_p() -> None:
    assert tables.ratio(HazardRatio(1.8249, 1.5, 2.255, 1e-9)) == "1.82 (1.50 to 2.25, p < 0.001)"
    assert tables.ratio(HazardRatio(1.0, 0.9, 1.1, 0.42)) == "1.00 (0.90 to 1.10, p = 0.420)"
    assert tables.shown(Estimate(None)) == "-"
    assert tables.shown(Estimate(0.6)) == "0.600"


def test_who_was_not_followed_so_long_is_said_in_words(planted_study: SurvivalStudy) -> None:
    score = planted_study.scores[0]
    (at, *_) = score.accuracy.calibration
    nobody = replace(at, everyone=RiskGroup(9, 0.2, None, None, None), groups=())
    known = replace(at, everyone=RiskGroup(9, 0.2, 0.25, None, None), groups=())
    accuracy = replace(score.accuracy, calibration=(nobody, known))
    first, second = tables.calibration(replace(score, accuracy=accuracy)).rows
    assert first[1:] == ("everyone", "9", "20.0%", "not followed so long")
    assert second[4] == "25.0%"
