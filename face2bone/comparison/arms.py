"""The arms of the ablation: a study's network without one part, or with a control in its place.

Every part is taken out in one arm and, in another, replaced by a block of as many parameters and
none of the idea (``nn.controls``). A network that reads covariates also has an arm without them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from face2bone.nn import Architecture, NetworkConfig
from face2bone.nn.bone_net import BoneNetSettings
from face2bone.nn.efficientnet_v2 import EfficientNetSettings

OUT, REPLACED = "without {part}", "{part} replaced by its control"
NO_COVARIATES: Final = "without-covariates"


@dataclass(frozen=True)
class Arm:
    """One arm: what it is called, its network's settings, and what is no setting of a bundle's."""

    name: str
    title: str
    settings: Architecture
    options: Mapping[str, str] = field(default_factory=dict)


def arms_of(config: Architecture) -> tuple[Arm, ...]:
    """The arms of a study's network, in the order of the table."""
    return ARMS[type(config)](config)


def _of_face2bone(config: NetworkConfig) -> tuple[Arm, ...]:
    heads = (
        ("mlp", "KAN replaced by an MLP as large"),
        ("linear", "KAN replaced by a linear layer"),
    )
    return (
        *_part(config, "fsa", "FSA"),
        *_part(config, "ssam", "SSAM"),
        *_part(config, "transformer", "transformer"),
        *(Arm(head, title, _changed(config, head=head)) for head, title in heads),
    )


def _of_bone_net(config: BoneNetSettings) -> tuple[Arm, ...]:
    parts = (_part(config, part, part) for part in ("transformer", "attention"))
    return (*(arm for both in parts for arm in both), *_covariates(config))


def _of_osteoai(config: EfficientNetSettings) -> tuple[Arm, ...]:
    part = "squeeze-and-excitation"
    return (
        Arm("without-excitation", OUT.format(part=part), config, {"excitation": "off"}),
        Arm("control-excitation", REPLACED.format(part=part), config, {"excitation": "control"}),
        *_covariates(config),
    )


def _part(config: Architecture, setting: str, part: str) -> tuple[Arm, Arm]:
    return (
        Arm(f"without-{setting}", OUT.format(part=part), _changed(config, **{setting: "off"})),
        Arm(
            f"control-{setting}",
            REPLACED.format(part=part),
            _changed(config, **{setting: "control"}),
        ),
    )


def _covariates(config: Architecture) -> tuple[Arm, ...]:
    without = Arm(NO_COVARIATES, "without age and sex", _changed(config, covariates=0))
    return (without,) if config.covariates else ()


def _changed(config: Any, **settings: Any) -> Architecture:
    changed: Architecture = replace(config, **settings)
    return changed


ARMS: Final[dict[type[Architecture], Callable[[Any], tuple[Arm, ...]]]] = {
    NetworkConfig: _of_face2bone,
    BoneNetSettings: _of_bone_net,
    EfficientNetSettings: _of_osteoai,
}
