from __future__ import annotations

import numpy as np
import pytest
import torch

from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.training.crops import CropStore
from face2bone.training.lightning_module import TraitTraining, share_of_peak
from face2bone.training.loader import CropLoader
from face2bone.training.recipe import Recipe, read_recipe


@pytest.mark.parametrize(("steps", "warmup"), [(100, 0.25), (40, 0.1), (7, 0.5), (2, 0.5)])
def test_one_cycle(steps: int, warmup: float) -> None:
    """Up to the peak at the end of the warm-up, then down to nearly nothing."""
    shares = [share_of_peak(step, steps, warmup) for step in range(steps + 1)]
    peak = int(np.argmax(shares))
    assert 0 < shares[0] <= shares[peak] <= 1.0
    assert abs(peak - warmup * steps) <= 1
    assert (np.diff(shares[: peak + 1]) > 0).all()
    assert (np.diff(shares[peak:]) < 0).all()
    assert shares[-1] == pytest.approx(0.0, abs=1e-9)


def test_a_step_after_the_last_is_no_new_cycle() -> None:
    assert share_of_peak(150, 100, 0.25) == pytest.approx(0.0)


def test_traits_are_compared_as_z_scores(store: CropStore, tiny: object) -> None:
    """A network that answers the mean scores the smooth L1 of standard normal traits."""
    assert store.traits is not None
    recipe: Recipe = tiny()  # type: ignore[operator]
    network = Face2Bone(NetworkConfig.from_dict(recipe.network))
    traits = 5.0 + 3.0 * store.traits
    moved = CropStore(store.folder, store.index, store.crops, store.region_maps, traits)
    module = TraitTraining(
        network, traits.mean(0), traits.std(0), 0.01, read_recipe("demo").training
    )
    torch.nn.init.zeros_(module.traits.weight)
    torch.nn.init.zeros_(module.traits.bias)
    batch = next(iter(CropLoader(moved, np.arange(48), 48)))
    z = torch.from_numpy((traits - traits.mean(0)) / traits.std(0))
    expected = torch.nn.functional.smooth_l1_loss(torch.zeros_like(z), z)
    torch.testing.assert_close(module._loss(batch), expected, atol=1e-4, rtol=1e-4)
