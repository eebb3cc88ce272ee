"""DXA results: entered by hand or as a table, all or nothing, each row's problem named."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face2bone.bone import BoneClass
from face2bone.errors import ImportRefused, RecordRefused
from face2bone.records import (
    DxaResult,
    Records,
    Visit,
    enter_dxa,
    export_records,
    followup,
    import_dxa,
    import_records,
    kept_assessments,
    save,
    verify,
    waiting,
)
from face2bone.records.chain import stamp
from face2bone.records.followup import NAMED_ROWS
from face2bone.report.document import AssessmentDocument

TODAY = datetime.now(UTC).date()
HEADER = "patient_id,site,t_score,measured_on\n"


@pytest.fixture
def three(records: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    for name in ("P-1", "P-2", "P-3"):
        save(records, assessed, replace(visit, patient_id=name))
    return records


def table(folder: Path, rows: Sequence[str], header: str = HEADER) -> Path:
    path = folder / "dxa.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


def test_everyone_waits_until_a_result_comes(three: Records) -> None:
    kept = kept_assessments(three)
    assert [one.patient_id for one in waiting(kept)] == ["P-1", "P-2", "P-3"]
    enter_dxa(three, kept[1].assessment_id, [DxaResult("total_hip", -1.2, TODAY)], "Dr. Li")
    kept = kept_assessments(three)
    assert [one.patient_id for one in waiting(kept)] == ["P-1", "P-3"]
    assert [one.outcome for one in kept] == [None, BoneClass.OSTEOPENIA, None]
    assert verify(three).faults == ()


def test_the_lowest_site_decides_and_a_correction_replaces(three: Records) -> None:
    first = kept_assessments(three)[0].assessment_id
    results = [DxaResult("lumbar_spine", -2.6, TODAY), DxaResult("total_hip", -0.4, TODAY)]
    enter_dxa(three, first, results, "Dr. Li")
    assert kept_assessments(three)[0].outcome is BoneClass.OSTEOPOROSIS
    enter_dxa(three, first, [DxaResult("lumbar_spine", -1.6, TODAY)], "Dr. Li")
    kept = kept_assessments(three)[0]
    assert kept.outcome is BoneClass.OSTEOPENIA
    assert {r.site: r.t_score for r in kept.results} == {"lumbar_spine": -1.6, "total_hip": -0.4}
    assert verify(three).entries == 3 + 2 + 1


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


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_is_matched_by_pseudonym(three: Records, tmp_path: Path, suffix: str) -> None:
    path = table(
        tmp_path,
        [
            f"P-1,lumbar_spine,-2.7,{TODAY}",
            f"P-1,total_hip,-2.1,{TODAY}",
            f"P-3,total_hip,0.3,{TODAY}",
        ],
    )
    if suffix == "parquet":
        import pandas as pd

        pd.read_csv(path).to_parquet(path.with_suffix(".parquet"))
        path = path.with_suffix(".parquet")
    assert import_dxa(three, path, "Dr. Li") == 3
    assert [one.outcome for one in kept_assessments(three)] == [
        BoneClass.OSTEOPOROSIS,
        None,
        BoneClass.NORMAL,
    ]
    assert verify(three).faults == ()


BAD_ROWS = [
    (f"P-9,total_hip,-1.0,{TODAY}", "nobody in the records"),
    (f"P-1,elbow,-1.0,{TODAY}", "none of"),
    (f"P-1,total_hip,-9.5,{TODAY}", "outside"),
    (f"P-1,total_hip,minus one,{TODAY}", "t_score is not a number"),
    ("P-1,total_hip,-1.0,03/02/2026", "measured_on is not a date"),
    ("P-1,total_hip,-1.0,2026-02-30", "measured_on is not a day"),
    (f"P-1,,-1.0,{TODAY}", "site missing"),
    ("P-1,total_hip,,", "t_score, measured_on missing"),
    ("P-1,total_hip,-1.0,2001-01-01", "more than 365 days"),
]


def test_every_rows_problem_is_named_and_nothing_is_taken_in(
    three: Records, tmp_path: Path
) -> None:
    rows = [f"P-2,total_hip,-1.0,{TODAY}", *(row for row, _ in BAD_ROWS)]
    before = verify(three)
    with pytest.raises(ImportRefused) as caught:
        import_dxa(three, table(tmp_path, rows), "Dr. Li")
    assert len(caught.value.problems) == len(BAD_ROWS)
    for number, (problem, (_, said)) in enumerate(
        zip(caught.value.problems, BAD_ROWS, strict=True), 3
    ):
        assert problem.startswith(f"row {number}: ")
        assert said in problem
    assert verify(three) == before
    assert len(waiting(kept_assessments(three))) == 3


def test_a_table_with_nothing_to_take_in_keeps_nobody_from_writing(
    three: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It took 46 s to refuse, with the records locked; now it is refused without a write lock."""
    path = table(tmp_path, [f"P-9,total_hip,-{i % 5}.5,2026-01-31" for i in range(5_000)])
    monkeypatch.setattr(Records, "writing", lambda self: pytest.fail("the records were locked"))
    with pytest.raises(ImportRefused, match="5000") as caught:
        import_dxa(three, path, "Dr. Li")
    assert len(caught.value.problems) == NAMED_ROWS + 1
    assert caught.value.problems[-1] == "and 4800 more"


