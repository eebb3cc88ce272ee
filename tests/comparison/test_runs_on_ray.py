"""Commands whose runs are tasks of a real Ray: the same figures, whoever is killed on the way.

Ray runs in processes of its own, as it does for a person.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from face2bone.cluster import LOCAL
from face2bone.cohort.crop_store import CropStore
from face2bone.comparison.baselines import LANDMARKS
from face2bone.comparison.runs import RESULT, TEST, TRAINING, write_arrays
from face2bone.studies.face2bone import FACE2BONE
from face2bone.training.loop import CURVES, LAST
from face2bone.training.recipe import Recipe, recipe_toml

SEEDS = 2
TASK = b"ray::train_there"
FEW = Path(__file__).with_name("few_networks.py")


@pytest.fixture(scope="module")
def workshop(
    cohort: Any, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path]:
    """A manifest, and a recipe of runs that take long enough to be killed."""
    path = tmp_path_factory.mktemp("workshop") / "tiny.toml"
    training = recipe.training.model_copy(update={"epochs": 4})
    tiny = recipe.model_copy(update={"training": training})
    path.write_text(recipe_toml(tiny, 0).removeprefix("seed = 0\n"), "utf-8")
    return cohort.root / "manifest.csv", path


Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="module")
def start(workshop: tuple[Path, Path], lay_out: Callable[[Path], CropStore]) -> Start:
    """Starts a command with its folder, whose crops and landmarks are there, and its options."""
    manifest, path = workshop

    def started(name: str, out: Path, *options: str) -> subprocess.Popen[str]:
        store = lay_out(out)
        landmarks = np.random.default_rng(0).normal(size=(len(store.index), 936))
        write_arrays(out / LANDMARKS, landmarks=landmarks)
        command = [sys.executable, str(FEW), name, str(manifest), "--out", str(out)]
        return subprocess.Popen(
            [*command, "--recipe", str(path), "--seeds", str(SEEDS), *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    return started


def figures_of(process: subprocess.Popen[str], out: Path) -> dict[str, bytes]:
    """Every file of a finished command in which no minutes stand, by its path in the folder."""
    _, complaint = process.communicate(timeout=400)
    assert process.returncode == 0, complaint
    assert not list(out.glob("runs/*/*/training"))
    found = [*out.glob("*.csv"), *out.glob("runs/*/*/*.csv"), *out.glob("runs/*/*/*.npz")]
    return {str(path.relative_to(out)): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def alone(start: Start, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The comparison as one process does it."""
    out = tmp_path_factory.mktemp("alone") / "out"
    return figures_of(start("compare", out), out)


def settled(figures: dict[str, bytes]) -> dict[str, bytes]:
    """Without the training losses of an epoch, which cover less of one that was broken off."""
    shortened = {}
    for name, content in figures.items():
        if name.endswith(CURVES):
            curves = pd.read_csv(io.BytesIO(content), dtype=str)
            shortened[name] = curves.filter(regex="^(?!training|region)").to_csv().encode()
    assert shortened
    return figures | shortened


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The processes in which tasks of this command train."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_task = (folder / "cmdline").read_bytes().startswith(TASK)
            if is_task and os.getsid(int(folder.name)) == process.pid:
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def wait_for(pattern: str, count: int, out: Path, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 240
    while len(list(out.glob(pattern))) < count:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
def test_two_workers_find_the_same_to_the_byte(
    needs_ray: None, start: Start, alone: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = start("compare", out, "--cluster", LOCAL, "--workers", "2")
    assert figures_of(process, out) == alone
    assert len([name for name in alone if name.endswith(TEST)]) == 2 * (SEEDS + 1)


@pytest.mark.slow
def test_a_worker_that_is_killed_loses_its_own_run_and_no_figure(
    needs_ray: None, start: Start, alone: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = start("compare", out, "--cluster", LOCAL, "--workers", "2")
    wait_for(f"runs/*/*/{TRAINING}/{LAST}", 1, out, process)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    assert settled(figures_of(process, out)) == settled(alone)


@pytest.mark.slow
def test_work_that_is_killed_goes_on_and_repeats_no_run(
    needs_ray: None, start: Start, alone: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    process = start("compare", out, "--cluster", LOCAL, "--workers", "2")
    wait_for(f"runs/*/*/{RESULT}", 2, out, process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    kept = {path: path.stat().st_mtime_ns for path in out.glob(f"runs/*/*/{RESULT}")}
    assert 2 <= len(kept) < 2 * (SEEDS + 1)
    found = figures_of(start("compare", out, "--cluster", LOCAL), out)
    assert settled(found) == settled(alone)
    assert {path: path.stat().st_mtime_ns for path in kept} == kept


@pytest.mark.slow
def test_an_ablation_on_two_workers_finds_the_same(
    needs_ray: None, start: Start, tmp_path: Path
) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    found = figures_of(start("ablate", there, "--cluster", LOCAL, "--workers", "2"), there)
    assert found == figures_of(start("ablate", here), here)
    runs = {Path(name).parts[1] for name in found if name.startswith("runs")}
    assert runs == {FACE2BONE.id, "linear"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["compare", "ablate"])
def test_a_cluster_that_is_not_there_is_said_before_any_work(
    needs_ray: None, start: Start, name: str, tmp_path: Path
) -> None:
    process = start(name, tmp_path / "out", "--cluster", "127.0.0.1:9")
    _, complaint = process.communicate()
    assert process.returncode == 1
    assert "No Ray cluster answers at" in complaint
    assert "Traceback" not in complaint
    assert not (tmp_path / "out" / "config.toml").exists()
