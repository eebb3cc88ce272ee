"""What is kept, what is refused, and that a photo is kept only where a site wants it."""

import hashlib
import json
from dataclasses import replace

import pytest
from sqlalchemy import select, text

from face2bone.drawn.face.samples import sample_patients
from face2bone.errors import PhotoKeyError, RecordRefused
from face2bone.modalities.photo import Photo
from face2bone.records import (
    DECISIONS,
    ConsentBy,
    Records,
    Visit,
    consent_text,
    kept_assessments,
    save,
    verify,
)
from face2bone.records.photos import PhotoSafe
from face2bone.records.saving import facts_of, visit_problems
from face2bone.records.tables import ASSESSMENT, AUDIT_ENTRY, PATIENT, PHOTO
from face2bone.report.assessment.document import AssessmentDocument, read_document


def test_everything_the_clinic_needs_is_kept(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    assessment_id = save(records, assessed, replace(visit, reason="Patient asked for it"))
    with records.reading() as connection:
        row = connection.execute(select(ASSESSMENT)).mappings().one()
        person = connection.execute(select(PATIENT)).one()
    assert row["assessment_id"] == assessment_id
    assert person.patient_id == visit.patient_id
    assert (row["decision"], row["reason"]) == (visit.decision, "Patient asked for it")
    assert (row["consent_by"], row["consent_version"]) == ("patient", consent_text().version)
    assert row["consent_at"] == row["saved_at"]
    assert row["bundle_sha256"] == assessed.bundle.sha256
    assert assessed.referral.pathway_version in row["guideline_version"]
    assert row["study"] == "face2bone"
    assert json.loads(row["outputs"]) == assessed.probabilities
    assert row["class_shown"] is assessed.referral.class_headline_shown


def test_the_document_comes_back_whole_but_for_its_photos_hash(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    save(records, assessed, visit)
    with records.reading() as connection:
        kept = read_document(connection.scalar(select(ASSESSMENT.c.document)) or "")
    assert kept.photo_sha256 != assessed.photo_sha256
    assert kept.model_copy(update={"photo_sha256": assessed.photo_sha256}) == assessed


def test_the_same_photo_is_salted_otherwise_for_another_person(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    for patient_id in ("P-1", "P-1", "P-2"):
        save(records, assessed, replace(visit, patient_id=patient_id))
    with records.reading() as connection:
        first, again, other = connection.scalars(
            select(AUDIT_ENTRY.c.photo_hash).order_by(AUDIT_ENTRY.c.sequence)
        )
    assert first == again != other
    assert assessed.photo_sha256 not in {first, other}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"consent_by": None}, "without consent"),
        ({"patient_id": ""}, "pseudonym"),
        ({"patient_id": "Ana Lima"}, "pseudonym"),
        ({"patient_id": "x" * 65}, "pseudonym"),
        ({"saved_by": " "}, "name or initials"),
        ({"saved_by": "=cmd()"}, "formula"),
        ({"saved_by": "a" * 81}, "longer than 80"),
        ({"decision": "surgery"}, "none of"),
        ({"reason": "two\nlines"}, "line breaks"),
        ({"reason": "ok;=1+1"}, "formula"),
        ({"reason": 'ok"; -cmd'}, "formula"),
        ({"saved_by": "Li, @SUM(1)"}, "formula"),
    ],
)
def test_an_incomplete_visit_is_refused_and_nothing_kept(
    records: Records,
    assessed: AssessmentDocument,
    visit: Visit,
    change: dict[str, object],
    said: str,
) -> None:
    with pytest.raises(RecordRefused, match=said):
        save(records, assessed, replace(visit, **change))  # type: ignore[arg-type]
    with records.reading() as connection:
        assert connection.execute(select(PATIENT)).all() == []
        assert connection.execute(select(AUDIT_ENTRY)).all() == []


def test_a_sample_patient_is_not_kept(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    sha256 = hashlib.sha256(sample_patients()[1].photo_bytes()).hexdigest()
    with pytest.raises(RecordRefused, match="cannot be saved: the picture is drawn"):
        save(records, assessed.model_copy(update={"photo_sha256": sha256}), visit)
    assert verify(records).entries == 0


def test_another_decision_needs_a_reason(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    decision = next(d for d in DECISIONS if d != assessed.referral.urgency)
    with pytest.raises(RecordRefused, match="Give the reason"):
        save(records, assessed, replace(visit, decision=decision))
    save(records, assessed, replace(visit, decision=decision, reason="DXA was done last month"))


def test_a_decision_in_the_words_of_a_former_release_is_still_one(visit: Visit) -> None:
    """An export of release 0.1.0 is imported: what was decided then is not reworded."""
    former = replace(visit, decision="routine: education and follow-up")
    assert list(visit_problems(former, former.decision)) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("  ", "Enter your name or initials."),
        ("x" * 81, "Your name is longer than 80 characters. Write it again."),
    ],
)
def test_whoever_saves_is_asked_for_in_plain_words(visit: Visit, typed: str, said: str) -> None:
    assert list(visit_problems(replace(visit, saved_by=typed), visit.decision)) == [said]


