"""Take the records out as tables, and into another database: nothing lost, nothing by halves.

    assessments.csv   one row an assessment, its document included
    dxa.csv           one row a DXA result that counts
    dxa_earlier.csv   results that no longer count: until when, by whom and why; not imported
    audit.csv         the audit trail, to be kept elsewhere; it is not imported

or the same as .parquet. Photos never leave this way. An import writes a trail of its own: that
somebody took these records in, with what content.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, Literal

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Select, literal, select, union_all

from face2bone import clock
from face2bone.atomic_files import write_whole
from face2bone.errors import DocumentInvalid, ImportRefused, RecordRefused
from face2bone.records.audit_trail import Action, Event, append, stamp, written
from face2bone.records.consent import ConsentBy
from face2bone.records.deletion import checked_actor
from face2bone.records.dxa_table import parsed
from face2bone.records.followup import (
    current_rows,
    keep_results,
    read_table,
    refused,
    result_problems,
    rows_in_order,
)
from face2bone.records.order import CLOCKS_APART
from face2bone.records.saving import (
    Facts,
    Visit,
    facts_of,
    keep_assessment,
    known_or_new,
    sample_problems,
    visit_problems,
)
from face2bone.records.store import Records
from face2bone.records.tables import (
    ASSESSMENT,
    ASSESSMENT_CHANGE,
    AUDIT_ENTRY,
    BROKEN_GLASS,
    DXA_RESULT,
    FAILED_OPENING,
    PATIENT,
)
from face2bone.report.assessment.document import SCHEMA_VERSION, read_document
from face2bone.report.assessment.upgrade import READ_VERSIONS
from face2bone.tabular.delimited import SHOWN
from face2bone.typed import NAME_LIMIT, text_problems
from face2bone.words import message, template

Format = Literal["csv", "parquet"]
ASSESSMENTS, DXA, AUDIT, EARLIER = "assessments", "dxa", "audit", "dxa_earlier"
CHANGES: Final = "assessment_changes"
GLASS: Final = "broken_glass"
ASSESSMENT_COLUMNS: Final = (
    *("assessment_id", "patient_id", "saved_at", "saved_by", "decision", "reason"),
    *("consent_by", "consent_at", "consent_version", "document"),
)
DXA_COLUMNS: Final = tuple(column.name for column in DXA_RESULT.columns)
EARLIER_COLUMNS: Final = (*DXA_COLUMNS, "changed_at", "changed_by", "reason", "replaced_by")


def export_records(records: Records, folder: Path, by: str, kind: Format = "csv") -> list[Path]:
    """Write the six tables into ``folder`` and return their paths.

    The trail says who took them out before the first byte is written. Raises ``RecordRefused``
    when ``by`` names nobody.
    """
    checked_actor(by)
    with records.writing() as connection:
        append(connection, clock.now(), [Event(action=Action.EXPORTED, actor=by)])
    with records.reading() as connection:
        people = select(ASSESSMENT, PATIENT.c.patient_id).join_from(ASSESSMENT, PATIENT)
        tables = {
            ASSESSMENTS: _table(connection, _in_order(people, ASSESSMENT.c.assessment_id))[
                list(ASSESSMENT_COLUMNS)
            ],
            **_results(connection),
            CHANGES: _table(connection, _changes()),
            GLASS: _table(connection, _broken_glass()),
            AUDIT: _table(connection, select(AUDIT_ENTRY)).sort_values("sequence"),
        }
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(table, folder / f"{name}.{kind}") for name, table in tables.items()]


def import_records(records: Records, folder: Path, by: str) -> int:
    """Take in the assessments and DXA results of an export; returns how many assessments.

    Raises ``ImportRefused`` naming every row's problem; then nothing was imported.
    """
    checked_actor(by)
    first, second = (_find(folder, name) for name in (ASSESSMENTS, DXA))
    assessments = read_table(first, ASSESSMENT_COLUMNS)
    results = read_table(second, DXA_COLUMNS)
    rows, problems = _checked(first.name, assessments, _assessment)
    days = {row["assessment_id"]: clock.local(_moment(row, "saved_at")).date() for row in rows}
    dxa, more = _checked(second.name, results, lambda cell, seen: _result(cell, seen, days))
    if problems or more:  # said before anybody else would have to wait
        raise refused(folder.name, problems + more)
    with records.writing() as connection:
        taken = [
            *_taken(connection, ASSESSMENT.c.assessment_id, first.name, assessments),
            *_taken(connection, DXA_RESULT.c.dxa_id, second.name, results),
        ]
        if taken:
            raise refused(folder.name, taken)
        events = [_keep(connection, row, by) for row in rows]
        events += keep_results(connection, dxa, Action.IMPORTED, by)
        append(connection, clock.now(), events)
    return len(rows)


def _results(connection: Connection) -> dict[str, pd.DataFrame]:
    """Results that count, and those that no longer do, in the order of the trail."""
    counting = {
        row["dxa_id"] for sites in current_rows(connection).values() for row in sites.values()
    }
    rows = rows_in_order(connection)
    now = [row for row in rows if row["dxa_id"] in counting]
    earlier = [row for row in rows if row["dxa_id"] not in counting]
    return {
        DXA: pd.DataFrame(now, columns=list(DXA_COLUMNS)),
        EARLIER: pd.DataFrame(earlier, columns=list(EARLIER_COLUMNS)),
    }


def _broken_glass() -> Select[Any]:
    """Who opened records outside their role and why, by pseudonym; "" where it was nobody's."""
    columns = [column for column in BROKEN_GLASS.columns if column.name != "subject"]
    found = select(PATIENT.c.patient_id, *columns).join_from(BROKEN_GLASS, PATIENT)
    vain = [column for column in FAILED_OPENING.columns if column.name != "salt"]
    both = union_all(found, select(literal(""), *vain)).subquery()
    return _in_order(select(both), both.c.glass_id)


