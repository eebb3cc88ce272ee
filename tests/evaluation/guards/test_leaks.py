from __future__ import annotations

import numpy as np
import pandas as pd

from face2bone.evaluation.guards.leaks import NEAR_BITS, Leak, find_leaks, near_pairs
from face2bone.evaluation.guards.photo_facts import HASH_BITS


def manifest(**columns: list[object]) -> pd.DataFrame:
    """Four patients, rows 2 to 5, nothing wrong."""
    plain = {
        "patient_id": ["a", "b", "c", "d"],
        "acquired_on": ["2025-01-06"] * 4,
        "dxa_site": ["lowest"] * 4,
        "t_score": [0.0, -1.5, -3.0, 0.5],
        "bone_mass_class": ["normal", "osteopenia", "osteoporosis", "normal"],
    }
    return pd.DataFrame(plain | columns, index=[2, 3, 4, 5])


def hashes(*copies: tuple[int, int, int]) -> np.ndarray:
    """Four random hashes; ``(i, j, bits)`` makes j a copy of i but for some bits."""
    bits = np.random.default_rng(0).random((4, HASH_BITS)) < 0.5
    for i, j, flipped in copies:
        bits[j] = bits[i]
        bits[j, :flipped] ^= True
    return bits


def kinds(leaks: tuple[Leak, ...]) -> set[tuple[str, tuple[int, ...]]]:
    return {(leak.kind, leak.rows) for leak in leaks}


def test_a_clean_table_has_no_leak() -> None:
    split = pd.Series(["train", "train", "test", "test"], index=[2, 3, 4, 5])
    assert find_leaks(manifest(), hashes(), split) == ()


def test_pairs_within_the_limit_and_no_others() -> None:
    bits = hashes((0, 1, NEAR_BITS), (2, 3, NEAR_BITS + 1))
    assert list(near_pairs(bits)) == [(0, 1)]


def test_a_photo_under_two_patients_two_classes_and_two_sides() -> None:
    split = pd.Series(["train", "test", "test", "test"], index=[2, 3, 4, 5])
    found = find_leaks(manifest(), hashes((0, 1, 3)), split)
    assert kinds(found) == {
        ("photo_of_two_patients", (2, 3)),
        ("contradicting_labels", (2, 3)),
        ("photo_across_split", (2, 3)),
    }
    assert all(leak.says.endswith(".") for leak in found)


def test_a_patients_own_second_photo_may_look_the_same() -> None:
    table = manifest(
        patient_id=["a", "b", "c", "a"], acquired_on=["2025-01-06"] * 3 + ["2025-02-06"]
    )
    assert find_leaks(table, hashes((0, 3, 0))) == ()


def test_a_patient_on_two_sides() -> None:
    table = manifest(
        patient_id=["a", "b", "c", "a"], acquired_on=["2025-01-06"] * 3 + ["2025-02-06"]
    )
    split = pd.Series(["train", "train", "train", "test"], index=table.index)
    assert kinds(find_leaks(table, hashes(), split)) == {("patient_across_split", (2, 5))}


def test_one_examination_with_two_results() -> None:
    table = manifest(patient_id=["a", "b", "c", "a"])
    assert kinds(find_leaks(table, hashes())) == {("contradicting_labels", (2, 5))}


def test_one_day_at_two_sites_is_no_contradiction() -> None:
    table = manifest(patient_id=["a", "b", "c", "a"], dxa_site=["lowest"] * 3 + ["femoral_neck"])
    assert find_leaks(table, hashes()) == ()
