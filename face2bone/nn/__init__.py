"""The networks: what every one must offer (``network.py``), and those that studies use."""

from face2bone.nn.architecture import Architecture
from face2bone.nn.config import NetworkConfig
from face2bone.nn.face2bone import Face2Bone
from face2bone.nn.network import BundleNetwork, PictureNetwork, TrainingOutputs, normalise
from face2bone.nn.ssam import region_fractions, region_loss

__all__ = [
    "Architecture",
    "BundleNetwork",
    "Face2Bone",
    "NetworkConfig",
    "PictureNetwork",
    "TrainingOutputs",
    "normalise",
    "region_fractions",
    "region_loss",
]
