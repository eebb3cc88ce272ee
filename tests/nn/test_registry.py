"""Networks by name."""

import pytest
import torch

from face2bone.errors import SettingsError
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.nn.registry import make_network

SMALL = NetworkConfig(width=1 / 32)


def test_a_name_makes_the_network_its_class_makes() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        named = make_network("face2bone", SMALL)
        torch.manual_seed(3)
        wanted = Face2Bone(SMALL)
    assert isinstance(named, Face2Bone)
    for one, other in zip(named.parameters(), wanted.parameters(), strict=True):
        assert torch.equal(one, other)


def test_an_unknown_name_is_refused_with_those_there_are() -> None:
    with pytest.raises(
        SettingsError, match=r"no network called 'resnet'\. Choose one of .*face2bone"
    ):
        make_network("resnet", SMALL)
