"""Correcting or withdrawing a DXA result that is kept: with a reason, a name, and nothing lost.

The earlier result stays where it was, beside a row that says why it no longer counts, by whom and
since when. Both are in the audit trail. Only the current value counts, on every page and in
every figure.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, RowMapping, insert, select

from face2bone import clock
from face2bone.errors import RecordRefused
from face2bone.records.audit_trail import Action, Event, append, stamp
from face2bone.records.deletion import checked_actor
from face2bone.records.followup import (
    DxaResult,
    current_rows,
    keep_results,
    new_row,
    owners_of_assessments,
    record_event,
    refuse,
    result_of,
    result_problems,
    rows_in_order,
)
from face2bone.records.saving import REASON_LIMIT, new_id
from face2bone.records.store import Records
from face2bone.records.tables import ASSESSMENT, DXA_CHANGE
from face2bone.typed import text_problems


@dataclass(frozen=True)
class DxaChange:
    """Why a result no longer counts; ``corrected`` where another one took its place."""

    corrected: bool
    reason: str
    changed_at: datetime
    changed_by: str


@dataclass(frozen=True)
class DxaEntry:
    """A result as it was entered, and what became of it.

    ``counts`` is whether it is the current one of its site. One that does not count and has no
    ``change`` was written over by a version of the program that asked for no reason.
    """

    dxa_id: str
    result: DxaResult
    entered_at: datetime
    entered_by: str
    counts: bool
    change: DxaChange | None


def dxa_history(records: Records, assessment_id: str) -> tuple[DxaEntry, ...]:
    """Every result ever entered for an assessment, in the order of the trail; times in UTC."""
    with records.reading() as connection:
        current = current_rows(connection).get(assessment_id, {})
        rows = [r for r in rows_in_order(connection) if r["assessment_id"] == assessment_id]
    counting = {row["dxa_id"] for row in current.values()}
    return tuple(_entry(row, row["dxa_id"] in counting) for row in rows)


def correct_dxa(
    records: Records, dxa_id: str, t_score: float, measured_on: date, reason: str, by: str
) -> None:
    """Put another T-score (SD) or day in the place of a kept result.

    Raises ``RecordRefused`` when the result does not count any more, when nothing changes, for an
    impossible T-score or day, and without a reason or a name.
    """
    checked_actor(by)
    checked_reason(reason)
    with records.writing() as connection:
        old, now = _current(connection, dxa_id), clock.now()
        result = DxaResult(old["site"], t_score, measured_on)
        refuse(result, result_problems(result, _saved_on(connection, old["assessment_id"])))
        if result == result_of(old):
            raise RecordRefused(
                "This T-score and this day are what is kept. "
                "Change one of them, or withdraw the result."
            )
        append(connection, now, replace_result(connection, old, result, reason, by, now))


def withdraw_dxa(records: Records, dxa_id: str, reason: str, by: str) -> None:
    """Let a kept result count no more; nothing takes its place.

    Raises ``RecordRefused`` when it does not count any more, and without a reason or a name.
    """
    checked_actor(by)
    checked_reason(reason)
    with records.writing() as connection:
        old, now = _current(connection, dxa_id), clock.now()
        append(connection, now, [_mark(connection, old, None, reason, by, now)])


def replace_result(
    connection: Connection,
    old: RowMapping,
    result: DxaResult,
    reason: str,
    by: str,
    now: datetime,
) -> list[Event]:
    """Keep ``result`` in the place of the row ``old``; returns what the trail must say."""
    row = new_row(old["assessment_id"], result, by, now)
    events = keep_results(connection, [row], Action.DXA, by)
    return [*events, _mark(connection, old, row["dxa_id"], reason, by, now)]


def checked_reason(reason: str) -> None:
    """Refuse a change for no reason; raises ``RecordRefused``."""
    for rule in text_problems(reason, REASON_LIMIT):
        raise RecordRefused("The reason {rule}. Say in a few words why.", rule=rule)


def _current(connection: Connection, dxa_id: str) -> RowMapping:
    for sites in current_rows(connection).values():
        for row in sites.values():
            if row["dxa_id"] == dxa_id:
                return row
    raise RecordRefused(
        "This result does not count any more: somebody has corrected or withdrawn it. Look again."
    )


def _saved_on(connection: Connection, assessment_id: str) -> date:
    query = select(ASSESSMENT.c.saved_at).where(ASSESSMENT.c.assessment_id == assessment_id)
    saved_at: str = connection.scalars(query).one()
    return clock.local(datetime.fromisoformat(saved_at)).date()


def _mark(
    connection: Connection,
    old: RowMapping,
    replaced_by: str | None,
    reason: str,
    by: str,
    now: datetime,
) -> Event:
    """Say that a result no longer counts; returns what the trail must say."""
    change = {
        "change_id": new_id(),
        "dxa_id": old["dxa_id"],
        "replaced_by": replaced_by,
        "reason": reason,
        "changed_at": stamp(now),
        "changed_by": by,
    }
    connection.execute(insert(DXA_CHANGE), change)
    owner = owners_of_assessments(connection, old["assessment_id"])[old["assessment_id"]]
    action = Action.CORRECTED if replaced_by else Action.WITHDRAWN
    return record_event(owner, change, change["change_id"], action, by)


def _entry(row: RowMapping, counts: bool) -> DxaEntry:
    change = None
    if row["change_id"] is not None:
        change = DxaChange(
            corrected=row["replaced_by"] is not None,
            reason=row["reason"],
            changed_at=datetime.fromisoformat(row["changed_at"]),
            changed_by=row["changed_by"],
        )
    entered_at = datetime.fromisoformat(row["entered_at"])
    return DxaEntry(row["dxa_id"], result_of(row), entered_at, row["entered_by"], counts, change)