def _changes() -> Select[Any]:
    """Why assessments were moved or deleted, by pseudonym."""
    columns = [column for column in ASSESSMENT_CHANGE.columns if column.name != "subject"]
    query = select(PATIENT.c.patient_id, *columns).join_from(ASSESSMENT_CHANGE, PATIENT)
    return _in_order(query, ASSESSMENT_CHANGE.c.change_id)


def _in_order(query: Select[Any], record_id: ColumnElement[str]) -> Select[Any]:
    """In the order of the trail, which an import repeats."""
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
        "There is no {table}.csv or {table}.parquet in {folder}. Name the folder of an export.",
        table=name,
        folder=folder.name,
    )


def _checked(
    file: str, cells: pd.DataFrame, parse: Callable[[Mapping[str, str], set[str]], dict[str, Any]]
) -> tuple[list[dict[str, Any]], list[str]]:
    """Each row as it is kept, and what is wrong; ``parse`` is given the ids of the rows before."""
    rows, problems = [], []
    seen: set[str] = set()
    for number, cell in zip(cells.index, cells.to_dict("records"), strict=True):
        try:
            rows.append(parse(cell, seen))
        except (ValueError, RecordRefused, DocumentInvalid) as problem:
            problems.append(_of_row(file, number, str(problem)))
    return rows, problems


def _taken(
    connection: Connection, record_id: ColumnElement[str], file: str, cells: pd.DataFrame
) -> list[str]:
    """The rows whose id is in the database already."""
    known = set(connection.scalars(select(record_id)))
    return [
        _of_row(file, number, template("this record is in the database already"))
        for number, own in cells[record_id.name].items()
        if own in known
    ]


def _of_row(file: str, number: int, problem: str) -> str:
    return message("{file}, row {row}: {problem}", file=file, row=int(number), problem=problem)


def _assessment(cell: Mapping[str, str], seen: set[str]) -> dict[str, Any]:
    """A row of the assessment table but for its subject; ``ValueError`` for a broken rule."""
    _new(cell["assessment_id"], seen)
    facts = _document_facts(cell["document"])
    given_by = {one.value: one for one in ConsentBy}.get(cell["consent_by"])
    visit = Visit(
        patient_id=cell["patient_id"],
        decision=cell["decision"],
        saved_by=cell["saved_by"],
        consent_by=given_by,
        reason=cell["reason"],
    )
    for problem in (
        *sample_problems(facts.photo_sha256),
        *visit_problems(visit, facts.referral.urgency),
    ):
        raise ValueError(problem)
    for rule in text_problems(cell["consent_version"], NAME_LIMIT):
        raise ValueError(_of_column("consent_version", rule))
    if _moment(cell, "consent_at") > _moment(cell, "saved_at"):
        raise ValueError(
            template("consent_at is later than saved_at, but nothing is saved before consent")
        )
    return dict(cell) | facts.columns()


def _document_facts(text: str) -> Facts:
    """The facts of a document that is whole; of a schema older than is read, the facts alone."""
    facts = facts_of(text)
    if facts.schema_version in (*READ_VERSIONS, SCHEMA_VERSION):
        read_document(text)
    return facts


def _result(cell: Mapping[str, str], seen: set[str], days: Mapping[str, date]) -> dict[str, Any]:
    _new(cell["dxa_id"], seen)
    if cell["assessment_id"] not in days:
        raise ValueError(template("assessment_id is not among the assessments that come with it"))
    result = parsed(cell)
    for problem in result_problems(result, days[cell["assessment_id"]], apart_days=1):
        raise ValueError(problem)
    for rule in text_problems(cell["entered_by"], NAME_LIMIT):
        raise ValueError(_of_column("entered_by", rule))
    _moment(cell, "entered_at")
    return dict(cell) | {"t_score": result.t_score}


def _of_column(column: str, rule: str) -> str:
    return message("{column} {rule}", column=column, rule=rule)


def _new(record_id: str, seen: set[str]) -> None:
    """Refuse an id that is none, or another row's; remembers it."""
    if len(record_id) != 32 or set(record_id) - set("0123456789abcdef"):
        raise ValueError(template("the id is not 32 hexadecimal digits"))
    if record_id in seen:
        raise ValueError(template("this record is twice in the table"))
    seen.add(record_id)


def _moment(cell: Mapping[str, str], column: str) -> datetime:
    """A time as the tables hold it, and not one to come; ``ValueError`` otherwise."""
    text = cell[column]
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is not UTC or stamp(moment) != text:
        raise ValueError(
            message(
                "{column}: {cell} is not written as 2026-01-31T09:30:00.000000+00:00",
                column=column,
                cell=f"{text[:SHOWN]!r}",
            )
        )
    if moment > clock.now() + CLOCKS_APART:
        raise ValueError(
            message(
                "{column}: {cell} has not come yet. Compare the clocks of the two computers",
                column=column,
                cell=text,
            )
        )
    return moment


def _keep(connection: Connection, row: dict[str, Any], by: str) -> Event:
    person = known_or_new(connection, row["patient_id"])
    values = {name: row[name] for name in row if name != "patient_id"}
    values["subject"] = person.subject
    return keep_assessment(connection, person, values, Action.IMPORTED, by)
