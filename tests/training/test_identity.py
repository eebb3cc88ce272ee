"""Identity pretraining: the loss by hand, a run that learns, stops, goes on and freezes."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import FACES
from face2bone.nn import NetworkConfig
from face2bone.training import identity as module
from face2bone.training.identity import IdentityTraining, identity_loss, train_identities

TINY = NetworkConfig(width=0.03, embedding=300, fsa="off", ssam="off", transformer="off")
PLAN = IdentityTraining(steps=4, people=4)
SIZE = 160


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> CropStore:
    """Six people of two photos: flat crops of a colour of their own, with a little noise."""
    rng = np.random.default_rng(0)
    colours = rng.integers(40, 220, (6, 1, 1, 1, 3))
    crops = np.clip(colours + rng.normal(0, 8, (6, 2, SIZE, SIZE, 3)), 0, 255).astype(np.uint8)
    index = pd.DataFrame(
        {"row": range(12), "patient_id": [f"p{i // 2}" for i in range(12)], "photo": [0, 1] * 6}
    )
    maps = np.zeros((12, SIZE, SIZE), np.int8)
    return CropStore(
        tmp_path_factory.mktemp("s"), index, crops.reshape(12, SIZE, SIZE, 3), maps, FACES
    )


def test_the_loss_by_hand() -> None:
    """Twins equal, strangers orthogonal, temperature 1: -log(e / (e + 2))."""
    vectors = torch.tensor([[1.0, 0.0], [0.0, 3.0], [2.0, 0.0], [0.0, 1.0]])
    assert identity_loss(vectors, 1.0).item() == pytest.approx(-math.log(math.e / (math.e + 2)))


def test_the_loss_prefers_twins_to_strangers() -> None:
    twins = torch.eye(4).repeat(2, 1)
    strangers = torch.cat([torch.eye(4), torch.eye(4).roll(1, 0)])
    assert identity_loss(twins, 0.1) < identity_loss(strangers, 0.1)


def test_a_trained_trunk_is_frozen_and_read_back(people: CropStore, tmp_path: Path) -> None:
    told: list[int] = []
    network = train_identities(
        people, TINY, tmp_path, PLAN, progress=lambda stage, done, total, note="": told.append(done)
    )
    assert told == [1, 2, 3, 4]
    assert not network.training
    assert not any(p.requires_grad for p in network.parameters())
    again = train_identities(people, TINY, tmp_path, PLAN)
    x = torch.zeros(1, 3, SIZE, SIZE)
    torch.testing.assert_close(network.features(x), again.features(x))


@pytest.mark.slow
def test_a_stopped_run_ends_where_it_would_have(
    people: CropStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHECKPOINT", 2)

    def stop(stage: str, done: float, total: float = 1, note: str = "", /) -> None:
        if done == 3:
            raise KeyboardInterrupt

    whole = train_identities(people, TINY, tmp_path / "whole", PLAN)
    with pytest.raises(KeyboardInterrupt):
        train_identities(people, TINY, tmp_path / "stopped", PLAN, progress=stop)
    resumed = train_identities(people, TINY, tmp_path / "stopped", PLAN)
    for one, two in zip(whole.parameters(), resumed.parameters(), strict=True):
        torch.testing.assert_close(one, two, rtol=1e-3, atol=1e-4)
