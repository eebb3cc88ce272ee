"""Who looked at whom is in the trail, on both databases; a reason goes with the person."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import func, select, text

from face2bone import clock
from face2bone.errors import RecordRefused
from face2bone.records import (
    Records,
    Visit,
    break_glass,
    correct_pseudonym,
    delete_assessment,
    delete_person,
    expire,
    export_records,
    failed_openings,
    note_opened,
    openings,
    save,
    saved_assessments,
    verify,
)
from face2bone.records.tables import AUDIT_ENTRY, BROKEN_GLASS, FAILED_OPENING
from face2bone.report.assessment.document import AssessmentDocument

WHY = "Emergency: her ward could not be reached"


def seen(records: Records, patient_id: str) -> list[tuple[str, str]]:
    return [(one.opened_by, one.reason) for one in openings(records, patient_id)]


def test_each_opening_says_who_and_in_which_order(three: Records) -> None:
    note_opened(three, "P-1", "Dr. Li")
    break_glass(three, "P-1", WHY, "Wu, researcher")
    note_opened(three, "P-2", "Dr. Li")
    note_opened(three, "P-1", "Dr. Li")
    assert seen(three, "P-1") == [("Dr. Li", ""), ("Wu, researcher", WHY), ("Dr. Li", "")]
    assert seen(three, "P-2") == [("Dr. Li", "")]
    assert seen(three, "P-none") == []
    assert verify(three).faults == ()


def test_the_trail_holds_neither_pseudonym_nor_reason(three: Records) -> None:
    break_glass(three, "P-1", WHY, "Wu")
    with three.reading() as connection:
        (entry,) = connection.execute(
            select(AUDIT_ENTRY).where(AUDIT_ENTRY.c.action == "broke glass")
        ).mappings()
    assert not {"P-1", WHY} & set(map(str, entry.values()))


@pytest.mark.parametrize(("reason", "by"), [("", "Wu"), ("  ", "Wu"), (WHY, ""), ("=1", "Wu")])
def test_no_glass_is_broken_without_a_reason_and_a_name(
    three: Records, reason: str, by: str
) -> None:
    with pytest.raises(RecordRefused):
        break_glass(three, "P-1", reason, by)
    assert seen(three, "P-1") == []


def test_nobody_opens_anonymously_or_whom_nobody_knows(three: Records) -> None:
    with pytest.raises(RecordRefused, match="name"):
        note_opened(three, "P-1", " ")
    for open_ in (lambda p: note_opened(three, p, "Li"), lambda p: break_glass(three, p, WHY, "L")):
        with pytest.raises(RecordRefused, match="Nobody in the records"):
            open_("P-none")


def test_who_asks_for_nobody_is_written_down_without_the_pseudonym(three: Records) -> None:
    """Or else one could try out who is a patient here."""
    with pytest.raises(RecordRefused, match="Nobody in the records"):
        break_glass(three, "P-none", WHY, "Wu")
    (one,) = failed_openings(three)
    assert (one.opened_by, one.reason) == ("Wu", WHY)
    with three.reading() as connection:
        last = connection.execute(select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.sequence)).all()[-1]
        kept = connection.execute(select(FAILED_OPENING)).one()
    assert (last.action, last.actor, last.at) == ("found nobody", "Wu", kept.asked_at)
    assert "P-none" not in map(str, (*last, *kept))
    assert WHY not in map(str, last)
    assert verify(three).faults == ()


def test_attempts_expire_and_the_trail_says_so(
    three: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    for day in (0, 20):
        at = now + timedelta(days=day)
        monkeypatch.setattr(clock, "now", lambda at=at: at)
        with pytest.raises(RecordRefused):
            break_glass(three, "P-none", f"{WHY}, day {day}", "Wu")
    assert expire(three, 30, "Dr. Li", now + timedelta(days=29)).people == 0
    assert len(failed_openings(three)) == 2
    assert expire(three, 30, "Dr. Li", now + timedelta(days=40)).people == 3
    assert [one.reason for one in failed_openings(three)] == [f"{WHY}, day 20"]
    assert verify(three).faults == ()


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE failed_opening SET reason = 'none'",
        "UPDATE failed_opening SET asked_by = 'Dr. Li'",
        "DELETE FROM failed_opening",
    ],
)
def test_an_attempt_changed_behind_the_programs_back_is_noticed(
    three: Records, change: str
) -> None:
    with pytest.raises(RecordRefused):
        break_glass(three, "P-none", WHY, "Wu")
    with three.writing() as connection:
        connection.execute(text(change))
    assert verify(three).faults


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE broken_glass SET reason = 'none'",
        "UPDATE broken_glass SET opened_by = 'Dr. Li'",
        "DELETE FROM broken_glass",
    ],
)
def test_a_reason_changed_behind_the_programs_back_is_noticed(three: Records, change: str) -> None:
    break_glass(three, "P-1", WHY, "Wu")
    with three.writing() as connection:
        connection.execute(text(change))
    assert verify(three).faults


def test_a_person_who_is_removed_takes_the_reasons_along(three: Records) -> None:
    break_glass(three, "P-1", WHY, "Wu")
    delete_person(three, "P-1", "Dr. Li")
    with three.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(BROKEN_GLASS)) == 0
    assert verify(three).faults == ()


def test_a_pseudonym_that_was_wrong_goes_and_the_trail_says_so(three: Records) -> None:
    break_glass(three, "P-1", WHY, "Wu")
    (one,) = saved_assessments(three, "P-1")
    correct_pseudonym(three, one.assessment_id, "P-9", "mistyped", "Dr. Li")
    assert seen(three, "P-1") == []
    assert verify(three).faults == ()


def test_what_is_left_of_a_person_keeps_its_openings(
    three: Records, assessed: AssessmentDocument, visit: Visit
) -> None:
    save(three, assessed, replace(visit, patient_id="P-1"))
    break_glass(three, "P-1", WHY, "Wu")
    second, first = saved_assessments(three, "P-1")
    correct_pseudonym(three, second.assessment_id, "P-9", "mistyped", "Dr. Li")
    delete_assessment(three, first.assessment_id, "wrong", "Dr. Li")
    assert seen(three, "P-1") == [("Wu", WHY)]
    assert verify(three).faults == ()


def test_an_export_holds_the_reasons_by_pseudonym(three: Records, tmp_path: Path) -> None:
    break_glass(three, "P-1", WHY, "Wu")
    with pytest.raises(RecordRefused):
        break_glass(three, "P-none", WHY, "Wu")
    break_glass(three, "P-2", WHY, "Wu")
    export_records(three, tmp_path / "out", "Dr. Li")
    table = pd.read_csv(tmp_path / "out" / "broken_glass.csv", keep_default_na=False)
    assert list(table) == ["patient_id", "glass_id", "reason", "opened_at", "opened_by"]
    assert table[["patient_id", "opened_by", "reason"]].to_numpy().tolist() == [
        ["P-1", "Wu", WHY],
        ["", "Wu", WHY],
        ["P-2", "Wu", WHY],
    ]
