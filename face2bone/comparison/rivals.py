"""Which networks a study's own is compared with: those of the table that its paper published.

Films have rivals of BONE-Net's table and the vision transformer; OsteoAI published no table, so
hands have the same. Each maker takes a width, found by ``candidates``.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from face2bone.comparison.modern_networks import convnext, poolformer
from face2bone.comparison.standard_networks import (
    Question,
    densenet,
    efficientnet,
    resnet,
    vgg,
    vit,
)
from face2bone.nn import Architecture, Face2Bone, NetworkConfig, PictureNetwork

TRUNK: Final = "facenet"
ENSEMBLE: Final = ("vgg19", "resnet50", "efficientnet_b0")
"""Rivals of films that are also mixed (``ensemble``)."""


@dataclass(frozen=True)
class Rival:
    """One network to compare with; ``make`` builds it at a width."""

    name: str
    title: str
    make: Callable[[float], PictureNetwork]


def rivals_of(config: Architecture, question: Question) -> tuple[Rival, ...]:
    """The rivals of a study's network, in the order of the table."""
    if isinstance(config, NetworkConfig):
        return (
            Rival(TRUNK, "FaceNet trunk, linear head", partial(_trunk, config)),
            Rival("vgg16", "VGG16", partial(vgg, 16, question=question)),
            Rival("vgg19", "VGG19", partial(vgg, 19, question=question)),
            Rival("resnet18", "ResNet18", partial(resnet, 18, question=question)),
            Rival("resnet34", "ResNet34", partial(resnet, 34, question=question)),
            Rival("vit", "ViT", partial(vit, question=question)),
        )
    return (
        Rival("vgg19", "VGG19", partial(vgg, 19, question=question)),
        Rival("resnet50", "ResNet50", partial(resnet, 50, question=question)),
        Rival("efficientnet_b0", "EfficientNetB0", partial(efficientnet, question=question)),
        Rival("convnext_v2", "ConvNeXt-V2", partial(convnext, question=question)),
        Rival("densenet169", "DenseNet169", partial(densenet, question=question)),
        Rival("poolformer", "MetaFormer (PoolFormer)", partial(poolformer, question=question)),
        Rival("vit", "ViT", partial(vit, question=question)),
    )


def _trunk(config: NetworkConfig, width: float) -> Face2Bone:
    plain = replace(config, fsa="off", ssam="off", transformer="off", head="linear")
    return Face2Bone(replace(plain, width=min(1.0, width)))
