"""Part values of a cohort as a table, whatever head they are of, to compare heads by.

A table has ``patient_id`` and one column of numbers a part; or it is the folder that ``face2bone
explain`` wrote, of which the values for one target are taken. Of a patient with several photos
the mean size of a part's values counts.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from face2bone.arrays import Floats
from face2bone.careful import parquet_of
from face2bone.cohort_explanations.folder import EXPLAINED
from face2bone.errors import ExplanationError
from face2bone.evaluation.independence import Independence, compare_heads
from face2bone.tabular.cells import as_number, read_cells

PATIENT: Final = "patient_id"


@dataclass(frozen=True)
class PartValues:
    """Sizes of part values (N, P) of one head; rows in the order of ``patients``."""

    patients: tuple[str, ...]
    parts: tuple[str, ...]
    values: Floats


def read_part_values(path: Path, target: str) -> PartValues:
    """Read a table, or an explained cohort's values for ``target``, a class or severity.

    Raises ``ExplanationError`` where there are none, and ``ManifestError`` for a table that
    cannot be opened.
    """
    table = _of_folder(path, target) if path.is_dir() else _of_table(path)
    sizes = table.set_index(PATIENT).abs().groupby(level=0, sort=True).mean()
    parts = tuple(str(name) for name in sizes.columns)
    return PartValues(tuple(sizes.index), parts, sizes.to_numpy(np.float64))


def compare(first: PartValues, second: PartValues, twin: PartValues) -> Independence:
    """Compare two heads on the same patients; raises ``ExplanationError`` for other ones."""
    for other in (second, twin):
        if other.patients != first.patients or other.parts != first.parts:
            raise ExplanationError(
                "The tables are not of the same patients and parts. Explain one cohort with "
                "every head."
            )
    return compare_heads(first.values, second.values, twin.values, first.parts)


def _of_folder(folder: Path, target: str) -> pd.DataFrame:
    try:
        table = parquet_of(folder / EXPLAINED)
    except (OSError, ValueError) as error:
        raise ExplanationError(
            "The folder {folder} holds no explained cohort. Make one with face2bone explain.",
            folder=folder.name,
        ) from error
    prefix = f"region_{target}_"
    columns = [name for name in table.columns if str(name).startswith(prefix)]
    if not columns or PATIENT not in table:
        raise ExplanationError(
            "The explained cohort {folder} has no values for {target}. Name one of the "
            "model's classes, or severity.",
            folder=folder.name,
            target=f"{target!r}",
        )
    return table[[PATIENT, *columns]].rename(columns={c: c[len(prefix) :] for c in columns})


def _of_table(path: Path) -> pd.DataFrame:
    cells = read_cells(path)
    if PATIENT not in cells or not cells[PATIENT].all() or len(cells.columns) < 2:
        raise ExplanationError(
            "{file} needs a column patient_id, filled in, and one column for each part. "
            "Correct its header.",
            file=path.name,
        )
    table = cells[[PATIENT]].copy()
    for column in cells.columns.drop(PATIENT):
        try:
            table[column] = [as_number(cell) for cell in cells[column]]
        except ValueError as error:
            raise ExplanationError(
                "{file}, column {column}: a cell {reason}. Correct it.",
                file=path.name,
                column=column[:40],
                reason=str(error),
            ) from error
    return table
