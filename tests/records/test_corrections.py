"""A kept DXA result that was wrong: corrected or withdrawn with a reason, and never lost."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select, text

from face2bone import clock
from face2bone.bone import BoneClass
from face2bone.errors import RecordRefused
from face2bone.records import (
    DxaEntry,
    DxaResult,
    Records,
    correct_dxa,
    delete_person,
    dxa_history,
    enter_dxa,
    export_records,
    import_records,
    kept_assessments,
    verify,
    waiting,
    withdraw_dxa,
)
from face2bone.records.audit_trail import Action, append
from face2bone.records.followup import keep_results, new_row
from face2bone.records.tables import AUDIT_ENTRY, DXA_CHANGE

TODAY = clock.today()
YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def measured(three: Records) -> Records:
    """P-1 has a spine of -2.7 and a hip of -1.1; the other two wait."""
    results = [DxaResult("lumbar_spine", -2.7, TODAY), DxaResult("total_hip", -1.1, TODAY)]
    enter_dxa(three, kept_assessments(three)[0].assessment_id, results, "Dr. Li")
    return three


def history(records: Records) -> tuple[DxaEntry, ...]:
    return dxa_history(records, kept_assessments(records)[0].assessment_id)


def test_what_is_kept_says_who_entered_it_and_when(measured: Records) -> None:
    before = clock.now()
    spine, hip = history(measured)
    assert (spine.result.site, hip.result.t_score) == ("lumbar_spine", -1.1)
    assert {entry.entered_by for entry in (spine, hip)} == {"Dr. Li"}
    assert abs(spine.entered_at - before) < timedelta(hours=1)
    assert spine.counts
    assert spine.change is None


def test_a_correction_counts_and_the_earlier_value_stays(measured: Records) -> None:
    wrong, _ = history(measured)
    correct_dxa(measured, wrong.dxa_id, -2.1, YESTERDAY, "Read from the wrong line", "Dr. Wu")
    first = kept_assessments(measured)[0]
    assert DxaResult("lumbar_spine", -2.1, YESTERDAY) in first.results
    assert first.outcome is BoneClass.OSTEOPENIA
    earlier, _, now = history(measured)
    assert (earlier.result, earlier.counts, now.counts) == (wrong.result, False, True)
    assert (now.result.t_score, now.entered_by) == (-2.1, "Dr. Wu")
    assert earlier.change is not None
    assert earlier.change.corrected
    assert (earlier.change.reason, earlier.change.changed_by) == (
        "Read from the wrong line",
        "Dr. Wu",
    )
    assert verify(measured).faults == ()


def test_what_is_withdrawn_counts_no_more_and_its_place_is_free_again(measured: Records) -> None:
    first = kept_assessments(measured)[0].assessment_id
    for entry in history(measured):
        withdraw_dxa(measured, entry.dxa_id, "Another patient's", "Dr. Wu")
    assert [one.patient_id for one in waiting(kept_assessments(measured))] == ["P-1", "P-2", "P-3"]
    assert not any(entry.counts for entry in history(measured))
    assert all(entry.change and not entry.change.corrected for entry in history(measured))
    enter_dxa(measured, first, [DxaResult("total_hip", 0.4, TODAY)], "Dr. Li")
    assert kept_assessments(measured)[0].outcome is BoneClass.NORMAL
    assert verify(measured).faults == ()


def test_the_trail_says_what_was_done_by_whom_and_nothing_of_the_person(measured: Records) -> None:
    spine, hip = history(measured)
    correct_dxa(measured, spine.dxa_id, -2.1, TODAY, "Typing error", "Dr. Wu")
    withdraw_dxa(measured, hip.dxa_id, "Another patient's", "Dr. Ka")
    with measured.reading() as connection:
        rows = connection.execute(select(AUDIT_ENTRY).order_by("sequence")).mappings().all()[-3:]
    assert [(row["action"], row["actor"]) for row in rows] == [
        ("dxa", "Dr. Wu"),
        ("corrected", "Dr. Wu"),
        ("withdrawn", "Dr. Ka"),
    ]
    assert not {"Typing error", "P-1"} & {str(cell) for row in rows for cell in row.values()}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("t_score", "day", "reason", "by", "said"),
    [
        (-2.1, TODAY, "", "Dr. Wu", "The reason is empty"),
        (-2.1, TODAY, "=1+1", "Dr. Wu", "formula"),
        (-2.1, TODAY, "Typing error", " ", "name or initials"),
        (-2.7, TODAY, "Typing error", "Dr. Wu", "are what is kept"),
        (-9.0, TODAY, "Typing error", "Dr. Wu", "lumbar spine has a T-score outside"),
        (-2.1, TODAY + timedelta(days=2), "Typing error", "Dr. Wu", "has not come"),
        (-2.1, TODAY - timedelta(days=400), "Typing error", "Dr. Wu", "more than 365 days"),
    ],
)
def test_a_change_without_reason_name_or_sense_is_refused(
    measured: Records, t_score: float, day: date, reason: str, by: str, said: str
) -> None:
    before = verify(measured)
    spine, _ = history(measured)
    with pytest.raises(RecordRefused, match=said):
        correct_dxa(measured, spine.dxa_id, t_score, day, reason, by)
    assert verify(measured) == before


def test_what_no_longer_counts_is_not_changed_again(measured: Records) -> None:
    spine, _ = history(measured)
    withdraw_dxa(measured, spine.dxa_id, "Another patient's", "Dr. Wu")
    with pytest.raises(RecordRefused, match="somebody has corrected or withdrawn it"):
        correct_dxa(measured, spine.dxa_id, -2.1, TODAY, "Typing error", "Dr. Wu")
    with pytest.raises(RecordRefused, match="somebody has corrected or withdrawn it"):
        withdraw_dxa(measured, spine.dxa_id, "Another patient's", "Dr. Wu")
    with pytest.raises(RecordRefused, match="reason is empty"):
        withdraw_dxa(measured, spine.dxa_id, "", "Dr. Wu")


def test_of_two_from_before_reasons_were_asked_for_the_later_counts(measured: Records) -> None:
    """Withdrawing it does not bring the earlier one back."""
    one, now = kept_assessments(measured)[0], clock.now()
    row = new_row(one.assessment_id, DxaResult("total_hip", -1.9, TODAY), "Dr. Li", now)
    with measured.writing() as connection:
        append(connection, now, keep_results(connection, [row], Action.DXA, "Dr. Li"))
    assert DxaResult("total_hip", -1.9, TODAY) in kept_assessments(measured)[0].results
    _, written_over, later = history(measured)
    assert (written_over.counts, written_over.change) == (False, None)
    withdraw_dxa(measured, later.dxa_id, "Another patient's", "Dr. Wu")
    assert [result.site for result in kept_assessments(measured)[0].results] == ["lumbar_spine"]
    assert verify(measured).faults == ()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE dxa_change SET reason = 'another'", "differs from what entry"),
        ("DELETE FROM dxa_change", "does not say that it was removed"),
        ("UPDATE dxa_result SET t_score = 1.0", "differs from what entry"),
    ],
)
def test_a_change_that_is_tampered_with_is_noticed(
    measured: Records, statement: str, said: str
) -> None:
    spine, _ = history(measured)
    correct_dxa(measured, spine.dxa_id, -2.1, TODAY, "Typing error", "Dr. Wu")
    with measured.writing() as connection:
        connection.execute(text(statement))
    assert any(said in fault for fault in verify(measured).faults)


def test_the_changes_go_with_the_person(measured: Records) -> None:
    spine, hip = history(measured)
    correct_dxa(measured, spine.dxa_id, -2.1, TODAY, "Typing error", "Dr. Wu")
    withdraw_dxa(measured, hip.dxa_id, "Another patient's", "Dr. Wu")
    delete_person(measured, "P-1", "Dr. Li")
    with measured.reading() as connection:
        assert connection.execute(select(DXA_CHANGE)).all() == []
    assert verify(measured).faults == ()


def test_an_export_holds_what_counts_and_apart_from_it_what_does_not(
    measured: Records, new_url: Callable[[str], str], tmp_path: Path
) -> None:
    spine, hip = history(measured)
    correct_dxa(measured, spine.dxa_id, -2.1, TODAY, "Typing error", "Dr. Wu")
    withdraw_dxa(measured, hip.dxa_id, "Another patient's", "Dr. Ka")
    export_records(measured, tmp_path, "Dr. Li")
    assert list(pd.read_csv(tmp_path / "dxa.csv")["t_score"]) == [-2.1]
    earlier = pd.read_csv(tmp_path / "dxa_earlier.csv", keep_default_na=False)
    assert list(zip(earlier["t_score"], earlier["reason"], earlier["changed_by"], strict=True)) == [
        (-2.7, "Typing error", "Dr. Wu"),
        (-1.1, "Another patient's", "Dr. Ka"),
    ]
    other = Records(new_url("sqlite"))
    import_records(other, tmp_path, "Dr. Wu")
    assert kept_assessments(other) == kept_assessments(measured)
    assert verify(other).faults == ()
    other.close()
