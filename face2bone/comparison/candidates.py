"""The networks of both tables, each scaled to the multiply-adds of the study's own network.

A network that may spend more arithmetic than another is no fair opponent, so every rival gets the
width at which one picture costs it as many multiply-adds as the recipe's own network costs (within
``TOLERANCE``). The arms of the ablation keep that network's width: what is left out is left out,
and the control beside it says what its parameters alone are worth. The network at hand comes first,
and is called as its study is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

import torch
from torch.utils.flop_counter import FlopCounterMode

from face2bone.comparison.arms import arms_of
from face2bone.comparison.rivals import Rival, rivals_of
from face2bone.comparison.standard_networks import FIRST_QUESTION, Question
from face2bone.errors import TrainingError
from face2bone.nn import Architecture, Face2Bone, NetworkConfig, PictureNetwork
from face2bone.nn.bone_net import BoneNet, BoneNetSettings
from face2bone.nn.controls import parameter_count
from face2bone.nn.efficientnet_v2 import EfficientNetSettings, EfficientNetV2
from face2bone.studies.bone_net import BONE_NET
from face2bone.studies.face2bone import FACE2BONE
from face2bone.studies.osteoai import OSTEOAI
from face2bone.studies.study import Study

TOLERANCE: Final = 0.20
WIDTHS: Final = (1 / 64, 2.0)
HALVINGS: Final = 9  # steps of the search: the last ones move it by one per cent

Build = Callable[[], PictureNetwork]


@dataclass(frozen=True)
class Candidate:
    """One row: ``build`` makes the untrained network, drawing from torch's generator.

    multiply_adds: of convolutions and matrix products, for one picture. parameters: trained values.
    tuned_as: name of the candidate whose learning rate it takes; its own when it tunes itself.
    """

    name: str
    title: str
    build: Build
    multiply_adds: int
    parameters: int
    tuned_as: str


@dataclass(frozen=True)
class Design:
    """A study's own network: what it is called, and what makes it of its settings."""

    study: Study
    make: Callable[..., BoneNet | EfficientNetV2 | Face2Bone]


DESIGNS: Final[Mapping[type[Architecture], Design]] = {
    NetworkConfig: Design(FACE2BONE, Face2Bone),
    BoneNetSettings: Design(BONE_NET, BoneNet),
    EfficientNetSettings: Design(OSTEOAI, EfficientNetV2),
}


def comparison_candidates(config: Architecture) -> tuple[Candidate, ...]:
    """The study's network of these settings and its rivals, all scaled.

    Raises ``TrainingError`` where a rival cannot be, or the network has none.
    """
    full, question = full_candidate(config), _question(config)
    rivals = rivals_of(config, question)
    return full, *(_scaled(rival, full, question) for rival in rivals)


def ablation_candidates(config: Architecture) -> tuple[Candidate, ...]:
    """The study's network and its arms, in the order of the table.

    Raises ``TrainingError`` for a network without any.
    """
    full = full_candidate(config)
    make = _design(config).make
    return full, *(
        _candidate(
            arm.name,
            arm.title,
            partial(make, arm.settings, **arm.options),
            full.name,
            replace(_question(config), covariates=arm.settings.covariates),
        )
        for arm in arms_of(config)
    )


def full_candidate(config: Architecture) -> Candidate:
    """The study's network as the recipe has it; raises ``TrainingError`` for another one's."""
    design = _design(config)
    name, title = design.study.id, design.study.title
    return _candidate(name, title, partial(design.make, config), name, _question(config))


def multiply_adds(network: PictureNetwork, question: Question = FIRST_QUESTION) -> int:
    """Multiply-adds of convolutions and matrix products for one picture in evaluation mode."""
    was_training = network.training
    network.eval()
    device = next(network.parameters()).device
    given = [torch.zeros(1, *question.shape, device=device)]
    if question.covariates:
        given.append(torch.zeros(1, question.covariates, device=device))
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        network.training_outputs(*given)
    network.train(was_training)
    return int(counter.get_total_flops()) // 2


def _design(config: Architecture) -> Design:
    if type(config) not in DESIGNS:
        raise TrainingError(
            "The recipe's network has no rivals to be compared with. Name a recipe for {networks}.",
            networks=tuple(design.study.title for design in DESIGNS.values()),
        )
    return DESIGNS[type(config)]


def _question(config: Architecture) -> Question:
    with torch.device("meta"):  # nothing is drawn
        shape = _design(config).make(config).input_shape
    return Question(shape, config.covariates, config.outputs)


def _candidate(name: str, title: str, build: Build, tuned_as: str, question: Question) -> Candidate:
    with torch.random.fork_rng(devices=[]):
        network = build()
    cost = multiply_adds(network, question)
    return Candidate(name, title, build, cost, parameter_count(network), tuned_as)


def _scaled(rival: Rival, full: Candidate, question: Question) -> Candidate:
    """The width, between ``WIDTHS``, whose cost is nearest to that of ``full``.

    Raises ``TrainingError`` when none comes within ``TOLERANCE``.
    """
    low, high = WIDTHS
    tried: dict[float, int] = {}
    with torch.random.fork_rng(devices=[]):
        for _ in range(HALVINGS):
            width = (low * high) ** 0.5
            tried[width] = multiply_adds(rival.make(width), question)
            low, high = (width, high) if tried[width] < full.multiply_adds else (low, width)
    best = min(tried, key=lambda width: abs(tried[width] - full.multiply_adds))
    if abs(tried[best] / full.multiply_adds - 1) > TOLERANCE:
        raise TrainingError(
            "{network} cannot be scaled to the multiply-adds of the recipe's {compared}. "
            "Change the recipe's width.",
            network=rival.title,
            compared=full.title,
        )
    return _candidate(rival.name, rival.title, partial(rival.make, best), rival.name, question)
