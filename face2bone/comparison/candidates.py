"""The networks of both tables, each scaled to the multiply-adds of Face2Bone itself.

A network that may spend more arithmetic than another is no fair opponent, so every standard
network gets the width at which one crop costs it as many multiply-adds as the recipe's Face2Bone
costs (within ``TOLERANCE``). The arms of the ablation keep Face2Bone's width: what is left out is
left out, and the control beside it says what its parameters alone are worth.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import torch
from torch.utils.flop_counter import FlopCounterMode

from face2bone.comparison.standard_networks import resnet, vgg, vit
from face2bone.errors import TrainingError
from face2bone.nn import Face2Bone, NetworkConfig, PictureNetwork
from face2bone.nn.config import CROP_SIZE
from face2bone.nn.controls import parameter_count

TOLERANCE: Final = 0.20
FULL: Final = "face2bone"
TRUNK: Final = "facenet"
WIDTHS: Final = (1 / 64, 2.0)
HALVINGS: Final = 9  # steps of the search: the last ones move it by one per cent

Build = Callable[[], PictureNetwork]


@dataclass(frozen=True)
class Candidate:
    """One row: ``build`` makes the untrained network, drawing from torch's generator.

    multiply_adds: of convolutions and matrix products, for one crop. parameters: trained values.
    tuned_as: name of the candidate whose learning rate it takes; its own when it tunes itself.
    """

    name: str
    title: str
    build: Build
    multiply_adds: int
    parameters: int
    tuned_as: str


def comparison_candidates(config: NetworkConfig) -> tuple[Candidate, ...]:
    """Face2Bone of this configuration, its plain trunk and the standard networks, all scaled."""
    full = full_candidate(config)
    scalable: tuple[tuple[str, str, Callable[[float], PictureNetwork]], ...] = (
        (TRUNK, "FaceNet trunk, linear head", partial(_trunk, config)),
        ("vgg16", "VGG16", partial(vgg, 16, outputs=config.outputs)),
        ("vgg19", "VGG19", partial(vgg, 19, outputs=config.outputs)),
        ("resnet18", "ResNet18", partial(resnet, 18, outputs=config.outputs)),
        ("resnet34", "ResNet34", partial(resnet, 34, outputs=config.outputs)),
        ("vit", "ViT", partial(vit, outputs=config.outputs)),
    )
    return full, *(_scaled(name, title, make, full) for name, title, make in scalable)


def ablation_candidates(config: NetworkConfig) -> tuple[Candidate, ...]:
    """Face2Bone and its arms, in the order of the table."""
    arms = (
        ("without-fsa", "without FSA", replace(config, fsa="off")),
        ("control-fsa", "FSA replaced by its control", replace(config, fsa="control")),
        ("without-ssam", "without SSAM", replace(config, ssam="off")),
        ("control-ssam", "SSAM replaced by its control", replace(config, ssam="control")),
        ("without-transformer", "without transformer", replace(config, transformer="off")),
        (
            "control-transformer",
            "transformer replaced by its control",
            replace(config, transformer="control"),
        ),
        ("mlp", "KAN replaced by an MLP as large", replace(config, head="mlp")),
        ("linear", "KAN replaced by a linear layer", replace(config, head="linear")),
    )
    return full_candidate(config), *(
        _candidate(name, title, partial(Face2Bone, arm), FULL) for name, title, arm in arms
    )


def full_candidate(config: NetworkConfig) -> Candidate:
    """Face2Bone as the recipe has it."""
    return _candidate(FULL, "Face2Bone", partial(Face2Bone, config), FULL)


def multiply_adds(network: PictureNetwork) -> int:
    """Multiply-adds of convolutions and matrix products for one crop in evaluation mode."""
    was_training = network.training
    network.eval()
    device = next(network.parameters()).device
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.training_outputs(torch.zeros(1, 3, CROP_SIZE, CROP_SIZE, device=device))
    network.train(was_training)
    return int(counter.get_total_flops()) // 2


def _trunk(config: NetworkConfig, width: float) -> Face2Bone:
    plain = replace(config, fsa="off", ssam="off", transformer="off", head="linear")
    return Face2Bone(replace(plain, width=min(1.0, width)))


def _candidate(name: str, title: str, build: Build, tuned_as: str) -> Candidate:
    with torch.random.fork_rng(devices=[]):
        network = build()
    return Candidate(name, title, build, multiply_adds(network), parameter_count(network), tuned_as)


def _scaled(
    name: str, title: str, make: Callable[[float], PictureNetwork], full: Candidate
) -> Candidate:
    """The width, between ``WIDTHS``, whose cost is nearest to that of ``full``.

    Raises ``TrainingError`` when none comes within ``TOLERANCE``.
    """
    low, high = WIDTHS
    tried: dict[float, int] = {}
    with torch.random.fork_rng(devices=[]):
        for _ in range(HALVINGS):
            width = (low * high) ** 0.5
            tried[width] = multiply_adds(make(width))
            low, high = (width, high) if tried[width] < full.multiply_adds else (low, width)
    best = min(tried, key=lambda width: abs(tried[width] - full.multiply_adds))
    if abs(tried[best] / full.multiply_adds - 1) > TOLERANCE:
        raise TrainingError(
            "{network} cannot be scaled to the multiply-adds of the recipe's Face2Bone. "
            "Change the recipe's width.",
            network=title,
        )
    return _candidate(name, title, partial(make, best), name)
