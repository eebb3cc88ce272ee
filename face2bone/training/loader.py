"""Batches of crops for training, in an order that a run can pick up again after a kill.

The order of an epoch and every random change in it follow from (seed, epoch, row) alone, so
the loader's whole state is an epoch and a position in it. Loading is done in the training
process: with the crops mapped from disk a batch takes a few per cent of a training step, less
than a second process would take from it on two cores.
"""

from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from face2bone.cohort.crop_store import CropStore
from face2bone.covariates import Covariate, of_table
from face2bone.training.augment import augment_batch, kind_of
from face2bone.training.recipe import Augmentation

_ORDER, _CHANGE = 0, 1  # keys that keep the two kinds of random stream apart


@dataclass(frozen=True)
class Batch:
    """crops uint8 (B, H, W, C); region_maps int8 (B, H, W); labels int64 (B,);
    t_scores float32 (B,), NaN where unknown; beside float32 (B, V), standardised covariates.
    """

    crops: Tensor
    region_maps: Tensor
    labels: Tensor
    t_scores: Tensor
    beside: Tensor

    def __len__(self) -> int:
        return len(self.labels)


class CropLoader(Sized):
    """Iterate once for an epoch; see the module docstring.

    members: positions in ``store.index``. augmentation: None leaves crops as they are and in
    order, for validation; with one, batches are shuffled and a last short batch is left out.
    rank, world_size: this process's share when several train together.
    covariates: what the network reads beside the picture.
    """

    def __init__(
        self,
        store: CropStore,
        members: npt.NDArray[np.int64],
        batch_size: int,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        rank: int = 0,
        world_size: int = 1,
        covariates: tuple[Covariate, ...] = (),
    ) -> None:
        self.store, self.members = store, members
        self.batch_size, self.augmentation, self.seed = batch_size, augmentation, seed
        self.rank, self.world_size = rank, world_size
        self._labels, self._t_scores, self._rows = store.labels, store.t_scores, store.rows
        self._kind, self._beside = kind_of(store), of_table(store.index, covariates)
        self._epoch, self._position = 0, 0

    def __len__(self) -> int:
        """Batches of a whole epoch, on one process."""
        span = self.batch_size * self.world_size
        whole = len(self.members) // span
        return max(1, whole) if self.augmentation else -(-len(self.members) // span)

    def __iter__(self) -> Iterator[Batch]:
        epoch, order = self._epoch, self._order()
        for index in range(self._position, len(self)):
            start = (index * self.world_size + self.rank) * self.batch_size
            # Moved on before the batch is handed out: a checkpoint is taken after its step, and
            # nobody asks for more once the last batch of an epoch is out.
            self._position = (index + 1) % len(self)
            self._epoch += self._position == 0
            yield self._batch(order[start : start + self.batch_size], epoch)

    def state_dict(self) -> dict[str, int]:
        """Epoch and next batch, to be kept in a checkpoint."""
        return {"epoch": self._epoch, "position": self._position}

    def load_state_dict(self, state: Mapping[str, int]) -> None:
        """Continue where ``state_dict`` was taken."""
        self._epoch, self._position = state["epoch"], state["position"]

    def _order(self) -> npt.NDArray[np.int64]:
        if self.augmentation is None:
            return self.members
        return np.random.default_rng((self.seed, _ORDER, self._epoch)).permutation(self.members)

    def _batch(self, members: npt.NDArray[np.int64], epoch: int) -> Batch:
        rows = self._rows[members]
        crops, maps = self.store.crops[rows], self.store.region_maps[rows]
        if self.augmentation is not None:
            key = (self.seed, _CHANGE, epoch)
            streams = [np.random.default_rng((*key, int(row))) for row in rows]
            crops, maps = augment_batch(crops, maps, self.augmentation, streams, self._kind)
        return Batch(
            crops=torch.from_numpy(crops),
            region_maps=torch.from_numpy(np.ascontiguousarray(maps)),
            labels=torch.from_numpy(self._labels[members]),
            t_scores=torch.from_numpy(self._t_scores[members]),
            beside=torch.from_numpy(self._beside[members]),
        )
