"""Out of one database and into another: the same records, a valid trail, and nothing by halves."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sqlalchemy import select

from face2bone.drawn.face.samples import sample_patients
from face2bone.errors import ImportRefused, RecordRefused
from face2bone.modalities.photo import Photo
from face2bone.records import (
    DxaResult,
    Records,
    Visit,
    enter_dxa,
    export_records,
    import_records,
    kept_assessments,
    save,
    verify,
)
from face2bone.records.audit_trail import stamp
from face2bone.records.import_export import Format
from face2bone.records.photos import PhotoSafe
from face2bone.records.tables import AUDIT_ENTRY, PHOTO
from face2bone.report.assessment.document import AssessmentDocument

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}


@pytest.fixture
def filled(records: Records, assessed: AssessmentDocument, visit: Visit) -> Records:
    for name in ("P-1", "P-2", "P-1"):
        save(records, assessed, replace(visit, patient_id=name, reason='Ünïcode, "quotes", 骨'))
    one = kept_assessments(records)[0]
    results = [DxaResult("total_hip", -1.7, one.saved_on), DxaResult("lowest", -2.3, one.saved_on)]
    enter_dxa(records, one.assessment_id, results, "Dr. Li")
    return records


@pytest.fixture
def other(kind: str, new_url: Callable[[str], str]) -> Iterator[Records]:
    """An empty database of the other kind."""
    opened = Records(new_url(OTHER[kind]))
    yield opened
    opened.close()


@pytest.mark.slow
@pytest.mark.parametrize("table_format", ["csv", "parquet"])
def test_a_round_trip_through_both_databases_loses_nothing(
    filled: Records, other: Records, tmp_path: Path, table_format: Format
) -> None:
    first = export_records(filled, tmp_path / "out", "Dr. Li", table_format)
    assert import_records(other, tmp_path / "out", "Dr. Wu") == 3
    second = export_records(other, tmp_path / "back", "Dr. Wu", table_format)
    for before, after in zip(first[:2], second[:2], strict=True):
        assert before.read_bytes() == after.read_bytes()
    assert kept_assessments(other) == kept_assessments(filled)
    assert verify(other).faults == ()
    with other.reading() as connection:
        actions = list(connection.scalars(select(AUDIT_ENTRY.c.action)))
    assert actions == ["imported"] * 5 + ["exported"]


def test_the_exported_trail_is_the_trail(filled: Records, tmp_path: Path) -> None:
    export_records(filled, tmp_path, "Dr. Li")
    trail = pd.read_csv(tmp_path / "audit.csv", dtype=str, keep_default_na=False)
    assert trail["entry_hash"].iloc[-1] == verify(filled).head
    assert trail["action"].iloc[-1] == "exported"


def test_photos_never_leave(
    url: str, assessed: AssessmentDocument, visit: Visit, sample_photo: Photo, tmp_path: Path
) -> None:
    records = Records(url, PhotoSafe(b"k" * 32))
    save(records, assessed, visit, sample_photo)
    export_records(records, tmp_path / "out", "Dr. Li")
    with records.reading() as connection:
        sealed = connection.execute(select(PHOTO.c.sealed)).scalar_one()
    records.close()
    written = b"".join(path.read_bytes() for path in (tmp_path / "out").iterdir())
    assert bytes(sealed[:32]) not in written
    assert len(written) < 100_000


def test_importing_twice_is_refused_row_by_row(filled: Records, tmp_path: Path) -> None:
    export_records(filled, tmp_path, "Dr. Li")
    before = verify(filled)
    with pytest.raises(ImportRefused) as caught:
        import_records(filled, tmp_path, "Dr. Li")
    assert len(caught.value.problems) == 5
    assert "in the database already" in str(caught.value)
    assert verify(filled) == before


CHANGES = [
    ("assessments", "assessment_id", "abc", "32 hexadecimal"),
    ("assessments", "patient_id", "Ana Lima", "pseudonym"),
    ("assessments", "decision", "surgery", "none of"),
    ("assessments", "consent_by", "", "without consent"),
    ("assessments", "consent_version", "", "consent_version is empty"),
    ("assessments", "saved_by", "", "name or initials"),
    ("assessments", "saved_at", "yesterday", "saved_at: 'yesterday' is not written as"),
    ("assessments", "saved_at", "2226-01-31T09:30:00.000000+00:00", "has not come yet"),
    (
        "assessments",
        "saved_at",
        "2000-01-31T09:30:00.000000+00:00",
        "nothing is saved before consent",
    ),
    ("assessments", "consent_at", "2226-01-31T09:30:00.000000+00:00", "has not come yet"),
    ("assessments", "consent_at", "2026-01-01", "not written as"),
    ("assessments", "document", "{}", "not an assessment"),
    ("dxa", "assessment_id", "0" * 32, "not among the assessments"),
    ("dxa", "site", "elbow", "none of"),
    ("dxa", "t_score", "low", "not a number"),
    ("dxa", "measured_on", "soon", "measured_on: 'soon' is not a date"),
    ("dxa", "measured_on", "2226-01-31", "has not come"),
    ("dxa", "entered_at", "2226-01-31T09:30:00.000000+00:00", "has not come yet"),
    ("dxa", "entered_by", "", "entered_by is empty"),
]


def test_each_broken_cell_is_named_with_its_row_and_nothing_is_taken_in(
    filled: Records, other: Records, tmp_path: Path
) -> None:
    export_records(filled, tmp_path, "Dr. Li")
    for name, column, value, said in CHANGES:
        path = tmp_path / f"{name}.csv"
        whole = path.read_bytes()
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        table.loc[1, column] = value
        table.to_csv(path, index=False)
        with pytest.raises(ImportRefused) as caught:
            import_records(other, tmp_path, "Dr. Wu")
        assert any(
            problem.startswith(f"{name}.csv, row 3: ") and said in problem
            for problem in caught.value.problems
        ), (column, caught.value.problems)
        path.write_bytes(whole)
    assert verify(other).entries == 0
    assert import_records(other, tmp_path, "Dr. Wu") == 3


def shares(**changes: float) -> dict[str, Any]:
    return {"probabilities": {"normal": 0.2, "osteopenia": 0.3, "osteoporosis": 0.5} | changes}


DOCUMENTS: list[tuple[dict[str, Any], str]] = [
    (shares(normal=0.9), "add up to 1"),
    ({"schema_version": "1.0"} | shares(normal=0.9), "add up to 1"),
    ({"frax": {"major_percent": 5.0, "hip_percent": 9.0, "with_bmd": False}}, "FRAX hip result"),
    ({"prediction_set": []}, "a result lacks a part"),
    ({"name": "Ana Lima"}, "name"),
    *[({"schema_version": v}, f"schema {v} holds no") for v in ("1.1", "1.2", "1.3")],
]


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "said"), DOCUMENTS)
def test_a_document_is_checked_as_when_it_was_made(
    filled: Records, other: Records, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    """Else it fails later, in recalibration or on a page."""
    export_records(filled, tmp_path, "Dr. Li")
    path = tmp_path / "assessments.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table.loc[0, "document"] = json.dumps(json.loads(table.loc[0, "document"]) | changes)
    table.to_csv(path, index=False)
    with pytest.raises(ImportRefused) as caught:
        import_records(other, tmp_path, "Dr. Wu")
    (problem,) = [one for one in caught.value.problems if one.startswith("assessments")]
    assert problem.startswith("assessments.csv, row 2: ")
    assert said in problem
    assert verify(other).entries == 0


def test_answers_without_a_result_are_moved_too(
    filled: Records, other: Records, tmp_path: Path
) -> None:
    export_records(filled, tmp_path, "Dr. Li")
    path = tmp_path / "assessments.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    document = json.loads(table.loc[0, "document"])
    document |= {"no_result": "There was no photo.", "photo_sha256": "", "quality": []}
    document |= {"probabilities": None, "prediction_set": [], "out_of_domain": None, "engine": ""}
    document |= {"regions": [], "concepts": [], "regions_withheld": "", "quality_status": None}
    document["referral"]["class_headline_shown"] = False
    table.loc[0, "document"] = json.dumps(document)
    table.to_csv(path, index=False)
    assert import_records(other, tmp_path, "Dr. Wu") == 3
    assert [one.outputs is None for one in kept_assessments(other)] == [True, False, False]


def test_a_clock_a_little_ahead_is_no_fault(
    filled: Records, other: Records, tmp_path: Path
) -> None:
    export_records(filled, tmp_path, "Dr. Li")
    path = tmp_path / "assessments.csv"
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    table["saved_at"] = stamp(datetime.now(UTC) + timedelta(minutes=5))
    table.to_csv(path, index=False)
    assert import_records(other, tmp_path, "Dr. Wu") == 3


def test_a_sample_patient_does_not_come_in_by_a_table(
    filled: Records, other: Records, tmp_path: Path
) -> None:
    """A document as Review gives it away, put into an export by hand."""
    export_records(filled, tmp_path, "Dr. Li")
    table = pd.read_csv(tmp_path / "assessments.csv", dtype=str, keep_default_na=False)
    document = json.loads(table.loc[2, "document"])
    document["photo_sha256"] = hashlib.sha256(sample_patients()[0].photo_bytes()).hexdigest()
    table.loc[2, "document"] = json.dumps(document)
    table.to_csv(tmp_path / "assessments.csv", index=False)
    with pytest.raises(ImportRefused, match="row 4: A sample patient cannot be saved"):
        import_records(other, tmp_path, "Dr. Wu")


def test_a_refused_folder_keeps_nobody_from_writing(
    filled: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export_records(filled, tmp_path / "out", "Dr. Li")
    path = tmp_path / "out" / "assessments.csv"
    path.write_text(path.read_text("utf-8").replace("P-2", "Jane Doe"), "utf-8")
    monkeypatch.setattr(Records, "writing", lambda self: pytest.fail("the records were locked"))
    with pytest.raises(ImportRefused, match="pseudonym"):
        import_records(filled, tmp_path / "out", "Dr. Wu")


def test_a_folder_without_tables_is_refused(records: Records, tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="no assessments"):
        import_records(records, tmp_path, "Dr. Li")


def test_nobody_exports_or_imports_anonymously(records: Records, tmp_path: Path) -> None:
    for job in (export_records, import_records):
        with pytest.raises(RecordRefused, match="name or initials"):
            job(records, tmp_path, "")
    assert list(tmp_path.glob("*.csv")) == []
