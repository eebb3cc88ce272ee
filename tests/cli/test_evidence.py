"""``face2bone evaluate`` from the shell's side: folders, exit codes, what stays and what goes."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from face2bone.bundle import Bundle
from face2bone.cli import app
from face2bone.drawn.face.aged import write_aged
from face2bone.drawn.face.write import write_cohort
from face2bone.drawn.worlds import World
from face2bone.evaluation import evaluate as orchestration
from face2bone.evaluation.record import ATTACHED, attached, from_json
from face2bone.settings import shipped_models

FILES = {
    *("report.html", "metrics.json", "figures.csv", "confusion.csv", "reliability.csv"),
    *("roc.csv", "decision_curve.csv", "predictions.csv", "rejected.csv"),
}


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cohort") / "drawn"
    return write_cohort(folder, 3, World.PLANTED, 400_320, workers=1)


@pytest.fixture(autouse=True)
def on_torch(fresh_settings: pytest.MonkeyPatch) -> None:
    fresh_settings.setenv("FACE2BONE_ENGINE", "torch")


def evaluate(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["evaluate", *map(str, arguments)])


@pytest.mark.slow
def test_it_writes_the_folder_and_leaves_no_crops(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path
) -> None:
    result = evaluate(tiny_bundle.root, manifest, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "report.html" in result.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert not (tiny_bundle.root / ATTACHED).exists()


@pytest.mark.slow
def test_one_side_of_a_split_is_measured_on_the_crops_of_the_whole(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path
) -> None:
    out, crops = tmp_path / "out", tmp_path / "c"
    assert evaluate(tiny_bundle.root, manifest, "--out", out, "--crops", crops).exit_code == 0
    before = (crops / "crops.npy").stat().st_mtime_ns
    patients = pd.read_csv(manifest)["patient_id"]
    split = tmp_path / "split.csv"
    pd.DataFrame({"patient_id": patients, "split": ["test", "train", "test"]}).to_csv(split)
    arguments = (tiny_bundle.root, manifest, "--out", out, "--crops", crops, "--split", split)
    result = evaluate(*arguments)
    assert result.exit_code == 0, result.output
    record = from_json((out / "metrics.json").read_bytes(), "metrics.json")
    assert record.cohort.patients == 2
    assert "side 'test' of split.csv" in record.cohort.description
    assert pd.read_csv(out / "predictions.csv")["patient_id"].tolist() == patients[[0, 2]].tolist()
    assert (crops / "crops.npy").stat().st_mtime_ns == before
    result = evaluate(*arguments, "--side", "held-out")
    assert result.exit_code == 1
    assert "Name one of its sides: test, train" in result.stderr


def test_kept_crops_serve_again_and_figures_can_be_attached(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = (tiny_bundle.root, manifest, "--out", tmp_path / "out", "--crops", tmp_path / "c")
    try:
        assert evaluate(*arguments, "--attach").exit_code == 0
        record = attached(tiny_bundle)
        assert record == from_json((tmp_path / "out/metrics.json").read_bytes(), "metrics.json")
    finally:
        (tiny_bundle.root / ATTACHED).unlink()
    assert (tmp_path / "c/index.parquet").is_file()
    before = (tmp_path / "c/crops.npy").stat().st_mtime_ns
    assert evaluate(*arguments).exit_code == 0
    assert (tmp_path / "c/crops.npy").stat().st_mtime_ns == before


def test_a_stopped_run_leaves_no_folder_but_its_crops_and_goes_on(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(orchestration, "predict_crops", stopped)
        assert evaluate(tiny_bundle.root, manifest, "--out", tmp_path / "out").exit_code != 0
    assert [path.name for path in tmp_path.iterdir()] == [".out-crops"]
    assert evaluate(tiny_bundle.root, manifest, "--out", tmp_path / "out").exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_refusals_come_before_the_work_and_have_their_exit_codes(
    tiny_bundle: Bundle, manifest: Path, tmp_path: Path
) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    taken = evaluate(tiny_bundle.root, manifest, "--out", tmp_path)
    assert taken.exit_code == 1
    assert "holds no evaluation" in taken.output
    absent = evaluate(tmp_path / "nothing", manifest, "--out", tmp_path / "out")
    assert absent.exit_code == 4
    table = tmp_path / "manifest.csv"
    table.write_text("patient_id\nx\n")
    assert evaluate(tiny_bundle.root, table, "--out", tmp_path / "out").exit_code == 1
    assert not (tmp_path / "out").exists()


def test_a_face_age_bundle_is_measured_in_years(tmp_path: Path) -> None:
    ages = write_aged(tmp_path / "aged", 3, 400_321, workers=1)
    out, public = tmp_path / "out", shipped_models() / "face-age-public"
    result = evaluate(public, ages, "--out", out)
    assert result.exit_code == 0, result.output
    assert "Mean absolute error" in result.stdout
    assert "no calibrated interval" in result.stdout
    assert result.stdout.index("The people were drawn") < result.stdout.index("Mean absolute")
    assert {path.name for path in out.iterdir()} == {
        *("evaluation.md", "metrics.json", "answers.csv", "rejected.csv")
    }
    (tmp_path / "split.csv").write_text(
        "patient_id,split\n" + f"{pd.read_csv(ages)['patient_id'][0]},test\n", "utf-8"
    )
    one = evaluate(public, ages, "--out", out, "--split", tmp_path / "split.csv")
    assert "Measured on 1 photo of 1 person. In brackets" in one.stdout
    assert "1 drawn person (seed 400321" in one.stdout
    assert "no real person), side 'test' of split.csv" in one.stdout
    assert evaluate(public, ages, "--out", out, "--attach").exit_code == 2
    taken = evaluate(public, ages, "--out", tmp_path / "aged")
    assert taken.exit_code == 1
    assert "holds no face age evaluation" in taken.stderr
