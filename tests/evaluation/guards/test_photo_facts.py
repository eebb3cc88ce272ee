from __future__ import annotations

from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from face2bone.bone import Boundary
from face2bone.cohort.manifest import Cohort
from face2bone.evaluation.guards.leaks import NEAR_BITS
from face2bone.evaluation.guards.photo_facts import GROUPS, photo_facts, picture_hash


def scene(seed: int, side: int = 200) -> np.ndarray:
    """A smooth picture, as different from the next seed's as two photos are."""
    rough = np.random.default_rng(seed).integers(40, 200, (40, 40, 3), np.uint8)
    return cv2.resize(rough, (side, side), interpolation=cv2.INTER_CUBIC)


@pytest.fixture
def cohort(tmp_path: Path) -> Cohort:
    for name, seed in (("a.jpg", 0), ("b.png", 1), ("c.webp", 2)):
        Image.fromarray(scene(seed)).save(tmp_path / name)
    (tmp_path / "d.jpg").write_bytes(b"no picture")
    table = pd.DataFrame(
        {
            "photo": ["a.jpg", "b.png", "c.webp", "d.jpg"],
            "acquired_on": [date(2025, 1, d) for d in (6, 8, 7, 9)],
            "device": ["one", "two", "one", "two"],
        },
        index=[2, 3, 4, 5],
    )
    return Cohort(table, tmp_path, Boundary.WHO)


def test_one_row_a_readable_photo(cohort: Cohort) -> None:
    told: list[int] = []
    facts = photo_facts(cohort, lambda done, _: told.append(done))
    assert facts.table.index.tolist() == [2, 3, 4]
    assert facts.unreadable == 1
    assert facts.hashes.shape == (3, 255)
    assert told == [1, 2, 3, 4]


def test_what_the_file_and_the_record_say(cohort: Cohort) -> None:
    facts = photo_facts(cohort)
    assert facts.table[["jpeg", "png", "webp"]].to_numpy().tolist() == np.eye(3).tolist()
    assert facts.table["day"].tolist() == [0.0, 2.0, 1.0]
    assert facts.table["device_one"].tolist() == [1.0, 0.0, 1.0]
    size = (cohort.root / "a.jpg").stat().st_size
    assert np.exp(facts.table.loc[2, "log_bytes"]) == pytest.approx(size)
    assert facts.group("record").shape == (3, 3)
    assert all(facts.group(name).shape[1] for name in GROUPS)


def test_light_and_corners_see_what_was_painted(tmp_path: Path) -> None:
    picture = np.full((200, 200, 3), 100, np.uint8)
    picture[:50, :24] = (200, 0, 0)
    Image.fromarray(picture).save(tmp_path / "a.png")
    table = pd.DataFrame({"photo": ["a.png"], "acquired_on": [date(2025, 1, 6)]}, index=[2])
    row = photo_facts(Cohort(table, tmp_path, Boundary.WHO)).table.loc[2]
    assert row["corner_red"] == pytest.approx(150.0)
    assert row["corner_blue"] == pytest.approx(50.0)
    assert row["corner_texture"] == 0.0
    assert 100 < row["red"] < 104


@pytest.mark.parametrize("side", [128, 400])
def test_the_hash_knows_a_copy_from_another_picture(side: int) -> None:
    for seed in range(5):
        own = picture_hash(scene(seed))
        noisy = scene(seed).astype(float) * 1.1 + np.random.default_rng(1).normal(
            0, 4, (200, 200, 3)
        )
        copy = cv2.resize(np.clip(noisy, 0, 255).astype(np.uint8), (side, side))
        assert (picture_hash(copy) != own).sum() <= NEAR_BITS
        assert (picture_hash(scene(seed + 1)) != own).sum() > NEAR_BITS
