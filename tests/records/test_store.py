"""Opening a database: where it lies, who may read it, its migrations, its one writer."""

import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from face2bone.errors import PhotoKeyError, RecordsUnavailable
from face2bone.records import Records, open_records
from face2bone.records.tables import METADATA
from face2bone.settings import Settings


def test_migrations_make_exactly_the_tables(records: Records) -> None:
    with records.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_opening_again_changes_nothing(url: str) -> None:
    Records(url).close()
    again = Records(url)
    with again.reading() as connection:
        tables = set(inspect(connection).get_table_names())
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1
    again.close()
    assert tables == {*METADATA.tables, "alembic_version"}


def test_a_newer_database_is_refused(records: Records, url: str) -> None:
    with records.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RecordsUnavailable, match="newer version"):
        Records(url)


def write_and_fail(records: Records) -> None:
    with records.writing() as connection:
        connection.execute(text("INSERT INTO patient VALUES ('a', 'b', 'c')"))
        raise ZeroDivisionError


def test_a_failed_write_leaves_nothing(records: Records) -> None:
    with pytest.raises(ZeroDivisionError):
        write_and_fail(records)
    with records.reading() as connection:
        assert connection.scalar(text("SELECT count(*) FROM patient")) == 0


def test_writers_wait_for_each_other(records: Records) -> None:
    inside, entered = threading.Event(), threading.Event()

    def second() -> None:
        inside.wait(30)
        with records.writing():
            entered.set()

    other = threading.Thread(target=second)
    other.start()
    with records.writing():
        inside.set()
        assert not entered.wait(0.3)
    other.join(30)
    assert entered.is_set()


def test_a_writer_does_not_wait_for_ever(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("face2bone.records.store.PATIENCE", 0.2)
    one, other = Records(url), Records(url)
    try:
        with (
            one.writing(),
            pytest.raises(RecordsUnavailable, match="is locked"),
            other.writing(),
        ):
            pass
    finally:
        one.close()
        other.close()


def test_a_database_that_another_program_locks_is_opened_and_read(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face2bone.records.store.PATIENCE", 0.2)
    one = Records(url)
    try:
        with one.writing():
            other = Records(url)
            with other.reading() as connection:
                assert connection.scalar(text("SELECT count(*) FROM patient")) == 0
            other.close()
    finally:
        one.close()


def test_a_database_locked_against_readers_too_is_said_to_be_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file in another journal mode, written to by another program."""
    monkeypatch.setattr("face2bone.records.store.PATIENCE", 0.2)
    path = tmp_path / "r.sqlite"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(RecordsUnavailable, match="is locked"):
            Records(f"sqlite:///{path}")


def test_a_reader_sees_one_moment(records: Records) -> None:
    count = text("SELECT count(*) FROM patient")
    with records.reading() as reader:
        assert reader.scalar(count) == 0
        with records.writing() as writer:
            writer.execute(text("INSERT INTO patient VALUES ('a', 'b', 'c')"))
        assert reader.scalar(count) == 0


def test_by_default_a_private_file_outside_the_checkout(
    fresh_settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fresh_settings.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    fresh_settings.setattr("face2bone.records.store.user_data_path", lambda name: tmp_path / name)
    open_records().close()
    made = tmp_path / "face2bone" / "records.sqlite"
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert stat.S_IMODE(made.parent.stat().st_mode) == 0o700


def test_sqlite_is_set_up_to_lose_nothing(tmp_path: Path) -> None:
    records = Records(f"sqlite:///{tmp_path / 'r.sqlite'}")
    with records.reading() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    records.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}


@pytest.mark.parametrize(
    "url", ["", "nonsense", "sqlite://", "mysql://user:secret@host/x", "oracle+nothing://host"]
)
def test_another_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(RecordsUnavailable, match="not the address") as caught:
        Records(url)
    assert "secret" not in str(caught.value)


def test_an_unreachable_server_is_one_sentence_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(RecordsUnavailable, match="cannot be reached") as caught:
        Records(f"postgresql://user:secret@/x?host={tmp_path}&connect_timeout=2")
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_named_as_the_reason(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(RecordsUnavailable, match="cannot be opened"):
        Records(f"sqlite:///{tmp_path / 'r.sqlite'}")


def test_a_file_that_is_no_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    path.write_bytes(b"not a database, but long enough to be read as one" * 40)
    with pytest.raises(RecordsUnavailable, match="DatabaseError"):
        Records(f"sqlite:///{path}")


def test_keeping_photos_without_a_key_is_refused(tmp_path: Path) -> None:
    settings = Settings(records=f"sqlite:///{tmp_path / 'r.sqlite'}", records_photos=True)
    with pytest.raises(PhotoKeyError, match="no key is set"):
        open_records(settings)
