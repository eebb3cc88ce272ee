"""The drawing leaks no label: a planted cohort teaches a network, the same faces blank do not.

Nothing in a picture may know the T-score except through the planted parameters. A label that
leaked through exposure, compression or order would survive here: the blank world permutes
T-scores between patients, so a network that scores above chance has read something it must not.
"""

from pathlib import Path

import pandas as pd
import pytest

from face2bone.bundle import load_bundle
from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.face.write import write_cohort
from face2bone.drawn.people import TEST_SEED_RANGE
from face2bone.drawn.worlds import World
from face2bone.training import train
from face2bone.training.recipe import read_recipe, recipe_toml

PATIENTS = 1_000
SEED = TEST_SEED_RANGE.start + 4_000
CHANCE = 0.08  # two standard errors of a macro AUC of 350 test patients


@pytest.fixture(scope="module")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blank") / "cohort"
    write_cohort(folder, PATIENTS, World.BLANK, SEED, workers=2)
    return folder / "manifest.csv"


@pytest.fixture(scope="module")
def planted(blank: Path) -> Path:
    """The same photos with each patient's own T-score."""
    table = pd.read_csv(blank)
    own = {p.patient_id: p.t_score for p in draw_cohort(PATIENTS, World.PLANTED, SEED)}
    path = blank.with_name("planted.csv")
    table.assign(t_score=table["patient_id"].map(own)).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network and few epochs: enough to learn what is there."""
    full = read_recipe("full")
    training = full.training.model_copy(
        update={"epochs": 8, "batch_size": 32, "learning_rate": 2e-3, "patience": 8}
    )
    split = {"train": 0.45, "validation": 0.1, "calibration": 0.1, "test": 0.35}
    small = full.model_copy(
        update={"network": {"width": 0.25}, "training": training, "split": split, "concepts": 4}
    )
    path = tmp_path_factory.mktemp("recipe") / "small.toml"
    lines = recipe_toml(small, 0).splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("seed")) + "\n")
    return path


def macro_auc(manifest: Path, recipe: Path, out: Path) -> float:
    bundle = load_bundle(train(manifest, out, recipe))
    return float(bundle.card.results["test"]["macro_auc"])


def test_a_blank_cohort_leaves_a_network_at_chance(
    blank: Path, recipe: Path, tmp_path: Path
) -> None:
    auc = macro_auc(blank, recipe, tmp_path / "run")
    print(f"blank world, macro AUC {auc:.3f}")
    assert abs(auc - 0.5) <= CHANCE


def test_the_same_faces_teach_it_in_the_planted_world(
    planted: Path, recipe: Path, tmp_path: Path
) -> None:
    auc = macro_auc(planted, recipe, tmp_path / "run")
    print(f"planted world, macro AUC {auc:.3f}")
    assert auc >= 0.75
