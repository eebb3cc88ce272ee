"""DXA results that come back: who waits for one, and entering them.

The outcome of an assessment is the class of its lowest current T-score under the WHO rule
(lumbar spine, femoral neck, total hip, one-third radius). A result counts when it was measured
within ``MOST_DAYS_APART`` of the assessment: bone mass moves slowly, and a year is about what
it takes to move by a DXA scan's own error. Days are days at this place, as a person reads them.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, RowMapping, func, insert, select

from face2bone import clock
from face2bone.bone import SITE_WORDS, BoneClass, bone_class, t_score_text
from face2bone.clinical.pathway import Urgency
from face2bone.cohort.manifest_schema import DXA_SITES, T_SCORE_RANGE
from face2bone.drawn.samples import sample_hashes
from face2bone.errors import ImportRefused, ManifestError, RecordRefused
from face2bone.records.audit_trail import (
    Action,
    Event,
    append,
    content_hash,
    salted,
    stamp,
    written,
)
from face2bone.records.deletion import checked_actor
from face2bone.records.saving import new_id
from face2bone.records.store import Records
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY, DXA_CHANGE, DXA_RESULT, PATIENT
from face2bone.tabular.cells import read_cells
from face2bone.tabular.delimited import SHOWN
from face2bone.tabular.given import Source
from face2bone.words import first_of, message, plural, template

MOST_DAYS_APART: Final = 365
SENT_TO_DXA: Final = tuple(one.label for one in Urgency if one >= Urgency.DXA)
"""Decisions that ask for a scan: what is more urgent than DXA includes it."""
NAMED_ROWS: Final = 200  # of a refused table; the others are counted
NAMED_COLUMNS: Final = 10  # unknown ones


@dataclass(frozen=True)
class DxaResult:
    """One T-score (SD) at one of ``DXA_SITES``, measured on a day."""

    site: str
    t_score: float
    measured_on: date

    @property
    def words(self) -> str:
        """Site, T-score and day, such as "lumbar spine: -2.7, measured on 2026-03-02"."""
        return message(
            "{site}: {t_score}, measured on {day}",
            site=SITE_WORDS[self.site],
            t_score=t_score_text(self.t_score),
            day=str(self.measured_on),
        )


@dataclass(frozen=True)
class StoredAssessment:
    """One assessment as follow-up needs it.

    saved_at: in UTC; ``saved_on`` is the day it was here.
    study: what was asked of what kind of picture.
    outputs: probabilities by class, as shown; None without a result of a photo.
    class_shown: whether a class was offered at all (a result, not out of domain, and T-score
    classes are defined for the person).
    results: the current result of each measured site.
    """

    assessment_id: str
    patient_id: str
    saved_at: datetime
    sex: str
    age_years: float
    decision: str
    bundle_sha256: str
    study: str
    outputs: Mapping[str, float] | None
    class_shown: bool
    results: tuple[DxaResult, ...]

    @property
    def saved_on(self) -> date:
        """The day of the assessment, here."""
        return clock.local(self.saved_at).date()

    @property
    def waits(self) -> bool:
        """Whether the decision sent this person to DXA and no result has come."""
        return self.decision in SENT_TO_DXA and not self.results

    @property
    def outcome(self) -> BoneClass | None:
        """Class of the lowest T-score, None while no result has come."""
        scores = [result.t_score for result in self.results]
        return bone_class(min(scores)) if scores else None


def kept_assessments(records: Records) -> tuple[StoredAssessment, ...]:
    """Every assessment in the order it was saved, with its current DXA results."""
    with records.reading() as connection:
        return tuple(kept_in_order(connection))


def waiting(kept: Sequence[StoredAssessment]) -> tuple[StoredAssessment, ...]:
    """Those whose decision was DXA or more urgent, and who have no result."""
    return tuple(one for one in kept if one.waits)


def enter_dxa(records: Records, assessment_id: str, results: Sequence[DxaResult], by: str) -> None:
    """Keep the DXA results of one assessment.

    Raises ``RecordRefused`` for an unknown assessment, site, T-score or day, and for a site that
    has a result: what is kept is corrected or withdrawn with a reason, never written over.
    """
    checked_actor(by)
    with records.writing() as connection:
        known = {one.assessment_id: one for one in kept_in_order(connection)}
        if assessment_id not in known:
            raise RecordRefused("There is no such assessment in the records. Choose another.")
        if not results or len({result.site for result in results}) < len(results):
            raise RecordRefused("Enter at least one T-score, and no more than one for each site.")
        one, now = known[assessment_id], clock.now()
        for result in results:
            refuse(result, result_problems(result, one.saved_on))
            refuse_second(result, one)
        rows = [new_row(assessment_id, result, by, now) for result in results]
        append(connection, now, keep_results(connection, rows, Action.DXA, by))


def refuse(result: DxaResult, problems: Iterable[str]) -> None:
    """Raise ``RecordRefused`` for the first problem of a result that was typed in."""
    for problem in problems:
        site = result.site.replace("_", " ")
        raise RecordRefused(
            "The result for {site} {problem}. Correct it.", site=site, problem=problem
        )


def refuse_second(result: DxaResult, one: StoredAssessment) -> None:
    """Raise ``RecordRefused`` where the site has a result that counts."""
    for kept in one.results:
        if kept.site == result.site:
            raise RecordRefused(
                "There is a result already ({words}). Correct it or withdraw it, with the "
                "reason, where it is listed.",
                words=kept.words,
            )


def result_problems(result: DxaResult, saved_on: date, apart_days: int = 0) -> Iterator[str]:
    """Broken rules of one result for an assessment of that day.

    ``apart_days``: by how much the calendar of the site that entered it may differ from the one
    here; a day, for what comes from another database.
    """
    apart = timedelta(days=apart_days)
    low, high = T_SCORE_RANGE
    if result.site not in DXA_SITES:
        yield message("names a site that is none of {sites}", sites=tuple(DXA_SITES))
    if not low <= result.t_score <= high:
        yield message("has a T-score outside {low} to {high}", low=f"{low:g}", high=f"{high:g}")
    if result.measured_on > clock.today() + apart:
        yield template("was measured on a day that has not come")
    if abs(result.measured_on - saved_on) > timedelta(days=MOST_DAYS_APART) + apart:
        yield message(
            "was measured more than {most} days from the assessment on {day}",
            most=MOST_DAYS_APART,
            day=str(saved_on),
        )


def read_table(source: Source, needed: Sequence[str], optional: Sequence[str] = ()) -> pd.DataFrame:
    """Text cells of a .csv or .parquet table with exactly these columns.

    Raises ``ImportRefused``.
    """
    try:
        cells = read_cells(source)
    except ManifestError as error:
        raise ImportRefused(str(error)) from error
    header = list(cells.columns)
    unknown = [name for name in header if name not in (*needed, *optional)]
    missing = [name for name in needed if name not in header]
    if unknown or missing or len(set(header)) != len(header):
        raise ImportRefused(
            "{file} needs the columns {needed} once each and no unknown one. Missing: "
            "{missing}; unknown: {unknown}.",
            file=source.name,
            needed=tuple(needed),
            missing=tuple(missing) or template("none"),
            unknown=_named(unknown),
        )
    return cells


def _named(columns: Sequence[str]) -> str:
    return first_of([name[:SHOWN] for name in columns], NAMED_COLUMNS) or template("none")


def refused(name: str, problems: Sequence[str]) -> ImportRefused:
    """The error that names every row, but for more than anybody would read."""
    named, more = problems[:NAMED_ROWS], len(problems) - NAMED_ROWS
    summary = plural(
        "Nothing was imported from {file}: 1 row needs correcting.",
        "Nothing was imported from {file}: {count} rows need correcting.",
        len(problems),
        file=name,
    )
    return ImportRefused(
        summary, (*named, message("and {count} more", count=more)) if more > 0 else tuple(named)
    )


def new_row(assessment_id: str, result: DxaResult, by: str, now: datetime) -> dict[str, Any]:
    """A complete row of the table of results."""
    return {
        "dxa_id": new_id(),
        "assessment_id": assessment_id,
        "site": result.site,
        "t_score": float(result.t_score),
        "measured_on": result.measured_on.isoformat(),
        "entered_at": stamp(now),
        "entered_by": by,
    }


def keep_results(
    connection: Connection, rows: Sequence[dict[str, Any]], action: Action, by: str
) -> list[Event]:
    """Insert complete DXA rows; returns what the trail must say about them."""
    owners = owners_of_assessments(connection)
    if rows:
        connection.execute(insert(DXA_RESULT), list(rows))
    return [
        record_event(owners[row["assessment_id"]], row, row["dxa_id"], action, by) for row in rows
    ]


def owners_of_assessments(connection: Connection, only: str | None = None) -> dict[str, RowMapping]:
    """By assessment: subject, salt and pseudonym of its person, and the bundle that spoke.

    Of every assessment, or ``only`` of the one with this id.
    """
    columns = (ASSESSMENT.c.assessment_id, ASSESSMENT.c.bundle_sha256, *PATIENT.columns)
    query = select(*columns).join_from(ASSESSMENT, PATIENT)
    if only is not None:
        query = query.where(ASSESSMENT.c.assessment_id == only)
    return {row["assessment_id"]: row for row in connection.execute(query).mappings()}


def record_event(
    owner: RowMapping, row: Mapping[str, Any], record_id: str, action: Action, by: str
) -> Event:
    """What the trail must say about a row that hangs on somebody's assessment."""
    return Event(
        action=action,
        actor=by,
        subject=owner["subject"],
        record_id=record_id,
        bundle_sha256=owner["bundle_sha256"],
        content_hash=content_hash(owner["salt"], row, owner["patient_id"]),
    )


