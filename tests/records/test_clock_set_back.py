"""A clock that is set back between two saves: by hours, over a change to winter time, by years."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face2bone import clock
from face2bone.cli import records as records_commands
from face2bone.errors import RecordRefused
from face2bone.records import (
    Records,
    Visit,
    correct_dxa,
    dxa_history,
    enter_dxa,
    expire,
    export_records,
    import_records,
    kept_assessments,
    save,
    saved_assessments,
    verify,
)
from face2bone.records.followup import DxaResult
from face2bone.records.heads import HeadFile
from face2bone.report.assessment.document import AssessmentDocument
from tests.records.test_audit_trail import tamper

# In Berlin 2:30 in summer time, half an hour before it ends.
START: Final = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)
JUMPS: Final = {
    "hours": (timedelta(), -3 * HOUR, -5 * HOUR, HOUR),
    "winter time": (timedelta(), HOUR, 2 * HOUR, 3 * HOUR),  # the wall says 2:30 twice
    "years": (timedelta(), -56 * YEAR, -6 * YEAR, HOUR),  # 1970, as after a flat battery
}
Save = Callable[..., str]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets the computer's clock."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def save_at(
    at: Callable[[datetime], None], assessed: AssessmentDocument, visit: Visit
) -> Callable[[Records, datetime, str], str]:
    def save_one(records: Records, moment: datetime, patient_id: str) -> str:
        at(moment)
        return save(records, assessed, replace(visit, patient_id=patient_id))

    return save_one


@pytest.mark.parametrize("jumps", JUMPS.values(), ids=JUMPS)
def test_every_save_is_kept_in_its_order_and_the_chain_holds(
    url: str,
    tmp_path: Path,
    save_at: Save,
    in_zone: Callable[[str], None],
    jumps: tuple[timedelta, ...],
) -> None:
    in_zone("Europe/Berlin")
    records = Records(url, heads=HeadFile(tmp_path / "heads.txt"))
    acknowledged = [save_at(records, START + jump, "P-1") for jump in jumps]
    assert [one.assessment_id for one in kept_assessments(records)] == acknowledged
    newest_first = [one.assessment_id for one in saved_assessments(records, "P-1")]
    assert newest_first == acknowledged[::-1]
    found = verify(records)
    assert (found.entries, found.faults) == (len(jumps), ())
    back = [n for n in range(1, len(jumps)) if jumps[n] < jumps[n - 1]]
    assert [one.split(",")[0] for one in found.remarks] == [
        f"the clock was set back before entry {n + 1}" for n in back
    ]
    print(f"{records.dialect}: {len(jumps)} saves, set back {len(back)} times, all in order")
    records.close()


@settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(jumps=st.lists(st.integers(-2_000_000_000, 2_000_000_000), min_size=2, max_size=6))
def test_any_clock_whatsoever(
    new_url: Callable[[str], str], save_at: Save, jumps: list[int]
) -> None:
    records = Records(new_url("sqlite"))
    moments = [START + timedelta(seconds=jump) for jump in jumps]
    acknowledged = [save_at(records, moment, "P-1") for moment in moments]
    assert [one.assessment_id for one in kept_assessments(records)] == acknowledged
    assert verify(records).faults == ()
    records.close()


def test_computers_whose_clocks_differ_by_minutes_are_not_remarked(
    records: Records, save_at: Save
) -> None:
    for minutes in (0, -9, 0):
        save_at(records, START + timedelta(minutes=minutes), "P-1")
    assert verify(records).remarks == ()


def test_a_date_changed_behind_the_programs_back_is_still_a_fault(
    records: Records, save_at: Save
) -> None:
    save_at(records, START, "P-1")
    save_at(records, START - YEAR, "P-2")
    changed = "UPDATE audit_entry SET at = '2026-10-25T00:30:00.000000+00:00' WHERE sequence = 2"
    assert tamper(records, changed).faults == ("entry 2 was changed after it was written",)


def test_a_result_that_was_corrected_by_an_earlier_clock_is_the_one_that_counts(
    records: Records, save_at: Save, at: Callable[[datetime], None]
) -> None:
    saved = save_at(records, START, "P-1")
    day = clock.local(START - 24 * HOUR).date()
    enter_dxa(records, saved, [DxaResult("total_hip", -1.5, day)], "Dr. Li")
    (entry,) = dxa_history(records, saved)
    at(START - 3 * HOUR)
    correct_dxa(records, entry.dxa_id, -2.5, day, "Misread", "Dr. Li")
    (kept,) = kept_assessments(records)
    assert [one.t_score for one in kept.results] == [-2.5]
    assert [one.counts for one in dxa_history(records, saved)] == [False, True]
    assert verify(records).faults == ()


def test_what_was_saved_by_a_clock_of_long_ago_does_not_expire_for_it(
    records: Records, save_at: Save
) -> None:
    save_at(records, START, "P-BEFORE")
    save_at(records, START - 6 * YEAR, "P-BACK")
    save_at(records, START + HOUR, "P-AFTER")
    now = START + timedelta(days=29)
    assert expire(records, 30, "timer", now).people == 0
    assert len(kept_assessments(records)) == 3
    assert expire(records, 30, "timer", now + timedelta(days=2)).people == 3
    assert verify(records).faults == ()


def test_a_morning_in_another_year_keeps_nobody_for_decades(
    records: Records, save_at: Save
) -> None:
    """The battery's opposite: a clock that was ahead, and set right."""
    save_at(records, START - 10 * HOUR, "P-BEFORE")
    save_at(records, START + 36 * YEAR, "P-AHEAD")
    save_at(records, START + HOUR, "P-AFTER")
    save_at(records, START + 20 * timedelta(days=1), "P-LATER")
    assert expire(records, 30, "timer", START + timedelta(days=29)).people == 0
    assert expire(records, 30, "timer", START + timedelta(days=31)).people == 3
    assert [one.patient_id for one in kept_assessments(records)] == ["P-LATER"]
    assert verify(records).faults == ()


