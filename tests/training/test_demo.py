"""The demo's way from drawn patients to a bundle, on grey ellipses instead of faces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from face2bone.bundle import Bundle, load_bundle
from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import FACES
from face2bone.drawn.face.oracle import cohort_oracle
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.face.provenance import GENERATOR_HASH
from face2bone.drawn.worlds import World
from face2bone.errors import TrainingError
from face2bone.progress import silent
from face2bone.training import build_bundle
from face2bone.training.demo import compared, train_demo
from face2bone.training.recipe import Recipe, recipe_toml


@pytest.fixture(scope="module")
def drawn_store(make_store: Callable[..., CropStore]) -> Callable[..., CropStore]:
    """Stands for ``drawn_crops``; the first patient's face is not found."""

    def draw(
        patients: Sequence[DrawnPatient], drawn_by: str, folder: Path, **_: object
    ) -> CropStore:
        labels = np.array([int(p.bone_class) for p in patients])
        store = make_store(folder, len(patients), labels)
        index = store.index.assign(patient_id=[p.patient_id for p in patients]).iloc[1:]
        return CropStore(folder, index, store.crops, store.region_maps, FACES)

    return draw


@pytest.fixture(scope="module")
def recipe(tiny: Callable[..., Recipe], tmp_path_factory: pytest.TempPathFactory) -> Path:
    small = tiny(epochs=1, batch_size=16, learning_rate=0.01, checkpoint_steps=5)
    assert small.cohort is not None
    cohort = small.cohort.model_copy(
        update={"patients": 240, "seed": 400_300, "evaluation_patients": 60,
                "evaluation_seed": 400_301}
    )  # fmt: skip
    changes = {
        "cohort": cohort,
        "concepts": 3,
        "split": {"train": 0.6, "validation": 0.1, "calibration": 0.3},
    }
    path = tmp_path_factory.mktemp("recipe") / "small.toml"
    text = recipe_toml(small.model_copy(update=changes), 0)
    path.write_text(text.removeprefix("seed = 0\n"), "utf-8")
    return path


@pytest.fixture(scope="module")
def made(
    recipe: Path, drawn_store: Callable[..., CropStore], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Bundle]:
    root = tmp_path_factory.mktemp("demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("face2bone.drawn.face.crops.drawn_crops", drawn_store)
        patch.setattr(build_bundle, "DESCRIBED_PICTURES", 20)
        path = train_demo(root / "bundle", recipe, root / "run", silent)
    return root, load_bundle(path)


@pytest.mark.slow
def test_the_bundle_says_that_it_is_a_demo(made: tuple[Path, Bundle]) -> None:
    card = made[1].card
    assert card.status == "demo"
    assert card.generator_hash == GENERATOR_HASH
    assert "no real person" in card.cohort
    assert made[1].concepts.exemplars.shape[1] > 0


@pytest.mark.slow
def test_results_stand_beside_the_oracles(made: tuple[Path, Bundle]) -> None:
    results = made[1].card.results
    assert results["patients"] == 60
    assert results["faces_not_found"] == 1
    for name in ("model", "oracle", "age_sex_bmi"):
        figures = results[name]
        assert isinstance(figures, dict)
        assert figures["n"] == 59


@pytest.mark.slow
def test_training_leaves_curves(made: tuple[Path, Bundle]) -> None:
    assert (made[0] / "run" / "training" / "curves.csv").is_file()


def test_the_oracle_is_the_bar(make_store: Callable[..., CropStore]) -> None:
    """A model that is the oracle reaches all of it; one that knows age, sex and BMI less."""
    patients = draw_cohort(300, World.PLANTED, 400_302)
    labels = np.array([int(p.bone_class) for p in patients])
    store = make_store(Path(), 300, labels)
    results = compared(cohort_oracle(patients, World.PLANTED), patients, store)
    assert results["auc_share_of_oracle"] == pytest.approx(1.0)
    assert results["oracle"]["macro_auc"] > results["age_sex_bmi"]["macro_auc"] > 0.7


def test_a_recipe_without_a_cohort_is_for_train(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="manifest"):
        train_demo(tmp_path / "bundle", "full", tmp_path / "run", silent)
