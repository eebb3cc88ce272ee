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
import tomllib
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
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.crops import photo_crops
from face2bone.cohort.manifest import read_manifest
from face2bone.cohort.splits import check_split, report_identical, split_patients
from face2bone.covariates import Covariate, fit_covariates
from face2bone.errors import TrainingError
from face2bone.nn import BundleNetwork, PictureNetwork
from face2bone.nn.registry import make_network
from face2bone.progress import Progress, counted
from face2bone.studies import study_named
from face2bone.tasks import BONE_MASS
from face2bone.training.bars import Bars
from face2bone.training.build_bundle import Trained, finish_on_patients
from face2bone.training.counts import FOR_A_BUNDLE, check_counts
from face2bone.training.lightning_module import LabelTraining, Thaw
from face2bone.training.loader import CropLoader
from face2bone.training.loop import fit
from face2bone.training.objective import Objective
from face2bone.training.recipe import Recipe, read_recipe, recipe_toml
from face2bone.training.trunk import check_trunk, load_trunk, with_trunk

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
            "The file {file} of this run is damaged. Delete it and start again: only the "
            "minutes that earlier stages took are lost.",
            file=file.name,
        ) from error


def train(
    manifest: Path,
    out: Path,
    recipe: str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    licence: str = "",
    trunk: Path | None = None,
) -> Path:
    """Train, calibrate, test and bundle a network on a cohort; returns the bundle's folder.

    ``out`` is the run folder, new or that of the same run stopped earlier; ``recipe`` is that of
    the cohort's study unless another is named; ``licence`` is what the card will say; ``trunk``:
    the file of weights that the recipe starts from, where it lies elsewhere than the recipe says.

    Raises ``ManifestError`` for a cohort that breaks a rule, ``StudyError`` for one of a study that
    is not ready, ``TrainingError`` for a run that cannot start or go on, or whose cohort is too
    small, ``CovariateMissing`` for one without what the network reads beside the picture.
    """
    named = None if recipe is None else _of_a_cohort(recipe)
    cohort = read_manifest(Path(manifest))
    study = study_named(cohort.study)
    tools = study.ready()
    settled = with_trunk(named or _of_a_cohort(tools.recipe), trunk)
    if settled.architecture not in (tools.architecture, *tools.others):
        raise TrainingError(
            "The recipe {recipe} is for another network than the study {study} uses. Leave "
            "it out, or name one for {network}.",
            recipe=f"{settled.name!r}",
            study=study.id,
            network=tools.architecture,
        )
    check_counts(cohort.table, settled, seed, FOR_A_BUNDLE)
    check_trunk(settled)
    folder, told = open_run(Path(out), settled, seed), progress or Bars()
    clock = Clock(folder)
    report_identical(cohort, folder)
    with clock.stage("crops"):
        store = photo_crops(
            cohort,
            tools.modality,
            folder / "crops",
            progress=counted(told, "aligning photos"),
        )
    check_counts(store.index, settled, seed, FOR_A_BUNDLE)
    members = split_store(store, settled, seed, folder)
    beside = fit_covariates(store.index.iloc[members["train"]], study.covariates)
    network = train_network(settled, store, members, folder, seed, told, clock, beside)
    with clock.stage("finishing"):
        trained = Trained(network, settled, store, members, seed, licence, beside)
        bundle = finish_on_patients(trained, cohort, folder / "bundle", told)
    write_metrics(folder, clock, bundle.card.results)
    return bundle.root


def _of_a_cohort(recipe: str | Path) -> Recipe:
    """A recipe that trains on a manifest."""
    settled = read_recipe(recipe)
    if settled.cohort is not None:
        raise TrainingError(
            "The recipe {recipe} draws its own patients. Use train-demo, or name a recipe "
            "without a cohort section.",
            recipe=f"{settled.name!r}",
        )
    return settled


def open_run(folder: Path, recipe: Recipe, seed: int) -> Path:
    """Make the run folder, or check that it is of the same recipe and seed.

    The file of a trunk may lie elsewhere than it did: its hash says that it is the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    config, text = folder / "config.toml", recipe_toml(recipe, seed)
    if config.is_file() and _but_for_places(config.read_bytes()) != _but_for_places(text.encode()):
        raise TrainingError(
            "The run folder was started with another recipe or seed. "
            "Choose a new folder, or start with what its config.toml says."
        )
    write_whole(config, text)
    return folder


def _but_for_places(config: bytes) -> dict[str, Any]:
    """What a run's recipe says, without where its trunk lies; nothing of a damaged file."""
    try:
        values = tomllib.loads(config.decode())
    except ValueError:
        return {}
    return values | {"backbone": {**values.get("backbone", {}), "weights": ""}}


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
    covariates: tuple[Covariate, ...] = (),
) -> BundleNetwork:
    """Train from the seed, or from the recipe's backbone; returns the best epoch's network.

    ``covariates``: what it reads beside the picture.
    """
    cv2.setNumThreads(1)  # crops are small: threads would only take turns
    torch.manual_seed(seed)
    network = make_network(recipe.architecture, recipe.network_config())
    load_trunk(network, recipe)
    if not isinstance(network, PictureNetwork):
        raise TrainingError(
            "The network {network} is only read, not trained. Name another.",
            network=f"{recipe.architecture!r}",
        )
    with clock.stage("training"):
        place = folder / "training"
        fit_network(network, recipe, store, members, place, seed, progress, covariates=covariates)
    if getattr(rank_zero_only, "rank", 0) != 0:
        sys.exit()  # of several processes that train together, one finishes the bundle
    return network.eval()


def fit_network(
    network: PictureNetwork,
    recipe: Recipe,
    store: CropStore,
    members: Members,
    folder: Path,
    seed: int,
    progress: Progress,
    devices: int | Literal["auto"] = "auto",
    covariates: tuple[Covariate, ...] = (),
) -> None:
    """Train any network in place by a recipe; afterwards it holds the best epoch's weights.

    ``folder`` keeps checkpoints and curves; ``seed`` orders and changes the crops.
    """
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    settings = recipe.training
    training = CropLoader(
        *(store, members["train"], settings.batch_size, recipe.augmentation, seed),
        covariates=covariates,
    )
    validation = CropLoader(store, members["validation"], VALIDATION_BATCH, covariates=covariates)
    weights = BONE_MASS.class_weights(store.labels[members["train"]], settings.class_weighting)
    module = LabelTraining(network, Objective(settings, weights), store.spec, _thaw(recipe))
    fit(module, training, validation, folder, progress, devices)


def _thaw(recipe: Recipe) -> Thaw | None:
    backbone = recipe.backbone
    if backbone is None or backbone.frozen_epochs is None:
        return None
    return Thaw(backbone.frozen_epochs, backbone.rate or 1.0)


def write_metrics(folder: Path, clock: Clock, results: Any) -> None:
    """Results and minutes as JSON."""
    values = {"results": results, "minutes": clock.minutes}
    write_whole(folder / "metrics.json", json.dumps(values, indent=2) + "\n")