def current_rows(connection: Connection) -> dict[str, dict[str, RowMapping]]:
    """By assessment and site the row that counts: the latest in the trail, unless withdrawn."""
    latest: dict[tuple[str, str], RowMapping] = {}
    for row in rows_in_order(connection):
        latest[row["assessment_id"], row["site"]] = row
    found: dict[str, dict[str, RowMapping]] = {}
    for (assessment_id, site), row in sorted(latest.items(), key=lambda item: item[1]["place"]):
        if row["change_id"] is None:
            found.setdefault(assessment_id, {})[site] = row
    return found


def rows_in_order(connection: Connection) -> list[RowMapping]:
    """Every result ever entered, with its change or none, in the order of the trail.

    The order that no clock set back can turn.
    """
    trail = written()
    changes = DXA_RESULT.outerjoin(DXA_CHANGE, DXA_CHANGE.c.dxa_id == DXA_RESULT.c.dxa_id)
    tables = changes.outerjoin(trail, trail.c.record_id == DXA_RESULT.c.dxa_id)
    change = [column for column in DXA_CHANGE.columns if column.name != "dxa_id"]
    query = select(DXA_RESULT, *change, func.coalesce(trail.c.place, 0).label("place"))
    ordered = query.select_from(tables).order_by("place", DXA_RESULT.c.entered_at)
    return list(connection.execute(ordered).mappings())


