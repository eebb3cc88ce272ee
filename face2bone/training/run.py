"""A whole training run in one folder, from a manifest to a bundle.

    config.toml             the recipe as it ran, with the seed
    crops/                  the crop store (``cohort.crops``)
    split.csv               which side of the split every patient is on
    identical_photos.txt    photos that stand under two patients or two classes, if any
    training/               checkpoints and curves (``loop.py``)
    metrics.json            results and minutes per stage
    bundle/                 the finished bundle

A run that was stopped goes on when it is started again with the same folder.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from lightning.pytorch.utilities import rank_zero_only
from pydantic import TypeAdapter

from face2bone.atomic_files import write_whole
from face2bone.careful import bytes_of, json_of
from face2bone.cohort.crops import CropStore, photo_crops
from face2bone.cohort.manifest import read_manifest
from face2bone.cohort.splits import check_split, identical_photos, split_patients
from face2bone.errors import TrainingError
from face2bone.nn import Face2Bone, FaceNetwork
from face2bone.nn.inception_resnet_v1 import load_facenet_weights
from face2bone.nn.registry import make_network
from face2bone.studies import study_named
from face2bone.tasks import BONE_MASS
from face2bone.training.build_bundle import Trained, finish_on_patients
from face2bone.training.counts import FOR_A_BUNDLE, check_counts
from face2bone.training.lightning_module import LabelTraining
from face2bone.training.loader import CropLoader
from face2bone.training.loop import fit
from face2bone.training.objective import Objective
from face2bone.training.progress import Bars, Progress
from face2bone.training.recipe import Recipe, read_recipe, recipe_toml

Members = dict[str, npt.NDArray[np.int64]]
"""Positions in the store's index of each side of the split."""

VALIDATION_BATCH: Final = 64


class Clock:
    """Minutes each stage took, added up over restarts in a run folder's minutes.json."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "minutes.json"
        self.minutes: dict[str, float] = {}
        if self._file.is_file():
            self.minutes = _minutes(self._file)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time a block under ``name``, also one that is interrupted."""
        start = time.monotonic()
        try:
            yield
        finally:
            spent = (time.monotonic() - start) / 60.0
            self.minutes[name] = round(self.minutes.get(name, 0.0) + spent, 2)
            write_whole(self._file, json.dumps(self.minutes) + "\n")


def _minutes(file: Path) -> dict[str, float]:
    try:
        return TypeAdapter(dict[str, float]).validate_python(json_of(bytes_of(file)))
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"The file {file.name} of this run is damaged. Delete it and start again: only the "
            "minutes that earlier stages took are lost."
        ) from error


def train(
    manifest: Path,
    out: Path,
    recipe: str | Path = "full",
    seed: int = 0,
    progress: Progress | None = None,
    licence: str = "",
) -> Path:
    """Train, calibrate, test and bundle a network on a cohort; returns the bundle's folder.

    ``out`` is the run folder, new or that of the same run stopped earlier; ``licence`` is what
    the card will say. Raises ``ManifestError`` for a cohort that breaks a rule, ``StudyError`` for
    one of a study that is not ready, ``TrainingError`` for a run that cannot start or go on, or
    whose cohort is too small.
    """
    settled = read_recipe(recipe)
    if settled.cohort is not None:
        raise TrainingError(
            f"The recipe {settled.name!r} draws its own patients. "
            "Use train-demo, or name a recipe without a cohort section."
        )
    cohort = read_manifest(Path(manifest))
    tools = study_named(cohort.study).ready()
    check_counts(cohort.table, settled, seed, FOR_A_BUNDLE)
    folder, told = open_run(Path(out), settled, seed), progress or Bars()
    clock = Clock(folder)
    doubles = "\n".join(str(group) for group in identical_photos(cohort))
    if doubles:
        write_whole(folder / "identical_photos.txt", doubles + "\n")
    with clock.stage("crops"):
        store = photo_crops(
            cohort,
            tools.modality,
            folder / "crops",
            progress=lambda done, n: told("aligning photos", done, n),
        )
    check_counts(store.index, settled, seed, FOR_A_BUNDLE)
    members = split_store(store, settled, seed, folder)
    network = train_network(settled, store, members, folder, seed, told, clock, tools.architecture)
    with clock.stage("finishing"):
        trained = Trained(network, settled, store, members, seed, licence)
        bundle = finish_on_patients(trained, cohort, folder / "bundle", told)
    write_metrics(folder, clock, bundle.card.results)
    return bundle.root


def open_run(folder: Path, recipe: Recipe, seed: int) -> Path:
    """Make the run folder, or check that it is of the same recipe and seed."""
    folder.mkdir(parents=True, exist_ok=True)
    config, text = folder / "config.toml", recipe_toml(recipe, seed)
    if config.is_file() and config.read_text("utf-8") != text:
        raise TrainingError(
            "The run folder was started with another recipe or seed. "
            "Choose a new folder, or start with what its config.toml says."
        )
    write_whole(config, text)
    return folder


def split_store(store: CropStore, recipe: Recipe, seed: int, folder: Path) -> Members:
    """Split the usable crops by patient; written to ``split.csv``."""
    split = split_patients(store.index, recipe.split, seed)
    check_split(store.index, split)
    table = pd.DataFrame({"patient_id": store.index["patient_id"], "split": split})
    write_whole(folder / "split.csv", table.drop_duplicates().to_csv(index=False))
    return {name: np.flatnonzero(split.to_numpy() == name) for name in recipe.split}


def train_network(
    recipe: Recipe,
    store: CropStore,
    members: Members,
    folder: Path,
    seed: int,
    progress: Progress,
    clock: Clock,
    architecture: str = "face2bone",
) -> Face2Bone:
    """Train from the seed, or from the recipe's backbone; returns the best epoch's network.

    ``architecture`` is a name of ``nn.registry``.
    """
    cv2.setNumThreads(1)  # crops are small: threads would only take turns
    torch.manual_seed(seed)
    network = make_network(architecture, recipe.network_config())
    if recipe.backbone is not None:
        load_facenet_weights(
            network.backbone, Path(recipe.backbone.weights), recipe.backbone.sha256
        )
    with clock.stage("training"):
        fit_network(network, recipe, store, members, folder / "training", seed, progress)
    if getattr(rank_zero_only, "rank", 0) != 0:
        sys.exit()  # of several processes that train together, one finishes the bundle
    return network.eval()


def fit_network(
    network: FaceNetwork,
    recipe: Recipe,
    store: CropStore,
    members: Members,
    folder: Path,
    seed: int,
    progress: Progress,
    devices: int | Literal["auto"] = "auto",
) -> None:
    """Train any network in place by a recipe; afterwards it holds the best epoch's weights.

    ``folder`` keeps checkpoints and curves; ``seed`` orders and changes the crops.
    """
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    settings = recipe.training
    training = CropLoader(store, members["train"], settings.batch_size, recipe.augmentation, seed)
    validation = CropLoader(store, members["validation"], VALIDATION_BATCH)
    weights = BONE_MASS.class_weights(store.labels[members["train"]], settings.class_weighting)
    module = LabelTraining(network, Objective(settings, weights), store.spec)
    fit(module, training, validation, folder, progress, devices)


def write_metrics(folder: Path, clock: Clock, results: Any) -> None:
    """Results and minutes as JSON."""
    values = {"results": results, "minutes": clock.minutes}
    write_whole(folder / "metrics.json", json.dumps(values, indent=2) + "\n")
