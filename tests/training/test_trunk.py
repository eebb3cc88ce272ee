"""The trunk a recipe starts from is looked at before any work, and refused in one sentence."""

from pathlib import Path

import pytest

from face2bone.errors import BundleCorrupt, BundleMissing, TrainingError
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.training.recipe import Backbone, Recipe, read_recipe
from face2bone.training.trunk import check_trunk, load_trunk, with_trunk


def starting_from(file: Path, name: str = "small-cohort", **changes: object) -> Recipe:
    recipe = read_recipe(name)
    backbone = recipe.backbone or Backbone(weights="", sha256="0" * 64)
    update = {"weights": str(file), **changes}
    return recipe.model_copy(update={"backbone": backbone.model_copy(update=update)})


@pytest.mark.parametrize("name", ["small-cohort", "full"])
def test_a_file_that_is_not_there_or_is_a_folder_is_a_sentence(name: str, tmp_path: Path) -> None:
    for file in (tmp_path / "none.bin", tmp_path):
        with pytest.raises(BundleMissing, match=f"no file {file.name}") as told:
            check_trunk(starting_from(file, name))
        assert "--trunk" in str(told.value)


@pytest.mark.parametrize("name", ["small-cohort", "full"])
def test_another_file_is_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"something else")
    with pytest.raises(BundleCorrupt, match="SHA-256"):
        check_trunk(starting_from(tmp_path / "other.bin", name))


def test_a_file_of_the_recorded_hash_must_hold_the_trunk_too(tmp_path: Path) -> None:
    """A recipe of somebody's own may record the hash of the wrong file."""
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    (tmp_path / "mine.onnx").write_bytes(b"")
    with pytest.raises(BundleCorrupt, match="does not hold SFace's weights"):
        check_trunk(starting_from(tmp_path / "mine.onnx", sha256=empty))


def test_a_recipe_without_a_trunk_has_none_to_check_or_to_move() -> None:
    check_trunk(read_recipe("full"))
    assert with_trunk(read_recipe("full"), None) == read_recipe("full")
    with pytest.raises(TrainingError, match="starts from nothing"):
        with_trunk(read_recipe("full"), Path("some.onnx"))


def test_only_a_trunk_that_can_be_is_held_still() -> None:
    backbone = Backbone(weights="w.pt", sha256="0" * 64, frozen_epochs=1)
    recipe = read_recipe("full").model_copy(update={"backbone": backbone})
    with pytest.raises(TrainingError, match="held still"):
        load_trunk(Face2Bone(NetworkConfig(width=1 / 32)), recipe)
