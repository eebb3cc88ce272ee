"""``face2bone survival`` from the shell's side: any score, or photos through a frozen network."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner, Result

from face2bone.bundle import Bundle
from face2bone.cli import app
from face2bone.drawn.hazard import SimulatedCohort, SurvivalWorld, simulate_cohort
from face2bone.evaluation.survival.words import COHORT_ONLY
from face2bone.report.model.survival_files import read_survival


@pytest.fixture(autouse=True)
def on_torch(fresh_settings: pytest.MonkeyPatch) -> None:
    fresh_settings.setenv("FACE2BONE_ENGINE", "torch")


def survival(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["survival", *map(str, arguments)])


def table(cohort: SimulatedCohort) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": [f"P{i}" for i in range(len(cohort.times))],
            "sex": np.where(cohort.male, "M", "F"),
            "age_years": cohort.age_years.round(1),
            "time_years": cohort.times.years.round(4),
            "event": cohort.times.events.astype(int),
        }
    )


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    cohort = simulate_cohort(400, 4, SurvivalWorld.PLANTED)
    path = tmp_path_factory.mktemp("scored") / "followed.csv"
    table(cohort).assign(gap=cohort.gap_years.round(2)).to_csv(path, index=False)
    return path


def test_any_score_becomes_a_report(scored: Path, tmp_path: Path) -> None:
    result = survival(scored, "--score", "gap", "--in-years", "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "The gap adds to age and sex in this cohort" in result.output
    names = {"survival.json", "survival.md", "curves-1.svg"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    found = json.loads((tmp_path / "out" / "survival.json").read_text("utf-8"))
    assert found["study"]["scores"][0]["per_decade"]["low"] > 1.0
    assert (found["source"]["column"], found["cohort"]["drawn"]) == ("gap", False)
    report = (tmp_path / "out" / "survival.md").read_text("utf-8")
    assert COHORT_ONLY in report
    assert "(curves-1.svg)" in report


def test_drawn_patients_are_told_before_any_figure(scored: Path, tmp_path: Path) -> None:
    plan = {"world": "null", "seed": 7, "patients": 400, "generator_version": "1.0.0"}
    path = tmp_path / "followed.csv"
    path.write_bytes(scored.read_bytes())
    (tmp_path / "cohort.yaml").write_text(yaml.safe_dump(plan), "utf-8")
    assert survival(path, "--score", "gap", "--out", tmp_path / "out").exit_code == 0
    record = read_survival(tmp_path / "out")
    assert (record.cohort.drawn, record.cohort.world, record.cohort.seed) == (True, "null", 7)
    report = (tmp_path / "out" / "survival.md").read_text("utf-8")
    assert report.index("no real person") < report.index("## Whom it is of")


def test_without_years_there_is_no_decade(scored: Path, tmp_path: Path) -> None:
    assert survival(scored, "--score", "gap", "--out", tmp_path).exit_code == 0
    found = json.loads((tmp_path / "survival.json").read_text("utf-8"))
    assert found["study"]["scores"][0]["per_decade"] is None


def test_nothing_is_written_where_the_cohort_is_refused(scored: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    pd.read_csv(scored).head(40).to_csv(few, index=False)
    for arguments, says in (
        ((scored,), "the column photo is missing"),
        ((scored, "--score", "beauty"), "the column beauty is missing"),
        ((few, "--score", "gap"), "patients had the event where 30 are needed"),
    ):
        result = survival(*arguments, "--out", tmp_path / "out")
        assert result.exit_code == 1
        assert says in result.output
    assert not (tmp_path / "out").exists()


def test_what_else_to_adjust_for(scored: Path, tmp_path: Path) -> None:
    frame = pd.read_csv(scored)
    path = tmp_path / "staged.csv"
    frame.assign(stage=np.arange(len(frame)) % 4).to_csv(path, index=False)
    out = tmp_path / "out"
    result = survival(path, "--score", "gap", "--adjust", "stage", "--out", out)
    assert result.exit_code == 0, result.output
    assert "adds to age, sex and stage" in result.output
    assert "one more of stage" in (out / "survival.md").read_text("utf-8")


def test_options_that_contradict_each_other_are_bad_usage(scored: Path, tmp_path: Path) -> None:
    for extra in (("--in-years",), ("--score", "gap", "--bundle", tmp_path)):
        result = survival(scored, *extra, "--out", tmp_path / "out")
        assert result.exit_code == 2  # the entry point turns it into 3
        assert not (tmp_path / "out").exists()


@dataclass(frozen=True)
class Store:
    """A crop store from which one photo was rejected."""

    index: pd.DataFrame


def test_photos_are_read_by_a_frozen_network(
    tiny_bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cohort = simulate_cohort(300, 6, SurvivalWorld.PLANTED)
    names = [f"{i}.jpg" for i in range(300)]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    manifest = tmp_path / "manifest.csv"
    table(cohort).assign(photo=names).to_csv(manifest, index=False)
    shown = np.column_stack([cohort.apparent_age, cohort.male])
    features = shown + np.random.default_rng(0).normal(size=(300, 2))
    monkeypatch.setattr(
        "face2bone.cohort.crops.photo_crops",
        lambda pictures, *_, **__: Store(pictures.table.iloc[1:].reset_index(drop=True)),
    )
    monkeypatch.setattr(
        "face2bone.evaluation.added_value.columns.picture_features", lambda *_: features[1:]
    )
    out = tmp_path / "out"
    result = survival(manifest, "--bundle", tiny_bundle.root, "--out", out)
    assert result.exit_code == 0, result.output
    report = (out / "survival.md").read_text("utf-8")
    assert "1 patient without a usable photo is left out" in report
    found = json.loads((out / "survival.json").read_text("utf-8"))
    assert [score["name"] for score in found["study"]["scores"]] == ["face age", "face hazard"]
    assert (found["source"]["bundle"]["status"], found["source"]["left_out"]) == ("demo", 1)
    assert found["source"]["engine"] == "torch cpu f32"
    assert (out / "curves-2.svg").is_file()


@pytest.mark.parametrize("command", ["train", "guard", "beside-age", "compare"])
def test_the_common_commands_send_such_a_cohort_here_in_one_sentence(
    scored: Path, command: str, tmp_path: Path
) -> None:
    done = CliRunner().invoke(app, [command, str(scored), "--out", str(tmp_path / "out")])
    assert done.exit_code == 1
    assert "Give it to face2bone survival." in " ".join(done.output.split())


def test_a_face_age_bundle_is_not_evaluated_on_whoever_was_followed(
    scored: Path, tmp_path: Path
) -> None:
    out = ["--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, ["evaluate", "models/face-age-demo", str(scored), *out])
    assert done.exit_code == 1
    assert "the column photo is missing" in " ".join(done.output.split())


@pytest.mark.parametrize("command", ["added-value", "explain"])
def test_a_face_age_bundle_names_its_own_command(
    scored: Path, command: str, tmp_path: Path
) -> None:
    out = ["--out", str(tmp_path / "out")]
    done = CliRunner().invoke(app, [command, "models/face-age-demo", str(scored), *out])
    assert done.exit_code == 4
    assert "give it to face2bone face-age" in " ".join(done.output.split())
