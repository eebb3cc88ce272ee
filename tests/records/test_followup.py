"""DXA results: who waits for one, entering them, and whose days they are."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from face2bone import clock
from face2bone.bone import BoneClass
from face2bone.drawn.face.samples import sample_patients
from face2bone.errors import RecordRefused
from face2bone.records import (
    DECISIONS,
    DxaResult,
    Records,
    Visit,
    correct_dxa,
    dxa_history,
    enter_dxa,
    export_records,
    followup,
    import_records,
    kept_assessments,
    save,
    verify,
    waiting,
)
from face2bone.records.audit_trail import stamp
from face2bone.report.assessment.document import AssessmentDocument
from tests.records.fill import keep

TODAY = clock.today()


def test_everyone_waits_until_a_result_comes(three: Records) -> None:
    kept = kept_assessments(three)
    assert [one.patient_id for one in waiting(kept)] == ["P-1", "P-2", "P-3"]
    enter_dxa(three, kept[1].assessment_id, [DxaResult("total_hip", -1.2, TODAY)], "Dr. Li")
    kept = kept_assessments(three)
    assert [one.patient_id for one in waiting(kept)] == ["P-1", "P-3"]
    assert [one.outcome for one in kept] == [None, BoneClass.OSTEOPENIA, None]
    assert verify(three).faults == ()


def test_only_those_who_were_sent_to_dxa_wait_for_it(
    records: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    for number, decision in enumerate(DECISIONS):
        changed = replace(visit, patient_id=f"P-{number}", decision=decision, reason="Agreed")
        save(records, assessed, changed)
    assert [one.decision for one in waiting(kept_assessments(records))] == [
        "DXA",
        "specialist or treatment review, with DXA",
        "urgent clinician review",
    ]


def test_a_sample_that_an_earlier_version_kept_is_nobody_and_counts_nowhere(
    records: Records,
    assessed: AssessmentDocument,
    visit: Visit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sha256 = hashlib.sha256(sample_patients()[0].photo_bytes()).hexdigest()
    with monkeypatch.context() as earlier:
        earlier.setattr("face2bone.records.saving.is_sample", lambda _: False)
        save(records, assessed.model_copy(update={"photo_sha256": sha256}), visit)
    save(records, assessed, visit)
    (kept,) = kept_assessments(records)
    enter_dxa(records, kept.assessment_id, [DxaResult("total_hip", -1.2, TODAY)], "Dr. Li")
    assert verify(records).faults == ()


def test_the_lowest_site_decides(three: Records) -> None:
    first = kept_assessments(three)[0].assessment_id
    results = [DxaResult("lumbar_spine", -2.6, TODAY), DxaResult("total_hip", -0.4, TODAY)]
    enter_dxa(three, first, results, "Dr. Li")
    assert kept_assessments(three)[0].outcome is BoneClass.OSTEOPOROSIS
    assert verify(three).entries == 3 + 2


def test_a_result_is_never_written_over(three: Records) -> None:
    first = kept_assessments(three)[0].assessment_id
    enter_dxa(three, first, [DxaResult("lumbar_spine", -2.46, TODAY)], "Dr. Li")
    again = [DxaResult("total_hip", -0.4, TODAY), DxaResult("lumbar_spine", -1.6, TODAY)]
    with pytest.raises(RecordRefused, match=r"already \(lumbar spine: -2.46, measured on"):
        enter_dxa(three, first, again, "Dr. Li")
    kept = kept_assessments(three)[0]
    assert [(r.site, r.t_score) for r in kept.results] == [("lumbar_spine", -2.46)]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("result", "said"),
    [
        (DxaResult("elbow", -1.0, TODAY), "none of"),
        (DxaResult("total_hip", -8.1, TODAY), "outside -8 to 8"),
        (DxaResult("total_hip", float("nan"), TODAY), "outside"),
        (DxaResult("total_hip", -1.0, TODAY + timedelta(days=2)), "has not come"),
        (DxaResult("total_hip", -1.0, TODAY - timedelta(days=366)), "more than 365 days"),
    ],
)
def test_an_impossible_result_is_refused(three: Records, result: DxaResult, said: str) -> None:
    first = kept_assessments(three)[0].assessment_id
    with pytest.raises(RecordRefused, match=said):
        enter_dxa(three, first, [DxaResult("lumbar_spine", -1.0, TODAY), result], "Dr. Li")
    assert len(waiting(kept_assessments(three))) == 3


def test_nothing_unknown_empty_or_unsigned_is_entered(three: Records) -> None:
    result, first = DxaResult("total_hip", -1.0, TODAY), kept_assessments(three)[0].assessment_id
    with pytest.raises(RecordRefused, match="no such assessment"):
        enter_dxa(three, "0" * 32, [result], "Dr. Li")
    with pytest.raises(RecordRefused, match="at least one"):
        enter_dxa(three, first, [], "Dr. Li")
    with pytest.raises(RecordRefused, match="name or initials"):
        enter_dxa(three, first, [result], "")


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Pacific/Auckland", date(2026, 11, 28)), ("America/Los_Angeles", date(2026, 11, 27))],
)
def test_a_day_is_the_day_of_the_place(
    records: Records,
    in_zone: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    zone: str,
    day: date,
) -> None:
    """Saved in Auckland's morning, when it is still the day before in London and Los Angeles."""
    in_zone(zone)
    evening = datetime(2026, 11, 27, 20, 30, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: evening)
    made = keep(records, "P-1", "b" * 64, (0.2, 0.5, 0.3), at=evening)
    (one,) = kept_assessments(records)
    assert (one.saved_at, one.saved_on) == (evening, day)
    tomorrow = DxaResult("total_hip", -1.0, day + timedelta(days=1))
    with pytest.raises(RecordRefused, match="has not come"):
        enter_dxa(records, made, [tomorrow], "Dr. Li")
    enter_dxa(records, made, [DxaResult("total_hip", -1.0, day)], "Dr. Li")