def result_of(row: RowMapping) -> DxaResult:
    """The result in a row."""
    return DxaResult(row["site"], row["t_score"], date.fromisoformat(row["measured_on"]))


def kept_in_order(connection: Connection) -> Iterator[StoredAssessment]:
    """Every assessment of a person in the order of the trail, with the results that count."""
    current, trail, drawn = current_rows(connection), written(), _of_samples(connection)
    query = (
        select(ASSESSMENT, PATIENT.c.patient_id)
        .join_from(ASSESSMENT, PATIENT)
        .outerjoin(trail, trail.c.record_id == ASSESSMENT.c.assessment_id)
        .order_by(trail.c.place, ASSESSMENT.c.saved_at)
    )
    for row in connection.execute(query):
        if row.assessment_id in drawn:
            continue
        yield StoredAssessment(
            assessment_id=row.assessment_id,
            patient_id=row.patient_id,
            saved_at=datetime.fromisoformat(row.saved_at),
            sex=row.sex,
            age_years=row.age_years,
            decision=row.decision,
            bundle_sha256=row.bundle_sha256,
            study=row.study,
            outputs=None if row.outputs is None else json.loads(row.outputs),
            class_shown=row.class_shown,
            results=tuple(
                result_of(one) for _, one in sorted(current.get(row.assessment_id, {}).items())
            ),
        )


def _of_samples(connection: Connection) -> set[str]:
    """Assessments of sample patients, which an earlier version let be saved: they are of nobody."""
    query = (
        select(AUDIT_ENTRY.c.record_id, AUDIT_ENTRY.c.photo_hash, PATIENT.c.salt)
        .join(PATIENT, PATIENT.c.subject == AUDIT_ENTRY.c.subject)
        .where(AUDIT_ENTRY.c.action == Action.SAVED.value)
    )
    drawn = cache(lambda salt: {salted(salt, sha256.encode()) for sha256 in sample_hashes()})
    return {row.record_id for row in connection.execute(query) if row.photo_hash in drawn(row.salt)}
