"""Runs end the same whether or not they were stopped; the rate is chosen by validation loss."""

from __future__ import annotations

import fcntl
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from face2bone.comparison import runs as module
from face2bone.comparison.candidates import Candidate, full_candidate
from face2bone.comparison.protocol import Protocol
from face2bone.comparison.runs import (
    RESULT,
    TEST,
    TRAINING,
    chosen_rate,
    ensure_runs,
    finished_runs,
    probabilities_of,
    run_folder,
)
from face2bone.comparison.standard_networks import resnet
from face2bone.errors import TrainingDiverged
from face2bone.progress import silent
from face2bone.studies.face2bone import FACE2BONE
from face2bone.training.loop import CURVES

Make = Callable[[Path], Protocol]


@pytest.fixture(scope="module")
def small() -> Candidate:
    return Candidate("small", "small", partial(resnet, 18, 1 / 32), 1, 1, "small")


@pytest.fixture(scope="module")
def whole(
    make_protocol: Make, small: Candidate, tmp_path_factory: pytest.TempPathFactory
) -> Protocol:
    """Seed 0 at both rates, left alone."""
    made = make_protocol(tmp_path_factory.mktemp("whole"))
    ensure_runs(made, small, 0, silent)
    return made


def test_both_rates_are_tried_and_the_lower_loss_wins(whole: Protocol, small: Candidate) -> None:
    losses = {}
    for rate in whole.rates:
        folder = run_folder(whole, "small", 0, rate)
        losses[json.loads((folder / RESULT).read_text("utf-8"))["validation_loss"]] = rate
    assert chosen_rate(whole, small) == losses[min(losses)]
    assert [run.learning_rate for run in finished_runs(whole, small, 3).values()] == [
        losses[min(losses)]
    ]


def test_a_run_knows_the_brightness(whole: Protocol, small: Candidate) -> None:
    """The crops tell the class by brightness: calibrated probabilities of the test patients."""
    run = finished_runs(whole, small, 1)[0]
    p = probabilities_of(whole, run)
    assert p.shape == (len(whole.members["test"]), 3)
    np.testing.assert_allclose(p.sum(axis=1), 1.0)
    assert run.temperature > 0
    assert run.epochs == whole.recipe.training.epochs


def test_a_finished_run_keeps_its_curves_and_no_checkpoint(
    whole: Protocol, small: Candidate
) -> None:
    folder = run_folder(whole, "small", 0, whole.rates[0])
    assert (folder / CURVES).is_file()
    assert not (folder / TRAINING).exists()


def test_a_finished_run_is_not_done_again(
    whole: Protocol, small: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_train", lambda *_: pytest.fail("trained again"))
    ensure_runs(whole, small, 0, silent)


def test_a_run_killed_after_its_result_is_tidied_and_not_trained_again(
    whole: Protocol, small: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_train", lambda *_: pytest.fail("trained again"))
    folder = run_folder(whole, "small", 0, whole.rates[0])
    curves = (folder / CURVES).read_bytes()
    (folder / TRAINING).mkdir()
    (folder / CURVES).rename(folder / TRAINING / CURVES)
    (folder / TRAINING / "last.ckpt").write_bytes(b"weights")
    ensure_runs(whole, small, 0, silent)
    assert not (folder / TRAINING).exists()
    assert (folder / CURVES).read_bytes() == curves


class Stop(BaseException):
    """As sudden as a kill: nothing in the package catches it."""


@pytest.mark.slow
def test_a_stopped_run_goes_on_to_the_same_end(
    make_protocol: Make, whole: Protocol, small: Candidate, tmp_path: Path
) -> None:
    """Stopped between two checkpoints of the second epoch of the second rate."""
    made, seen = make_protocol(tmp_path), []

    def stop(stage: str, done: float, total: float = 1, note: str = "", /) -> None:
        seen.append(done)
        if seen.count(7) == 2 and done == 7:
            raise Stop

    with pytest.raises(Stop):
        ensure_runs(made, small, 0, stop)
    assert chosen_rate(made, small) is None
    assert finished_runs(made, small, 3) == {}
    ensure_runs(made, small, 0, silent)
    for rate in made.rates:
        ours, theirs = (np.load(run_folder(p, "small", 0, rate) / TEST) for p in (made, whole))
        np.testing.assert_array_equal(ours["probabilities"], theirs["probabilities"])
    assert finished_runs(made, small, 1)[0].validation_loss == pytest.approx(
        finished_runs(whole, small, 1)[0].validation_loss, abs=0
    )


def test_a_run_another_process_holds_is_left_alone(
    make_protocol: Make, small: Candidate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_protocol(tmp_path)
    monkeypatch.setattr(module, "_train", lambda *_: pytest.fail("took a held run"))
    held = []
    for rate in made.rates:
        folder = run_folder(made, "small", 0, rate)
        folder.mkdir(parents=True)
        held.append((folder / ".lock").open("w"))
        fcntl.flock(held[-1], fcntl.LOCK_EX)
    ensure_runs(made, small, 0, silent)
    for lock in held:
        lock.close()
    assert chosen_rate(made, small) is None


def test_an_arm_waits_for_the_rate_of_the_whole(
    make_protocol: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_protocol(tmp_path)
    monkeypatch.setattr(module, "_train", lambda *_: pytest.fail("trained without a rate"))
    full = full_candidate(made.recipe.network_config())
    arm = Candidate("arm", "arm", full.build, 1, 1, tuned_as=FACE2BONE.id)
    ensure_runs(made, arm, 0, silent)
    ensure_runs(made, full, 1, silent)
    assert finished_runs(made, arm, 1) == {}


def test_a_rate_that_cannot_train_is_the_worst_of_trials(
    make_protocol: Make, whole: Protocol, small: Candidate, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The lower rate's run is copied from before; at the higher one the loss explodes."""
    made = make_protocol(tmp_path)
    low, high = made.rates
    shutil.copytree(run_folder(whole, "small", 0, low), run_folder(made, "small", 0, low))
    monkeypatch.setattr(module, "_train", explode)
    ensure_runs(made, small, 0, silent)
    assert (run_folder(made, "small", 0, high) / RESULT).is_file()
    assert chosen_rate(made, small) == low
    assert list(finished_runs(made, small, 1)) == [0]
    ensure_runs(made, small, 1, silent)
    assert list(finished_runs(made, small, 2)) == [0]


def explode(*_: object) -> None:
    raise TrainingDiverged("The loss is not finite. Lower the learning rate.")


def test_seeds_differ_and_repeat(
    make_protocol: Make, whole: Protocol, small: Candidate, tmp_path: Path
) -> None:
    """Seed 1 is another run of the same patients."""
    ensure_runs(whole, small, 1, silent)
    found = finished_runs(whole, small, 2)
    p, q = (probabilities_of(whole, found[seed]) for seed in (0, 1))
    assert p.shape == q.shape
    assert not np.array_equal(p, q)
