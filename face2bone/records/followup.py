"""DXA results that come back: who waits for one, entering them, importing a table of them.

The outcome of an assessment is the class of its lowest current T-score under the WHO rule
(lumbar spine, femoral neck, total hip, one-third radius). A result counts when it was measured
within ``MOST_DAYS_APART`` of the assessment: bone mass moves slowly, and a year is about what
it takes to move by a DXA scan's own error.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pandas as pd
from sqlalchemy import Connection, insert, select

from face2bone.bone import BoneClass, bone_class
from face2bone.cohort.cells import as_date, as_number, read_cells
from face2bone.cohort.manifest import DXA_SITES, T_SCORE_RANGE
from face2bone.errors import ImportRefused, ManifestError, RecordRefused
from face2bone.records.chain import Action, Event, append, content_hash, stamp, written
from face2bone.records.deletion import checked_actor
from face2bone.records.saving import new_id
from face2bone.records.store import Records
from face2bone.records.tables import ASSESSMENT, DXA_RESULT, PATIENT

MOST_DAYS_APART: Final = 365
COLUMNS: Final = ("patient_id", "site", "t_score", "measured_on")
OPTIONAL: Final = "assessment_id"
NAMED_ROWS: Final = 200  # of a refused table; the others are counted


@dataclass(frozen=True)
class DxaResult:
    """One T-score (SD) at one of ``DXA_SITES``, measured on a day."""

    site: str
    t_score: float
    measured_on: date


@dataclass(frozen=True)
class KeptAssessment:
    """One assessment as follow-up needs it.

    probabilities: normal, osteopenia, osteoporosis, as shown. class_shown: whether a class was
    offered at all (not out of domain, and T-score classes are defined for the person).
    results: the current result of each measured site.
    """

    assessment_id: str
    patient_id: str
    saved_on: date
    sex: str
    age_years: float
    decision: str
    bundle_sha256: str
    probabilities: tuple[float, float, float]
    class_shown: bool
    results: tuple[DxaResult, ...]

    @property
    def outcome(self) -> BoneClass | None:
        """Class of the lowest T-score, None while no result has come."""
        scores = [result.t_score for result in self.results]
        return bone_class(min(scores)) if scores else None


def kept_assessments(records: Records) -> tuple[KeptAssessment, ...]:
    """Every assessment in the order it was saved, with its current DXA results."""
    with records.reading() as connection:
        return tuple(_kept(connection))


def waiting(kept: Sequence[KeptAssessment]) -> tuple[KeptAssessment, ...]:
    """Those without any DXA result."""
    return tuple(one for one in kept if not one.results)


def enter_dxa(records: Records, assessment_id: str, results: Sequence[DxaResult], by: str) -> None:
    """Keep the DXA results of one assessment; a result for a site it has replaces that one.

    Raises ``RecordRefused`` for an unknown assessment, site, T-score or day.
    """
    checked_actor(by)
    with records.writing() as connection:
        known = {one.assessment_id: one for one in _kept(connection)}
        if assessment_id not in known:
            raise RecordRefused("There is no such assessment in the records. Choose another.")
        if not results or len({result.site for result in results}) < len(results):
            raise RecordRefused("There must be one T-score for each site, and at least one.")
        for result in results:
            for problem in result_problems(result, known[assessment_id].saved_on):
                raise RecordRefused(f"The result for {result.site} {problem}. Correct it.")
        _keep(connection, [(assessment_id, result) for result in results], by)


def import_dxa(records: Records, path: Path, by: str) -> int:
    """Take in a table of DXA results and return how many; all of them or none.

    Columns: patient_id, site, t_score, measured_on (YYYY-MM-DD); assessment_id where one
    patient has several assessments.

    Raises ``ImportRefused`` naming every row's problem.
    """
    checked_actor(by)
    cells = read_table(path, COLUMNS, (OPTIONAL,))
    if cells.empty:
        raise ImportRefused(f"{path.name} holds no results. Write one row a T-score.")
    # A table with nothing to take in is refused while everybody else can still write.
    _all_matched(path.name, cells, kept_assessments(records))
    with records.writing() as connection:
        matched = _all_matched(path.name, cells, _kept(connection))
        _keep(connection, matched, by)
    return len(matched)


def result_problems(result: DxaResult, saved_on: date) -> Iterator[str]:
    """Broken rules of one result for an assessment of that day."""
    low, high = T_SCORE_RANGE
    if result.site not in DXA_SITES:
        yield f"names a site that is none of {', '.join(DXA_SITES)}"
    if not low <= result.t_score <= high:
        yield f"has a T-score outside {low:g} to {high:g}"
    if result.measured_on > datetime.now(UTC).date() + timedelta(days=1):  # any time zone's today
        yield "was measured on a day that has not come"
    if abs((result.measured_on - saved_on).days) > MOST_DAYS_APART:
        yield f"was measured more than {MOST_DAYS_APART} days from the assessment on {saved_on}"


def read_table(path: Path, needed: Sequence[str], optional: Sequence[str] = ()) -> pd.DataFrame:
    """Text cells of a .csv or .parquet table with exactly these columns.

    Raises ``ImportRefused``.
    """
    try:
        cells = read_cells(path)
    except ManifestError as error:
        raise ImportRefused(str(error)) from error
    header = list(cells.columns)
    unknown = [name for name in header if name not in (*needed, *optional)]
    missing = [name for name in needed if name not in header]
    if unknown or missing or len(set(header)) != len(header):
        raise ImportRefused(
            f"{path.name} needs the columns {', '.join(needed)} once each and no unknown one. "
            f"Missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}."
        )
    return cells


def refused(name: str, problems: Sequence[str]) -> ImportRefused:
    """The error that names every row, but for more than anybody would read."""
    named, more = problems[:NAMED_ROWS], len(problems) - NAMED_ROWS
    return ImportRefused(
        f"Nothing of {name} was taken in, because rows need correcting ({len(problems)}):",
        (*named, f"and {more} more") if more > 0 else tuple(named),
    )


def _all_matched(
    name: str, cells: pd.DataFrame, kept: Iterable[KeptAssessment]
) -> list[tuple[str, DxaResult]]:
    """Every row's assessment and result; raises ``ImportRefused`` naming the rows at fault."""
    of_patient: dict[str, list[KeptAssessment]] = {}
    for one in kept:
        of_patient.setdefault(one.patient_id, []).append(one)
    matched, problems = [], []
    taken: set[tuple[str, str]] = set()
    for row, cell in zip(cells.index, cells.to_dict("records"), strict=True):
        try:
            matched.append(_matched(cell, of_patient.get(cell["patient_id"], []), taken))
        except ValueError as problem:
            problems.append(f"row {row}: {problem}")
    if problems:
        raise refused(name, problems)
    return matched


