"""Teaching a network how old faces look, from people of known ages, in stages.

    head      the trunk held still, a linear layer over the years learns
    natural   trunk and layer, on the ages as they are
    balanced  the same people, each weighed by one over the root of how many are of their age
              (``tasks.years``), the trunk at a tenth of the rate

The loss is cross-entropy over the years plus a share of the mean's absolute error (after Pan, Han,
Shan, Chen 2018, CVPR, who take its square), which orders the years from few people. A run that is
stopped goes on after its last finished epoch.
"""

import io
import math
import operator
import pickle
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor, nn

from face2bone.arrays import Flags, Floats, Integers
from face2bone.atomic_files import write_whole
from face2bone.bundle import pooled
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.views import first_photos
from face2bone.errors import TrainingError
from face2bone.nn import BundleNetwork, PictureNetwork, normalise
from face2bone.progress import Progress, silent
from face2bone.tasks.years import YearsTask
from face2bone.training.augment import augment_batch, kind_of
from face2bone.training.recipe import Augmentation

BATCH: Final = 32
MEAN_SHARE: Final = 0.2  # of the mean's absolute error in the loss, per year
WEIGHT_DECAY: Final = 0.02
LARGEST_GRADIENT: Final = 5.0
UNREADABLE: Final = (
    pickle.UnpicklingError,
    RuntimeError,
    EOFError,
    KeyError,
    ValueError,
    TypeError,
    IndexError,
    AttributeError,
)
"""What reading a damaged file of a run, or one of something else, ends in."""
NEW: Final = ("classifier.", "bound.")  # the layers over the years, by their names


@dataclass(frozen=True)
class Stage:
    """``rate`` of the head; of the trunk this times ``trunk``, which is held still at 0."""

    name: str
    epochs: int
    rate: float
    trunk: float
    balanced: bool


@dataclass(frozen=True)
class AgedPhotos:
    """Crops with what their loss is about: a row a photo; ages in years."""

    store: CropStore
    ages: Floats
    is_male: Flags

    @classmethod
    def of(cls, store: CropStore) -> "AgedPhotos":
        """The photos of a store whose index has ``age_years`` and ``sex``."""
        index = store.index
        ages = np.asarray(index["age_years"], np.float64)
        return cls(store, ages, np.asarray(index["sex"] == "M"))

    def some(self, rows: Integers) -> "AgedPhotos":
        """Those at some positions of the index."""
        index = self.store.index.iloc[rows].reset_index(drop=True)
        return AgedPhotos(replace(self.store, index=index), self.ages[rows], self.is_male[rows])

    def one_a_person(self) -> "AgedPhotos":
        """The first photo of every person, so that rows are people and no two belong together."""
        return self.some(first_photos(self.store.index))


@dataclass(frozen=True)
class Lesson:
    """What is the same in every stage.

    stages: all of them, in their order. cached: a trunk that is held still is asked once, of
    unchanged crops; else at every batch.
    """

    task: YearsTask
    augmentation: Augmentation
    seed: int
    stages: tuple[Stage, ...]
    cached: bool = False

    def place(self, stage: Stage) -> int:
        """Where a stage comes, from 0; with the seed it settles what is drawn in it."""
        return self.stages.index(stage)


def learn(
    network: BundleNetwork,
    photos: AgedPhotos,
    stage: Stage,
    lesson: Lesson,
    run: Path,
    progress: Progress = silent,
) -> None:
    """One stage, from the last finished epoch on; ``run`` keeps where it stands.

    Raises ``TrainingError`` where what was kept cannot be read.
    """
    rng = np.random.default_rng([lesson.seed, lesson.place(stage)])
    weights = np.ones(len(photos.ages))
    if stage.balanced:
        weights = lesson.task.balancing_weights(photos.ages)
    optimizer = _optimizer(network, stage)
    mark = run / f"{stage.name}.pt"
    done = _gone_on(mark, network, optimizer) if mark.is_file() else 0
    held = not stage.trunk and lesson.cached and done < stage.epochs
    cached = _cut(network, photos) if held else None
    for epoch in range(stage.epochs):
        order = rng.permutation(len(photos.ages))
        if epoch < done:
            continue
        _seed(lesson, stage, epoch)
        for group in optimizer.param_groups:
            group["lr"] = group["peak"] * 0.5 * (1 + math.cos(math.pi * epoch / stage.epochs))
        mean = _epoch(network, photos, order, weights, optimizer, cached, epoch, lesson)
        _keep(mark, network, optimizer, epoch + 1)
        progress(stage.name, epoch + 1, stage.epochs, f"loss {mean:.3f}")


