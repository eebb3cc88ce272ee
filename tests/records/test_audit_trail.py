"""The audit trail: append-only, one chain for all writers, and every tampering noticed."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import (
    Connection,
    Update,
    insert,
    select,
    text,
    update,
)

from face2bone.errors import RecordsUnavailable
from face2bone.modalities.photo import Photo
from face2bone.records import (
    Records,
    Visit,
    delete_person,
    save,
    verify,
)
from face2bone.records.audit_trail import FIRST, Verification, entry_hash
from face2bone.records.photos import PhotoSafe
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY, PATIENT
from face2bone.report.assessment.document import AssessmentDocument
from tests.records.fill import five_entries


@pytest.fixture
def filled(records: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    return five_entries(records, assessed, visit)


def lift_protection(connection: Connection, dialect: str) -> None:
    """What an intruder with full rights would do first."""
    if dialect == "sqlite":
        for verb in ("update", "delete", "replace"):
            connection.execute(text(f"DROP TRIGGER audit_entry_no_{verb}"))
    else:
        connection.execute(text("DROP TRIGGER audit_entry_only_grows ON audit_entry"))


def tamper(records: Records, *statements: str | Update) -> Verification:
    with records.writing() as connection:
        lift_protection(connection, records.dialect)
        for statement in statements:
            connection.execute(text(statement) if isinstance(statement, str) else statement)
    return verify(records)


@pytest.mark.slow
def test_an_untouched_trail_has_no_fault(filled: Records) -> None:
    found = verify(filled)
    assert found.faults == ()
    assert found.entries == 5


def test_an_empty_trail_is_whole(records: Records) -> None:
    assert verify(records) == Verification(0, FIRST, ())


@pytest.mark.slow
@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"]
)
def test_the_database_itself_refuses_to_change_the_trail(filled: Records, statement: str) -> None:
    with pytest.raises(RecordsUnavailable), filled.writing() as connection:
        connection.execute(text(statement))
    assert verify(filled).faults == ()


def test_replacing_an_entry_is_refused_too(filled: Records) -> None:
    columns = ", ".join(f'"{c.name}"' for c in AUDIT_ENTRY.columns)
    changed = columns.replace('"actor"', "'x'")
    statement = f"REPLACE INTO audit_entry ({columns}) SELECT {changed} FROM audit_entry"  # noqa: S608
    if filled.dialect == "postgresql":
        statement = (
            f"INSERT INTO audit_entry ({columns}) SELECT {columns} FROM audit_entry "  # noqa: S608
            "ON CONFLICT (sequence) DO UPDATE SET actor = 'x'"
        )
    with pytest.raises(RecordsUnavailable), filled.writing() as connection:
        connection.execute(text(statement))
    assert verify(filled).faults == ()


COLUMNS = ("at", "actor", "action", "subject", "record_id", "bundle_sha256", "photo_hash")


def test_each_changed_column_of_an_entry_is_noticed(filled: Records) -> None:
    second = AUDIT_ENTRY.c.sequence == 2
    with filled.writing() as connection:
        lift_protection(connection, filled.dialect)
        true = dict(connection.execute(select(AUDIT_ENTRY).where(second)).mappings().one())
    for column in (*COLUMNS, "content_hash"):
        with filled.writing() as connection:
            connection.execute(update(AUDIT_ENTRY).where(second).values({column: "x"}))
        assert "entry 2 was changed after it was written" in verify(filled).faults, column
        with filled.writing() as connection:
            connection.execute(update(AUDIT_ENTRY).where(second).values(true))
    assert verify(filled).faults == ()


def test_a_removed_entry_is_noticed(filled: Records) -> None:
    found = tamper(filled, "DELETE FROM audit_entry WHERE sequence = 2")
    assert any("entry 2 is missing" in fault for fault in found.faults)


def test_two_exchanged_entries_are_noticed(filled: Records) -> None:
    exchange = [
        update(AUDIT_ENTRY).where(AUDIT_ENTRY.c.sequence == of).values(sequence=to)
        for of, to in ((2, 99), (3, 2), (99, 3))
    ]
    found = tamper(filled, *exchange)
    assert len(found.faults) >= 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assessment SET reason = 'another'",
        "UPDATE assessment SET outputs = replace(outputs, 'normal', 'abnormal')",
        "UPDATE assessment SET study = 'bone_net'",
        "UPDATE assessment SET outputs = NULL",
        "UPDATE assessment SET saved_by = 'x'",
        "UPDATE dxa_result SET t_score = -3.5",
        "UPDATE assessment SET document = '{}'",
    ],
)
def test_a_changed_record_is_noticed(filled: Records, statement: str) -> None:
    with filled.writing() as connection:
        connection.execute(text(statement))
    assert any("differs from what entry" in fault for fault in verify(filled).faults)


def test_a_record_removed_without_a_word_is_noticed(filled: Records) -> None:
    with filled.writing() as connection:
        connection.execute(text("DELETE FROM dxa_result"))
    assert any("does not say that it was removed" in fault for fault in verify(filled).faults)


def test_a_record_slipped_in_is_noticed(filled: Records) -> None:
    with filled.writing() as connection:
        connection.execute(
            text("UPDATE dxa_result SET dxa_id = '0123456789abcdef0123456789abcdef'")
        )
    assert any("not in the trail" in fault for fault in verify(filled).faults)


def test_two_pseudonyms_exchanged_are_noticed(filled: Records) -> None:
    for old, new in (("P-1", "P-3"), ("P-2", "P-1"), ("P-3", "P-2")):
        with filled.writing() as connection:
            named = update(PATIENT).where(PATIENT.c.patient_id == old)
            connection.execute(named.values(patient_id=new))
    assert len(verify(filled).faults) == 5  # every record of both


@pytest.fixture
def pictured(
    url: str, assessed: AssessmentDocument, visit: Visit, sample_photo: Photo
) -> Iterator[Records]:
    """Two assessments of one person, each with its photo."""
    records = Records(url, PhotoSafe(bytes(32)))
    for _ in range(2):
        save(records, assessed, visit, sample_photo)
    assert verify(records).faults == ()
    yield records
    records.close()


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM photo", "UPDATE photo SET sealed = (SELECT sealed FROM photo LIMIT 1)"],
)
def test_a_photo_deleted_or_replaced_is_noticed(pictured: Records, statement: str) -> None:
    with pictured.writing() as connection:
        connection.execute(text(statement))
    assert any("differs from what entry" in fault for fault in verify(pictured).faults)


def without_foreign_keys(records: Records, statement: str) -> None:
    """As another program may write, which does not ask for them."""
    with records._engine.connect() as connection:
        driver = connection.connection.cursor()
        sqlite = records.dialect == "sqlite"
        off = "PRAGMA foreign_keys = OFF" if sqlite else "SET session_replication_role = replica"
        on = "PRAGMA foreign_keys = ON" if sqlite else "SET session_replication_role = origin"
        for line in (off, statement, on):
            driver.execute(line)
        connection.connection.commit()


@pytest.mark.parametrize(
    ("statement", "missing"),
    [("DELETE FROM patient", "person"), ("DELETE FROM assessment", "assessment")],
)
def test_what_belongs_to_nobody_is_named(filled: Records, statement: str, missing: str) -> None:
    without_foreign_keys(filled, statement)
    assert any(f"without its {missing}" in fault for fault in verify(filled).faults)


def test_an_entry_cannot_be_called_an_older_one(filled: Records) -> None:
    found = tamper(filled, "UPDATE audit_entry SET chain_version = 1 WHERE sequence = 5")
    assert "entry 5 was changed after it was written" in found.faults


def test_a_cut_off_end_is_noticed_with_the_head_noted_earlier(filled: Records) -> None:
    head = verify(filled).head
    found = tamper(filled, "DELETE FROM audit_entry WHERE sequence = 5", "DELETE FROM dxa_result")
    assert found.faults == ()  # the chain alone cannot know
    assert len(verify(filled, head).faults) == 1


def test_a_rewritten_trail_is_noticed_with_the_head_noted_earlier(filled: Records) -> None:
    head = verify(filled).head
    with filled.writing() as connection:
        lift_protection(connection, filled.dialect)
        rows = [dict(r) for r in connection.execute(select(AUDIT_ENTRY)).mappings()]
        connection.execute(text("DELETE FROM audit_entry"))
        previous = FIRST
        for row in sorted(rows, key=lambda r: int(r["sequence"])):
            row |= {"actor": "somebody else", "previous_hash": previous}
            row["entry_hash"] = previous = entry_hash(row)
            connection.execute(insert(AUDIT_ENTRY), row)
    assert verify(filled).faults == ()
    assert len(verify(filled, head).faults) == 1
    assert verify(filled, verify(filled).head).faults == ()


def test_the_trail_names_nobody(filled: Records, visit: Visit) -> None:
    with filled.reading() as connection:
        for row in connection.execute(select(AUDIT_ENTRY)):
            assert not {"P-1", "P-2", "total_hip"} & {str(cell) for cell in row}


def test_writers_in_threads_extend_one_chain(
    url: str, records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    """Two databases opened apart, four threads: without the lock two would read the same end."""
    other = Records(url)

    def work(store: Records, name: str) -> None:
        for _ in range(8):
            save(store, assessed, replace(visit, patient_id=name))

    threads = [
        threading.Thread(target=work, args=(store, f"P-{i}"))
        for i, store in enumerate((records, other, records, other))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    other.close()
    found = verify(records)
    assert (found.entries, found.faults) == (32, ())


def write_second_sixth_entry(records: Records) -> None:
    with records.writing() as connection:
        fifth = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.sequence == 5)
        row = dict(connection.execute(fifth).mappings().one())
        forged = row | {"sequence": 6, "entry_hash": "f" * 64}  # follows entry 4, as entry 5 does
        connection.execute(insert(AUDIT_ENTRY), forged)


def test_a_fork_is_impossible_even_without_the_lock(filled: Records) -> None:
    with pytest.raises(RecordsUnavailable):
        write_second_sixth_entry(filled)
    assert verify(filled).entries == 5


def test_a_removed_person_who_reappears_is_noticed(filled: Records) -> None:
    with filled.reading() as connection:
        person = (
            connection.execute(select(PATIENT).where(PATIENT.c.patient_id == "P-2"))
            .mappings()
            .one()
        )
        kept = (
            connection.execute(select(ASSESSMENT).where(ASSESSMENT.c.subject == person["subject"]))
            .mappings()
            .first()
        )
    assert kept is not None
    delete_person(filled, "P-2", "Dr. Li")
    assert verify(filled).faults == ()
    with filled.writing() as connection:
        connection.execute(insert(PATIENT), dict(person))
        connection.execute(insert(ASSESSMENT), dict(kept))
    assert any("was removed" in fault for fault in verify(filled).faults)
