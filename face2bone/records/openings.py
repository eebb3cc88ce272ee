"""Who looked at whom: an entry of the trail each time somebody opens a patient's records.

Whoever opens one outside their role gives a reason. It is kept in a row of its own, sealed like any
other, before anything is shown, and goes with the person: it may say something of them. Who gives
a pseudonym that is nobody's has learned that it is: this is kept likewise, without the pseudonym.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, delete, insert, select

from face2bone import clock
from face2bone.errors import RecordRefused
from face2bone.records.audit_trail import Action, Event, append, content_hash, stamp, written
from face2bone.records.corrections import checked_reason
from face2bone.records.deletion import checked_actor
from face2bone.records.saving import SALT_BYTES, new_id
from face2bone.records.store import Records
from face2bone.records.tables import AUDIT_ENTRY, BROKEN_GLASS, FAILED_OPENING, PATIENT


@dataclass(frozen=True)
class Opening:
    """That somebody opened a person's records; ``reason`` is "" where their role allows it."""

    opened_at: datetime
    opened_by: str
    reason: str


def note_opened(records: Records, patient_id: str, by: str) -> None:
    """Write down that ``by`` opens what is kept of the person with this pseudonym.

    Raises ``RecordRefused`` when nobody has it, or when ``by`` names nobody.
    """
    checked_actor(by)
    with records.writing() as connection:
        subject = _person(connection, patient_id)["subject"]
        append(connection, clock.now(), [Event(action=Action.OPENED, actor=by, subject=subject)])


def break_glass(records: Records, patient_id: str, reason: str, by: str) -> None:
    """The same for somebody whose role does not allow it, who says why.

    Raises ``RecordRefused`` as ``note_opened``, where nobody has the pseudonym once that is written
    down; and without a reason.
    """
    checked_actor(by)
    checked_reason(reason)
    with records.writing() as connection:
        person, now = _known(connection, patient_id), clock.now()
        if person is None:
            event = _found_nobody(connection, reason, by, now)
        else:
            event = _broke_glass(connection, person, reason, by, now)
        append(connection, now, [event])
    if person is None:
        raise _nobody()


def _broke_glass(
    connection: Connection, person: RowMapping, reason: str, by: str, now: datetime
) -> Event:
    row = {
        "glass_id": new_id(),
        "subject": person["subject"],
        "reason": reason,
        "opened_at": stamp(now),
        "opened_by": by,
    }
    connection.execute(insert(BROKEN_GLASS), row)
    return Event(
        action=Action.BROKE_GLASS,
        actor=by,
        subject=person["subject"],
        record_id=row["glass_id"],
        content_hash=content_hash(person["salt"], row, person["patient_id"]),
    )


def _found_nobody(connection: Connection, reason: str, by: str, now: datetime) -> Event:
    row = {"attempt_id": new_id(), "reason": reason, "asked_at": stamp(now), "asked_by": by}
    salt = secrets.token_bytes(SALT_BYTES)
    connection.execute(insert(FAILED_OPENING), row | {"salt": salt})
    return Event(
        action=Action.FOUND_NOBODY,
        actor=by,
        record_id=row["attempt_id"],
        content_hash=content_hash(salt, row, ""),
    )


def openings(records: Records, patient_id: str) -> tuple[Opening, ...]:
    """Everybody who opened what is kept under a pseudonym, in the order of the trail."""
    entry, glass = AUDIT_ENTRY.c, BROKEN_GLASS.c
    query = (
        select(entry.at, entry.actor, glass.reason)
        .join_from(AUDIT_ENTRY, PATIENT, PATIENT.c.subject == entry.subject)
        .outerjoin(BROKEN_GLASS, glass.glass_id == entry.record_id)
        .where(PATIENT.c.patient_id == patient_id)
        .where(entry.action.in_((Action.OPENED.value, Action.BROKE_GLASS.value)))
        .order_by(entry.sequence)
    )
    with records.reading() as connection:
        rows = connection.execute(query).all()
    return tuple(Opening(datetime.fromisoformat(r.at), r.actor, r.reason or "") for r in rows)


def failed_openings(records: Records) -> tuple[Opening, ...]:
    """Everybody who asked for a pseudonym that was nobody's then, in the order of the trail."""
    attempt, trail = FAILED_OPENING.c, written()
    query = (
        select(attempt.asked_at, attempt.asked_by, attempt.reason)
        .join(trail, trail.c.record_id == attempt.attempt_id)
        .order_by(trail.c.place)
    )
    with records.reading() as connection:
        rows = connection.execute(query).all()
    return tuple(Opening(datetime.fromisoformat(r.asked_at), r.asked_by, r.reason) for r in rows)


def forget_reasons(connection: Connection, subject: str, by: str) -> list[Event]:
    """Remove the reasons of a person who goes; returns what the trail must say."""
    mine = BROKEN_GLASS.c.subject == subject
    gone = connection.scalars(select(BROKEN_GLASS.c.glass_id).where(mine)).all()
    connection.execute(delete(BROKEN_GLASS).where(mine))
    return [
        Event(action=Action.REMOVED, actor=by, subject=subject, record_id=glass_id)
        for glass_id in gone
    ]


def _person(connection: Connection, patient_id: str) -> RowMapping:
    person = _known(connection, patient_id)
    if person is None:
        raise _nobody()
    return person


def _known(connection: Connection, patient_id: str) -> RowMapping | None:
    query = select(PATIENT).where(PATIENT.c.patient_id == patient_id)
    return connection.execute(query).mappings().one_or_none()


def _nobody() -> RecordRefused:
    return RecordRefused("Nobody in the records has this pseudonym. Check its spelling.")
