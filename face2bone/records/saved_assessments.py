"""What is kept under one pseudonym: each assessment as it was saved, and what was changed since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, select

from face2bone.errors import DocumentInvalid
from face2bone.records.audit_trail import written
from face2bone.records.saving import Facts, facts_of
from face2bone.records.store import Records
from face2bone.records.tables import ASSESSMENT, ASSESSMENT_CHANGE, PATIENT
from face2bone.report.assessment.document import AssessmentDocument, read_document


@dataclass(frozen=True)
class SavedAssessment:
    """One assessment as it was saved.

    saved_at: in UTC. document: all that was said; None where it is of a schema older than is read,
    and ``facts`` holds what little every schema has in common.
    """

    assessment_id: str
    patient_id: str
    saved_at: datetime
    saved_by: str
    decision: str
    reason: str
    consent_by: str
    facts: Facts
    document: AssessmentDocument | None


@dataclass(frozen=True)
class AssessmentChange:
    """An assessment that was ``deleted``, or else came from another pseudonym; times in UTC."""

    assessment_id: str
    saved_at: datetime
    deleted: bool
    reason: str
    changed_at: datetime
    changed_by: str


def count_saved(records: Records, patient_id: str) -> int:
    """How many assessments are kept under a pseudonym."""
    query = select(func.count()).select_from(ASSESSMENT).join(PATIENT)
    with records.reading() as connection:
        return connection.scalar(query.where(PATIENT.c.patient_id == patient_id)) or 0


def known_pseudonyms(records: Records) -> tuple[str, ...]:
    """Every pseudonym in the records, in the order of the alphabet."""
    with records.reading() as connection:
        return tuple(sorted(connection.scalars(select(PATIENT.c.patient_id))))


def saved_assessments(records: Records, patient_id: str) -> tuple[SavedAssessment, ...]:
    """What is kept under a pseudonym, the newest first; nothing where nobody has it."""
    trail = written()
    query = (
        select(ASSESSMENT, PATIENT.c.patient_id)
        .join_from(ASSESSMENT, PATIENT)
        .outerjoin(trail, trail.c.record_id == ASSESSMENT.c.assessment_id)
        .where(PATIENT.c.patient_id == patient_id)
        .order_by(trail.c.place.desc())
    )
    with records.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(_saved(row) for row in rows)


def assessment_changes(records: Records, patient_id: str) -> tuple[AssessmentChange, ...]:
    """What was deleted under a pseudonym, or came to it from another, in the order of the trail."""
    trail, change = written(), ASSESSMENT_CHANGE
    query = (
        select(change)
        .join_from(change, PATIENT)
        .outerjoin(trail, trail.c.record_id == change.c.change_id)
        .where(PATIENT.c.patient_id == patient_id)
        .order_by(trail.c.place)
    )
    with records.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return _changes(rows)


def _saved(row: RowMapping) -> SavedAssessment:
    return SavedAssessment(
        assessment_id=row["assessment_id"],
        patient_id=row["patient_id"],
        saved_at=datetime.fromisoformat(row["saved_at"]),
        saved_by=row["saved_by"],
        decision=row["decision"],
        reason=row["reason"],
        consent_by=row["consent_by"],
        facts=facts_of(row["document"]),
        document=_document(row["document"]),
    )


def _document(text: str) -> AssessmentDocument | None:
    try:
        return read_document(text)
    except DocumentInvalid:  # of release 0.1.0 or before: its facts are all that is read
        return None


def _changes(rows: Sequence[RowMapping]) -> tuple[AssessmentChange, ...]:
    return tuple(
        AssessmentChange(
            assessment_id=row["assessment_id"],
            saved_at=datetime.fromisoformat(row["saved_at"]),
            deleted=row["what"] == "deleted",
            reason=row["reason"],
            changed_at=datetime.fromisoformat(row["changed_at"]),
            changed_by=row["changed_by"],
        )
        for row in rows
    )
