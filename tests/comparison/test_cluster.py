"""Runs as tasks: what one is sent and refuses, and what is begun when.

A stand-in that does one task at a time takes Ray's place; ``test_runs_on_ray`` has the real one.
"""

from __future__ import annotations

import fcntl
import pickle
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from face2bone.cluster import LOCAL
from face2bone.cohort.crop_store import CropStore
from face2bone.comparison import cluster as module
from face2bone.comparison.candidates import Candidate
from face2bone.comparison.cluster import Cluster, Ended, Run, Shared, train_there
from face2bone.comparison.protocol import Protocol
from face2bone.comparison.runs import (
    RESULT,
    TEST,
    TRAINING,
    ensure_runs,
    run_folder,
)
from face2bone.comparison.standard_networks import resnet
from face2bone.errors import TrainingError
from face2bone.progress import silent
from face2bone.training.loop import CURVES
from face2bone.training.recipe import Recipe, recipe_toml

SEEDS = 2
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


def test_where_others_are_at_all_that_is_left_it_looks_again(
    laid: Protocol, ray_that: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is left is finished elsewhere meanwhile: Ray is not asked to wait for nothing."""
    ray = ray_that(lambda _: pytest.fail("began a run"))
    waits: list[float] = []

    def elsewhere(seconds: float) -> None:
        waits.append(seconds)
        for rate in laid.rates:
            finish(run_of(laid, rate))

    monkeypatch.setattr(module._Work, "_ready", lambda _: [])
    monkeypatch.setattr(module.time, "sleep", elsewhere)
    Cluster(LOCAL, 2)(laid, (SMALL,), 1, silent)
    assert waits == [module.SECONDS_BETWEEN]
    assert ray.begun == []


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
