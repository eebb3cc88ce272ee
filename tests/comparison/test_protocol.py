"""One protocol for all: the same patients, recipe and tuning; what would be unfair is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from face2bone.comparison import protocol as module
from face2bone.comparison.protocol import CohortProtocol, open_protocol
from face2bone.errors import TrainingError
from face2bone.progress import silent
from face2bone.training.recipe import Backbone, read_recipe, recipe_toml

Make = Callable[[Path], CohortProtocol]


def test_every_patient_is_on_one_side(make_protocol: Make, tmp_path: Path) -> None:
    made = make_protocol(tmp_path)
    rows = np.concatenate(list(made.members.values()))
    assert sorted(rows) == list(range(len(made.store.index)))
    split = pd.read_csv(tmp_path / "split.csv")
    assert split["patient_id"].is_unique


def test_rates_lie_a_factor_of_four_apart(make_protocol: Make, tmp_path: Path) -> None:
    low, high = make_protocol(tmp_path).rates
    assert high == pytest.approx(4 * low)


def test_a_rate_changes_nothing_else(make_protocol: Make, tmp_path: Path) -> None:
    made = make_protocol(tmp_path)
    changed = made.with_rate(0.125)
    assert changed.training.learning_rate == 0.125
    back = changed.training.model_copy(update={"learning_rate": made.recipe.training.learning_rate})
    assert changed.model_copy(update={"training": back}) == made.recipe


def test_opening_again_gives_the_same_split(
    make_protocol: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_protocol(tmp_path / "direct")
    monkeypatch.setattr(module, "photo_crops", lambda *_, **__: made.store)
    manifest = made.cohort.root / "manifest.csv"
    for _ in range(2):
        opened = open_protocol(manifest, tmp_path / "run", "compact", silent)
        for side, rows in made.members.items():
            np.testing.assert_array_equal(opened.members[side], rows)


def test_a_recipe_that_draws_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="draws its own patients"):
        open_protocol(tmp_path / "none.csv", tmp_path, "demo", silent)


def test_a_pretrained_trunk_is_refused(tmp_path: Path) -> None:
    """No standard network could start from FaceNet's weights."""
    full = read_recipe("full")
    changed = full.model_copy(update={"backbone": Backbone(weights="w.pt", sha256="0" * 64)})
    path = tmp_path / "recipe.toml"
    path.write_text(recipe_toml(changed, 0).removeprefix("seed = 0\n"), "utf-8")
    with pytest.raises(TrainingError, match="pretrained"):
        open_protocol(tmp_path / "none.csv", tmp_path, path, silent)


def test_a_class_without_training_patients_is_said_before_the_first_run(
    make_protocol: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_protocol(tmp_path / "direct")
    index = made.store.index.assign(
        bone_mass_class=made.store.index["bone_mass_class"].replace("normal", "osteopenia")
    )
    monkeypatch.setattr(module, "photo_crops", lambda *_, **__: replace(made.store, index=index))
    with pytest.raises(TrainingError, match="train side gets 0 photos with normal"):
        open_protocol(made.cohort.root / "manifest.csv", tmp_path / "run", "compact", silent)
