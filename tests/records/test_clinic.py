"""Observed against predicted: who counts, when chart and rule are asked, what is written."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.calibration.results_table import read_results
from face2bone.errors import RecalibrationRefused
from face2bone.evaluation.monitoring import MINIMUM
from face2bone.records import DxaResult, StoredAssessment, clinic_report, write_results
from face2bone.records.clinic import LOOK_EVERY

BUNDLE = "b" * 64
NOON = time(12, tzinfo=UTC)
T_SCORES = {BoneClass.NORMAL: 0.3, BoneClass.OSTEOPENIA: -1.7, BoneClass.OSTEOPOROSIS: -3.0}


def kept(
    n: int, share: tuple[float, float, float] | None = None, seed: int = 0
) -> Iterator[StoredAssessment]:
    """Patients whose predictions are right, unless ``share`` draws their classes instead."""
    rng = np.random.default_rng(seed)
    for i in range(n):
        p = rng.dirichlet((0.7, 0.7, 0.7)).round(6)
        p[2] = round(1.0 - p[0] - p[1], 6)
        found = BoneClass(int(rng.choice(3, p=share or p / p.sum())))
        day = date(2026, 1, 1) + timedelta(days=i)
        yield StoredAssessment(
            assessment_id=f"{i:032x}",
            patient_id=f"P-{i}",
            saved_at=datetime.combine(day, NOON),
            sex="FM"[i % 3 == 0],
            age_years=45.0 + i % 40,
            decision="DXA",
            bundle_sha256=BUNDLE,
            study="face2bone",
            outputs=dict(zip(CLASS_LABELS, p.tolist(), strict=True)),
            class_shown=True,
            results=(DxaResult("total_hip", T_SCORES[found], day),),
        )


def test_an_empty_clinic_has_an_empty_report() -> None:
    report = clinic_report((), BUNDLE)
    assert (report.counted, report.groups, report.chart, report.look) == (0, (), None, ())


def test_only_first_offered_assessments_of_this_bundle_count() -> None:
    one, two, three, four, five = kept(5)
    report = clinic_report(
        [
            one,
            replace(two, patient_id=one.patient_id),
            replace(three, class_shown=False),
            replace(four, bundle_sha256="c" * 64),
            replace(five, results=()),
            replace(five, study="bone_net", patient_id="P-9"),
        ],
        BUNDLE,
    )
    assert (report.counted, report.left_out, report.other_bundles) == (1, 2, 1)
    assert report.groups[0].patients == 1


def test_no_figure_is_of_fewer_than_asked_for() -> None:
    """Of 34 patients one is old and two are men; each figure is of five, at least."""
    patients = [
        replace(one, sex="M" if i in (0, 7) else "F", age_years=90.0 if i == 3 else 45.0 + i % 30)
        for i, one in enumerate(kept(34))
    ]
    full, held = clinic_report(patients, BUNDLE), clinic_report(patients, BUNDLE, fewest=5)
    assert {g.patients for g in full.groups if g.dimension == "sex"} == {2, 32}
    assert any(g.patients == 1 for g in full.groups)
    assert (full.counted, held.counted) == (34, 30)
    assert held.groups
    assert all(g.patients >= 5 for g in held.groups)
    assert not [g for g in held.groups if g.dimension == "sex"], "the other sex is the rest"
    assert held.chart is not None
    assert len(held.chart.too_low) == 6
    for more in range(31, 35):
        later = clinic_report(patients[:more], BUNDLE, fewest=5)
        assert replace(later, chart=None) == replace(held, chart=None), "one result shows nothing"


def test_the_chart_starts_when_there_is_enough() -> None:
    patients = list(kept(MINIMUM))
    assert clinic_report(patients[:-1], BUNDLE).chart is None
    assert clinic_report(patients, BUNDLE).chart is not None


def test_a_model_that_is_right_raises_no_alarm_and_one_that_is_not_does() -> None:
    right = clinic_report(list(kept(150)), BUNDLE).chart
    wrong = clinic_report(list(kept(150, (0.6, 0.35, 0.05))), BUNDLE).chart
    assert right is not None
    assert wrong is not None
    assert right.alarm is None
    assert wrong.alarm is not None
    assert "too high" in wrong.verdict


def test_results_are_charted_in_the_order_they_were_measured() -> None:
    patients = list(kept(40, (0.6, 0.35, 0.05)))
    forward, backward = (clinic_report(p, BUNDLE).chart for p in (patients, patients[::-1]))
    assert forward is not None
    assert backward is not None
    np.testing.assert_array_equal(forward.too_high, backward.too_high)


def test_the_rule_is_asked_at_planned_counts_only() -> None:
    patients = list(kept(LOOK_EVERY + 50))
    assert clinic_report(patients[: LOOK_EVERY - 1], BUNDLE).recalibration is None
    first = clinic_report(patients[:LOOK_EVERY], BUNDLE)
    later = clinic_report(patients, BUNDLE)
    assert len(first.look) == len(later.look) == LOOK_EVERY
    assert first.recalibration is not None
    assert later.recalibration is not None
    assert first.recalibration.counts == later.recalibration.counts


def test_the_last_look_is_written_as_recalibrate_reads_it(tmp_path: Path) -> None:
    patients = list(kept(LOOK_EVERY + 3))
    report = clinic_report(patients, BUNDLE)
    write_results(report, tmp_path / "results.csv")
    table = read_results(tmp_path / "results.csv")
    assert table.bundle_sha256 == BUNDLE
    np.testing.assert_allclose(
        table.probabilities, [list((p.outputs or {}).values()) for p in report.look], atol=1e-6
    )
    assert table.labels.tolist() == [p.outcome for p in report.look]
    assert (table.first, table.last) == (
        report.look[0].results[0].measured_on,
        report.look[-1].results[0].measured_on,
    )


def test_before_the_first_look_there_is_nothing_to_write(tmp_path: Path) -> None:
    with pytest.raises(RecalibrationRefused, match="first look is at 100"):
        write_results(clinic_report(list(kept(5)), BUNDLE), tmp_path / "results.csv")
    assert list(tmp_path.iterdir()) == []
