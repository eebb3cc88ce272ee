"""What a clinic has learned so far: the model against the DXA results that came back.

Counted is each person's first assessment by the bundle in use that offered a class and has a
DXA result; assessments of another study are not looked at. A person counts once, because two
visits of one person are not two people; a photo out of domain does not count, because nobody was
told to believe its numbers. The rule for local recalibration is asked at planned counts only,
every ``LOOK_EVERY`` results: asked after every patient, chance would pass it in the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.atomic_files import write_whole
from face2bone.bone import BoneClass
from face2bone.calibration import LocalRecalibration, recalibrate
from face2bone.calibration.results_table import COLUMNS
from face2bone.errors import RecalibrationRefused
from face2bone.evaluation.monitoring import (
    MINIMUM,
    CalibrationChart,
    ObservedGroup,
    calibration_chart,
    observed_against_predicted,
    without_small,
)
from face2bone.evaluation.table import PredictionTable
from face2bone.records.followup import StoredAssessment
from face2bone.report.assessment.upgrade import STUDY
from face2bone.tasks import BONE_MASS

LOOK_EVERY: Final = 100  # counted results between two looks at the recalibration rule


@dataclass(frozen=True)
class ClinicReport:
    """Observed against predicted for one bundle.

    counted: results that count. left_out: results of this bundle that do not (a later visit, or
        no class was offered). other_bundles: results of assessments by other bundles.
    chart: None below ``monitoring.MINIMUM`` results.
    look: the assessments of the last planned look, none before the first.
    recalibration: what the rule says of that look; None before the first.
    """

    counted: int
    left_out: int
    other_bundles: int
    groups: tuple[ObservedGroup, ...]
    chart: CalibrationChart | None
    look: tuple[StoredAssessment, ...]
    recalibration: LocalRecalibration | None


def clinic_report(
    kept: Sequence[StoredAssessment], bundle_sha256: str, study: str = STUDY, fewest: int = 1
) -> ClinicReport:
    """What the results say about the bundle with this hash, which is of ``study``.

    ``fewest``: of how few patients a figure may be, for whoever may not see a single one. Groups
    are of so many, and results count in steps of so many: two reports apart by one result would
    show whose it is.
    """
    with_result = [one for one in kept if one.results and one.study == study]
    own = [one for one in with_result if one.bundle_sha256 == bundle_sha256]
    counted = _counted(own)
    left_out = len(own) - len(counted)
    counted = counted[: len(counted) - len(counted) % fewest]
    table = _table(counted) if counted else None
    look = tuple(counted[: len(counted) - len(counted) % LOOK_EVERY])
    return ClinicReport(
        counted=len(counted),
        left_out=left_out,
        other_bundles=len(with_result) - len(own),
        groups=without_small(observed_against_predicted(table), fewest) if table else (),
        chart=_chart(table, fewest) if table and len(counted) >= MINIMUM else None,
        look=look,
        recalibration=_recalibration(look),
    )


def write_results(report: ClinicReport, path: Path) -> None:
    """Write the last look's results as the table that ``face2bone recalibrate`` reads (CSV).

    Raises ``RecalibrationRefused`` before the first look.
    """
    if not report.look:
        raise RecalibrationRefused(
            "{count} DXA results count so far and the first look is at {first}. "
            "Collect more results.",
            count=report.counted,
            first=LOOK_EVERY,
        )
    rows = [
        (
            one.patient_id,
            *_shown(one),
            min(result.t_score for result in one.results),
            _day(one).isoformat(),
            one.bundle_sha256,
        )
        for one in report.look
    ]
    write_whole(path, pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(index=False))


def _counted(own: Sequence[StoredAssessment]) -> list[StoredAssessment]:
    """First offered assessment of each person, in the order the results were measured."""
    first: dict[str, StoredAssessment] = {}
    for one in own:
        if one.class_shown:
            first.setdefault(one.patient_id, one)
    return sorted(first.values(), key=lambda one: (_day(one), one.assessment_id))


def _day(one: StoredAssessment) -> date:
    return max(result.measured_on for result in one.results)


def _table(counted: Sequence[StoredAssessment]) -> PredictionTable:
    about = pd.DataFrame(
        {
            "patient_id": [one.patient_id for one in counted],
            "sex": [one.sex for one in counted],
            "age_years": [one.age_years for one in counted],
        }
    )
    return PredictionTable.of(_probabilities(counted), _labels(counted), about)


def _shown(one: StoredAssessment) -> list[float]:
    """The probabilities of an assessment that offered a class, in the order of the classes."""
    if one.outputs is None:
        raise ValueError("an assessment without a result cannot be counted")
    return [one.outputs[name] for name in BONE_MASS.classes]


def _probabilities(counted: Sequence[StoredAssessment]) -> npt.NDArray[np.float64]:
    return np.array([_shown(one) for one in counted])


def _labels(counted: Sequence[StoredAssessment]) -> npt.NDArray[np.int64]:
    return np.array([int(one.outcome or 0) for one in counted], dtype=np.int64)


def _chart(table: PredictionTable, each: int) -> CalibrationChart:
    osteoporosis = BoneClass.OSTEOPOROSIS
    stated, found = table.probabilities[:, osteoporosis], table.labels == osteoporosis
    return calibration_chart(stated, found).coarser(each)


def _recalibration(counted: Sequence[StoredAssessment]) -> LocalRecalibration | None:
    if not counted:
        return None
    return recalibrate(_probabilities(counted), _labels(counted), classes=BONE_MASS.classes)
