"""A cohort of drawn patients whose crops are grey ellipses: brightness is the class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.crops import build_store
from face2bone.cohort.manifest import Cohort, read_manifest
from face2bone.comparison.protocol import CohortProtocol
from face2bone.drawn.face.crops import FACES
from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.face.write import manifest_table
from face2bone.drawn.worlds import World
from face2bone.modalities.prepared import Prepared
from face2bone.training.recipe import Recipe, read_recipe
from face2bone.training.run import split_store

SIZE = 160
PATIENTS = 120
SEED = 400_700
TINY_NETWORK = {
    "width": 0.03,
    "embedding": 300,
    "fsa": "off",
    "transformer": "off",
    "kan_hidden": 4,
    "dropout": 0.1,
}


def fake_store(cohort: Cohort, folder: Path) -> CropStore:
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:SIZE, :SIZE]
    inside = ((x - 80) / 55) ** 2 + ((y - 80) / 70) ** 2 <= 1
    region_map = np.where(inside, np.clip((x - 25) // 11, 0, 9), -1).astype(np.int8)
    crops = np.full((len(cohort.table), SIZE, SIZE, 3), 127, np.uint8)
    for crop, label in zip(crops, cohort.labels, strict=True):
        crop[inside] = (60 + 60 * label + rng.integers(0, 20, (SIZE, SIZE, 3)))[inside]
    table = cohort.table.reset_index(drop=True).rename_axis("row").reset_index()
    return CropStore(folder, table, crops, np.repeat(region_map[None], len(crops), axis=0), FACES)


@pytest.fixture(scope="session")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Photos nobody opens."""
    root = tmp_path_factory.mktemp("cohort")
    table = manifest_table(draw_cohort(PATIENTS, World.PLANTED, SEED))
    (root / "photos").mkdir()
    for i, name in enumerate(table["photo"]):
        (root / name).write_bytes(bytes([i]))
    table.to_csv(root / "manifest.csv", index=False)
    return read_manifest(root / "manifest.csv")


@pytest.fixture(scope="session")
def store(cohort: Cohort) -> CropStore:
    return fake_store(cohort, cohort.root)


class Stored:
    """The crops of a store, to be stored elsewhere."""

    def __init__(self, store: CropStore) -> None:
        self.store = store

    def subjects(self, picture: int) -> tuple[Prepared, ...]:
        regions = self.store.region_maps[picture]
        inside, no_move = regions >= 0, np.zeros((2, 3), np.float32)
        crop, kind = self.store.crops[picture], self.store.kind
        return (Prepared(crop, inside, regions, no_move, kind.parts, kind.spec),)


@pytest.fixture(scope="session")
def lay_out(cohort: Cohort, store: CropStore) -> Callable[[Path], CropStore]:
    """Writes the crops to a comparison's folder, where its command finds them done."""

    def laid_out(folder: Path) -> CropStore:
        identity = cohort.table.to_csv(index=False)
        crops = (folder / "crops", 1, None, store.kind)
        return build_store(Stored(store), cohort.table, identity, *crops)

    return laid_out


@pytest.fixture(scope="session")
def recipe() -> Recipe:
    """The compact recipe on a network of a few thousand weights, for two short epochs."""
    shipped = read_recipe("compact")
    settings = {"epochs": 2, "batch_size": 8, "checkpoint_steps": 2, "learning_rate": 0.01}
    training = shipped.training.model_copy(update=settings)
    return shipped.model_copy(update={"network": TINY_NETWORK, "training": training})


@pytest.fixture(scope="session")
def make_protocol(
    cohort: Cohort, store: CropStore, recipe: Recipe
) -> Callable[[Path], CohortProtocol]:
    def make(folder: Path) -> CohortProtocol:
        folder.mkdir(exist_ok=True)
        split = split_store(store, recipe, 0, folder)
        return CohortProtocol(folder, recipe, store, split, (), cohort)

    return make
