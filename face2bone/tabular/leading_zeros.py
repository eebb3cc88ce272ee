"""Patient numbers that have lost their leading zeros: a spreadsheet shows 00412 as 412.

Nobody can tell a lost zero from none in one table alone. It shows where the same patient stands
elsewhere with them: in another row, in the name of a photo, in another table.
"""

from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

import pandas as pd

from face2bone.words import all_of, first_of, message

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
            message(
                "Patients differ in leading zeros only ({pairs}): they count as different people. "
                "If they are one, write the number in one way.",
                pairs=first_of(pairs, NAMED),
            )
        )
    rows = zip(table["patient_id"], table["photo"], strict=True)
    stems = [(one, PurePosixPath(photo).stem) for one, photo in rows]
    lost = [
        message("{patient} with photo {photo}", patient=one, photo=stem)
        for one, stem in stems
        if differ_in_zeros(one, stem)
    ]
    if lost:
        said.append(
            message(
                "Photos bear their patient's number with other leading zeros ({cases}): a "
                "spreadsheet may have taken the zeros from patient_id. Mark the column as text.",
                cases=first_of(lost, NAMED),
            )
        )
    return tuple(said)


def _pairs(patients: Sequence[str]) -> list[str]:
    first: dict[str, str] = {}
    twins = ((first.setdefault(without_zeros(one), one), one) for one in patients)
    return [all_of(pair) for pair in twins if pair[0] != pair[1]]
