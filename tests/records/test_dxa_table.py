"""A table of DXA results: all of it or nothing, each row's problem named."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from face2bone import clock
from face2bone.bone import BoneClass
from face2bone.errors import ImportRefused
from face2bone.records import (
    Records,
    Visit,
    dxa_history,
    import_dxa,
    kept_assessments,
    save,
    verify,
    waiting,
)
from face2bone.records.followup import NAMED_ROWS, DxaResult
from face2bone.report.assessment.document import AssessmentDocument

TODAY = clock.today()
HEADER = "patient_id,site,t_score,measured_on\n"


def table(folder: Path, rows: Sequence[str], header: str = HEADER) -> Path:
    path = folder / "dxa.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), "utf-8")
    return path


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
    (f"P-1,total_hip,minus one,{TODAY}", "t_score: 'minus one' is not a number"),
    ("P-1,total_hip,-1.0,03/02/2026", "measured_on: '03/02/2026' is not a date"),
    ("P-1,total_hip,-1.0,2026-02-30", "measured_on: '2026-02-30' is not a day"),
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


def test_a_table_from_a_european_spreadsheet_is_taken_in(three: Records, tmp_path: Path) -> None:
    path = tmp_path / "dxa.txt"
    lines = ["patient_id", "site", "t_score", "measured_on", "", ""]
    row = ["P-1", "total_hip", "\N{MINUS SIGN}2,1", str(TODAY), "", ""]
    path.write_text("\n".join("\t".join(cells) for cells in (lines, row, [""] * 6)), "utf-16")
    assert import_dxa(three, path, "Dr. Li") == 1
    kept = {one.patient_id: one for one in kept_assessments(three)}
    assert kept["P-1"].results == (DxaResult("total_hip", -2.1, TODAY),)


def test_a_number_that_lost_its_zeros_is_said_to_have(
    records: Records, assessed: AssessmentDocument, visit: Visit, tmp_path: Path
) -> None:
    save(records, assessed, replace(visit, patient_id="0433"))
    with pytest.raises(ImportRefused, match=r"called '433', but '0433' is there: .* zeros"):
        import_dxa(records, table(tmp_path, [f"433,total_hip,-1.0,{TODAY}"]), "Dr. Li")


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
        (HEADER.strip() + "".join(f",n{i}" for i in range(30)) + "\n", "n9 and 20 more"),
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


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
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


def test_a_row_for_a_site_that_has_a_result_needs_a_reason_and_corrects_it(
    three: Records, tmp_path: Path
) -> None:
    import_dxa(three, table(tmp_path, [f"P-1,total_hip,-1.0,{TODAY}"]), "Dr. Li")
    with pytest.raises(ImportRefused, match=r"a result already \(total hip: -1.0"):
        import_dxa(three, table(tmp_path, [f"P-1,total_hip,-2.6,{TODAY}"]), "Dr. Wu")
    header = HEADER.strip() + ",reason\n"
    rows = [f"P-1,total_hip,-2.6,{TODAY},Typing error", f"P-2,total_hip,0.2,{TODAY},"]
    assert import_dxa(three, table(tmp_path, rows, header), "Dr. Wu") == 2
    first = kept_assessments(three)[0]
    assert [result.t_score for result in first.results] == [-2.6]
    earlier, now = dxa_history(three, first.assessment_id)
    assert (earlier.counts, now.counts) == (False, True)
    assert earlier.change is not None
    assert (earlier.change.reason, earlier.change.changed_by) == ("Typing error", "Dr. Wu")
    assert verify(three).faults == ()


@pytest.mark.parametrize(
    ("reason", "said"), [("Typing error", "no result that it could correct"), ("=1+1", "no result")]
)
def test_a_reason_without_anything_to_correct_is_refused(
    three: Records, tmp_path: Path, reason: str, said: str
) -> None:
    path = table(tmp_path, [f"P-1,total_hip,-1.0,{TODAY},{reason}"], HEADER.strip() + ",reason\n")
    with pytest.raises(ImportRefused, match=said):
        import_dxa(three, path, "Dr. Li")