def test_every_problem_is_named_at_once(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    empty = replace(visit, patient_id="", saved_by="", consent_by=None)
    with pytest.raises(RecordRefused, match=r"consent.*pseudonym.*initials"):
        save(records, assessed, empty)


def test_a_representative_may_consent(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    save(records, assessed, replace(visit, consent_by=ConsentBy.REPRESENTATIVE))
    with records.reading() as connection:
        assert connection.scalar(select(ASSESSMENT.c.consent_by)) == "legal representative"


def test_no_photo_is_kept_unless_the_site_wants_it(
    records: Records, assessed: AssessmentDocument, visit: Visit, sample_photo: Photo
) -> None:
    save(records, assessed, visit, sample_photo)
    with records.reading() as connection:
        assert connection.execute(select(PHOTO)).all() == []


def test_a_kept_photo_is_sealed_and_opens_with_its_key_only(
    url: str, assessed: AssessmentDocument, visit: Visit, sample_photo: Photo
) -> None:
    safe = PhotoSafe(b"k" * 32)
    records = Records(url, safe)
    assessment_id = save(records, assessed, visit, sample_photo)
    with records.reading() as connection:
        row = connection.execute(select(PHOTO)).one()
    assert verify(records).faults == ()
    records.close()
    assert row.key_id == safe.key_id
    assert b"PNG" not in row.sealed[:64]
    assert safe.open(row.sealed, assessment_id).startswith(b"\x89PNG")
    with pytest.raises(PhotoKeyError):
        PhotoSafe(b"l" * 32).open(row.sealed, assessment_id)


def test_deleting_a_person_takes_the_photo_along(
    url: str, assessed: AssessmentDocument, visit: Visit, sample_photo: Photo
) -> None:
    records = Records(url, PhotoSafe(b"k" * 32))
    save(records, assessed, visit, sample_photo)
    with records.writing() as connection:
        connection.execute(text("DELETE FROM patient"))
    with records.reading() as connection:
        assert connection.execute(select(PHOTO)).all() == []
    records.close()


def test_another_study_is_kept_under_its_own_name_and_classes(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    values = assessed.model_dump() | {
        "study": "disc",
        "classes": ["small", "large"],
        "concepts": [],
    }
    values |= {"probabilities": {"small": 0.25, "large": 0.75}, "prediction_set": ["large"]}
    values["bundle"]["class_fractions"] = {"small": 0.5, "large": 0.5}
    save(records, AssessmentDocument.model_validate(values), visit)
    (one,) = kept_assessments(records)
    assert (one.study, one.outputs) == ("disc", {"small": 0.25, "large": 0.75})
    assert verify(records).faults == ()


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ({"normal": 0.5, "osteopenia": 0.5, "osteoporosis": 0.5}, "add up to 1"),
        ({"normal": 0.5, "osteopenia": 0.5}, "are not of normal, osteopenia, osteoporosis"),
    ],
)
def test_probabilities_of_a_document_without_a_schema_are_checked(
    assessed: AssessmentDocument, shares: dict[str, float], said: str
) -> None:
    values = json.loads(assessed.model_dump_json()) | {"probabilities": shares}
    for name in ("schema_version", "study", "classes", "parts"):
        del values[name]
    with pytest.raises(RecordRefused, match=said):
        facts_of(json.dumps(values))


def test_facts_are_read_from_any_schema_version(assessed: AssessmentDocument) -> None:
    later = json.loads(assessed.model_dump_json()) | {"schema_version": "9.0", "extra": [1]}
    read, now = facts_of(json.dumps(later)), facts_of(assessed.model_dump_json())
    assert read == now.model_copy(update={"schema_version": "9.0"})


@pytest.mark.parametrize("text_", ["", "{}", "[]", '{"photo_sha256": "x"}'])
def test_what_is_no_assessment_is_refused(text_: str) -> None:
    with pytest.raises(RecordRefused, match="not an assessment"):
        facts_of(text_)


def without_result(assessed: AssessmentDocument, photo_sha256: str) -> AssessmentDocument:
    """The same answers without a result of a photo."""
    gone = {"probabilities": None, "prediction_set": [], "out_of_domain": None, "engine": ""}
    kept = assessed.model_dump() | gone | {"regions": [], "concepts": [], "regions_withheld": ""}
    kept["referral"]["class_headline_shown"] = False
    kept |= {"no_result": "There was no photo.", "photo_sha256": photo_sha256}
    return AssessmentDocument.model_validate(kept)


@pytest.mark.parametrize("photo_sha256", ["", "d" * 64])
def test_answers_without_a_result_are_kept_and_sealed(
    records: Records, assessed: AssessmentDocument, visit: Visit, photo_sha256: str
) -> None:
    save(records, without_result(assessed, photo_sha256), visit)
    (one,) = kept_assessments(records)
    assert (one.study, one.outputs) == ("face2bone", None)
    assert not one.class_shown
    assert verify(records).faults == ()
