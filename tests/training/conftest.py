"""A store of faces that are no faces: grey ellipses whose brightness is the class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import FACES
from face2bone.training.recipe import Recipe, read_recipe

SIZE = 160
TINY_NETWORK = {
    "width": 0.03,
    "embedding": 300,
    "fsa": "off",
    "transformer": "off",
    "kan_hidden": 4,
    "dropout": 0.1,
}


def fake_store(folder: Path, patients: int, labels: np.ndarray | None = None) -> CropStore:
    """Crops whose brightness tells the class, with region maps in ten upright stripes."""
    rng = np.random.default_rng(0)
    if labels is None:
        labels = rng.permutation(np.arange(patients) % 3)
    y, x = np.mgrid[:SIZE, :SIZE]
    inside = ((x - 80) / 55) ** 2 + ((y - 80) / 70) ** 2 <= 1
    region_map = np.where(inside, np.clip((x - 25) // 11, 0, 9), -1).astype(np.int8)
    crops = np.full((patients, SIZE, SIZE, 3), 127, np.uint8)
    for crop, label in zip(crops, labels, strict=True):
        noise = rng.integers(0, 20, (SIZE, SIZE, 3))
        crop[inside] = (60 + 60 * label + noise)[inside]
    table = pd.DataFrame(
        {
            "row": np.arange(patients),
            "patient_id": [f"p{i}" for i in range(patients)],
            "sex": "F",
            "age_years": 60.0,
            "t_score": 0.0 - 1.5 * labels - np.arange(patients) / 1024,  # tells patients apart
            "bone_mass_class": [CLASS_LABELS[k] for k in labels],
        }
    )
    maps = np.repeat(region_map[None], patients, axis=0)
    return CropStore(folder, table, crops, maps, FACES)


@pytest.fixture(scope="session")
def make_store() -> Callable[..., CropStore]:
    """``fake_store`` for test modules, which cannot import this one."""
    return fake_store


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> CropStore:
    return fake_store(tmp_path_factory.mktemp("store"), 48)


@pytest.fixture(scope="session")
def tiny() -> Callable[..., Recipe]:
    """The demo recipe on a network of a few thousand weights; keywords change [training]."""
    shipped = read_recipe("demo")

    def make(**changes: object) -> Recipe:
        settings = {
            "epochs": 2,
            "batch_size": 8,
            "precision": "32-true",
            "checkpoint_steps": 2,
        } | changes
        training = shipped.training.model_copy(update=settings)
        return shipped.model_copy(update={"network": TINY_NETWORK, "training": training})

    return make
