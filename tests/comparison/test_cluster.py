"""Runs as tasks of Ray: the same figures to the digit, whoever is killed on the way.

Ray itself runs in processes of its own, as it does for a person; a stand-in that does one task at a
time shows what is begun when.
"""

from __future__ import annotations

import fcntl
import io
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from face2bone.cluster import LOCAL
from face2bone.cohort.crop_store import CropStore
from face2bone.comparison import cluster as module
from face2bone.comparison.baselines import LANDMARKS
from face2bone.comparison.candidates import FULL, Candidate
from face2bone.comparison.cluster import Cluster, Ended, Run, Shared, train_there
from face2bone.comparison.protocol import Protocol
from face2bone.comparison.runs import (
    RESULT,
    TEST,
    TRAINING,
    ensure_runs,
    run_folder,
    write_arrays,
)
from face2bone.comparison.standard_networks import resnet
from face2bone.errors import TrainingError
from face2bone.progress import silent
from face2bone.training.loop import CURVES, LAST
from face2bone.training.recipe import Recipe, recipe_toml

SEEDS = 2
TASK = b"ray::train_there"
FEW = Path(__file__).with_name("few_networks.py")
BUILD = partial(resnet, 18, 1 / 32)
SMALL = Candidate("small", "small", BUILD, 1, 1, "small")
ARM = Candidate("arm", "arm", BUILD, 1, 1, "small")


@pytest.fixture
def laid(
    make_protocol: Callable[[Path], Protocol],
    lay_out: Callable[[Path], CropStore],
    recipe: Recipe,
    tmp_path: Path,
) -> Protocol:
    """A comparison whose folder any machine could open."""
    made = make_protocol(tmp_path / "laid")
    lay_out(made.folder)
    (made.folder / "config.toml").write_text(recipe_toml(recipe, 0), "utf-8")
    return made


