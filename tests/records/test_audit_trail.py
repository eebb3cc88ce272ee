"""The audit trail: append-only, one chain for all writers, and every tampering noticed."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import (
    Connection,
    RowMapping,
    Table,
    Update,
    create_engine,
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
    correct_dxa,
    delete_person,
    dxa_history,
    save,
    verify,
)
from face2bone.records.audit_trail import FIRST, Verification, entry_hash, salted
from face2bone.records.followup import DxaResult, enter_dxa, kept_assessments
from face2bone.records.photos import PhotoSafe
from face2bone.records.store import MIGRATIONS
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY, DXA_RESULT, PATIENT
from face2bone.report.assessment.document import AssessmentDocument


@pytest.fixture
def filled(records: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    """Four saved assessments of two people, and a DXA result: five entries."""
    for patient_id in ("P-1", "P-2", "P-1", "P-2"):
        save(records, assessed, replace(visit, patient_id=patient_id))
    first = kept_assessments(records)[0]
    result = DxaResult("total_hip", -1.5, first.saved_on)
    enter_dxa(records, first.assessment_id, [result], "Dr. Li")
    return records


def before_studies(table: Table, row: RowMapping) -> dict[str, Any]:
    """The row as it was up to migration 0004: the outputs of the one study in columns."""
    values = dict(row)
    if table is ASSESSMENT:
        del values["study"]
        outputs = json.loads(values.pop("outputs") or "{}")
        for name in ("normal", "osteopenia", "osteoporosis"):
            values[f"p_{name}"] = outputs.get(name)
    return values


def put(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    columns = ", ".join(f":{name}" for name in values)
    line = f"INSERT INTO {table.name} ({', '.join(values)}) VALUES ({columns})"  # noqa: S608
    connection.execute(text(line), values)


def copied_to(migration: str, chain_version: int, filled: Records, url: str) -> Records:
    """The same people and records in a database made by an earlier version, and sealed by it."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection, filled.reading() as source:
        config.attributes["connection"] = connection
        command.upgrade(config, migration)
        people = {row.subject: row for row in source.execute(select(PATIENT))}
        rows = {}
        for table in (PATIENT, ASSESSMENT, DXA_RESULT):
            for row in source.execute(select(table)).mappings():
                old_row = before_studies(table, row)
                put(connection, table, old_row)
                rows[row[next(iter(table.primary_key)).name]] = old_row
        previous = FIRST
        for entry in source.execute(
            select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.sequence)
        ).mappings():
            old = dict(entry) | {"previous_hash": previous, "chain_version": chain_version}
            person, sealed_row = people[old["subject"]], rows[old["record_id"]]
            if chain_version > 1:
                sealed_row = sealed_row | {"patient_id": person.patient_id, "photo": ""}
            row_text = json.dumps(sealed_row, sort_keys=True, separators=(",", ":")).encode()
            old["content_hash"] = salted(person.salt, row_text)
            old["entry_hash"] = previous = entry_hash(old)
            if migration == "0001":
                del old["chain_version"]
            put(connection, AUDIT_ENTRY, old)
    engine.dispose()
    return Records(url)


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


def test_a_trail_from_before_the_versions_still_verifies(
    kind: str, new_url: Callable[[str], str], filled: Records
) -> None:
    """The tables as they were, filled as they were, then brought up to date."""
    old = copied_to("0001", 1, filled, new_url(kind))
    assert verify(old).faults == ()
    entered = kept_assessments(old)[1]
    enter_dxa(old, entered.assessment_id, [DxaResult("total_hip", -2, entered.saved_on)], "Dr. Li")
    assert verify(old).faults == ()
    with old.writing() as connection:
        connection.execute(text("UPDATE assessment SET reason = 'another'"))
    assert len(verify(old).faults) == 4
    old.close()


@pytest.mark.parametrize("migration", ["0002", "0003", "0004"])
def test_a_database_of_an_earlier_version_is_carried_over(
    kind: str,
    new_url: Callable[[str], str],
    filled: Records,
    assessed: AssessmentDocument,
    visit: Visit,
    migration: str,
) -> None:
    """0002: before corrections; 0003: when every assessment had a result of a photo; 0004: of
    release 0.1.0, before assessments said their study.
    """
    if migration == "0004":
        save(filled, without_result(assessed), replace(visit, patient_id="P-3"))
    old = copied_to(migration, 2, filled, new_url(kind))
    assert verify(old).faults == ()
    assert verify(old).entries == verify(filled).entries
    assert kept_assessments(old) == kept_assessments(filled)
    first = kept_assessments(old)[0]
    (entry,) = dxa_history(old, first.assessment_id)
    correct_dxa(old, entry.dxa_id, -2.7, first.saved_on, "Typing error", "Dr. Li")
    assert verify(old).faults == ()
    old.close()


@pytest.mark.parametrize(
    "change",
    [
        "SET study = 'bone_net'",
        "SET outputs = replace(outputs, 'normal', 'abnormal')",
        "SET outputs = replace(outputs, '0.', '0.0')",
        "SET outputs = NULL",
    ],
)
def test_what_was_carried_over_is_still_sealed(
    kind: str, new_url: Callable[[str], str], filled: Records, change: str
) -> None:
    old = copied_to("0004", 2, filled, new_url(kind))
    with old.writing() as connection:
        connection.execute(text(f"UPDATE assessment {change}"))
    assert len(verify(old).faults) == 4
    old.close()


def without_result(assessed: AssessmentDocument) -> AssessmentDocument:
    """The same answers, of a visit without a photo."""
    values = assessed.model_dump() | {"no_result": "There was no photo.", "photo_sha256": ""}
    values |= {"probabilities": None, "prediction_set": [], "out_of_domain": None, "engine": ""}
    values["referral"]["class_headline_shown"] = False
    return AssessmentDocument.model_validate(values)


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
