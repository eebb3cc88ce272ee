"""A saved assessment that stands under the wrong pseudonym, or should not be there at all.

Either is said with a reason and a name, in a row that is sealed in the audit trail like any
other. What was deleted is gone from the tables, photo and DXA results with it; the trail keeps an
entry for each record that went, so that a record missing without one is still noticed. The
document of an assessment is never changed: where an answer was wrong, the patient is assessed
again and the wrong assessment deleted.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Table, delete, exists, insert, select, update

from face2bone import clock
from face2bone.errors import RecordRefused
from face2bone.records.audit_trail import Action, Event, append, content_hash, stamp
from face2bone.records.corrections import checked_reason
from face2bone.records.deletion import checked_actor
from face2bone.records.followup import owners_of_assessments, record_event
from face2bone.records.openings import forget_reasons
from face2bone.records.saving import Person, known_or_new, new_id, pseudonym_problems
from face2bone.records.store import Records
from face2bone.records.tables import (
    ASSESSMENT,
    ASSESSMENT_CHANGE,
    DXA_CHANGE,
    DXA_RESULT,
    PATIENT,
    PHOTO,
)

MOVED: Final = "moved"
DELETED: Final = "deleted"


def delete_assessment(records: Records, assessment_id: str, reason: str, by: str) -> bool:
    """Remove one assessment with its photo and DXA results; the reason stays with the person.

    Returns whether SQLite's log is emptied too; if not, it still holds what was removed.

    Raises ``RecordRefused`` when it is gone already, and without a reason or a name.
    """
    checked_actor(by)
    checked_reason(reason)
    with records.writing() as connection:
        owner, now = _owner(connection, assessment_id), clock.now()
        gone = [row[key] for row, key in _hanging(connection, assessment_id)]
        change = _change(connection, owner, DELETED, reason, by, now)
        mine = ASSESSMENT.c.assessment_id == assessment_id
        connection.execute(delete(ASSESSMENT).where(mine))
        append(connection, now, [*(_removed(owner, of, by) for of in gone), change])
    return records.forget_log()


def correct_pseudonym(
    records: Records, assessment_id: str, patient_id: str, reason: str, by: str
) -> None:
    """Keep an assessment, its photo and its DXA results under another pseudonym.

    Under the former one it is as if it had never been there; a person of whom nothing is left goes.

    Raises ``RecordRefused`` when it is gone, when the pseudonym is none or is the one it has, and
    without a reason or a name.
    """
    checked_actor(by)
    checked_reason(reason)
    for problem in pseudonym_problems(patient_id):
        raise RecordRefused(problem)
    with records.writing() as connection:
        former, now = _owner(connection, assessment_id), clock.now()
        if former["patient_id"] == patient_id:
            raise RecordRefused("It is kept under this pseudonym. Enter the right one.")
        person = known_or_new(connection, patient_id)
        for table in (ASSESSMENT, ASSESSMENT_CHANGE):
            mine = table.c.assessment_id == assessment_id
            connection.execute(update(table).where(mine).values(subject=person.subject))
        owner = _owner(connection, assessment_id)
        sealed_anew = list(_sealed_anew(connection, owner, person, by))
        change = _change(connection, owner, MOVED, reason, by, now)
        gone = list(_forgotten_if_empty(connection, former["subject"], by))
        append(connection, now, [*sealed_anew, change, *gone])


def _owner(connection: Connection, assessment_id: str) -> RowMapping:
    owner = owners_of_assessments(connection, assessment_id).get(assessment_id)
    if owner is None:
        raise RecordRefused(
            "This assessment is not in the records any more: somebody has deleted it. Look again."
        )
    return owner


def _hanging(connection: Connection, assessment_id: str) -> Iterator[tuple[RowMapping, str]]:
    """The assessment and every record that goes with it, each with the name of its id."""
    mine = ASSESSMENT.c.assessment_id == assessment_id
    yield from _rows(connection, ASSESSMENT, "assessment_id", mine)
    results = DXA_RESULT.c.assessment_id == assessment_id
    yield from _rows(connection, DXA_RESULT, "dxa_id", results)
    changed = DXA_CHANGE.c.dxa_id.in_(select(DXA_RESULT.c.dxa_id).where(results))
    yield from _rows(connection, DXA_CHANGE, "change_id", changed)


def _rows(
    connection: Connection, table: Table, key: str, which: Any
) -> Iterable[tuple[RowMapping, str]]:
    return [(row, key) for row in connection.execute(select(table).where(which)).mappings()]


def _removed(owner: RowMapping, record_id: str, by: str) -> Event:
    """That a record went. Nothing of what it held is in the entry."""
    return Event(
        action=Action.REMOVED,
        actor=by,
        subject=owner["subject"],
        record_id=record_id,
        bundle_sha256=owner["bundle_sha256"],
    )


def _sealed_anew(
    connection: Connection, owner: RowMapping, person: Person, by: str
) -> Iterator[Event]:
    """Every record that moved, as the salt and the pseudonym of its person now seal it."""
    assessment_id = owner["assessment_id"]
    photo = select(PHOTO.c.sealed).where(PHOTO.c.assessment_id == assessment_id)
    sealed = connection.scalar(photo) or b""
    earlier = ASSESSMENT_CHANGE.c.assessment_id == assessment_id
    moved = [
        *_hanging(connection, assessment_id),
        *_rows(connection, ASSESSMENT_CHANGE, "change_id", earlier),
    ]
    for row, key in moved:
        with_it = sealed if key == "assessment_id" else b""
        yield Event(
            action=Action.MOVED,
            actor=by,
            subject=person.subject,
            record_id=row[key],
            bundle_sha256=owner["bundle_sha256"],
            content_hash=content_hash(person.salt, row, person.patient_id, with_it),
        )


def _change(
    connection: Connection, owner: RowMapping, what: str, reason: str, by: str, now: datetime
) -> Event:
    """Keep why it was done; returns what the trail must say."""
    mine = ASSESSMENT.c.assessment_id == owner["assessment_id"]
    row = {
        "change_id": new_id(),
        "subject": owner["subject"],
        "assessment_id": owner["assessment_id"],
        "saved_at": connection.scalars(select(ASSESSMENT.c.saved_at).where(mine)).one(),
        "what": what,
        "reason": reason,
        "changed_at": stamp(now),
        "changed_by": by,
    }
    connection.execute(insert(ASSESSMENT_CHANGE), row)
    action = Action.REMOVAL if what == DELETED else Action.MOVED
    return record_event(owner, row, row["change_id"], action, by)


def _forgotten_if_empty(connection: Connection, subject: str, by: str) -> Iterator[Event]:
    """A pseudonym under which nothing is kept, and nothing was deleted, is of nobody."""
    left = [
        connection.scalar(select(exists().where(table.c.subject == subject)))
        for table in (ASSESSMENT, ASSESSMENT_CHANGE)
    ]
    if not any(left):
        yield from forget_reasons(connection, subject, by)
        connection.execute(delete(PATIENT).where(PATIENT.c.subject == subject))
