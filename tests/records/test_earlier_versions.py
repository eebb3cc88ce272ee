"""Databases and trails of earlier versions: carried over, and still sealed."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, RowMapping, Table, create_engine, select, text

from face2bone.records import (
    DxaResult,
    Records,
    Visit,
    correct_dxa,
    dxa_history,
    enter_dxa,
    kept_assessments,
    save,
    verify,
)
from face2bone.records.audit_trail import FIRST, entry_hash, salted
from face2bone.records.store import MIGRATIONS
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY, DXA_RESULT, PATIENT
from face2bone.report.assessment.document import AssessmentDocument
from tests.records.fill import five_entries


@pytest.fixture
def filled(records: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    return five_entries(records, assessed, visit)


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