@pytest.mark.parametrize("passed", [True, False])
def test_a_date_that_was_wrong_stays_wrong_when_it_has_come(
    records: Records, save_at: Save, passed: bool
) -> None:
    day = timedelta(days=1)
    save_at(records, START, "P-BEFORE")
    for hours in (0, 3):  # a morning, five years ahead
        save_at(records, START + 5 * YEAR + hours * HOUR, f"P-AHEAD-{hours}")
    save_at(records, START + 2 * day, "P-NEXT")
    save_at(records, START + YEAR, "P-YEAR")
    for year in range(2, 5 + passed):
        save_at(records, START + year * YEAR, f"P-{year}")
    now = START + (5 * YEAR + 20 * day if passed else 4 * YEAR + 80 * day)
    left = ["P-5"] if passed else ["P-4"]
    expire(records, 81, "timer", now)
    assert [one.patient_id for one in kept_assessments(records)] == left


def test_a_clock_set_back_after_a_quiet_time_takes_nothing_away_early(
    records: Records, save_at: Save
) -> None:
    save_at(records, START - YEAR, "P-LONG-AGO")
    for days in range(0, 60, 20):
        save_at(records, START + timedelta(days=days), f"P-{days}")
    save_at(records, START - 6 * YEAR, "P-BACK")
    now = START + timedelta(days=61)
    assert expire(records, 62, "timer", now).people == 1
    assert len(kept_assessments(records)) == 4


def test_a_clock_that_is_ahead_when_it_is_time_removes_nobody(
    records: Records, save_at: Save
) -> None:
    save_at(records, START, "P-1")
    save_at(records, START + timedelta(days=40), "P-2")
    ahead = START + timedelta(days=131)
    with pytest.raises(RecordRefused, match=r"clock is ahead: it says 2027-03-05\. Nobody was"):
        expire(records, 30, "timer", ahead)
    assert len(kept_assessments(records)) == 2
    assert expire(records, 365, "timer", ahead).people == 0  # nobody is due: nothing to ask
    found = expire(records, 30, "timer", ahead, clock_is_right=True)
    assert (found.people, found.log_emptied) == (2, True)
    assert verify(records).faults == ()


def test_what_was_saved_last_by_a_clock_ahead_is_kept_while_nothing_tells_its_age(
    records: Records, save_at: Save, at: Callable[[datetime], None]
) -> None:
    save_at(records, START, "P-BEFORE")
    save_at(records, START + 36 * YEAR, "P-AHEAD")
    for days, left in ((60, ["P-AHEAD"]), (89, ["P-AHEAD"]), (91, [])):
        at(START + timedelta(days=days))
        expire(records, 30, "timer")
        assert [one.patient_id for one in kept_assessments(records)] == left


def test_what_was_imported_expires_by_its_own_date(
    new_url: Callable[[str], str], tmp_path: Path, save_at: Save, at: Callable[[datetime], None]
) -> None:
    old, new = Records(new_url("sqlite")), Records(new_url("sqlite"))
    save_at(old, START - YEAR, "P-OLD")
    save_at(new, START, "P-NEW")
    export_records(old, tmp_path / "export", "Dr. Li")
    import_records(new, tmp_path / "export", "Dr. Li")
    assert expire(new, 30, "timer", START).people == 1
    assert [one.patient_id for one in kept_assessments(new)] == ["P-NEW"]


def test_the_check_says_it_in_one_sentence_and_passes(
    new_url: Callable[[str], str],
    save_at: Save,
    fresh_settings: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    url = new_url("sqlite")
    records = Records(url)
    save_at(records, START, "P-1")
    save_at(records, START - 3 * HOUR, "P-2")
    records.close()
    fresh_settings.setenv("FACE2BONE_RECORDS", url)
    with pytest.raises(records_commands.typer.Exit) as stopped:
        records_commands.records_verify()
    assert stopped.value.exit_code == 0
    told = capsys.readouterr()
    assert told.err.splitlines() == [f"NOTE: {verify(Records(url)).remarks[0]}"]
    assert "2 entries, 0 faults" in told.out
