"""Teach a trunk to tell people apart, from drawn photos of identities, and nothing about bone.

Two photos of each of B people make a batch. With z the fused vectors scaled to length one, the
loss asks each photo to find the other of the same person among all 2B - 1 (NT-Xent, Chen et al.
2020, arXiv 2002.05709, with a second photo in place of a second augmentation):

    loss = mean_i  -log  exp(z_i . z_j / t) / sum_{k != i} exp(z_i . z_k / t),   j the twin of i

No class, T-score, age, sex or body enters: the store of ``identities.identity_crops`` has none.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor

from face2bone.atomic_files import whole_file
from face2bone.cohort.crop_store import CropStore
from face2bone.nn import Face2Bone, NetworkConfig, normalise
from face2bone.progress import Progress, silent
from face2bone.training.augment import augment_batch, kind_of
from face2bone.training.lightning_module import share_of_peak
from face2bone.training.recipe import read_recipe

CHECKPOINT: Final = 50  # steps between two saved states
TWIN: Final = 2  # photos of a person in a batch


@dataclass(frozen=True)
class IdentityTraining:
    """steps of ``people`` pairs; temperature t of the loss; peak of the learning rate."""

    steps: int = 120
    people: int = 32
    temperature: float = 0.1
    learning_rate: float = 2e-3
    weight_decay: float = 0.05
    warmup: float = 0.1


def train_identities(
    store: CropStore,
    config: NetworkConfig,
    folder: Path,
    plan: IdentityTraining | None = None,
    seed: int = 0,
    progress: Progress = silent,
) -> Face2Bone:
    """Train on a store of identities; the network comes back frozen, in evaluation mode.

    ``folder`` keeps the weights and the newest state: a stopped run goes on.
    """
    settled, weights = plan or IdentityTraining(), folder / "identity.safetensors"
    folder.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Face2Bone(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if not weights.is_file():
            _run(network, store, folder / "state.pt", settled, seed, progress)
            with whole_file(weights) as part:
                save_file({k: v.contiguous() for k, v in network.state_dict().items()}, part)
    network.load_state_dict(load_file(weights))
    frozen: Face2Bone = network.eval().requires_grad_(False)
    return frozen


def identity_loss(vectors: Tensor, temperature: float) -> Tensor:
    """Loss of vectors (2B, E) whose rows i and i + B are two photos of one person."""
    z = F.normalize(vectors.float(), dim=1)
    likeness = z @ z.T / temperature
    likeness.fill_diagonal_(-torch.inf)
    half = len(z) // TWIN
    twins = torch.arange(len(z)).roll(half)
    return F.cross_entropy(likeness, twins)


def _run(
    network: Face2Bone,
    store: CropStore,
    state_file: Path,
    plan: IdentityTraining,
    seed: int,
    progress: Progress,
) -> None:
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=plan.learning_rate, weight_decay=plan.weight_decay
    )
    first = _resume(network, optimizer, state_file)
    network.train()
    for step, crops in enumerate(_batches(store, plan, seed, first), first):
        for group in optimizer.param_groups:
            group["lr"] = plan.learning_rate * share_of_peak(step, plan.steps, plan.warmup)
        torch.manual_seed(seed + step)  # dropout too must not depend on where a run stopped
        x = normalise(torch.from_numpy(crops), store.spec)
        vectors = network.embed(network.features(x))
        loss = identity_loss(vectors, plan.temperature)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        progress("telling people apart", step + 1, plan.steps, f"loss {loss.item():.3f}")
        if (step + 1) % CHECKPOINT == 0:
            state = {"network": network.state_dict(), "optimizer": optimizer.state_dict()}
            with whole_file(state_file) as part:
                torch.save(state | {"step": step + 1}, part)


def _resume(network: Face2Bone, optimizer: torch.optim.Optimizer, state_file: Path) -> int:
    """Load the newest state; returns the next step."""
    if not state_file.is_file():
        return 0
    state = torch.load(state_file, weights_only=True)
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return int(state["step"])


def _batches(
    store: CropStore, plan: IdentityTraining, seed: int, first: int
) -> Iterator[npt.NDArray[np.uint8]]:
    """Augmented crops (2B, S, S, 3) of each step from ``first`` on; rows i and i + B are twins."""
    changes = read_recipe("demo").augmentation
    people = [rows.to_numpy() for _, rows in store.index.groupby("patient_id")["row"]]
    people = [rows for rows in people if len(rows) >= TWIN]
    for step in range(first, plan.steps):
        rng = np.random.default_rng([seed, step])
        chosen = rng.choice(len(people), plan.people, replace=False)
        pairs = np.array([rng.choice(people[i], TWIN, replace=False) for i in chosen])
        rows = pairs.T.ravel()
        streams = list(rng.spawn(len(rows)))
        crops, _ = augment_batch(
            store.crops[rows], store.region_maps[rows], changes, streams, kind_of(store)
        )
        yield crops
