"""The command that lists the studies, and what another does with a planned one."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from face2bone.cli import main
from face2bone.studies import STUDIES


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["face2bone", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        main()
    assert isinstance(stopped.value.code, int)
    return stopped.value.code


def test_every_study_is_listed_with_its_status(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "studies") == 0
    lines = capsys.readouterr().out.splitlines()
    headings = [line.split()[:2] for line in lines if line and not line.startswith(" ")][:-2]
    assert headings == [[study.id, f"({study.status})"] for study in STUDIES.values()]
    assert "age_years and sex" in lines[5]
    assert "nothing of it was measured" in lines[-1]


def test_a_study_apart_draws_its_own_worlds_and_no_other(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wanted = ("synth", "--study", "face_survival", "--patients", 1, "--out", tmp_path / "cohort")
    assert run(monkeypatch, *wanted, "--world", "blank") == 3
    assert "world is one of planted, null, censored" in capsys.readouterr().err
    assert run(monkeypatch, *wanted, "--world", "censored") == 0
    assert (tmp_path / "cohort" / "manifest.csv").is_file()


def test_a_planned_study_draws_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "cohort"
    later = replace(STUDIES["bone_net"], id="later", tools=None)
    monkeypatch.setitem(STUDIES, later.id, later)
    assert run(monkeypatch, "synth", "--out", out, "--study", "later") == 1
    said = capsys.readouterr().err
    assert said.startswith("The study later is planned")
    assert not out.exists()
