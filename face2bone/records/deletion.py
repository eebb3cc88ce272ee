"""Remove a person: on request, or when the site's retention period is over.

The patient row goes with everything that hangs on it: assessments, DXA results, photos, and
the salt and the stand-in without which the audit trail speaks of nobody. What is left is that
on some day somebody's records were removed, and by whom.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, delete, func, select

from face2bone import clock
from face2bone.errors import RecordRefused
from face2bone.records.audit_trail import Action, Event, append, stamp
from face2bone.records.order import moments_by_order
from face2bone.records.store import Records
from face2bone.records.tables import (
    ASSESSMENT,
    ASSESSMENT_CHANGE,
    AUDIT_ENTRY,
    FAILED_OPENING,
    PATIENT,
)
from face2bone.typed import NAME_LIMIT, text_problems

QUIET: Final = timedelta(days=90)
"""A clinic writes something within so long."""


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
        append(connection, clock.now(), _removed(connection, [subject], Action.DELETED, by))
    return records.forget_log()


@dataclass(frozen=True)
class Expired:
    """How many people were removed, and whether SQLite's log is emptied of them too."""

    people: int
    log_emptied: bool


def expire(
    records: Records,
    days: int,
    by: str,
    now: datetime | None = None,
    clock_is_right: bool = False,
) -> Expired:
    """Remove everyone whose newest assessment is more than ``days`` days old.

    Openings that found nobody go at the same age, and are not in the number. Of whom only deleted
    assessments were kept, the newest deletion counts. What was written while the clock was wrong
    is as old as the order of the trail says, not as its own date says.

    Raises ``RecordRefused`` when ``by`` names nobody, and where it would remove somebody although
    nothing was written for ``QUIET``: unless somebody has looked (``clock_is_right``), that is a
    clock that is ahead, and what it removes cannot be had back.
    """
    checked_actor(by)
    today = now or clock.now()
    limit = stamp(today - timedelta(days=days))
    with records.writing() as connection:
        by_order = moments_by_order(connection, stamp(today))
        newest = _newest(connection, by_order)
        subjects = [subject for subject, written in newest.items() if written < limit]
        events = _removed(connection, subjects, Action.EXPIRED, by)
        events += _expired_attempts(connection, by_order, limit, by)
        if events and not clock_is_right:
            _check_clock(connection, today)
        append(connection, clock.now(), events)
    return Expired(len(subjects), records.forget_log())


def _check_clock(connection: Connection, today: datetime) -> None:
    """Refuse where all that the trail holds is long ago; raises ``RecordRefused``."""
    at = AUDIT_ENTRY.c.at
    last = connection.scalar(select(func.max(at)).where(at <= stamp(today)))
    if last is not None and last < stamp(today - QUIET):
        raise RecordRefused(
            "Nothing was written to these records for more than {days} days, or this computer's "
            "clock is ahead: it says {today}. Nobody was removed. If that is the right day, give "
            "--clock-is-right.",
            days=QUIET.days,
            today=f"{today:%Y-%m-%d}",
        )


def checked_actor(by: str) -> None:
    """Refuse a job nobody signs; raises ``RecordRefused``."""
    for rule in text_problems(by, NAME_LIMIT):
        raise RecordRefused(
            "The name of who does this {rule}. Give your name or initials.", rule=rule
        )


def _newest(connection: Connection, by_order: dict[str, str]) -> dict[str, str]:
    """When the newest of each person's assessments was written; of those without, deletion."""
    kept, change = ASSESSMENT.c, ASSESSMENT_CHANGE.c
    living = connection.execute(select(kept.assessment_id, kept.subject, kept.saved_at))
    newest = _latest(living, by_order)
    changes = connection.execute(select(change.change_id, change.subject, change.changed_at))
    return _latest(changes, by_order) | newest


def _latest(rows: Iterable[Row[str, str, str]], by_order: dict[str, str]) -> dict[str, str]:
    """Of (record, person, date) each person's latest moment."""
    latest = dict[str, str]()
    for record_id, subject, at in rows:
        latest[subject] = max(latest.get(subject, ""), by_order.get(record_id, at))
    return latest


def _removed(connection: Connection, subjects: list[str], action: Action, by: str) -> list[Event]:
    """Remove these people; returns what the trail must say."""
    for subject in subjects:
        connection.execute(delete(PATIENT).where(PATIENT.c.subject == subject))
    return [Event(action=action, actor=by, subject=subject) for subject in subjects]


def _expired_attempts(
    connection: Connection, by_order: dict[str, str], limit: str, by: str
) -> list[Event]:
    """The same of openings that found nobody: a reason may speak of somebody who was not kept."""
    attempt = FAILED_OPENING.c
    rows = connection.execute(select(attempt.attempt_id, attempt.asked_at)).all()
    old = [one for one, at in rows if by_order.get(one, at) < limit]
    connection.execute(delete(FAILED_OPENING).where(attempt.attempt_id.in_(old)))
    return [Event(action=Action.REMOVED, actor=by, record_id=one) for one in old]