def _seed(lesson: Lesson, stage: Stage, epoch: int) -> None:
    """What dropout draws is the epoch's own: a run that goes on ends where it would have."""
    drawn = np.random.SeedSequence([lesson.seed, lesson.place(stage), epoch]).generate_state(1)
    torch.manual_seed(int(drawn[0]))


def _gone_on(mark: Path, network: BundleNetwork, optimizer: torch.optim.Optimizer) -> int:
    """Epochs that were finished, whose state network and optimiser get."""
    try:
        state = torch.load(mark, weights_only=True)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        return operator.index(state["epochs"])
    except UNREADABLE as error:
        raise TrainingError(
            "The file {file} of this run is damaged. Delete it and start again: the stage begins "
            "anew.",
            file=mark.name,
        ) from error


def _keep(mark: Path, network: nn.Module, optimizer: torch.optim.Optimizer, epochs: int) -> None:
    held = io.BytesIO()
    state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(state | {"epochs": epochs}, held)
    write_whole(mark, held.getvalue())


def _epoch(
    network: BundleNetwork,
    photos: AgedPhotos,
    order: Integers,
    weights: Floats,
    optimizer: torch.optim.Optimizer,
    cached: Tensor | None,
    epoch: int,
    lesson: Lesson,
) -> float:
    network.train(cached is None)
    losses, task = [], lesson.task
    years = torch.as_tensor(task.years, dtype=torch.float32)
    for rows in _batches(order):
        if cached is None:
            logits = network(_augmented(photos, rows, epoch, lesson))
        else:
            logits = network.head(cached[torch.as_tensor(rows)])
        ages = torch.as_tensor(photos.ages[rows], dtype=torch.float32)
        weight = torch.as_tensor(weights[rows], dtype=torch.float32)
        off = (logits.softmax(1) @ years - ages).abs()
        loss = task.loss(logits, ages, weight) + MEAN_SHARE * (weight * off).mean()
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), LARGEST_GRADIENT)
        optimizer.step()
        losses.append(loss.item())
    return float(np.mean(losses))


def _optimizer(network: BundleNetwork, stage: Stage) -> torch.optim.Optimizer:
    """AdamW; what lies below a pretrained trunk's cut is held still in every stage."""
    below = network.pretrained()[0] if isinstance(network, PictureNetwork) else ()
    still = {id(one) for one in below}
    named = [(name.startswith(NEW), one) for name, one in network.named_parameters()]
    head = [one for new, one in named if new]
    trunk = [one for new, one in named if not new and id(one) not in still]
    for new, one in named:
        one.requires_grad_(new or (bool(stage.trunk) and id(one) not in still))
    groups: list[dict[str, Any]] = [{"params": head, "peak": stage.rate, "lr": stage.rate}]
    if stage.trunk:
        rate = stage.rate * stage.trunk
        groups.append({"params": trunk, "peak": rate, "lr": rate})
    return torch.optim.AdamW(groups, weight_decay=WEIGHT_DECAY)


def _augmented(photos: AgedPhotos, rows: Integers, epoch: int, lesson: Lesson) -> Tensor:
    store = photos.store
    at = store.rows[rows]
    streams = [np.random.default_rng([lesson.seed, epoch, int(row)]) for row in at]
    crops, _ = augment_batch(
        store.crops[at], store.region_maps[at], lesson.augmentation, streams, kind_of(store)
    )
    return normalise(torch.tensor(crops), store.spec)


def _batches(order: Integers) -> Iterator[Integers]:
    for start in range(0, len(order) - 1, BATCH):  # a batch of one has no batch statistics
        yield order[start : start + BATCH]


def _features(network: BundleNetwork, photos: AgedPhotos) -> Iterator[Tensor]:
    """The cut of every crop, a batch at a time."""
    store = photos.store
    network.eval()
    for start in range(0, len(store.rows), BATCH):
        crops = store.crops[store.rows[start : start + BATCH]]
        yield network.features(normalise(torch.tensor(crops), store.spec))


def _cut(network: BundleNetwork, photos: AgedPhotos) -> Tensor:
    with torch.inference_mode():
        whole = torch.cat(list(_features(network, photos)))
    return whole.clone()


def outputs(network: BundleNetwork, photos: AgedPhotos) -> tuple[Floats, Floats]:
    """Logits (N, K) and pooled features (N, C) of every crop."""
    logits, features = [], []
    with torch.inference_mode():
        for cut in _features(network, photos):
            logits.append(network.head(cut).numpy())
            features.append(pooled(cut.numpy()))
    return np.concatenate(logits).astype(np.float64), np.concatenate(features)