def as_sent(value: Any) -> Any:
    """As it arrives at another process."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301  our own, made on the line


def run_of(protocol: Protocol, rate: float, candidate: Candidate = SMALL) -> Run:
    return Run(candidate, 0, rate, run_folder(protocol, candidate.name, 0, rate))


@pytest.mark.slow
def test_a_task_does_as_one_process_does(
    laid: Protocol, make_protocol: Callable[[Path], Protocol], tmp_path: Path
) -> None:
    alone = make_protocol(tmp_path / "alone")
    ensure_runs(alone, SMALL, 0, silent)
    for rate in laid.rates:
        sent = as_sent((Shared.of(laid), run_of(laid, rate)))
        assert train_there(*sent) == Ended(is_finished=True)
        ours, theirs = (run_folder(p, "small", 0, rate) for p in (laid, alone))
        assert (ours / TEST).read_bytes() == (theirs / TEST).read_bytes()
        assert (ours / CURVES).read_bytes() == (theirs / CURVES).read_bytes()


def test_what_a_task_is_sent_names_no_patient(laid: Protocol) -> None:
    sent = pickle.dumps((Shared.of(laid), run_of(laid, laid.rates[0])))
    patients = laid.store.index["patient_id"]
    assert len(patients) == 120
    assert not [name for name in patients if name.encode() in sent]
    assert len(sent) < 20_000


def test_a_task_trains_nothing_where_the_software_differs(
    laid: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = Shared.of(laid)
    monkeypatch.setattr(module, "versions", lambda: "face2bone 9")
    assert "face2bone 9" in refusal(shared, run_of(laid, laid.rates[0]))


@pytest.mark.parametrize("gone", ["config.toml", "split.csv", "crops/index.parquet"])
def test_a_task_trains_nothing_where_the_folder_is_another_or_none(
    laid: Protocol, gone: str
) -> None:
    shared = Shared.of(laid)
    (laid.folder / gone).rename(laid.folder / "elsewhere")
    assert "does not see the folder" in refusal(shared, run_of(laid, laid.rates[0]))
    (laid.folder / gone).write_bytes((laid.folder / "elsewhere").read_bytes() + b" ")
    assert "does not see the folder" in refusal(shared, run_of(laid, laid.rates[0]))


def refusal(shared: Shared, run: Run) -> str:
    ended = train_there(shared, run)
    assert not ended.is_finished
    assert not (run.folder / RESULT).exists()
    assert isinstance(ended.refused, TrainingError)
    return str(ended.refused)


def test_a_full_disk_is_said_where_the_work_was_started(
    laid: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "ensure_run", full)
    ended = train_there(Shared.of(laid), run_of(laid, laid.rates[0]))
    assert as_sent(ended.refused).errno == 28


def test_a_task_leaves_a_run_to_the_process_that_is_at_it(
    laid: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_TO_WAIT", 0.0)
    run = run_of(laid, laid.rates[0])
    run.folder.mkdir(parents=True)
    with (run.folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert train_there(Shared.of(laid), run) == Ended(is_finished=False)


class OneAtATime:
    """Stands in for Ray: does the oldest task when it is waited for. ``does`` is what it does."""

    def __init__(self, does: Callable[[Run], Ended]) -> None:
        self.does, self.begun, self.most = does, [], 0
        self.waiting: list[Run] = []

    def cluster_resources(self) -> dict[str, float]:
        return {}

    def remote(self, **_: Any) -> Callable[[Any], Any]:
        return lambda _: SimpleNamespace(remote=self.begin)

    def begin(self, shared: Shared, run: Run) -> Run:
        self.begun.append((run.candidate.name, run.seed, run.rate))
        self.waiting.append(run)
        self.most = max(self.most, len(self.waiting))
        return run

    def wait(self, under_way: Sequence[Run], timeout: float) -> tuple[list[Run], list[Run]]:
        assert list(under_way) == self.waiting
        return [self.waiting.pop(0)], list(self.waiting)

    def get(self, run: Run) -> Ended:
        return self.does(run)


@pytest.fixture
def ray_that(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Run], Ended]], OneAtATime]:
    def made(does: Callable[[Run], Ended]) -> OneAtATime:
        found = OneAtATime(does)

        @contextmanager
        def connected(address: str, workers: int) -> Iterator[OneAtATime]:
            yield found

        monkeypatch.setattr(module, "connected", connected)
        return found

    return made


def finish(run: Run) -> Ended:
    """A run whose loss is the lower, the higher its rate."""
    result = (
        f'{{"name": "{run.candidate.name}", "seed": {run.seed}, "learning_rate": {run.rate}, '
        f'"epochs": 2, "validation_loss": {1 - run.rate}, "temperature": 1.0, "minutes": 1.0, '
        '"device": "none"}'
    )
    run.folder.mkdir(parents=True, exist_ok=True)
    (run.folder / RESULT).write_text(result, "utf-8")
    return Ended(is_finished=True)


def test_what_needs_a_rate_waits_for_both_trials(laid: Protocol, ray_that: Any) -> None:
    ray, (low, high) = ray_that(finish), laid.rates
    Cluster(LOCAL, 3)(laid, (SMALL, ARM), SEEDS, silent)
    assert ray.begun[:2] == [("small", 0, low), ("small", 0, high)]
    assert ray.begun[2:] == [("arm", 0, high), ("small", 1, high), ("arm", 1, high)]
    assert ray.most == 3


def test_no_more_tasks_are_under_way_than_workers(laid: Protocol, ray_that: Any) -> None:
    ray = ray_that(finish)
    Cluster(LOCAL, 1)(laid, (SMALL, ARM), SEEDS, silent)
    assert ray.most == 1


def test_what_is_finished_starts_no_cluster(
    laid: Protocol, ray_that: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray = ray_that(finish)
    Cluster(LOCAL, 2)(laid, (SMALL,), SEEDS, silent)
    assert len(ray.begun) == SEEDS + 1
    monkeypatch.setattr(module, "connected", lambda *_: pytest.fail("started a cluster"))
    Cluster(LOCAL, 2)(laid, (SMALL,), SEEDS, silent)
    assert len(ray.begun) == SEEDS + 1


def test_a_run_that_another_process_is_at_is_asked_for_last_and_waited_for(
    laid: Protocol, ray_that: Any
) -> None:
    low, high = laid.rates
    tries: list[float] = []

    def first_held(run: Run) -> Ended:
        tries.append(run.rate)
        return finish(run) if tries.count(low) > 2 or run.rate == high else Ended(False)

    ray = ray_that(first_held)
    Cluster(LOCAL, 1)(laid, (SMALL,), 1, silent)
    assert [rate for _, _, rate in ray.begun] == [low, high, low, low]


def test_what_a_run_was_refused_with_ends_the_work(laid: Protocol, ray_that: Any) -> None:
    ray_that(lambda _: Ended(False, TrainingError("The file is damaged. Delete it.")))
    with pytest.raises(TrainingError, match="is damaged"):
        Cluster(LOCAL, 2)(laid, (SMALL,), 1, silent)


def test_a_result_that_is_never_seen_here_is_a_folder_elsewhere(
    laid: Protocol, ray_that: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SECONDS_TO_SEE", 0.0)
    monkeypatch.setattr(module, "SECONDS_BETWEEN", 0.0)
    ray_that(lambda _: Ended(is_finished=True))
    with pytest.raises(TrainingError, match="does not see the folder"):
        Cluster(LOCAL, 2)(laid, (SMALL,), 1, silent)


def test_progress_counts_the_epochs_of_all_runs(laid: Protocol, ray_that: Any) -> None:
    told: list[tuple[float, float, str]] = []

    def tell(_: str, done: float, total: float = 1, note: str = "", /) -> None:
        told.append((done, total, note))

    curves = run_of(laid, laid.rates[0]).folder / TRAINING / CURVES
    curves.parent.mkdir(parents=True)
    curves.write_text("epoch,validation_loss\n1,0.5\n", "utf-8")
    ray_that(finish)
    Cluster(LOCAL, 1)(laid, (SMALL,), SEEDS, tell)
    assert told[0] == (1, 6, "0 of 3 runs finished")
    assert told[-1] == (6, 6, "3 of 3 runs finished")
    assert [done for done, _, _ in told] == sorted(done for done, _, _ in told)


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
    assert {Path(name).parts[1] for name in found if name.startswith("runs")} == {FULL, "linear"}


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
