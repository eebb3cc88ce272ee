"""Networks by the names that studies call them: where another architecture moves in."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Final

from face2bone.errors import SettingsError
from face2bone.nn.architecture import Architecture
from face2bone.nn.bone_net import BoneNet, BoneNetSettings
from face2bone.nn.config import NetworkConfig
from face2bone.nn.efficientnet_v2 import EfficientNetSettings, EfficientNetV2
from face2bone.nn.face2bone import Face2Bone
from face2bone.nn.network import BundleNetwork
from face2bone.nn.resnet10 import ResNet10, ResNet10Config
from face2bone.nn.sface import NAME, SFace, SFaceSettings


@dataclass(frozen=True)
class Blueprint:
    """One kind of network: the type of its settings, and what makes an untrained one of them."""

    settings: type[Architecture]
    make: Callable[[Any], BundleNetwork]


NETWORKS: Final[MutableMapping[str, Blueprint]] = {
    "face2bone": Blueprint(NetworkConfig, Face2Bone),
    "resnet10": Blueprint(ResNet10Config, ResNet10),
    "efficientnet_v2": Blueprint(EfficientNetSettings, EfficientNetV2),
    "bone_net": Blueprint(BoneNetSettings, BoneNet),
    NAME: Blueprint(SFaceSettings, SFace),
}


def blueprint(name: str) -> Blueprint:
    """The kind of network called that; raises ``SettingsError`` for a name nobody registered."""
    if name not in NETWORKS:
        raise SettingsError(
            "There is no network called {network}. Choose one of {networks}.",
            network=f"{name!r}",
            networks=tuple(sorted(NETWORKS)),
        )
    return NETWORKS[name]


def make_network(name: str, config: Architecture) -> BundleNetwork:
    """A new network, its weights drawn from torch's random state.

    Raises ``SettingsError`` for a name nobody registered, or settings of another network.
    """
    kind = blueprint(name)
    if not isinstance(config, kind.settings):
        raise SettingsError(
            "The settings are not those of a network called {network}. Use a recipe of its study.",
            network=f"{name!r}",
        )
    return kind.make(config)
