"""Benchmarks: one command runs them all, and the arithmetic in them is right."""

from pathlib import Path

import numpy as np

from benchmarks.__main__ import BENCHMARKS
from benchmarks.early_stop import ALL, LEAST_PAIRS, PLAYERS, paired_gains, replay
from benchmarks.timing import medians
from face2bone.explain.coalitions import all_coalitions, shapley_values

FOLDER = Path(__file__).resolve().parent.parent / "benchmarks"


def test_one_command_runs_every_benchmark() -> None:
    shared = {"__main__", "timing"}
    assert {path.stem for path in FOLDER.glob("*.py")} - shared == set(BENCHMARKS)


def test_jobs_take_turns() -> None:
    order: list[str] = []
    found = medians({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, runs=3)
    assert order == ["a", "b"] * 3
    assert set(found) == {"a", "b"}
    assert all(seconds >= 0 for seconds in found.values())


def test_paired_orders_estimate_shapley_values_without_bias() -> None:
    rng = np.random.default_rng(1)
    v = rng.normal(size=ALL)
    seen: set[int] = set()
    gains = np.array([paired_gains(v, rng.permutation(PLAYERS), seen) for _ in range(4000)])
    errors = gains.std(axis=0) / np.sqrt(len(gains))
    off = gains.mean(axis=0) - shapley_values(v[:, None], PLAYERS)[:, 0]
    assert (np.abs(off) < 5 * errors).all()
    assert np.allclose(gains.sum(axis=1), v[-1] - v[0])
    assert len(seen) == ALL - 1  # all but the empty one, which no region brings about


def test_an_additive_game_is_settled_as_soon_as_may_be() -> None:
    v = all_coalitions(PLAYERS) @ np.arange(1.0, PLAYERS + 1)
    settled, right, off = replay(v, np.random.default_rng(2))
    assert settled <= 2 + 2 * (PLAYERS - 1) * LEAST_PAIRS
    assert right
    assert off < 1e-12
