"""Patient numbers that have lost their leading zeros: a spreadsheet shows 00412 as 412.

Nobody can tell a lost zero from none in one table alone. It shows where the same patient stands
elsewhere with them: in another row, in the name of a photo, in another table.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

import pandas as pd

NAMED: Final = 3  # examples in a sentence


def without_zeros(patient_id: str) -> str:
    """A number without its leading zeros; anything else as it is."""
    is_number = patient_id.isascii() and patient_id.isdigit()
    return patient_id.lstrip("0") or "0" if is_number else patient_id


def differ_in_zeros(first: str, second: str) -> bool:
    """Whether two numbers are the same but for their leading zeros."""
    return first != second and without_zeros(first) == without_zeros(second)


def zeros_remarks(table: pd.DataFrame) -> tuple[str, ...]:
    """What speaks for lost zeros in a manifest's ``patient_id`` and ``photo``, in sentences."""
    patients = list(dict.fromkeys(table["patient_id"]))
    said = []
    pairs = _pairs(patients)
    if pairs:
        said.append(
            f"Patients differ in leading zeros only ({_some(pairs)}): they count as different "
            "people. If they are one, write the number in one way."
        )
    rows = zip(table["patient_id"], table["photo"], strict=True)
    stems = [(one, PurePosixPath(photo).stem) for one, photo in rows]
    lost = [f"{one} with photo {stem}" for one, stem in stems if differ_in_zeros(one, stem)]
    if lost:
        said.append(
            f"Photos bear their patient's number with other leading zeros ({_some(lost)}): a "
            "spreadsheet may have taken the zeros from patient_id. Mark the column as text."
        )
    return tuple(said)


def _pairs(patients: Sequence[str]) -> list[str]:
    first: dict[str, str] = {}
    twins = ((first.setdefault(without_zeros(one), one), one) for one in patients)
    return [f"{a} and {b}" for a, b in twins if a != b]


def _some(cases: Sequence[str]) -> str:
    more = len(cases) - NAMED
    return ", ".join(cases[:NAMED]) + (f" and {more} more" if more > 0 else "")
