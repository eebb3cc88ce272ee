"""What is listed under a pseudonym: as it was saved, the newest first, and nobody else's."""

from dataclasses import replace

from face2bone.records import (
    Records,
    Visit,
    assessment_changes,
    count_saved,
    known_pseudonyms,
    save,
    saved_assessments,
    verify,
)
from face2bone.report.apparent_age import age_part
from face2bone.report.assessment.document import AssessmentDocument
from tests.records.fill import keep
from tests.report.apparent_ages import AGE


def test_each_is_as_it_was_saved(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    kept = save(records, assessed, replace(visit, reason="Seen before"))
    (one,) = saved_assessments(records, visit.patient_id)
    assert (one.assessment_id, one.patient_id) == (kept, visit.patient_id)
    assert (one.decision, one.reason, one.saved_by) == (visit.decision, "Seen before", "Dr. Li")
    assert one.consent_by == "patient"
    assert one.document is not None
    salted = one.document.photo_sha256
    assert one.document.model_copy(update={"photo_sha256": assessed.photo_sha256}) == assessed
    assert salted not in ("", assessed.photo_sha256)


def test_the_newest_comes_first_and_nobody_elses_is_among_them(three: Records) -> None:
    sha256 = "a" * 64
    newest = keep(three, "P-2", sha256, (0.2, 0.5, 0.3))
    listed = saved_assessments(three, "P-2")
    assert len(listed) == count_saved(three, "P-2") == 2
    assert listed[0].assessment_id == newest
    assert {one.patient_id for one in listed} == {"P-2"}


def test_one_of_a_schema_too_old_to_read_has_its_facts(records: Records) -> None:
    keep(records, "P-1", "a" * 64, (0.2, 0.5, 0.3))
    (one,) = saved_assessments(records, "P-1")
    assert one.document is None
    assert one.facts.referral.urgency == "DXA"
    assert one.facts.probabilities == {"normal": 0.2, "osteopenia": 0.5, "osteoporosis": 0.3}


def test_nobody_has_nothing(three: Records) -> None:
    assert saved_assessments(three, "P-none") == ()
    assert assessment_changes(three, "P-none") == ()
    assert count_saved(three, "P-none") == 0
    assert known_pseudonyms(three) == ("P-1", "P-2", "P-3")


def test_how_old_the_face_looked_is_kept_and_read_back(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    """Beside the result: what lists and follow-up read of it is as without one."""
    part = age_part(AGE)
    save(records, assessed, visit)
    save(records, assessed.model_copy(update={"apparent_age": part}), visit)
    later, earlier = saved_assessments(records, visit.patient_id)
    assert later.document is not None
    assert later.document.apparent_age == part
    assert earlier.document is not None
    assert earlier.document.apparent_age is None
    unsalted = {"photo_sha256": ""}
    assert later.facts.model_copy(update=unsalted) == earlier.facts.model_copy(update=unsalted)
    assert verify(records).faults == ()
