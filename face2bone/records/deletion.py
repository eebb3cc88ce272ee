"""Remove a person: on request, or when the site's retention period is over.

The patient row goes with everything that hangs on it: assessments, DXA results, photos, and
the salt and the stand-in without which the audit trail speaks of nobody. What is left is that
on some day somebody's records were removed, and by whom.
"""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from face2bone import clock
from face2bone.errors import RecordRefused
from face2bone.records.audit_trail import Action, Event, append, not_older_than, stamp
from face2bone.records.store import Records
from face2bone.records.tables import ASSESSMENT, ASSESSMENT_CHANGE, PATIENT
from face2bone.typed import NAME_LIMIT, text_problems


def delete_person(records: Records, patient_id: str, by: str) -> bool:
    """Remove everything kept about the person with this pseudonym.

    Returns whether SQLite's log is emptied too; if not, it still holds what was removed.

    Raises ``RecordRefused`` when nobody has it, or when ``by`` names nobody.
    """
    checked_actor(by)
    with records.writing() as connection:
        subject = connection.scalar(
            select(PATIENT.c.subject).where(PATIENT.c.patient_id == patient_id)
        )
        if subject is None:
            raise RecordRefused("Nobody in the records has this pseudonym. Check its spelling.")
        _remove(connection, [subject], Action.DELETED, by)
    return records.forget_log()


def expire(records: Records, days: int, by: str, now: datetime | None = None) -> int:
    """Remove everyone whose newest assessment is more than ``days`` days old; returns how many.

    Of whom only deleted assessments were kept, the newest deletion counts. What was written while
    the clock was set back is as old as the trail says, not as its own date says.

    Raises ``RecordRefused`` when ``by`` names nobody.
    """
    checked_actor(by)
    limit = stamp((now or clock.now()) - timedelta(days=days))
    with records.writing() as connection:
        subjects = [*_last_before(connection, limit), *_nothing_left_since(connection, limit)]
        newer = _newer_than_they_say(connection, limit)
        subjects = [subject for subject in subjects if subject not in newer]
        _remove(connection, subjects, Action.EXPIRED, by)
    records.forget_log()
    return len(subjects)


def checked_actor(by: str) -> None:
    """Refuse a job nobody signs; raises ``RecordRefused``."""
    for rule in text_problems(by, NAME_LIMIT):
        raise RecordRefused(
            "The name of who does this {rule}. Give your name or initials.", rule=rule
        )


def _last_before(connection: Connection, limit: str) -> list[str]:
    newest = (
        select(ASSESSMENT.c.subject)
        .group_by(ASSESSMENT.c.subject)
        .having(func.max(ASSESSMENT.c.saved_at) < limit)
    )
    return list(connection.scalars(newest))


def _newer_than_they_say(connection: Connection, limit: str) -> set[str]:
    """People with a record that was written after ``limit``, by a clock that had been set back."""
    newer = {one for one, least in not_older_than(connection).items() if least >= limit}
    owners = [
        *connection.execute(select(ASSESSMENT.c.assessment_id, ASSESSMENT.c.subject)),
        *connection.execute(select(ASSESSMENT_CHANGE.c.change_id, ASSESSMENT_CHANGE.c.subject)),
    ]
    return {subject for record_id, subject in owners if record_id in newer}


def _nothing_left_since(connection: Connection, limit: str) -> list[str]:
    """People of whom nothing is kept but why it was deleted."""
    change = ASSESSMENT_CHANGE.c
    newest = (
        select(change.subject)
        .where(change.subject.not_in(select(ASSESSMENT.c.subject)))
        .group_by(change.subject)
        .having(func.max(change.changed_at) < limit)
    )
    return list(connection.scalars(newest))


def _remove(connection: Connection, subjects: list[str], action: Action, by: str) -> None:
    for subject in subjects:
        connection.execute(delete(PATIENT).where(PATIENT.c.subject == subject))
    events = [Event(action=action, actor=by, subject=subject) for subject in subjects]
    append(connection, clock.now(), events)
