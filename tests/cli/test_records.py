"""The records and follow-up commands, from keeping to forgetting, as a person would type them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from face2bone.cli import app
from face2bone.errors import RecordRefused
from face2bone.records import break_glass, note_opened, open_records, verify
from face2bone.settings import get_settings
from tests.records.fill import keep

runner = CliRunner()


@pytest.fixture(autouse=True)
def database(fresh_settings: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    path = tmp_path / "records.sqlite"
    fresh_settings.setenv("FACE2BONE_RECORDS", f"sqlite:///{path}")
    return path


def run(*arguments: object) -> Result:
    return runner.invoke(app, [str(a) for a in arguments])


def test_an_empty_database_verifies_and_says_its_head() -> None:
    result = run("records-verify")
    assert result.exit_code == 0
    assert "0 entries, 0 faults" in result.stdout


def test_verify_notices_a_head_that_is_gone() -> None:
    result = run("records-verify", "--head", "a" * 64)
    assert result.exit_code == 1
    assert "no longer in the trail" in result.stderr


def test_export_and_import_go_through_and_are_on_the_trail(tmp_path: Path) -> None:
    assert run("records-export", tmp_path / "out", "--by", "Li").exit_code == 0
    assert run("records-export", tmp_path / "p", "--by", "Li", "--format", "parquet").exit_code == 0
    result = run("records-import", tmp_path / "out", "--by", "Li")
    assert (result.exit_code, result.stdout) == (0, "0 assessments imported.\n")
    records = open_records()
    assert verify(records).entries == 2
    records.close()


def test_a_refused_import_names_its_rows_and_exits_with_1(tmp_path: Path) -> None:
    table = tmp_path / "dxa.csv"
    table.write_text("patient_id,site,t_score,measured_on\nP-1,total_hip,-1,2026-01-01\n")
    result = run("follow-up-import", table, "--by", "Li")
    assert result.exit_code == 1
    assert "row 2: patient_id: nobody in the records" in result.stderr


def test_deleting_nobody_is_one_sentence() -> None:
    result = run("records-delete", "P-1", "--by", "Li")
    assert result.exit_code == 1
    assert result.stderr == "Nobody in the records has this pseudonym. Check its spelling.\n"


def test_openings_are_listed_with_who_and_why() -> None:
    records = open_records()
    keep(records, "P-1", "a" * 64, (0.2, 0.5, 0.3))
    note_opened(records, "P-1", "Dr. Li")
    break_glass(records, "P-1", "Ward not reached", "Wu")
    records.close()
    first, second, count = run("records-openings", "P-1").stdout.splitlines()
    assert first.endswith(", Dr. Li")
    assert second.endswith(", Wu, Ward not reached")
    assert count.endswith("2 times.")
    assert "0 times" in run("records-openings", "P-none").stdout


def test_who_asked_for_nobody_is_listed_without_a_pseudonym() -> None:
    records = open_records()
    with pytest.raises(RecordRefused):
        break_glass(records, "P-none", "Curious", "Wu")
    records.close()
    first, count = run("records-openings").stdout.splitlines()
    assert first.endswith(", Wu, Curious")
    assert count.endswith("1 times.")


def test_expiry_follows_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "is not set" in run("records-expire", "--by", "timer").stdout
    monkeypatch.setenv("FACE2BONE_RECORDS_RETENTION_DAYS", "30")
    get_settings.cache_clear()
    assert run("records-expire", "--by", "timer").stdout == "0 people removed after 30 days.\n"


def test_a_key_is_made_once(tmp_path: Path) -> None:
    assert run("records-key", tmp_path / "photo.key").exit_code == 0
    assert run("records-key", tmp_path / "photo.key").exit_code == 1


def test_follow_up_says_where_the_clinic_stands(tiny_bundle: object, tmp_path: Path) -> None:
    from face2bone.bundle import Bundle

    assert isinstance(tiny_bundle, Bundle)
    result = run("follow-up", "--bundle", tiny_bundle.root)
    assert result.exit_code == 0
    assert "0 of 0 assessments wait" in result.stdout
    refused = run("follow-up-results", tmp_path / "r.csv", "--bundle", tiny_bundle.root)
    assert refused.exit_code == 1
    assert "first look is at 100" in refused.stderr


def test_a_wrong_address_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACE2BONE_RECORDS", "mysql://u:secret@h/d")
    get_settings.cache_clear()
    result = run("records-verify")
    assert result.exit_code == 1
    assert "not the address" in result.stderr
    assert "secret" not in result.stderr
