"""A clinic's DXA results beside what was predicted: the table ``face2bone recalibrate`` reads.

One row a patient, CSV (UTF-8) or parquet, with exactly these columns: ``patient_id``, the
three probabilities as predicted (``normal``, ``osteopenia``, ``osteoporosis``, in [0, 1]),
``t_score`` (the lowest of the DXA sites, in SD), ``measured_on`` (YYYY-MM-DD), and the
``bundle_sha256`` of the model that predicted.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.bone import CLASS_LABELS, bone_class
from face2bone.cohort.manifest_schema import T_SCORE_RANGE
from face2bone.errors import ManifestError
from face2bone.tabular.cells import as_date, as_number, read_cells
from face2bone.tabular.delimited import SHOWN
from face2bone.words import message, template

COLUMNS: Final = ("patient_id", *CLASS_LABELS, "t_score", "measured_on", "bundle_sha256")
ROUNDED: Final = 1e-3  # probabilities written with three decimals need not sum to 1 exactly


@dataclass(frozen=True)
class ClinicResults:
    """Predicted and observed: probabilities (N, K), class indices (N,), and when measured.

    bundle_sha256: of the one bundle that made every prediction.
    """

    probabilities: npt.NDArray[np.float64]
    labels: npt.NDArray[np.int64]
    first: date
    last: date
    bundle_sha256: str


def read_results(path: Path) -> ClinicResults:
    """Read and check a clinic's table.

    T-scores become classes by the WHO rule. Raises ``ManifestError`` naming the row, the
    column and the rule that is broken.
    """
    cells = read_cells(path)
    if sorted(cells.columns) != sorted(COLUMNS) or cells.empty:
        raise ManifestError(
            "{file} does not have exactly the columns {columns} and at least one row. "
            "Correct its header.",
            file=path.name,
            columns=tuple(COLUMNS),
        )
    rows = [_Row.read(path.name, number, cell) for number, cell in cells.to_dict("index").items()]
    _check_once(path.name, [row.patient_id for row in rows])
    bundles = {row.bundle_sha256 for row in rows}
    if len(bundles) > 1:
        raise ManifestError(
            "{file} holds predictions of {count} bundles. Write one table for each bundle.",
            file=path.name,
            count=len(bundles),
        )
    days = [row.measured_on for row in rows]
    return ClinicResults(
        np.array([row.probabilities for row in rows]),
        np.array([bone_class(row.t_score) for row in rows], dtype=np.int64),
        min(days),
        max(days),
        bundles.pop(),
    )


@dataclass(frozen=True)
class _Row:
    patient_id: str
    probabilities: tuple[float, ...]
    t_score: float
    measured_on: date
    bundle_sha256: str

    @classmethod
    def read(cls, name: str, number: int, cells: dict[str, str]) -> "_Row":
        def refuse(column: str, rule: str) -> ManifestError:
            cell = cells[column]
            shown = f"{cell[:SHOWN]!r}"
            return ManifestError(
                "{file}, row {row}, {column}: {problem}. Correct the cell.",
                file=name,
                row=number,
                column=column,
                problem=message("{cell} {rule}", cell=shown, rule=rule) if cell else rule,
            )

        def within(column: str, low: float, high: float) -> float:
            try:
                value = as_number(cells[column])
            except ValueError as error:
                raise refuse(column, str(error)) from error
            if not low <= value <= high:  # also an empty cell, which is NaN
                limits = {"low": f"{low:g}", "high": f"{high:g}"}
                raise refuse(column, message("must lie between {low} and {high}", **limits))
            return value

        try:
            day = as_date(cells["measured_on"])
        except ValueError as error:
            raise refuse("measured_on", str(error)) from error
        if day is None:
            raise refuse("measured_on", template("must be a date written YYYY-MM-DD"))
        if not cells["patient_id"]:
            raise refuse("patient_id", template("must not be empty"))
        shares = [within(label, 0.0, 1.0) for label in CLASS_LABELS]
        total = sum(shares)
        if abs(total - 1.0) > ROUNDED * len(shares):
            raise refuse(CLASS_LABELS[0], template("and the two beside it must add up to 1"))
        probabilities = tuple(share / total for share in shares)
        t_score = within("t_score", *T_SCORE_RANGE)
        return cls(cells["patient_id"], probabilities, t_score, day, cells["bundle_sha256"])


def _check_once(name: str, patients: list[str]) -> None:
    counts = Counter(patients)
    twice = sorted(patient for patient, times in counts.items() if times > 1)
    if twice:
        raise ManifestError(
            "{file} holds {count} patients more than once, {patient} among them. Keep the "
            "result of one visit for each patient.",
            file=name,
            count=len(twice),
            patient=twice[0],
        )
