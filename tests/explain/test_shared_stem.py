"""Pieced stems are the stems of their own passes, and are made from as few as can be."""

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from face2bone.explain.baselines import blur_baseline
from face2bone.explain.coalition_values import painted_crops, value_of_coalitions
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.shared_stem import fewest_colours, seen_players, shared_stem
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn.inception_resnet_v1 import STAGES
from face2bone.runtime import logits_of_crops, network_input

SOME = np.array([0, 1, 2, 37, 300, 511, 512, 700, 1022, 1023])


@pytest.fixture(scope="module")
def painted(face):
    baseline = blur_baseline(face).pixels
    return lambda coalitions: painted_crops(face.pixels, baseline, face.part_map, coalitions)


def test_pieced_stems_are_those_of_the_painted_crops(face, small_engine, painted):
    stem = shared_stem(logits_of_crops(small_engine), painted, face.part_map, 10)
    coalitions = all_coalitions(10)[SOME]
    own = small_engine.stem(network_input(painted(coalitions), FACE_INPUT))
    assert np.abs(stem.of(coalitions) - own).max() < 1e-5 * np.abs(own).max()


def test_far_fewer_stems_are_run_than_coalitions(face, small_engine, painted):
    crops = []

    def watching(coalitions):
        crops.append(len(coalitions))
        return painted(coalitions)

    shared_stem(logits_of_crops(small_engine), watching, face.part_map, 10)
    assert sum(crops) <= 128


def test_the_game_is_the_same_with_and_without_sharing(face, small_engine):
    network, baseline = logits_of_crops(small_engine), blur_baseline(face).pixels
    shared = value_of_coalitions(network, face.pixels, baseline, face.part_map, 10)
    plain = value_of_coalitions(lambda x: network(x), face.pixels, baseline, face.part_map, 10)
    coalitions = all_coalitions(10)[SOME]
    assert np.abs(shared(coalitions) - plain(coalitions)).max() < 1e-5


def test_an_engine_without_stages_is_asked_for_whole_passes(face):
    class Whole:
        name, input, stages = "whole", FACE_INPUT, STAGES

        def logits(self, x):
            return x.mean(axis=(2, 3))

    network, baseline = logits_of_crops(Whole()), blur_baseline(face).pixels
    value_of = value_of_coalitions(network, face.pixels, baseline, face.part_map, 10)
    coalitions = all_coalitions(10)[SOME]
    expected = network(painted_crops(face.pixels, baseline, face.part_map, coalitions))
    assert (value_of(coalitions) == expected).all()


@pytest.mark.parametrize("position", [(0, 0), (3, 9), (16, 16)])
def test_a_stem_position_sees_its_field_and_nothing_else(small_engine, position):
    """Exactly the pixels whose gradient at the position may be other than zero."""
    x = torch.zeros(1, 3, 160, 160, requires_grad=True)
    # Positive slopes everywhere, so that no ReLU and no sign hides a path.
    network = _positive(small_engine)
    network.stem(x + 1.0)[0, :, position[0], position[1]].sum().backward()
    touched = (x.grad[0] != 0).any(dim=0).numpy()
    for axis, at in enumerate(position):
        first = STAGES.stem.rows[at] - 15
        reached = np.flatnonzero(touched.any(axis=1 - axis))
        assert reached[0] >= max(first, 0)
        assert reached[-1] <= min(first + STAGES.stem.field, 160) - 1


def _positive(engine):
    import copy

    network = copy.deepcopy(engine._network).requires_grad_(False).float()
    for module in network.backbone.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.weight.abs_()
    return network


def test_players_are_seen_where_their_pixels_are():
    region_map = np.full((160, 160), -1, dtype=np.int8)
    region_map[0, 0], region_map[156, 156], region_map[28, 80] = 0, 1, 2
    seen = seen_players(region_map, 4, STAGES.stem)
    assert np.argwhere(seen[0]).tolist() == [[0, 0]]
    assert (16, 16) in [tuple(p) for p in np.argwhere(seen[1])]
    assert seen[2][0].any()
    assert not seen[2][4].any()
    assert not seen[3].any()


@given(st.integers(1, 5), st.integers(0, 2**32 - 1), st.floats(0, 1))
@settings(max_examples=60)
def test_colours_differ_where_players_clash_and_none_is_wasted(n, seed, density):
    upper = np.triu(np.random.default_rng(seed).random((n, n)) < density, 1)
    clash = upper | upper.T | np.eye(n, dtype=bool)

    def allowed(colours):
        return all(colours[i] != colours[j] for i in range(n) for j in range(i) if clash[i, j])

    found = fewest_colours(clash)
    assert allowed(found)
    used = len(set(found))
    assert set(found) == set(range(used))
    assert not any(allowed(other) for other in product(range(used - 1), repeat=n))
