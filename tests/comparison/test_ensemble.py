"""The mixture of rivals: its weights by hand and against a search, and where it has a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from face2bone.comparison.candidates import Candidate
from face2bone.comparison.ensemble import ensemble, mixture_weights
from face2bone.comparison.protocol import CohortProtocol
from face2bone.comparison.results import KONET, comparison_rows
from face2bone.comparison.rivals import ENSEMBLE
from face2bone.comparison.runs import BEFORE, RunResult, finished_runs, run_folder, write_arrays
from face2bone.comparison.standard_networks import resnet
from face2bone.progress import silent


def odds(rng: np.random.Generator, labels: np.ndarray, skill: float) -> np.ndarray:
    scores = np.exp(skill * np.eye(3)[labels] + rng.normal(size=(len(labels), 3)))
    return scores / scores.sum(axis=1, keepdims=True)


def test_weights_of_two_by_hand() -> None:
    """Member 0 gives .9 and .1 to what was so, member 1 gives .5 to both: best is w = 0.

    The slope of log(.5 + .4 w) + log(.5 - .4 w) is 0 at w = 0, where it is highest.
    """
    members = np.array([[[0.9, 0.1, 0.0], [0.9, 0.1, 0.0]], [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0]]])
    weights = mixture_weights(members, np.array([0, 1]))
    assert weights.sum() == pytest.approx(1.0)
    assert weights[0] < 0.05


def test_no_other_weights_are_likelier() -> None:
    rng = np.random.default_rng(2)
    labels = rng.integers(0, 3, 300)
    members = np.stack([odds(rng, labels, skill) for skill in (0.3, 1.0, 0.8)])
    told = members[:, np.arange(300), labels]
    best = np.log(mixture_weights(members, labels) @ told).sum()
    others = rng.dirichlet(np.ones(3), 2_000)
    assert np.log(others @ told).sum(axis=1).max() <= best + 1e-6


Make = Callable[[Path], CohortProtocol]


@pytest.fixture
def mixed(make_protocol: Make, tmp_path: Path) -> tuple[CohortProtocol, dict[str, RunResult]]:
    """Runs of three members with one seed, of which one knows the class."""
    made, rng, runs = make_protocol(tmp_path), np.random.default_rng(0), {}
    labels, rate = made.store.labels, made.rates[0]
    for name, skill in zip(ENSEMBLE, (0.0, 4.0, 0.0), strict=True):
        folder = run_folder(made, name, 0, rate)
        folder.mkdir(parents=True)
        sides = {side: odds(rng, labels[rows], skill) for side, rows in made.members.items()}
        write_arrays(folder / "test.npz", probabilities=sides["test"])
        fitted = {side: sides[side] for side in ("validation", "calibration")}
        write_arrays(folder / BEFORE, **fitted)
        runs[name] = RunResult(name, 0, rate, 2, 1.0, 1.0, 0.1, "none")
    return made, runs


def test_the_member_that_knows_is_followed(
    mixed: tuple[CohortProtocol, dict[str, RunResult]],
) -> None:
    made, runs = mixed
    (found,) = ensemble(made, {name: {0: run} for name, run in runs.items()}).values()
    np.testing.assert_allclose(found.sum(axis=1), 1.0)
    labels = made.store.labels[made.members["test"]]
    assert (found.argmax(axis=1) == labels).mean() > 0.9


def test_only_seeds_of_all_members_are_mixed(
    mixed: tuple[CohortProtocol, dict[str, RunResult]],
) -> None:
    made, runs = mixed
    each = {name: {0: run, 1: replace(run, seed=1)} for name, run in runs.items()}
    del each["resnet50"][1]
    assert list(ensemble(made, each)) == [0]
    assert ensemble(made, {name: each[name] for name in ENSEMBLE[:2]}) == {}


@pytest.mark.slow
def test_a_run_keeps_what_an_ensemble_is_fitted_on(make_protocol: Make, tmp_path: Path) -> None:
    from face2bone.comparison.runs import ensure_runs

    made = make_protocol(tmp_path)
    build = partial(resnet, 18, 1 / 32)
    candidates = [Candidate(name, name, build, 1, 1, name) for name in ENSEMBLE]
    for candidate in candidates:
        ensure_runs(made, candidate, 0, silent)
    assert list(finished_runs(made, candidates[0], 1)) == [0]
    rows = {row.name: row for row in comparison_rows(made, candidates, 1, {}, None)}
    assert rows[KONET].seeds == (0,)
    # Three runs from the same seed are one and the same network, and so is their mixture.
    accuracy = [rows[name].figures["accuracy"].value for name in (*ENSEMBLE, KONET)]
    assert accuracy == [accuracy[0]] * 4
