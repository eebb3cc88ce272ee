"""The audit trail: who did what and when, each entry sealed to the one before it.

    entry_hash(n) = SHA-256( canonical JSON of entry n, previous_hash(n) = entry_hash(n-1) )

An entry holds no personal content. It names the person by a random ``subject`` and the record
by a random id, and carries the record's content and photo only as HMAC-SHA-256 under the
person's own salt. Deleting a person destroys subject and salt with the row that held them: the
trail stays whole and says of nobody that they were ever here.

Version 1 hashed a record's own row; version 2 hashes the pseudonym it is kept under and the
sealed photo with it; version 3 hashes an assessment's study and its outputs by name, which stood
in a column each before. Each entry says its version, so that an old trail still verifies.
docs/decisions/0017-audit-chain.md says what this protects against and what it does not.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Subquery, func, insert, select

from face2bone.choices import FIRST_STUDY
from face2bone.records.heads import head_faults
from face2bone.records.order import went_back
from face2bone.records.store import Records
from face2bone.records.tables import (
    ASSESSMENT,
    ASSESSMENT_CHANGE,
    AUDIT_ENTRY,
    BROKEN_GLASS,
    DXA_CHANGE,
    DXA_RESULT,
    FAILED_OPENING,
    PATIENT,
    PHOTO,
)

FIRST: Final = "0" * 64  # previous_hash of entry 1
VERSION: Final = 3
FIRST_OUTPUTS: Final = ("normal", "osteopenia", "osteoporosis")
_SEALED: Final = tuple(c.name for c in AUDIT_ENTRY.columns if c.name != "entry_hash")

Row = Mapping[str, Any] | RowMapping


class Action(Enum):
    """What an entry says was done.

    A record that was removed by itself is named by ``REMOVED``; ``REMOVAL`` seals the reason.
    """

    SAVED = "saved"
    DXA = "dxa"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    MOVED = "moved"
    REMOVED = "removed"
    REMOVAL = "removal"
    IMPORTED = "imported"
    EXPORTED = "exported"
    BACKED_UP = "backed up"
    DELETED = "deleted"
    EXPIRED = "expired"
    OPENED = "opened"
    BROKE_GLASS = "broke glass"
    FOUND_NOBODY = "found nobody"


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
    """What a check of the trail found: entries walked, the newest hash, every fault in words.

    ``remarks`` are no faults: a clock that went back, of which the trail's order is safe.
    """

    entries: int
    head: str
    faults: tuple[str, ...]
    remarks: tuple[str, ...] = ()


def salted(salt: bytes, content: bytes) -> str:
    """HMAC-SHA-256 of ``content`` under a person's salt, 64 hexadecimal digits."""
    return hmac.new(salt, content, hashlib.sha256).hexdigest()


def content_hash(salt: bytes, row: Row, patient_id: str, sealed: bytes = b"") -> str:
    """Salted hash of one stored row, every column of it, of whom it is and of its sealed photo."""
    photo = hashlib.sha256(sealed).hexdigest() if sealed else ""
    return salted(salt, _canonical(dict(row) | {"patient_id": patient_id, "photo": photo}))


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
            "chain_version": VERSION,
        }
        row["entry_hash"] = previous = entry_hash(row)
        rows.append(row)
    if rows:
        connection.execute(insert(AUDIT_ENTRY), rows)


def written() -> Subquery:
    """Each record's id and its ``place`` in the trail: an order that no clock set back can turn."""
    place = func.min(AUDIT_ENTRY.c.sequence).label("place")
    return select(AUDIT_ENTRY.c.record_id, place).group_by(AUDIT_ENTRY.c.record_id).subquery()


def stamp(at: datetime) -> str:
    """A moment as the tables hold it; ``at`` is in UTC."""
    return at.isoformat(timespec="microseconds")


def entry_hash(row: Row) -> str:
    """SHA-256 over every column of an entry but this one; version 1 did not name itself."""
    sealed = [name for name in _SEALED if row["chain_version"] > 1 or name != "chain_version"]
    return hashlib.sha256(_canonical({name: row[name] for name in sealed})).hexdigest()


def verify(records: Records, head: str | None = None) -> Verification:
    """Walk the whole trail and compare every living record with what it says.

    ``head`` is the newest hash noted at an earlier time and kept elsewhere: only with it can a
    trail be caught whose end was cut off, or that was rewritten from the first entry on. Where
    ``records`` notes its heads in a file, each of them is looked for in the trail, and each entry
    since the first of them among those.
    """
    before = records.heads.noted() if records.heads else None
    with records.reading() as connection:
        entries = connection.execute(select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.sequence))
        trail = list(entries.mappings())
        living, orphans = _living(connection)
        faults = [*_chain_faults(trail), *orphans, *_record_faults(trail, living)]
    hashes = [row["entry_hash"] for row in trail]
    after = records.heads.noted() if records.heads else None
    if before is not None and after is not None:
        faults += head_faults(before, after, trail)
    if head is not None and head not in hashes:
        faults.append(f"the entry {head[:12]}… noted earlier is no longer in the trail")
    newest = hashes[-1] if hashes else FIRST
    return Verification(len(trail), newest, tuple(faults), tuple(went_back(trail)))


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


