"""The audit trail: who did what and when, each entry sealed to the one before it.

    entry_hash(n) = SHA-256( canonical JSON of entry n, previous_hash(n) = entry_hash(n-1) )

An entry holds no personal content. It names the person by a random ``subject`` and the record
by a random id, and carries the record's content and photo only as HMAC-SHA-256 under the
person's own salt. Deleting a person destroys subject and salt with the row that held them: the
trail stays whole and says of nobody that they were ever here. docs/decisions/0017-audit-chain.md
says what this protects against and what it does not.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, insert, select

from face2bone.records.store import Records
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY, DXA_RESULT, PATIENT

FIRST: Final = "0" * 64  # previous_hash of entry 1
_SEALED: Final = tuple(c.name for c in AUDIT_ENTRY.columns if c.name != "entry_hash")

Row = Mapping[str, Any] | RowMapping


class Action(Enum):
    """What an entry says was done."""

    SAVED = "saved"
    DXA = "dxa"
    IMPORTED = "imported"
    EXPORTED = "exported"
    DELETED = "deleted"
    EXPIRED = "expired"


GOES: Final = (Action.DELETED.value, Action.EXPIRED.value)


@dataclass(frozen=True, kw_only=True)
class Event:
    """What is to be written down; empty text where there is nothing to say."""

    action: Action
    actor: str
    subject: str = ""
    record_id: str = ""
    bundle_sha256: str = ""
    photo_hash: str = ""
    content_hash: str = ""


@dataclass(frozen=True)
class Verification:
    """What a check of the trail found: entries walked, the newest hash, every fault in words."""

    entries: int
    head: str
    faults: tuple[str, ...]


def salted(salt: bytes, content: bytes) -> str:
    """HMAC-SHA-256 of ``content`` under a person's salt, 64 hexadecimal digits."""
    return hmac.new(salt, content, hashlib.sha256).hexdigest()


def content_hash(salt: bytes, row: Row) -> str:
    """Salted hash of one stored row, every column of it."""
    return salted(salt, _canonical(row))


def append(connection: Connection, at: datetime, events: Iterable[Event]) -> None:
    """Add entries inside the caller's write transaction, which makes their order the only one."""
    newest = connection.execute(
        select(AUDIT_ENTRY.c.sequence, AUDIT_ENTRY.c.entry_hash)
        .order_by(AUDIT_ENTRY.c.sequence.desc())
        .limit(1)
    ).one_or_none()
    sequence, previous = newest if newest else (0, FIRST)
    rows = []
    for event in events:
        sequence += 1
        row = vars(event) | {
            "sequence": sequence,
            "at": stamp(at),
            "action": event.action.value,
            "previous_hash": previous,
        }
        row["entry_hash"] = previous = entry_hash(row)
        rows.append(row)
    if rows:
        connection.execute(insert(AUDIT_ENTRY), rows)


def stamp(at: datetime) -> str:
    """A moment as the tables hold it; ``at`` is in UTC."""
    return at.isoformat(timespec="microseconds")


def entry_hash(row: Row) -> str:
    """SHA-256 over every column of an entry but this one."""
    return hashlib.sha256(_canonical({name: row[name] for name in _SEALED})).hexdigest()


def verify(records: Records, head: str | None = None) -> Verification:
    """Walk the whole trail and compare every living record with what it says.

    ``head`` is the newest hash noted at an earlier time and kept elsewhere: only with it can a
    trail be caught whose end was cut off, or that was rewritten from the first entry on.
    """
    with records.reading() as connection:
        entries = connection.execute(select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.sequence))
        trail = list(entries.mappings())
        faults = [*_chain_faults(trail), *_record_faults(trail, _living(connection))]
    hashes = [row["entry_hash"] for row in trail]
    if head is not None and head not in hashes:
        faults.append(f"the entry {head[:12]}… noted earlier is no longer in the trail")
    return Verification(len(trail), hashes[-1] if hashes else FIRST, tuple(faults))


def _chain_faults(trail: list[RowMapping]) -> Iterable[str]:
    previous = FIRST
    for number, row in enumerate(trail, 1):
        if row["sequence"] != number:
            yield f"entry {number} is missing (entry {row['sequence']} stands in its place)"
            return
        if row["previous_hash"] != previous:
            yield f"entry {number} does not follow from the one before it"
        if row["entry_hash"] != entry_hash(row):
            yield f"entry {number} was changed after it was written"
        previous = row["entry_hash"]


def _living(connection: Connection) -> dict[str, tuple[str, str]]:
    """Record id -> (subject, content hash) of everything now in the database."""
    found = {}
    people = {
        row.subject: row.salt
        for row in connection.execute(select(PATIENT.c.subject, PATIENT.c.salt))
    }
    owner = {}
    for row in connection.execute(select(ASSESSMENT)).mappings():
        owner[row["assessment_id"]] = row["subject"]
        found[row["assessment_id"]] = (row["subject"], content_hash(people[row["subject"]], row))
    for row in connection.execute(select(DXA_RESULT)).mappings():
        subject = owner[row["assessment_id"]]
        found[row["dxa_id"]] = (subject, content_hash(people[subject], row))
    return found


def _record_faults(trail: list[RowMapping], living: Mapping[str, tuple[str, str]]) -> Iterable[str]:
    gone = {row["subject"] for row in trail if row["action"] in GOES}
    written = {row["record_id"]: row for row in trail if row["record_id"]}
    for record_id, (subject, content) in living.items():
        entry = written.get(record_id)
        if entry is None:
            yield f"record {record_id[:12]}… is in the database and not in the trail"
        elif (entry["subject"], entry["content_hash"]) != (subject, content):
            yield f"record {record_id[:12]}… differs from what entry {entry['sequence']} says"
        elif subject in gone:
            yield f"record {record_id[:12]}… is of a person the trail says was removed"
    for record_id, entry in written.items():
        if record_id not in living and entry["subject"] not in gone:
            yield (
                f"record {record_id[:12]}… of entry {entry['sequence']} is gone, "
                "and the trail does not say that it was removed"
            )


def _canonical(row: Row) -> bytes:
    return json.dumps(dict(row), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