def test_a_row_twice_or_taken_in_before_is_refused(three: Records, tmp_path: Path) -> None:
    row = f"P-1,total_hip,-1.0,{TODAY}"
    with pytest.raises(ImportRefused, match="stands twice"):
        import_dxa(three, table(tmp_path, [row, row]), "Dr. Li")
    import_dxa(three, table(tmp_path, [row]), "Dr. Li")
    with pytest.raises(ImportRefused, match="in the records already"):
        import_dxa(three, table(tmp_path, [row]), "Dr. Li")


def test_several_assessments_need_the_one_named(
    three: Records, assessed: AssessmentDocument, visit: Visit, tmp_path: Path
) -> None:
    second = save(three, assessed, replace(visit, patient_id="P-1"))
    with pytest.raises(ImportRefused, match="has 2 assessments"):
        import_dxa(three, table(tmp_path, [f"P-1,total_hip,-1.0,{TODAY}"]), "Dr. Li")
    header = HEADER.strip() + ",assessment_id\n"
    wrong = table(tmp_path, [f"P-2,total_hip,-1.0,{TODAY},{second}"], header)
    with pytest.raises(ImportRefused, match="not one of this patient's"):
        import_dxa(three, wrong, "Dr. Li")
    right = [f"P-1,total_hip,-1.0,{TODAY},{second}", f"P-2,total_hip,-1.0,{TODAY},"]
    assert import_dxa(three, table(tmp_path, right, header), "Dr. Li") == 2


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("patient_id,site,t_score\n", "Missing: measured_on"),
        (HEADER.strip() + ",name\n", "unknown: name"),
        ("patient_id,patient_id,site,t_score,measured_on\n", "once each"),
    ],
)
def test_other_columns_are_refused(three: Records, tmp_path: Path, header: str, said: str) -> None:
    row = ",".join("x" for _ in header.split(","))
    with pytest.raises(ImportRefused, match=said):
        import_dxa(three, table(tmp_path, [row], header), "Dr. Li")


def test_what_is_no_table_is_refused(three: Records, tmp_path: Path) -> None:
    for name, data in {
        "a.csv": b"",
        "b.csv": b"\xff\xfe\x00",
        "c.xlsx": b"PK",
        "d.csv": None,
    }.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
        with pytest.raises(ImportRefused):
            import_dxa(three, tmp_path / name, "Dr. Li")


cells = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=12)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(st.tuples(cells, cells, cells, cells), min_size=1, max_size=3))
def test_any_text_is_taken_in_whole_or_refused_by_rows(
    on_sqlite: Records, tmp_path: Path, rows: list[tuple[str, str, str, str]]
) -> None:
    import csv

    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER.strip().split(","), *rows])
    with pytest.raises(ImportRefused):
        import_dxa(on_sqlite, path, "Dr. Li")


@pytest.fixture
def on_sqlite(
    new_url: Callable[[str], str], assessed: AssessmentDocument, visit: Visit
) -> Iterator[Records]:
    records = Records(new_url("sqlite"))
    save(records, assessed, visit)
    yield records
    records.close()


def test_days_are_dates(three: Records) -> None:
    assert all(isinstance(one.saved_on, date) for one in kept_assessments(three))


@pytest.mark.parametrize("moved", [False, True], ids=["entered here", "exported and imported"])
def test_a_clock_set_back_does_not_hide_a_corrected_result(
    three: Records, tmp_path: Path, moved: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = kept_assessments(three)[0]
    clock = datetime.now(UTC)
    for t_score, days_back in ((-1.0, 0), (-2.7, 1)):
        monkeypatch.setattr(
            followup, "stamp", lambda _, back=days_back: stamp(clock - timedelta(days=back))
        )
        result = DxaResult("total_hip", t_score, one.saved_on)
        enter_dxa(three, one.assessment_id, [result], "Dr. Li")
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
