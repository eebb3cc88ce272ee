"""The right to be forgotten: the person is gone to the last byte, and the trail stays whole."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from face2bone import clock
from face2bone.errors import RecordRefused
from face2bone.records import Records, Visit, delete_person, expire, save, verify
from face2bone.records.audit_trail import content_hash
from face2bone.records.followup import DxaResult, enter_dxa, kept_assessments
from face2bone.records.photos import PhotoSafe
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY, DXA_RESULT, METADATA, PATIENT
from face2bone.report.assessment.document import AssessmentDocument

REASON = "Zanzibar holiday first"


@pytest.fixture
def two(records: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    """P-STAYS and P-GOES, two assessments each, a DXA result for each."""
    for name in ("P-GOES", "P-STAYS", "P-GOES", "P-STAYS"):
        save(records, assessed, replace(visit, patient_id=name, reason=REASON + name))
    for one in kept_assessments(records):
        enter_dxa(
            records, one.assessment_id, [DxaResult("total_hip", -1.7, one.saved_on)], "Dr. Li"
        )
    return records


def test_a_person_is_removed_and_the_chain_stays_valid(two: Records) -> None:
    with two.reading() as connection:
        subject = connection.scalar(
            select(PATIENT.c.subject).where(PATIENT.c.patient_id == "P-GOES")
        )
    delete_person(two, "P-GOES", "Dr. Li")
    assert verify(two).faults == ()
    assert {one.patient_id for one in kept_assessments(two)} == {"P-STAYS"}
    with two.reading() as connection:
        counts = [
            connection.scalar(select(func.count()).select_from(t))
            for t in (PATIENT, ASSESSMENT, DXA_RESULT)
        ]
        last = connection.execute(
            select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.sequence.desc()).limit(1)
        ).one()
    assert counts == [1, 2, 2]
    assert (last.action, last.actor, last.subject) == ("deleted", "Dr. Li", subject)


def test_no_row_anywhere_still_names_the_person(two: Records) -> None:
    delete_person(two, "P-GOES", "Dr. Li")
    with two.reading() as connection:
        for table in METADATA.tables.values():
            for row in connection.execute(select(table)):
                assert not any("GOES" in str(cell) for cell in row)


def test_what_is_left_cannot_be_matched_with_a_guess(two: Records) -> None:
    """Someone who knows a deleted record exactly cannot find it again: the salt is gone."""
    with two.reading() as connection:
        query = select(ASSESSMENT).join(PATIENT).where(PATIENT.c.patient_id == "P-GOES")
        known = dict(connection.execute(query).mappings().first() or {})
    delete_person(two, "P-GOES", "Dr. Li")
    with two.reading() as connection:
        salts = list(connection.scalars(select(PATIENT.c.salt)))
        hashes = set(connection.scalars(select(AUDIT_ENTRY.c.content_hash)))
    assert not {content_hash(salt, known, "P-GOES") for salt in [*salts, b""]} & hashes


def test_the_files_hold_no_trace_of_the_person(
    tmp_path: Path, assessed: AssessmentDocument, visit: Visit
) -> None:
    records = Records(f"sqlite:///{tmp_path / 'r.sqlite'}", PhotoSafe(b"k" * 32))
    for name in ("P-GOES", "P-STAYS"):
        save(records, assessed, replace(visit, patient_id=name, reason=REASON + name))
    delete_person(records, "P-GOES", "Dr. Li")
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    records.close()
    assert b"P-STAYS" in left
    assert b"P-GOES" not in left
    assert left.count(REASON.encode()) == 1


def test_a_pseudonym_may_come_back_as_a_new_person(
    two: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    delete_person(two, "P-GOES", "Dr. Li")
    save(two, assessed, replace(visit, patient_id="P-GOES"))
    assert verify(two).faults == ()


def test_an_unknown_pseudonym_is_refused_and_leaves_no_entry(two: Records) -> None:
    before = verify(two)
    with pytest.raises(RecordRefused, match="Nobody in the records"):
        delete_person(two, "P-NONE", "Dr. Li")
    assert verify(two) == before


@pytest.mark.slow
@pytest.mark.parametrize("by", ["", "=x", "a\nb"])
def test_nobody_deletes_anonymously(two: Records, by: str) -> None:
    with pytest.raises(RecordRefused, match="name or initials"):
        delete_person(two, "P-GOES", by)
    with pytest.raises(RecordRefused, match="name or initials"):
        expire(two, 1, by)


def test_retention_removes_those_whose_last_visit_is_too_long_ago(two: Records) -> None:
    now = clock.now()
    assert expire(two, 30, "timer", now + timedelta(days=29)).people == 0
    assert expire(two, 30, "timer", now + timedelta(days=31)).people == 2
    assert kept_assessments(two) == ()
    found = verify(two)
    assert found.faults == ()
    with two.reading() as connection:
        actions = list(connection.scalars(select(AUDIT_ENTRY.c.action)))
    assert actions.count("expired") == 2


def test_a_log_that_cannot_be_emptied_yet_is_said(
    tmp_path: Path, assessed: AssessmentDocument, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("face2bone.records.store.PATIENCE", 0.2)
    records = Records(f"sqlite:///{tmp_path / 'r.sqlite'}")
    save(records, assessed, visit)
    with records.reading() as reader:
        reader.execute(select(PATIENT)).all()
        assert not delete_person(records, visit.patient_id, "Dr. Li")
    assert records.forget_log()
    records.close()