def test_what_is_moved_to_a_place_where_it_is_still_yesterday_is_taken_in(
    records: Records,
    in_zone: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    assessed: AssessmentDocument,
    visit: Visit,
    tmp_path: Path,
) -> None:
    in_zone("Pacific/Auckland")
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 27, 20, 30, tzinfo=UTC))
    made = save(records, assessed, visit)
    enter_dxa(records, made, [DxaResult("total_hip", -1.0, clock.today())], "Dr. Li")
    export_records(records, tmp_path / "out", "Dr. Li")
    in_zone("America/Los_Angeles")
    other = Records(f"sqlite:///{tmp_path / 'new.sqlite'}")
    assert import_records(other, tmp_path / "out", "Dr. Li") == 1
    other.close()


@pytest.mark.parametrize("moved", [False, True], ids=["entered here", "exported and imported"])
def test_a_clock_set_back_does_not_hide_a_corrected_result(
    three: Records, tmp_path: Path, moved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = kept_assessments(three)[0]
    enter_dxa(three, one.assessment_id, [DxaResult("total_hip", -1.0, one.saved_on)], "Dr. Li")
    (entry,) = dxa_history(three, one.assessment_id)
    yesterday = clock.now() - timedelta(days=1)
    monkeypatch.setattr(followup, "stamp", lambda _: stamp(yesterday))
    correct_dxa(three, entry.dxa_id, -2.7, one.saved_on, "Typing error", "Dr. Li")
    monkeypatch.undo()
    records = three
    if moved:
        export_records(three, tmp_path / "out", "Dr. Li")
        records = Records(f"sqlite:///{tmp_path / 'new.sqlite'}")
        import_records(records, tmp_path / "out", "Dr. Li")
    (found,) = kept_assessments(records)[0].results
    if moved:
        records.close()
    assert found.t_score == -2.7
