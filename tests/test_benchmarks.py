"""Benchmarks: one command runs them all, and the arithmetic in them is right."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.__main__ import BENCHMARKS
from benchmarks.early_stop import ALL, LEAST_PAIRS, PLAYERS, paired_gains, replay
from benchmarks.eight_browsers import Visit, differences, own_photo
from benchmarks.timing import medians
from face2bone.explain.coalitions import all_coalitions, shapley_values
from face2bone.modalities.photo import read_photo

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


def said_of(visit: Visit) -> dict[str, Any]:
    """The file that a visit should end with, as far as it is looked at."""
    return {
        "photo_sha256": hashlib.sha256(visit.photo).hexdigest(),
        "patient": {"age_years": visit.age},
        "probabilities": dict(visit.expected),
    }


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ({}, []),
        ({"photo_sha256": "of somebody else"}, ["another photo"]),
        ({"patient": {"age_years": 50.02}}, ["another age"]),
        ({"probabilities": {"normal": 0.250001}}, ["another probability of normal"]),
    ],
)
def test_the_load_test_notices_an_answer_of_another_patient(
    other: dict[str, Any], found: list[str]
) -> None:
    visit = Visit(b"a photo", 50.01, {"normal": 0.25})
    assert differences(visit, said_of(visit) | other) == found


def test_no_two_photos_of_the_load_test_are_alike() -> None:
    photos = {own_photo(visitor, number, 0.1) for visitor in range(8) for number in range(6)}
    assert len({read_photo(photo).pixels.tobytes() for photo in photos}) == 48
    assert read_photo(photos.pop()).pixels.shape == (316, 316, 3)
