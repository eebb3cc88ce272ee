"""A table of DXA results from another department, matched by pseudonym: all of it or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
from face2bone.records.saving import REASON_LIMIT
from face2bone.records.store import Records
from face2bone.tabular.cells import as_date, as_number, without_zeros
from face2bone.tabular.delimited import SHOWN
from face2bone.tabular.given import Source
from face2bone.typed import text_problems
from face2bone.words import CLAUSES, message, template, together

COLUMNS: Final = ("patient_id", "site", "t_score", "measured_on")
ASSESSMENT_ID: Final = "assessment_id"
REASON: Final = "reason"
OPTIONAL: Final = (ASSESSMENT_ID, REASON)


def import_dxa(records: Records, table: Source, by: str) -> int:
    """Take in a table of DXA results and return how many; all of them or none.

    Columns: patient_id, site, t_score, measured_on (YYYY-MM-DD); assessment_id where one
    patient has several assessments; reason where a row corrects a result that is kept.

    Raises ``ImportRefused`` naming every row's problem.
    """
    checked_actor(by)
    cells = read_table(table, COLUMNS, OPTIONAL)
    if cells.empty:
        raise ImportRefused("{file} holds no results. Write one row a T-score.", file=table.name)
    # A table with nothing to take in is refused while everybody else can still write.
    _all_matched(table.name, cells, kept_assessments(records))
    with records.writing() as connection:
        matched = _all_matched(table.name, cells, kept_in_order(connection))
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
            problems.append(message("row {row}: {problem}", row=int(row), problem=str(problem)))
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
        problems.append(template("stands twice in the table for this site"))
    if problems:
        raise ValueError(together(problems, CLAUSES))
    taken.add((one.assessment_id, result.site))
    return _Matched(one.assessment_id, result, reason)


def _clashes(result: DxaResult, one: StoredAssessment, reason: str) -> Iterator[str]:
    """What is wrong with a result beside those that are kept of its assessment."""
    earlier = next((kept for kept in one.results if kept.site == result.site), None)
    if result == earlier:
        yield template("is in the records already")
    elif earlier is not None and not reason:
        yield message(
            "has a result already ({result}); give the {column} if this corrects it",
            result=earlier.words,
            column=REASON,
        )
    elif reason and earlier is None:
        yield message(
            "gives a {column}, and there is no result that it could correct", column=REASON
        )
    elif reason:
        for rule in text_problems(reason, REASON_LIMIT):
            yield message("gives a {column} that {rule}", column=REASON, rule=rule)


def parsed(cell: Mapping[str, str]) -> DxaResult:
    """The result in a row's cells; ``ValueError`` says which cell is none."""
    empty = [name for name in COLUMNS if name in cell and not cell[name]]
    if empty:
        raise ValueError(message("{columns} missing", columns=tuple(empty)))
    try:
        t_score = as_number(cell["t_score"])
    except ValueError as error:
        raise ValueError(_of_cell(cell, "t_score", str(error))) from error
    try:
        measured_on = as_date(cell["measured_on"])
    except ValueError as error:
        raise ValueError(_of_cell(cell, "measured_on", str(error))) from error
    return DxaResult(cell["site"], t_score, measured_on or date.min)


def _of_cell(cell: Mapping[str, str], column: str, rule: str) -> str:
    shown = f"{cell[column][:SHOWN]!r}"
    return message("{column}: {cell} {rule}", column=column, cell=shown, rule=rule)


def _assessment_of(cell: Mapping[str, str], own: Sequence[StoredAssessment]) -> StoredAssessment:
    """Which of the patient's ``own`` assessments a row is of."""
    wanted = cell.get(ASSESSMENT_ID, "")
    if wanted:
        own = [one for one in own if one.assessment_id == wanted]
        if not own:
            raise ValueError(template("this assessment_id is not one of this patient's"))
    if len(own) > 1:
        raise ValueError(
            message(
                "this patient has {count} assessments; name one in {column}",
                count=len(own),
                column=ASSESSMENT_ID,
            )
        )
    return own[0]


def _unknown(patient_id: str, by_number: Mapping[str, str]) -> str:
    """What to say of a patient who is not kept; ``by_number`` is who is, by ``without_zeros``."""
    shown, other = f"{patient_id[:SHOWN]!r}", by_number.get(without_zeros(patient_id))
    if other is None:
        return message("patient_id: nobody in the records is called {patient}", patient=shown)
    return message(
        "patient_id: nobody in the records is called {patient}, but {other} is there: the table's "
        "leading zeros were lost. Mark the column as text",
        patient=shown,
        other=f"{other!r}",
    )
