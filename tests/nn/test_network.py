"""What the network publishes of its maps is what its maps are."""

import numpy as np
import torch

from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.nn.network import MapGeometry


def test_the_maps_have_the_published_sizes_and_signs() -> None:
    network = Face2Bone(NetworkConfig(width=1 / 32)).eval()
    stem_map, cut_map = network.stages.stem, network.stages.cut
    assert stem_map is not None
    with torch.inference_mode():
        stem = network.stem(torch.randn(1, *network.input_shape))
        cut = network.features_after(stem)
    assert stem.shape == (1, network.stem_channels, stem_map.height, stem_map.width)
    assert cut.shape == (1, network.cut_channels, cut_map.height, cut_map.width)
    for values, where in ((stem, stem_map), (cut, cut_map)):
        assert (float(values.min()) >= 0) == where.non_negative


def test_the_head_has_as_many_outputs_as_the_configuration_says() -> None:
    network = Face2Bone(NetworkConfig(width=1 / 32, outputs=4)).eval()
    with torch.inference_mode():
        assert network(torch.randn(2, *network.input_shape)).shape == (2, 4)


def test_centres_and_patches_follow_from_the_geometry() -> None:
    local = MapGeometry(2, 3, first=5.0, step=4.0, field=9, non_negative=True)
    np.testing.assert_array_equal(local.rows, [5, 9])
    np.testing.assert_array_equal(local.columns, [5, 9, 13])
    assert local.patch == 10
    assert MapGeometry(2, 3, 5.0, 4.0, None, non_negative=True).patch == 12