def _matched(
    cell: Mapping[str, str], own: Sequence[KeptAssessment], taken: set[tuple[str, str]]
) -> tuple[str, DxaResult]:
    """The assessment a row belongs to and its result; ``ValueError`` says what is wrong."""
    result = _parsed(cell)
    one = _assessment_of(cell, own)
    problems = list(result_problems(result, one.saved_on))
    if result in one.results:
        problems.append("is in the records already")
    if (one.assessment_id, result.site) in taken:
        problems.append("stands twice in the table for this site")
    if problems:
        raise ValueError("; ".join(problems))
    taken.add((one.assessment_id, result.site))
    return one.assessment_id, result


def _parsed(cell: Mapping[str, str]) -> DxaResult:
    empty = [name for name in COLUMNS if not cell[name]]
    if empty:
        raise ValueError(f"{', '.join(empty)} missing")
    try:
        t_score = as_number(cell["t_score"])
    except ValueError as error:
        raise ValueError(f"t_score {error}") from error
    try:
        measured_on = as_date(cell["measured_on"])
    except ValueError as error:
        raise ValueError(f"measured_on {error}") from error
    return DxaResult(cell["site"], t_score, measured_on or date.min)


def _assessment_of(cell: Mapping[str, str], own: Sequence[KeptAssessment]) -> KeptAssessment:
    """Which of the patient's ``own`` assessments a row is of."""
    if not own:
        raise ValueError("nobody in the records has this patient_id")
    wanted = cell.get(OPTIONAL, "")
    if wanted:
        own = [one for one in own if one.assessment_id == wanted]
        if not own:
            raise ValueError("this assessment_id is not one of this patient's")
    if len(own) > 1:
        raise ValueError(f"this patient has {len(own)} assessments; name one in {OPTIONAL}")
    return own[0]


def _keep(connection: Connection, results: Sequence[tuple[str, DxaResult]], by: str) -> None:
    now = datetime.now(UTC)
    rows = [
        {
            "dxa_id": new_id(),
            "assessment_id": assessment_id,
            "site": result.site,
            "t_score": float(result.t_score),
            "measured_on": result.measured_on.isoformat(),
            "entered_at": stamp(now),
            "entered_by": by,
        }
        for assessment_id, result in results
    ]
    append(connection, now, keep_results(connection, rows, Action.DXA, by))


def keep_results(
    connection: Connection, rows: Sequence[dict[str, Any]], action: Action, by: str
) -> list[Event]:
    """Insert complete DXA rows; returns what the trail must say about them."""
    owners = {
        row.assessment_id: row
        for row in connection.execute(
            select(
                ASSESSMENT.c.assessment_id,
                ASSESSMENT.c.bundle_sha256,
                PATIENT.c.subject,
                PATIENT.c.patient_id,
                PATIENT.c.salt,
            ).join_from(ASSESSMENT, PATIENT)
        )
    }
    if rows:
        connection.execute(insert(DXA_RESULT), list(rows))
    return [
        Event(
            action=action,
            actor=by,
            subject=owners[row["assessment_id"]].subject,
            record_id=row["dxa_id"],
            bundle_sha256=owners[row["assessment_id"]].bundle_sha256,
            content_hash=content_hash(
                owners[row["assessment_id"]].salt, row, owners[row["assessment_id"]].patient_id
            ),
        )
        for row in rows
    ]


def _kept(connection: Connection) -> Iterator[KeptAssessment]:
    current: dict[str, dict[str, DxaResult]] = {}
    trail = written()
    for row in connection.execute(
        select(DXA_RESULT)
        .outerjoin(trail, trail.c.record_id == DXA_RESULT.c.dxa_id)
        .order_by(trail.c.place, DXA_RESULT.c.entered_at)
    ):
        result = DxaResult(row.site, row.t_score, date.fromisoformat(row.measured_on))
        current.setdefault(row.assessment_id, {})[row.site] = result
    query = (
        select(ASSESSMENT, PATIENT.c.patient_id)
        .join_from(ASSESSMENT, PATIENT)
        .outerjoin(trail, trail.c.record_id == ASSESSMENT.c.assessment_id)
        .order_by(trail.c.place, ASSESSMENT.c.saved_at)
    )
    for row in connection.execute(query):
        yield KeptAssessment(
            assessment_id=row.assessment_id,
            patient_id=row.patient_id,
            saved_on=datetime.fromisoformat(row.saved_at).date(),
            sex=row.sex,
            age_years=row.age_years,
            decision=row.decision,
            bundle_sha256=row.bundle_sha256,
            probabilities=(row.p_normal, row.p_osteopenia, row.p_osteoporosis),
            class_shown=row.class_shown,
            results=tuple(one for _, one in sorted(current.get(row.assessment_id, {}).items())),
        )
