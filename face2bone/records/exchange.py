"""Take the records out as tables, and into another database: nothing lost, nothing by halves.

    assessments.csv   one row an assessment, its document included
    dxa.csv           one row a DXA result
    audit.csv         the audit trail, to be kept elsewhere; it is not imported

or the same as .parquet. Photos never leave this way. An import writes a trail of its own: that
somebody took these records in, with what content.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, select

from face2bone.cohort.delimited import SHOWN
from face2bone.errors import DocumentInvalid, ImportRefused, RecordRefused
from face2bone.records.chain import Action, Event, append, stamp, written
from face2bone.records.consent import ConsentBy
from face2bone.records.deletion import checked_actor
from face2bone.records.followup import keep_results, parsed, read_table, refused, result_problems
from face2bone.records.saving import (
    NAME_LIMIT,
    Facts,
    Visit,
    facts_of,
    keep_assessment,
    known_or_new,
    text_problems,
    visit_problems,
)
from face2bone.records.store import Records
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY, DXA_RESULT, PATIENT
from face2bone.report.document import READ_VERSIONS, read_document
from face2bone.whole_file import write_whole

Format = Literal["csv", "parquet"]
ASSESSMENTS, DXA, AUDIT = "assessments", "dxa", "audit"
ASSESSMENT_COLUMNS: Final = (
    *("assessment_id", "patient_id", "saved_at", "saved_by", "decision", "reason"),
    *("consent_by", "consent_at", "consent_version", "document"),
)
CLOCKS_APART: Final = timedelta(minutes=10)  # by which another computer's clock may be ahead
DXA_COLUMNS: Final = tuple(column.name for column in DXA_RESULT.columns)


def export_records(records: Records, folder: Path, by: str, kind: Format = "csv") -> list[Path]:
    """Write the three tables into ``folder`` and return their paths.

    The trail says who took them out before the first byte is written. Raises ``RecordRefused``
    when ``by`` names nobody.
    """
    checked_actor(by)
    with records.writing() as connection:
        append(connection, datetime.now(UTC), [Event(action=Action.EXPORTED, actor=by)])
    with records.reading() as connection:
        people = select(ASSESSMENT, PATIENT.c.patient_id).join_from(ASSESSMENT, PATIENT)
        tables = {
            ASSESSMENTS: _table(connection, _in_order(people, ASSESSMENT.c.assessment_id))[
                list(ASSESSMENT_COLUMNS)
            ],
            DXA: _table(connection, _in_order(select(DXA_RESULT), DXA_RESULT.c.dxa_id)),
            AUDIT: _table(connection, select(AUDIT_ENTRY)).sort_values("sequence"),
        }
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(table, folder / f"{name}.{kind}") for name, table in tables.items()]


def import_records(records: Records, folder: Path, by: str) -> int:
    """Take in the assessments and DXA results of an export; returns how many assessments.

    Raises ``ImportRefused`` naming every row's problem; then nothing was taken in.
    """
    checked_actor(by)
    first, second = (_find(folder, name) for name in (ASSESSMENTS, DXA))
    assessments = read_table(first, ASSESSMENT_COLUMNS)
    results = read_table(second, DXA_COLUMNS)
    with records.writing() as connection:
        known = set(connection.scalars(select(ASSESSMENT.c.assessment_id)))
        known_results = set(connection.scalars(select(DXA_RESULT.c.dxa_id)))
        rows, problems = _checked(first.name, assessments, lambda c: _assessment(c, known))
        days = {row["assessment_id"]: _moment(row, "saved_at").date() for row in rows}
        dxa, more = _checked(second.name, results, lambda c: _result(c, days, known_results))
        if problems or more:
            raise refused(folder.name, problems + more)
        events = [_keep(connection, row, by) for row in rows]
        events += keep_results(connection, dxa, Action.IMPORTED, by)
        append(connection, datetime.now(UTC), events)
    return len(rows)


def _in_order(query: Select[Any], record_id: ColumnElement[str]) -> Select[Any]:
    """In the order of the trail, which an import repeats: of two results the later one counts."""
    trail = written()
    return query.outerjoin(trail, trail.c.record_id == record_id).order_by(trail.c.place)


def _table(connection: Connection, query: Any) -> pd.DataFrame:
    result = connection.execute(query)
    return pd.DataFrame(result.mappings().all(), columns=list(result.keys()))


def _write(table: pd.DataFrame, path: Path) -> Path:
    if path.suffix == ".csv":
        return write_whole(path, table.to_csv(index=False))
    return write_whole(path, table.to_parquet(index=False))


def _find(folder: Path, name: str) -> Path:
    for kind in (".csv", ".parquet"):
        if (folder / f"{name}{kind}").is_file():
            return folder / f"{name}{kind}"
    raise ImportRefused(
        f"There is no {name}.csv or {name}.parquet in {folder.name}. Name the folder of an export."
    )


def _checked(
    file: str, cells: pd.DataFrame, parse: Callable[[Mapping[str, str]], dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[str]]:
    rows, problems = [], []
    for number, cell in zip(cells.index, cells.to_dict("records"), strict=True):
        try:
            rows.append(parse(cell))
        except (ValueError, RecordRefused, DocumentInvalid) as problem:
            problems.append(f"{file}, row {number}: {problem}")
    return rows, problems


def _assessment(cell: Mapping[str, str], known: set[str]) -> dict[str, Any]:
    """A row of the assessment table but for its subject; ``ValueError`` for a broken rule."""
    _new(cell["assessment_id"], known)
    facts = _document_facts(cell["document"])
    given_by = {one.value: one for one in ConsentBy}.get(cell["consent_by"])
    visit = Visit(
        patient_id=cell["patient_id"],
        decision=cell["decision"],
        saved_by=cell["saved_by"],
        consent_by=given_by,
        reason=cell["reason"],
    )
    for problem in visit_problems(visit, facts.referral.urgency):
        raise ValueError(problem)
    for rule in text_problems(cell["consent_version"], NAME_LIMIT):
        raise ValueError(f"consent_version {rule}")
    if _moment(cell, "consent_at") > _moment(cell, "saved_at"):
        raise ValueError("consent_at is later than saved_at, but nothing is saved before consent")
    return dict(cell) | facts.columns()


def _document_facts(text: str) -> Facts:
    """The facts of a document that is whole; of a schema older than is read, the facts alone."""
    facts = facts_of(text)
    if facts.schema_version in READ_VERSIONS:
        read_document(text)
    return facts


def _result(cell: Mapping[str, str], days: Mapping[str, date], known: set[str]) -> dict[str, Any]:
    _new(cell["dxa_id"], known)
    if cell["assessment_id"] not in days:
        raise ValueError("assessment_id is not among the assessments that come with it")
    result = parsed(cell)
    for problem in result_problems(result, days[cell["assessment_id"]]):
        raise ValueError(problem)
    for rule in text_problems(cell["entered_by"], NAME_LIMIT):
        raise ValueError(f"entered_by {rule}")
    _moment(cell, "entered_at")
    return dict(cell) | {"t_score": result.t_score}


def _new(record_id: str, known: set[str]) -> None:
    """Refuse an id that is none or taken; remembers it, so that no row repeats it."""
    if len(record_id) != 32 or set(record_id) - set("0123456789abcdef"):
        raise ValueError("the id is not 32 hexadecimal digits")
    if record_id in known:
        raise ValueError("this record is in the database already, or twice in the table")
    known.add(record_id)


def _moment(cell: Mapping[str, str], column: str) -> datetime:
    """A time as the tables hold it, and not one to come; ``ValueError`` otherwise."""
    text = cell[column]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not UTC or stamp(moment) != text:
        raise ValueError(
            f"{column}: {text[:SHOWN]!r} is not written as 2026-01-31T09:30:00.000000+00:00"
        )
    if moment > datetime.now(UTC) + CLOCKS_APART:
        raise ValueError(
            f"{column}: {text} has not come yet. Compare the clocks of the two computers"
        )
    return moment


def _keep(connection: Connection, row: dict[str, Any], by: str) -> Event:
    person = known_or_new(connection, row["patient_id"])
    values = {name: row[name] for name in row if name != "patient_id"}
    values["subject"] = person.subject
    return keep_assessment(connection, person, values, Action.IMPORTED, by)
