"""The records database: opened, migrated, and one way to write to it and one to read.

Every write is one transaction that holds the database's only write lock from its first
statement (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory lock), so that two writers cannot
extend the audit trail from the same entry. What ``writing`` has left without an error is on
the disk: SQLite syncs its log at each commit (WAL, synchronous FULL), PostgreSQL by default.
"""

import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from platformdirs import user_data_path
from sqlalchemy import URL, Connection, create_engine, event, make_url, select, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from face2bone.errors import RecordsUnavailable
from face2bone.logs import fault
from face2bone.records.heads import HeadLog, head_log
from face2bone.records.mark import check_not_missing, note_records
from face2bone.records.photos import PhotoSafe, read_key
from face2bone.records.tables import AUDIT_ENTRY
from face2bone.settings import Settings, get_settings

_log = logging.getLogger(__name__)

MIGRATIONS: Final = Path(__file__).with_name("migrations")
DIALECTS: Final = ("sqlite", "postgresql")
LOCK: Final = 0x0FACE2B0  # PostgreSQL advisory lock of whoever writes records
PATIENCE: Final = 30.0  # seconds a writer waits for another
CONNECT_SECONDS: Final = 10.0  # within which PostgreSQL must answer, unless the address says
_SQLITE_LOCKS: Final = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_POSTGRESQL_LOCK: Final = "55P03"  # lock_not_available
_WRITES: Final = "face2bone_writes"
_NEWEST: Final = (
    select(AUDIT_ENTRY.c.sequence, AUDIT_ENTRY.c.entry_hash)
    .order_by(AUDIT_ENTRY.c.sequence.desc())
    .limit(1)
)
_PRAGMAS: Final = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA secure_delete = ON",  # what is deleted is overwritten, not only forgotten
)


