from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from face2bone.cohort.crop_store import CropStore
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.nn.sface import SFace, SFaceSettings
from face2bone.training.lightning_module import LabelTraining, Thaw, share_of_peak
from face2bone.training.loader import CropLoader
from face2bone.training.objective import Objective
from face2bone.training.recipe import Recipe


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


def test_only_matrices_decay(store: CropStore, tiny: Callable[..., Recipe]) -> None:
    recipe = tiny(weight_decay=0.3)
    network = Face2Bone(NetworkConfig.from_dict(recipe.network))
    module = LabelTraining(network, Objective(recipe.training, np.ones(3)), FACE_INPUT)
    module.trainer = SimpleNamespace(estimated_stepping_batches=10)  # type: ignore[assignment]
    decayed, kept = module.configure_optimizers()["optimizer"].param_groups
    assert decayed["weight_decay"] == 0.3
    assert kept["weight_decay"] == 0.0
    assert {p.ndim > 1 for p in decayed["params"]} == {True}
    assert {p.ndim > 1 for p in kept["params"]} == {False}
    count = len(decayed["params"]) + len(kept["params"])
    assert count == len(list(network.parameters()))


def test_validation_figures_are_of_the_whole_split(
    store: CropStore, tiny: Callable[..., Recipe]
) -> None:
    """The same whatever the batches, which a mean over batches would not be."""
    recipe = tiny()
    torch.manual_seed(0)
    network = Face2Bone(NetworkConfig.from_dict(recipe.network)).eval()
    figures = [logged(network, recipe, store, size) for size in (48, 7)]
    assert figures[0] == pytest.approx(figures[1], abs=1e-5)
    assert set(figures[0]) == {
        *("validation_loss", "validation_accuracy", "validation_auc", "validation_t_error")
    }


def test_an_error_of_t_scores_is_noted_only_where_one_is_known(
    store: CropStore, tiny: Callable[..., Recipe]
) -> None:
    recipe = tiny()
    network = Face2Bone(NetworkConfig.from_dict(recipe.network)).eval()
    classes = replace(store, index=store.index.drop(columns="t_score"))
    assert set(logged(network, recipe, classes, 16)) == {
        *("validation_loss", "validation_accuracy", "validation_auc")
    }
    one = store.index["t_score"].where(store.index.index == 3)
    noted = logged(network, recipe, replace(store, index=store.index.assign(t_score=one)), 16)
    assert np.isfinite(noted["validation_t_error"])


def logged(
    network: Face2Bone, recipe: Recipe, store: CropStore, batch_size: int
) -> dict[str, float]:
    module = LabelTraining(network, Objective(recipe.training, np.ones(3)), FACE_INPUT)
    noted: dict[str, float] = {}
    module.log = lambda name, value, **_: noted.update({name: float(value)})  # type: ignore[assignment]
    for index, batch in enumerate(CropLoader(store, np.arange(48), batch_size)):
        module.validation_step(batch, index)
    module.on_validation_epoch_end()
    return noted


def test_a_trunk_held_still_thaws_above_its_cut_only(tiny: Callable[..., Recipe]) -> None:
    """Ten steps of two epochs, the first still; then a tenth of what is new, and never below."""
    recipe = tiny(epochs=2, learning_rate=0.01)
    network = SFace(SFaceSettings())
    thaw = Thaw(1, 0.1)
    module = LabelTraining(network, Objective(recipe.training, np.ones(3)), FACE_INPUT, thaw)
    module.trainer = SimpleNamespace(estimated_stepping_batches=10)  # type: ignore[assignment]
    made = module.configure_optimizers()
    optimizer, schedule = made["optimizer"], made["lr_scheduler"]["scheduler"]
    below, above = network.pretrained()
    assert not any(p.requires_grad for p in below)
    groups = optimizer.param_groups
    assert {id(p) for group in groups[2:] for p in group["params"]} == {id(p) for p in above}
    rates = []
    for _ in range(10):
        rates.append([group["lr"] for group in groups])
        optimizer.step()
        schedule.step()
    told = np.array(rates)
    assert (told[:5, 2:] == 0).all()
    assert (told[:, 0] > 0).all()
    np.testing.assert_allclose(told[5:, 2], 0.1 * told[5:, 0])
    np.testing.assert_allclose(told[:, 0], told[:, 1])
