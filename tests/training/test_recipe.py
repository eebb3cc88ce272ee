from __future__ import annotations

from pathlib import Path

import pytest

from face2bone.errors import TrainingError
from face2bone.training.recipe import read_recipe, recipe_toml, shipped_recipes

SHIPPED = (
    "compact",
    "compact-hand",
    "compact-knee",
    "demo",
    "full",
    "hand",
    "knee",
    "small-cohort",
)


def test_these_recipes_ship() -> None:
    assert shipped_recipes() == SHIPPED


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_recipe_is_what_training_py_writes_down(name: str, tmp_path: Path) -> None:
    recipe = read_recipe(name)
    text = recipe_toml(recipe, seed=7)
    assert text.startswith("seed = 7\n")
    copy = tmp_path / "copy.toml"
    copy.write_text(text.removeprefix("seed = 7\n"), "utf-8")
    assert read_recipe(copy) == recipe


@pytest.mark.parametrize("name", SHIPPED)
def test_vertical_flip_is_off(name: str) -> None:
    augmentation = read_recipe(name).augmentation
    assert augmentation.vertical_flip_p == 0.0
    # A hand's crop is always turned to the same side; a mirrored one would be seen nowhere else.
    assert augmentation.horizontal_flip_p == (0.0 if "hand" in name else 0.5)


def test_full_trains_the_full_width() -> None:
    assert read_recipe("full").network_config().width == 1.0


def test_the_demo_is_tested_on_a_reserved_range() -> None:
    from face2bone.drawn.people import EVALUATION_SEED_RANGE, TRAINING_SEED_RANGE

    cohort = read_recipe("demo").cohort
    assert cohort is not None
    assert cohort.evaluation_patients == 1500
    assert cohort.seed in TRAINING_SEED_RANGE
    assert cohort.evaluation_seed in EVALUATION_SEED_RANGE


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("epochs = ", "epochs = 0 #", "training.epochs"),
        ("epochs = ", "epocs = 1 #", "training.ep"),
        ("[training]", "[training", "TOML"),
        ("width = ", "width = 7.5 #", "network"),
        ("width = ", "widht = 0.5 #", "network"),
        ("width = ", 'width = "broad" #', "network"),
        ("train = ", "train = 0.5 #", "sum to 1"),
        ("validation = ", "tuning = ", "split"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, old: str, new: str, says: str) -> None:
    shipped = recipe_toml(read_recipe("full"), 0).removeprefix("seed = 0\n")
    assert old in shipped
    path = tmp_path / "mine.toml"
    path.write_text(shipped.replace(old, new, 1), "utf-8")
    with pytest.raises(TrainingError, match=says):
        read_recipe(path)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("rate = 0.1", "rate = 0.0", "backbone.rate"),
        ("rate = 0.1", "rate = 10.0", "backbone.rate"),
        ("rate = 0.1", "rate = nan", "backbone.rate"),
        ("frozen_epochs = 6", "", "without frozen_epochs"),
        ("frozen_epochs = 6", "frozen_epochs = 12", "of no epoch"),
        ("learning_rate = 0.002", "learning_rate = inf", "learning_rate"),
    ],
)
def test_a_rate_that_no_layer_would_learn_by_is_refused(
    tmp_path: Path, old: str, new: str, says: str
) -> None:
    shipped = recipe_toml(read_recipe("small-cohort"), 0).removeprefix("seed = 0\n")
    assert old in shipped
    path = tmp_path / "mine.toml"
    path.write_text(shipped.replace(old, new, 1), "utf-8")
    with pytest.raises(TrainingError, match=says):
        read_recipe(path)


def test_an_unknown_recipe_says_which_exist() -> None:
    with pytest.raises(TrainingError, match="demo, full"):
        read_recipe("imaginary")