class Records:
    """One records database, ready for use; safe to share between threads.

    ``photos`` is None unless the site keeps photos; ``heads`` is where the newest hash of the
    audit trail is noted beside it; ``file`` is None for PostgreSQL. Raises
    ``RecordsUnavailable`` when the database cannot be opened, is of a newer version, or is a file
    that held records and is gone.
    """

    def __init__(
        self, url: str | URL, photos: PhotoSafe | None = None, heads: HeadLog | None = None
    ) -> None:
        self.photos, self.heads = photos, heads
        with _as_unavailable():
            self._engine = create_engine(_checked(url), pool_pre_ping=True)
        self.dialect: str = self._engine.dialect.name
        is_file = self.dialect == "sqlite"
        self.file = Path(self._engine.url.database or "") if is_file else None
        self._noted = False
        isolation: dict[str, Any] = {}
        if self.dialect == "sqlite":
            event.listen(self._engine, "connect", _set_up_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
        else:
            isolation = {"isolation_level": "REPEATABLE READ"}  # one snapshot, as SQLite gives
        self._readers = self._engine.execution_options(**isolation)
        self._writers = self._engine.execution_options(**{_WRITES: True})
        try:
            # Only a database that must be changed is written to: another program's lock on it
            # does not keep anybody from reading.
            with self.reading() as connection:
                is_current = _is_current(connection)
            if not is_current:
                with self._alone() as connection:
                    _migrate(connection)
            with self.reading() as connection:
                begun = connection.execute(select(AUDIT_ENTRY.c.sequence).limit(1)).first()
        except RecordsUnavailable:
            self.close()
            raise
        if begun:
            self._note()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that alone may write; kept whole on leaving, or not at all."""
        with self._alone() as connection:
            before = self._newest(connection)
            yield connection
            new = self._newest(connection)
            if new != before:  # what nobody here wrote is not noted by a write of nothing
                self._note_head(new, kept=False)
        self._note()
        if new != before:
            self._note_head(new, kept=True)

    def _newest(self, connection: Connection) -> tuple[int, str] | None:
        """Number and hash of the last entry, where heads are noted."""
        found = None if self.heads is None else connection.execute(_NEWEST).first()
        return None if found is None else (found.sequence, found.entry_hash)

    def _note_head(self, newest: tuple[int, str] | None, *, kept: bool) -> None:
        """What was written stands, noted or not: who saves is told nothing, the log is."""
        if self.heads is None or newest is None:
            return
        try:
            self.heads.note(*newest, kept=kept)
        except OSError as error:
            fault(_log, error, "The head of the audit trail could not be noted")

    def _note(self) -> None:
        """Leave the mark that there are records here, once."""
        if self.file is not None and not self._noted:
            note_records(self.file)
            self._noted = True

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        with _as_unavailable(), self._writers.begin() as connection:
            if self.dialect == "postgresql":
                connection.execute(text(f"SET LOCAL lock_timeout = {int(1000 * PATIENCE)}"))
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the database throughout."""
        with _as_unavailable(), self._readers.begin() as connection:
            yield connection

    def forget_log(self) -> bool:
        """Empty SQLite's write-ahead log, in which deleted rows would linger.

        Returns whether that was possible: not while somebody reads an older state.
        """
        if self.dialect != "sqlite":
            return True
        with _as_unavailable(), self._engine.connect() as connection:
            cursor = connection.connection.cursor()
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        return not busy

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()


def open_records(settings: Settings | None = None) -> Records:
    """The database the settings name, with the photo key where the site keeps photos.

    Raises ``RecordsUnavailable``, or ``PhotoKeyError`` when photos are on without a usable key.
    """
    chosen = settings or get_settings()
    photos = PhotoSafe(read_key(chosen.records_key)) if chosen.records_photos else None
    return Records(chosen.records or _default_url(), photos, head_log(chosen.records_heads))


def _default_url() -> URL:
    return URL.create("sqlite", database=str(user_data_path("face2bone") / "records.sqlite"))


def _checked(url: str | URL) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _not_an_address() from None
    name = parsed.get_backend_name()
    if name not in DIALECTS or (name == "sqlite" and not parsed.database):
        raise _not_an_address()
    if name == "sqlite":
        _make_private(Path(parsed.database or ""))
        return parsed
    named = {"connect_timeout": str(int(CONNECT_SECONDS))} | dict(parsed.query)
    return parsed.set(drivername="postgresql+psycopg", query=named)


def _not_an_address() -> RecordsUnavailable:
    return RecordsUnavailable(
        "FACE2BONE_RECORDS is not the address of a database file or a PostgreSQL database. "
        "Write sqlite:////path/to/records.sqlite or postgresql+psycopg://user@host/database."
    )


def _make_private(path: Path) -> None:
    """Create the file so that only its owner can read it; SQLite gives its log the same rights."""
    check_not_missing(path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise RecordsUnavailable(
            "The records file cannot be opened ({reason}). Check FACE2BONE_RECORDS, and "
            "that its folder may be written to.",
            reason=str(error.strerror),
        ) from error


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, below
    connection.execute(f"PRAGMA busy_timeout = {int(1000 * PATIENCE)}")
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def _is_current(connection: Connection) -> bool:
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest


def _migrate(connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise RecordsUnavailable(
            "The records database was written by a newer version of Face2Bone. "
            "Update this installation."
        ) from error


@contextmanager
def _as_unavailable() -> Iterator[None]:
    """A database's own error as one sentence; its text may hold addresses and values."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, NoSuchModuleError, UnicodeDecodeError) as error:
        # The last of a damaged file, whose words for what is wrong are damaged too.
        cause = getattr(error, "orig", None) or error
        if _is_lock(cause):
            raise RecordsUnavailable(
                "The records database is locked: for {seconds} seconds another program has "
                "been writing to it. Close that program or wait, and try again.",
                seconds=f"{PATIENCE:g}",
            ) from error
        raise RecordsUnavailable(
            "The records database cannot be reached or written to ({reason}). Check "
            "FACE2BONE_RECORDS, the disk's free space and the database server.",
            reason=type(cause).__name__,
        ) from error


def _is_lock(cause: BaseException) -> bool:
    busy = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the low byte; the rest is its kind
    return busy in _SQLITE_LOCKS or getattr(cause, "sqlstate", None) == _POSTGRESQL_LOCK
