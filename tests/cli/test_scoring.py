"""``face2bone score`` from the shell's side: what goes in, what comes out, and being killed."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from face2bone.bundle import Bundle
from face2bone.cli import app
from face2bone.drawn.face.write import write_cohort
from face2bone.drawn.worlds import World

COUNT = 12
KILLS = 3


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn faces, and one picture without any."""
    folder = tmp_path_factory.mktemp("cohort") / "drawn"
    write_cohort(folder, COUNT - 1, World.PLANTED, 400_330, workers=1)
    (folder / "photos" / "zz.jpg").write_bytes(b"no picture")
    return folder / "photos"


@pytest.fixture(autouse=True)
def on_torch(fresh_settings: pytest.MonkeyPatch) -> None:
    fresh_settings.setenv("FACE2BONE_ENGINE", "torch")


def score(source: Path, out: Path, bundle: Bundle) -> Result:
    arguments = ["score", str(source), "--out", str(out), "--bundle", str(bundle.root)]
    return CliRunner().invoke(app, arguments)


@pytest.mark.slow
def test_a_folder_of_pictures_becomes_a_table(
    photos: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    result = score(photos, tmp_path / "scores", tiny_bundle)
    assert result.exit_code == 0, result.output
    assert f"{COUNT - 1} scored, 1 rejected" in result.stdout
    assert "demo: Demonstration model" in result.stdout
    table = pd.read_parquet(tmp_path / "scores" / "scores.parquet")
    assert list(table["photo"]) == sorted(path.name for path in photos.iterdir())
    assert list(tmp_path.iterdir()) == [tmp_path / "scores"]


@pytest.mark.slow
def test_the_same_pictures_score_the_same_from_a_zip_file_and_a_manifest(
    photos: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    shutil.make_archive(str(tmp_path / "cohort"), "zip", photos.parent, "photos")
    probabilities = []
    for source in (photos, tmp_path / "cohort.zip", photos.parent / "manifest.csv"):
        out = tmp_path / f"from-{source.name}"
        assert score(source, out, tiny_bundle).exit_code == 0
        table = pd.read_parquet(out / "scores.parquet").sort_values("photo")
        table = table[table["outcome"] == "scored"]
        probabilities.append(table["p_osteoporosis"].to_list())
    assert probabilities[0] == probabilities[1] == probabilities[2]


def test_a_broken_table_is_refused_before_any_work(
    photos: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    (tmp_path / "list.csv").write_text("patient_id,photo\nA,absent.jpg\n")
    result = score(tmp_path / "list.csv", tmp_path / "scores", tiny_bundle)
    assert result.exit_code == 1
    assert "row 2, photo: 'absent.jpg' names no picture" in result.stderr
    assert not (tmp_path / "scores").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(
    photos: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    (tmp_path / "thesis.doc").write_text("mine")
    result = score(photos, tmp_path, tiny_bundle)
    assert result.exit_code == 1
    assert "holds no scores" in result.stderr


def rows_of(work: Path) -> int:
    """Whole rows in the journal of the one job under ``work``."""
    journals = list(work.glob("*/rows.jsonl"))
    return journals[0].read_bytes().count(b"\n") if journals else 0


@pytest.mark.slow
def test_killed_in_the_middle_again_and_again_no_row_is_lost_or_repeated(
    photos: Path, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    out, work = tmp_path / "scores", tmp_path / ".scores-scoring"
    command = [sys.executable, "-m", "face2bone", "score", str(photos), "--out", str(out)]
    command += ["--bundle", str(tiny_bundle.root)]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "FACE2BONE_ENGINE": "torch"}
    done = 0
    for _ in range(KILLS):
        with subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
        ) as process:
            while process.poll() is None and rows_of(work) <= done:
                time.sleep(0.02)
            time.sleep(random.uniform(0, 0.1))
            process.send_signal(signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL
        assert done < rows_of(work) < COUNT
        done = rows_of(work)
    assert score(photos, out, tiny_bundle).exit_code == 0
    table = pd.read_csv(out / "scores.csv", encoding="utf-8-sig")
    assert list(table["photo"]) == sorted(path.name for path in photos.iterdir())
    assert not work.exists()
    assert score(photos, tmp_path / "at-once", tiny_bundle).exit_code == 0
    assert (tmp_path / "at-once" / "scores.csv").read_bytes() == (out / "scores.csv").read_bytes()
