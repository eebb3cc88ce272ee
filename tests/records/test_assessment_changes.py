"""An assessment under the wrong pseudonym is put right, one that is wrong is deleted; on both
databases the trail says so and still verifies."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, select, text

from face2bone import clock
from face2bone.errors import RecordRefused
from face2bone.modalities.photo import Photo
from face2bone.records import (
    DxaResult,
    Records,
    Visit,
    assessment_changes,
    clinic_report,
    correct_dxa,
    correct_pseudonym,
    delete_assessment,
    delete_person,
    dxa_history,
    enter_dxa,
    expire,
    export_records,
    import_records,
    kept_assessments,
    save,
    saved_assessments,
    verify,
    waiting,
)
from face2bone.records.photos import PhotoSafe
from face2bone.records.tables import (
    ASSESSMENT,
    ASSESSMENT_CHANGE,
    AUDIT_ENTRY,
    DXA_CHANGE,
    DXA_RESULT,
    METADATA,
    PATIENT,
    PHOTO,
)
from face2bone.report.assessment.document import AssessmentDocument

REASON = "Saved for the wrong patient"
MARK = "Zanzibar holiday first"


@pytest.fixture
def measured(three: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    """P-1 has two assessments; the first has a DXA result that was corrected once."""
    sent = replace(visit, patient_id="P-1", decision="DXA", reason=MARK)
    save(three, assessed, sent)
    first = kept_assessments(three)[0]
    enter_dxa(three, first.assessment_id, [DxaResult("total_hip", -2.7, first.saved_on)], "Dr. Li")
    (entry,) = dxa_history(three, first.assessment_id)
    correct_dxa(three, entry.dxa_id, -2.6, first.saved_on, "Typing error", "Dr. Li")
    return three


def first_of(records: Records, patient_id: str = "P-1") -> str:
    return saved_assessments(records, patient_id)[-1].assessment_id


def rows(records: Records, *tables: str) -> list[int]:
    with records.reading() as connection:
        return [
            connection.scalar(select(func.count()).select_from(METADATA.tables[t])) or 0
            for t in tables
        ]


@pytest.mark.slow
def test_a_deleted_assessment_is_gone_and_the_trail_says_so(measured: Records) -> None:
    gone = first_of(measured)
    before = verify(measured).entries
    assert delete_assessment(measured, gone, REASON, "Dr. Wu")
    found = verify(measured)
    assert found.faults == ()
    assert found.entries == before + 5, "assessment, two results, their change, and the reason"
    assert gone not in {one.assessment_id for one in kept_assessments(measured)}
    assert rows(measured, "assessment", "dxa_result", "dxa_change") == [3, 0, 0]
    (change,) = assessment_changes(measured, "P-1")
    assert (change.assessment_id, change.deleted, change.reason) == (gone, True, REASON)
    assert change.changed_by == "Dr. Wu"
    assert abs(change.changed_at - clock.now()) < timedelta(hours=1)


def test_it_is_gone_from_follow_up_and_statistics(measured: Records) -> None:
    bundle = kept_assessments(measured)[0].bundle_sha256
    before = clinic_report(kept_assessments(measured), bundle)
    assert before.counted + before.left_out == 1
    for one in saved_assessments(measured, "P-1"):
        delete_assessment(measured, one.assessment_id, REASON, "Dr. Wu")
    after = clinic_report(kept_assessments(measured), bundle)
    assert after.counted + after.left_out == 0
    assert {one.patient_id for one in waiting(kept_assessments(measured))} == {"P-2", "P-3"}


def test_nothing_it_held_is_left_anywhere(measured: Records) -> None:
    second = saved_assessments(measured, "P-1")[0].assessment_id
    delete_assessment(measured, second, REASON, "Dr. Wu")
    with measured.reading() as connection:
        for table in METADATA.tables.values():
            for row in connection.execute(select(table)):
                assert not any(MARK in str(cell) for cell in row)
        entries = select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.action == "removed")
        for entry in connection.execute(entries).mappings():
            assert entry["content_hash"] == entry["photo_hash"] == ""


def test_the_photo_goes_with_it_to_the_last_byte(
    tmp_path: Path, assessed: AssessmentDocument, visit: Visit, sample_photo: Photo
) -> None:
    records = Records(f"sqlite:///{tmp_path / 'r.sqlite'}", PhotoSafe(b"k" * 32))
    gone = save(records, assessed, replace(visit, reason=MARK), sample_photo)
    save(records, assessed, visit, sample_photo)
    with records.reading() as connection:
        query = select(PHOTO.c.sealed).where(PHOTO.c.assessment_id == gone)
        sealed: bytes = connection.scalars(query).one()
    delete_assessment(records, gone, REASON, "Dr. Wu")
    assert verify(records).faults == ()
    assert rows(records, "photo") == [1]
    left = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    records.close()
    assert MARK.encode() not in left
    assert sealed[:64] not in left


def test_one_is_deleted_once(measured: Records) -> None:
    gone = first_of(measured)
    delete_assessment(measured, gone, REASON, "Dr. Wu")
    before = verify(measured)
    for again in (
        lambda: delete_assessment(measured, gone, REASON, "Dr. Wu"),
        lambda: correct_pseudonym(measured, gone, "P-9", REASON, "Dr. Wu"),
    ):
        with pytest.raises(RecordRefused, match="somebody has deleted it"):
            again()
    assert verify(measured) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("reason", "by", "match"),
    [
        ("", "Dr. Wu", "reason is empty"),
        ("=cmd()", "Dr. Wu", "formula"),
        (REASON, "", "name or initials"),
    ],
)
def test_not_without_a_reason_and_a_name(
    measured: Records, reason: str, by: str, match: str
) -> None:
    before = verify(measured)
    with pytest.raises(RecordRefused, match=match):
        delete_assessment(measured, first_of(measured), reason, by)
    with pytest.raises(RecordRefused, match=match):
        correct_pseudonym(measured, first_of(measured), "P-9", reason, by)
    assert verify(measured) == before


def test_another_pseudonym_takes_it_with_its_results(measured: Records) -> None:
    moved = first_of(measured)
    correct_pseudonym(measured, moved, "P-2", REASON, "Dr. Wu")
    assert verify(measured).faults == ()
    assert moved in {one.assessment_id for one in saved_assessments(measured, "P-2")}
    assert moved not in {one.assessment_id for one in saved_assessments(measured, "P-1")}
    kept = {one.assessment_id: one for one in kept_assessments(measured)}
    assert kept[moved].patient_id == "P-2"
    assert [result.t_score for result in kept[moved].results] == [-2.6]
    (change,) = assessment_changes(measured, "P-2")
    assert (change.assessment_id, change.deleted, change.reason) == (moved, False, REASON)
    assert assessment_changes(measured, "P-1") == ()


def test_the_order_of_what_was_saved_stays(measured: Records) -> None:
    before = [one.assessment_id for one in kept_assessments(measured)]
    correct_pseudonym(measured, before[0], "P-0", REASON, "Dr. Wu")
    assert [one.assessment_id for one in kept_assessments(measured)] == before


def test_a_typing_error_leaves_nobody_behind(measured: Records) -> None:
    only = first_of(measured, "P-2")
    correct_pseudonym(measured, only, "P-02", REASON, "Dr. Wu")
    with measured.reading() as connection:
        assert set(connection.scalars(select(PATIENT.c.patient_id))) == {"P-1", "P-02", "P-3"}
    correct_pseudonym(measured, only, "P-2", "It was right", "Dr. Wu")
    assert [change.reason for change in assessment_changes(measured, "P-2")] == [
        REASON,
        "It was right",
    ]
    assert verify(measured).faults == ()


def test_the_kept_photo_moves_with_it_and_opens(
    tmp_path: Path, assessed: AssessmentDocument, visit: Visit, sample_photo: Photo
) -> None:
    safe = PhotoSafe(b"k" * 32)
    records = Records(f"sqlite:///{tmp_path / 'r.sqlite'}", safe)
    moved = save(records, assessed, visit, sample_photo)
    correct_pseudonym(records, moved, "P-9", REASON, "Dr. Wu")
    assert verify(records).faults == ()
    with records.reading() as connection:
        sealed = connection.scalars(select(PHOTO.c.sealed)).one()
    assert safe.open(sealed, moved)
    records.close()


@pytest.mark.parametrize("pseudonym", ["", "Jane Doe", "P-1"])
def test_a_pseudonym_that_is_none_or_the_same_is_refused(measured: Records, pseudonym: str) -> None:
    before = verify(measured)
    with pytest.raises(RecordRefused, match="pseudonym"):
        correct_pseudonym(measured, first_of(measured), pseudonym, REASON, "Dr. Wu")
    assert verify(measured) == before


def test_whoever_it_came_from_or_went_to_can_be_deleted(measured: Records) -> None:
    moved = first_of(measured)
    correct_pseudonym(measured, moved, "P-2", REASON, "Dr. Wu")
    delete_person(measured, "P-1", "Dr. Li")
    assert verify(measured).faults == ()
    assert moved in {one.assessment_id for one in kept_assessments(measured)}
    delete_person(measured, "P-2", "Dr. Li")
    assert verify(measured).faults == ()
    assert {one.patient_id for one in kept_assessments(measured)} == {"P-3"}
    assert rows(measured, "assessment_change") == [0]


def test_a_pseudonym_with_nothing_left_but_a_reason_expires(measured: Records) -> None:
    delete_assessment(measured, first_of(measured, "P-2"), REASON, "Dr. Wu")
    now = clock.now()
    assert expire(measured, 30, "timer", now + timedelta(days=29)).people == 0
    assert expire(measured, 30, "timer", now + timedelta(days=31)).people == 3
    assert rows(measured, "patient", "assessment_change") == [0, 0]
    assert verify(measured).faults == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE assessment_change SET reason = 'another'",
        "UPDATE assessment_change SET changed_by = 'Dr. No'",
        "DELETE FROM assessment_change",
    ],
)
def test_a_reason_changed_or_lost_is_noticed(measured: Records, statement: str) -> None:
    delete_assessment(measured, first_of(measured), REASON, "Dr. Wu")
    with measured.writing() as connection:
        connection.execute(text(statement))
    assert len(verify(measured).faults) == 1


def test_what_was_deleted_and_reappears_is_noticed(measured: Records) -> None:
    gone = first_of(measured)
    with measured.reading() as connection:
        query = select(ASSESSMENT).where(ASSESSMENT.c.assessment_id == gone)
        row = dict(connection.execute(query).mappings().one())
    delete_assessment(measured, gone, REASON, "Dr. Wu")
    with measured.writing() as connection:
        connection.execute(ASSESSMENT.insert(), row)
    (fault,) = verify(measured).faults
    assert "says that it was removed" in fault


def test_an_export_says_why_and_an_import_brings_no_deleted_one_back(
    measured: Records, tmp_path: Path
) -> None:
    delete_assessment(measured, first_of(measured), REASON, "Dr. Wu")
    export_records(measured, tmp_path / "out", "Dr. Li")
    table = pd.read_csv(tmp_path / "out" / "assessment_changes.csv")
    assert table[["patient_id", "what", "reason"]].to_numpy().tolist() == [
        ["P-1", "deleted", REASON]
    ]
    other = Records(f"sqlite:///{tmp_path / 'other.sqlite'}")
    assert import_records(other, tmp_path / "out", "Dr. Wu") == 3
    assert verify(other).faults == ()
    other.close()


def test_every_table_that_hangs_on_an_assessment_is_known() -> None:
    """The tables that hang on an assessment are all that a deletion has to know."""
    hanging = {
        table.name
        for table in METADATA.tables.values()
        for key in table.foreign_keys
        if key.column.table in (ASSESSMENT, DXA_RESULT)
    }
    assert hanging == {DXA_RESULT.name, DXA_CHANGE.name, PHOTO.name}
    assert ASSESSMENT_CHANGE.name not in hanging, "it outlives what it speaks of"
