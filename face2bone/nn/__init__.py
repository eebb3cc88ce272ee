"""The network: FaceNet's trunk, FSA, SSAM, a small transformer and a KAN head."""

from face2bone.nn.config import NetworkConfig
from face2bone.nn.face2bone import Face2Bone, FaceNetwork, TrainingOutputs
from face2bone.nn.normalise import normalise
from face2bone.nn.ssam import region_fractions, region_loss

__all__ = [
    "Face2Bone",
    "FaceNetwork",
    "NetworkConfig",
    "TrainingOutputs",
    "normalise",
    "region_fractions",
    "region_loss",
]
