"""A copy of the records to put away, made while others go on working."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from face2bone import clock
from face2bone.atomic_files import whole_file
from face2bone.errors import RecordRefused, RecordsUnavailable
from face2bone.records.audit_trail import Action, Event, append
from face2bone.records.deletion import checked_actor
from face2bone.records.store import Records

PATIENCE: Final = 30.0  # seconds a copy waits for a writer


def back_up(records: Records, out: Path, by: str) -> Path:
    """Copy a SQLite database as it is at one moment; returns ``out``.

    The copy is whole or not there, and readable by its owner only; the trail in it says who took
    it. Raises ``RecordRefused`` when ``out`` exists, when ``by`` names nobody, and for PostgreSQL,
    whose own program does this; ``RecordsUnavailable`` when the copy cannot be made or is damaged.
    """
    checked_actor(by)
    if records.file is None:
        raise RecordRefused(
            "These records are in PostgreSQL. Back them up with its own program: "
            "pg_dump --format=custom --file=records.dump DATABASE."
        )
    if out.exists():
        raise RecordRefused(
            "There is a file {file} already. Name a new one for the copy.", file=out.name
        )
    with records.writing() as connection:
        append(connection, clock.now(), [Event(action=Action.BACKED_UP, actor=by)])
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(out) as part:
            _copy(records.file, part)
    except (OSError, sqlite3.Error) as error:
        raise RecordsUnavailable(
            "The copy {file} cannot be written ({reason}). Check the disk's free space and "
            "that its folder may be written to.",
            file=out.name,
            reason=type(error).__name__,
        ) from error
    return out


def _copy(file: Path, part: Path) -> None:
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    with (
        closing(sqlite3.connect(file, timeout=PATIENCE)) as source,
        closing(sqlite3.connect(part)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # the copy is one file, without a log
        (found,) = copy.execute("PRAGMA integrity_check").fetchone()
    if found != "ok":
        raise sqlite3.DatabaseError(found)
    handle = os.open(part, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
