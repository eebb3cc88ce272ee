"""Standard networks fit the crop, give both outputs and scale by their width."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
import torch

from face2bone.comparison.modern_networks import convnext, poolformer
from face2bone.comparison.standard_networks import (
    Question,
    StandardNetwork,
    densenet,
    efficientnet,
    resnet,
    vgg,
    vit,
)
from face2bone.nn.controls import parameter_count

MAKERS: dict[str, Callable[[float], StandardNetwork]] = {
    "vgg16": partial(vgg, 16),
    "vgg19": partial(vgg, 19),
    "resnet18": partial(resnet, 18),
    "resnet34": partial(resnet, 34),
    "resnet50": partial(resnet, 50),
    "densenet169": densenet,
    "efficientnet_b0": efficientnet,
    "vit": vit,
    "convnext_v2": convnext,
    "poolformer": poolformer,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", MAKERS)
def test_outputs_are_those_every_loss_looks_at(name: str) -> None:
    network = MAKERS[name](1 / 32)
    outputs = network.training_outputs(torch.rand(2, 3, 160, 160))
    assert outputs.logits.shape == (2, 3)
    assert outputs.t_score.shape == (2,)
    assert outputs.region_logits is None
    assert outputs.embedding.shape[0] == 2


@pytest.mark.parametrize("name", MAKERS)
def test_every_weight_learns(name: str) -> None:
    """Nothing of a library's own head is left over untrained."""
    network = MAKERS[name](1 / 32)
    outputs = network.training_outputs(torch.rand(3, 3, 160, 160))
    (outputs.logits.sum() + outputs.t_score.sum()).backward()
    assert [n for n, p in network.named_parameters() if p.grad is None] == []


VGG_DENSE = (512 * 5 * 5 + 1) * 4096 + (4096 + 1) * 4096  # the papers have 7 x 7 of 224 pixels
OUTPUTS = (4096 + 1) * 4  # three classes and the T-score


@pytest.mark.parametrize(
    ("name", "parameters"),
    # VGG: convolutions of the paper's table without biases, and two values of batch normalisation
    # a channel. The others as the library's authors count them, less 1,000 ImageNet classes.
    [
        ("vgg16", 14_710_464 + 2 * 4_224 + VGG_DENSE + OUTPUTS),
        ("vgg19", 20_018_880 + 2 * 5_504 + VGG_DENSE + OUTPUTS),
        ("resnet18", 11_689_512 - 513 * 1000 + 513 * 4),
        ("resnet34", 21_797_672 - 513 * 1000 + 513 * 4),
        ("resnet50", 25_557_032 - 2049 * 1000 + 2049 * 4),
        ("densenet169", 14_149_480 - 1665 * 1000 + 1665 * 4),
        ("convnext_v2", 28_635_496 - 769 * 1000 + 769 * 4),
        ("poolformer", 11_915_176 - 513 * 1000 + 513 * 4),
        ("efficientnet_b0", 5_288_548 - 1281 * 1000 + 1281 * 4),
    ],
)
def test_at_width_one_it_is_the_published_network(name: str, parameters: int) -> None:
    with torch.device("meta"):
        network = MAKERS[name](1.0)
    assert parameter_count(network) == parameters


@pytest.mark.parametrize("name", MAKERS)
def test_wider_is_larger(name: str) -> None:
    sizes = [parameter_count(MAKERS[name](width)) for width in (1 / 64, 1 / 32, 1 / 16)]
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


FILM = Question((1, 96, 64), 2, 3)


@pytest.mark.parametrize("name", [name for name in MAKERS if name != "vgg16"])
def test_grey_films_of_any_shape_are_read_with_covariates(name: str) -> None:
    network = MAKERS[name](1 / 16, question=FILM).eval()  # type: ignore[call-arg]
    film, young, old = torch.rand(1, 1, 96, 64), torch.zeros(1, 2), torch.ones(1, 2)
    with torch.no_grad():
        one, other = (network.training_outputs(film, beside) for beside in (young, old))
    assert torch.equal(one.embedding, other.embedding)
    assert not torch.equal(one.logits, other.logits)
    assert not torch.equal(one.t_score, other.t_score)