@dataclass(frozen=True)
class _Record:
    """A row in the database, whose it is, and the photo kept with it."""

    row: Row
    person: Row
    sealed: bytes = b""

    def hash(self, version: int) -> str:
        salt: bytes = self.person["salt"]
        row = self.row if version > 2 else _before_studies(self.row)
        if version == 1:
            return salted(salt, _canonical(row))
        return content_hash(salt, row, self.person["patient_id"], self.sealed)


def _before_studies(row: Row) -> Row:
    """A row as versions 1 and 2 sealed it: the three outputs there were stood in columns.

    What cannot have been sealed so (another study, other outputs) keeps its own shape, whose hash
    is another.
    """
    if row.get("study") != FIRST_STUDY:
        return row
    outputs = {} if row["outputs"] is None else json.loads(row["outputs"])
    if outputs and set(outputs) != set(FIRST_OUTPUTS):
        return row
    kept = {name: value for name, value in row.items() if name not in ("study", "outputs")}
    return kept | {f"p_{name}": outputs.get(name) for name in FIRST_OUTPUTS}


def _living(connection: Connection) -> tuple[dict[str, _Record], list[str]]:
    """Every record now in the database by its id, and in words those that belong to nobody."""
    found = _of_nobody(connection)
    orphans = []
    people = {row["subject"]: row for row in connection.execute(select(PATIENT)).mappings()}
    photos = {row.assessment_id: row.sealed for row in connection.execute(select(PHOTO))}
    for row in connection.execute(select(ASSESSMENT)).mappings():
        record_id = row["assessment_id"]
        if row["subject"] in people:
            found[record_id] = _Record(row, people[row["subject"]], photos.pop(record_id, b""))
        else:
            orphans.append(_orphan("record", record_id, "person"))
    for table, key in ((ASSESSMENT_CHANGE, "change_id"), (BROKEN_GLASS, "glass_id")):
        for row in connection.execute(select(table)).mappings():
            if row["subject"] in people:
                found[row[key]] = _Record(row, people[row["subject"]])
            else:
                orphans.append(_orphan("record", row[key], "person"))
    for row in connection.execute(select(DXA_RESULT)).mappings():
        if row["assessment_id"] in found:
            found[row["dxa_id"]] = _Record(row, found[row["assessment_id"]].person)
        else:
            orphans.append(_orphan("record", row["dxa_id"], "assessment"))
    for row in connection.execute(select(DXA_CHANGE)).mappings():
        if row["dxa_id"] in found:
            found[row["change_id"]] = _Record(row, found[row["dxa_id"]].person)
        else:
            orphans.append(_orphan("record", row["change_id"], "DXA result"))
    return found, orphans + [_orphan("the photo of", of, "assessment") for of in photos]


def _of_nobody(connection: Connection) -> dict[str, _Record]:
    """Openings that found nobody, by id: what would be the person's is the row's own or empty."""
    found: dict[str, _Record] = {}
    for row in connection.execute(select(FAILED_OPENING)).mappings():
        own = {name: value for name, value in row.items() if name != "salt"}
        found[row["attempt_id"]] = _Record(
            own, {"subject": "", "patient_id": "", "salt": row["salt"]}
        )
    return found


def _orphan(what: str, record_id: str, missing: str) -> str:
    return f"{what} {record_id[:12]}… is in the database without its {missing}"


def _record_faults(trail: list[RowMapping], living: Mapping[str, _Record]) -> Iterable[str]:
    gone = {row["subject"] for row in trail if row["action"] in GOES}
    written = {row["record_id"]: row for row in trail if row["record_id"]}
    for record_id, record in living.items():
        subject: str = record.person["subject"]
        entry = written.get(record_id)
        if entry is None:
            yield f"record {record_id[:12]}… is in the database and not in the trail"
        elif entry["action"] == Action.REMOVED.value:
            yield (
                f"record {record_id[:12]}… is in the database, and entry {entry['sequence']} "
                "says that it was removed"
            )
        elif entry["subject"] != subject or entry["content_hash"] != record.hash(
            entry["chain_version"]
        ):
            yield f"record {record_id[:12]}… differs from what entry {entry['sequence']} says"
        elif subject in gone:
            yield f"record {record_id[:12]}… is of a person the trail says was removed"
    for record_id, entry in written.items():
        removed = entry["subject"] in gone or entry["action"] == Action.REMOVED.value
        if record_id not in living and not removed:
            yield (
                f"record {record_id[:12]}… of entry {entry['sequence']} is gone, "
                "and the trail does not say that it was removed"
            )


def _canonical(row: Row) -> bytes:
    return json.dumps(dict(row), sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()
