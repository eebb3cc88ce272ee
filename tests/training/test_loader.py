from __future__ import annotations

import numpy as np
import pytest
import torch

from face2bone.cohort.crop_store import CropStore
from face2bone.training.loader import Batch, CropLoader
from face2bone.training.recipe import read_recipe

AUGMENTATION = read_recipe("demo").augmentation
MEMBERS = np.arange(40)


def loader(store: CropStore, **values: int) -> CropLoader:
    return CropLoader(store, MEMBERS, 8, AUGMENTATION, **({"seed": 3} | values))


def same(a: Batch, b: Batch) -> bool:
    return all(torch.equal(x, y) for x, y in zip(vars(a).values(), vars(b).values(), strict=True))


def test_shapes_and_types(store: CropStore) -> None:
    batch = next(iter(loader(store)))
    assert batch.crops.shape == (8, 160, 160, 3)
    assert batch.crops.dtype == torch.uint8
    assert batch.region_maps.shape == (8, 160, 160)
    assert batch.region_maps.dtype == torch.int8
    assert batch.labels.dtype == torch.int64
    assert len(batch) == 8


def test_an_epoch_shows_every_member_once(store: CropStore) -> None:
    seen = torch.cat([batch.t_scores for batch in loader(store)])
    np.testing.assert_array_equal(np.sort(seen), np.sort(store.t_scores[MEMBERS]))


def test_labels_stay_with_their_crops(store: CropStore) -> None:
    """Brightness is the class in this store, also after augmentation."""
    for batch in loader(store):
        inside = batch.region_maps >= 0
        pairs = zip(batch.crops, inside, strict=True)
        brightness = [crop[mask].float().mean() for crop, mask in pairs]
        order = torch.stack(brightness) / 60 - 1.2
        assert (order.round().long() - batch.labels).abs().max() == 0


def test_validation_is_in_order_unchanged_and_whole(store: CropStore) -> None:
    plain = CropLoader(store, MEMBERS[:30], 8)
    assert len(plain) == 4
    crops = torch.cat([batch.crops for batch in plain])
    np.testing.assert_array_equal(crops, store.crops[:30])


def test_epochs_differ_and_a_seed_repeats(store: CropStore) -> None:
    first, again = loader(store), loader(store)
    epochs = [list(first), list(first)]
    assert not same(epochs[0][0], epochs[1][0])
    assert all(same(a, b) for a, b in zip(epochs[0], again, strict=True))
    assert not same(next(iter(loader(store, seed=4))), epochs[0][0])


@pytest.mark.parametrize("stop", [0, 1, 3, 5, 7])
def test_it_goes_on_where_its_state_was_taken(store: CropStore, stop: int) -> None:
    whole = loader(store)
    expected = [*whole, *whole]
    broken = loader(store)
    taken = 0
    while taken < stop:
        for _ in broken:
            taken += 1
            if taken == stop:
                break
    resumed = loader(store)
    resumed.load_state_dict(broken.state_dict())
    rest = [*resumed, *resumed] if stop < 5 else [*resumed]
    assert all(same(a, b) for a, b in zip(rest, expected[stop:], strict=False))
    assert len(rest) >= 10 - stop


def test_processes_share_an_epoch_without_overlap(store: CropStore) -> None:
    shares = [
        torch.cat([b.t_scores for b in loader(store, rank=rank, world_size=2)]) for rank in range(2)
    ]
    assert len(loader(store, world_size=2)) == 2
    assert not set(shares[0].tolist()) & set(shares[1].tolist())
    assert len(torch.cat(shares)) == 32
