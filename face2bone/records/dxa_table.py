"""A table of DXA results from another department, matched by pseudonym: all of it or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import pandas as pd
from sqlalchemy import Connection

from face2bone import clock
from face2bone.errors import ImportRefused
from face2bone.records.audit_trail import Action, append
from face2bone.records.corrections import replace_result
from face2bone.records.deletion import checked_actor
from face2bone.records.followup import (
    DxaResult,
    StoredAssessment,
    current_rows,
    keep_results,
    kept_assessments,
    kept_in_order,
    new_row,
    read_table,
    refused,
    result_problems,
)
from face2bone.records.saving import REASON_LIMIT, text_problems
from face2bone.records.store import Records
from face2bone.tabular.cells import as_date, as_number
from face2bone.tabular.delimited import SHOWN
from face2bone.tabular.leading_zeros import without_zeros

COLUMNS: Final = ("patient_id", "site", "t_score", "measured_on")
ASSESSMENT_ID: Final = "assessment_id"
REASON: Final = "reason"
OPTIONAL: Final = (ASSESSMENT_ID, REASON)


def import_dxa(records: Records, path: Path, by: str) -> int:
    """Take in a table of DXA results and return how many; all of them or none.

    Columns: patient_id, site, t_score, measured_on (YYYY-MM-DD); assessment_id where one
    patient has several assessments; reason where a row corrects a result that is kept.

    Raises ``ImportRefused`` naming every row's problem.
    """
    checked_actor(by)
    cells = read_table(path, COLUMNS, OPTIONAL)
    if cells.empty:
        raise ImportRefused(f"{path.name} holds no results. Write one row a T-score.")
    # A table with nothing to take in is refused while everybody else can still write.
    _all_matched(path.name, cells, kept_assessments(records))
    with records.writing() as connection:
        matched = _all_matched(path.name, cells, kept_in_order(connection))
        _keep(connection, matched, by)
    return len(matched)


@dataclass(frozen=True)
class _Matched:
    """A result of the table, whose it is, and why it corrects a kept one ("" where it is new)."""

    assessment_id: str
    result: DxaResult
    reason: str


def _keep(connection: Connection, matched: Sequence[_Matched], by: str) -> None:
    now, current = clock.now(), current_rows(connection)
    first = [m for m in matched if not m.reason]
    rows = [new_row(m.assessment_id, m.result, by, now) for m in first]
    events = keep_results(connection, rows, Action.DXA, by)
    for m in matched:
        if m.reason:
            old = current[m.assessment_id][m.result.site]
            events += replace_result(connection, old, m.result, m.reason, by, now)
    append(connection, now, events)


def _all_matched(
    name: str, cells: pd.DataFrame, kept: Iterable[StoredAssessment]
) -> list[_Matched]:
    """Every row's assessment and result; raises ``ImportRefused`` naming the rows at fault."""
    of_patient: dict[str, list[StoredAssessment]] = {}
    for one in kept:
        of_patient.setdefault(one.patient_id, []).append(one)
    by_number = {without_zeros(one): one for one in of_patient}
    matched, problems = [], []
    taken: set[tuple[str, str]] = set()
    for row, cell in zip(cells.index, cells.to_dict("records"), strict=True):
        own = of_patient.get(cell["patient_id"], [])
        try:
            matched.append(_matched(cell, own, by_number, taken))
        except ValueError as problem:
            problems.append(f"row {row}: {problem}")
    if problems:
        raise refused(name, problems)
    return matched


def _matched(
    cell: Mapping[str, str],
    own: Sequence[StoredAssessment],
    by_number: Mapping[str, str],
    taken: set[tuple[str, str]],
) -> _Matched:
    """The assessment a row belongs to and its result; ``ValueError`` says what is wrong."""
    result = parsed(cell)
    if not own:
        raise ValueError(_unknown(cell["patient_id"], by_number))
    one = _assessment_of(cell, own)
    reason = cell.get(REASON, "")
    problems = [*result_problems(result, one.saved_on), *_clashes(result, one, reason)]
    if (one.assessment_id, result.site) in taken:
        problems.append("stands twice in the table for this site")
    if problems:
        raise ValueError("; ".join(problems))
    taken.add((one.assessment_id, result.site))
    return _Matched(one.assessment_id, result, reason)


def _clashes(result: DxaResult, one: StoredAssessment, reason: str) -> Iterator[str]:
    """What is wrong with a result beside those that are kept of its assessment."""
    earlier = next((kept for kept in one.results if kept.site == result.site), None)
    if result == earlier:
        yield "is in the records already"
    elif earlier is not None and not reason:
        yield f"has a result already ({earlier.words}); give the {REASON} if this corrects it"
    elif reason and earlier is None:
        yield f"gives a {REASON}, and there is no result that it could correct"
    elif reason:
        yield from (f"gives a {REASON} that {rule}" for rule in text_problems(reason, REASON_LIMIT))


def parsed(cell: Mapping[str, str]) -> DxaResult:
    """The result in a row's cells; ``ValueError`` says which cell is none."""
    empty = [name for name in COLUMNS if name in cell and not cell[name]]
    if empty:
        raise ValueError(f"{', '.join(empty)} missing")
    try:
        t_score = as_number(cell["t_score"])
    except ValueError as error:
        raise ValueError(f"t_score: {cell['t_score'][:SHOWN]!r} {error}") from error
    try:
        measured_on = as_date(cell["measured_on"])
    except ValueError as error:
        raise ValueError(f"measured_on: {cell['measured_on'][:SHOWN]!r} {error}") from error
    return DxaResult(cell["site"], t_score, measured_on or date.min)


def _assessment_of(cell: Mapping[str, str], own: Sequence[StoredAssessment]) -> StoredAssessment:
    """Which of the patient's ``own`` assessments a row is of."""
    wanted = cell.get(ASSESSMENT_ID, "")
    if wanted:
        own = [one for one in own if one.assessment_id == wanted]
        if not own:
            raise ValueError("this assessment_id is not one of this patient's")
    if len(own) > 1:
        raise ValueError(f"this patient has {len(own)} assessments; name one in {ASSESSMENT_ID}")
    return own[0]


def _unknown(patient_id: str, by_number: Mapping[str, str]) -> str:
    """What to say of a patient who is not kept; ``by_number`` is who is, by ``without_zeros``."""
    said = f"patient_id: nobody in the records is called {patient_id[:SHOWN]!r}"
    other = by_number.get(without_zeros(patient_id))
    if other is None:
        return said
    return (
        f"{said}, but {other!r} is there: the table's leading zeros were lost. "
        "Mark the column as text"
    )
