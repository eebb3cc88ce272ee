"""A concept planted as the sum of two patterns that only the stem keeps apart.

The planted network's stem has two channels a colour. Its cut has one channel for red and blue
together, blue counted twice, and one for green: red and blue are one concept there.
"""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from face2bone.bundle import ConceptBank
from face2bone.errors import TrainingError
from face2bone.explain.recursion import decompose_concept
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.face.parts import (
    FACE_PARTS,
    FOREHEAD,
    MANDIBULAR_LEFT,
    MANDIBULAR_RIGHT,
    MIDFACE_LEFT,
    MIDFACE_RIGHT,
)
from face2bone.nn import Face2Bone
from face2bone.nn.config import NetworkConfig
from face2bone.nn.inception_resnet_v1 import STAGES
from face2bone.runtime import network_input

STEM = torch.tensor([[0.8, 0.6, 0, 0, 0, 0], [0, 0, 0.6, 0.8, 0, 0], [0, 0, 0, 0, 1, 0.0]])
CUT = torch.tensor([[1.0, 0], [0, 1], [2, 0]])  # red, green, blue
RED, GREEN, BLUE = range(3)


class PlantedNetwork(torch.nn.Module):
    stages = STAGES

    def stem(self, x):
        colours = F.avg_pool2d(x[:, :, 9:145, 9:145], 8).clamp(min=0)
        return torch.einsum("bkhw,kc->bchw", colours, STEM)

    def features_after(self, stem):
        colours = torch.einsum("bchw,kc->bkhw", stem, STEM)
        return torch.einsum("bkhw,kc->bchw", F.avg_pool2d(colours, 3, 2), CUT)


def bank_of(basis):
    count = len(basis)
    return ConceptBank(
        basis=np.asarray(basis, np.float32),
        importance=np.zeros((count, 3), np.float32),
        presence_scale=np.ones(count, np.float32),
        exemplars=np.zeros((count, 0, 48, 48, 3), np.uint8),
        names=tuple(map(str, range(count))),
        region_tags=("",) * count,
        description=("",) * count,
    )


@pytest.fixture(scope="module")
def cohort(face):
    """Twelve faces: red along the jaw and blue in the forehead; green in the midface."""
    rng = np.random.default_rng(0)
    crops = np.full((12, 160, 160, 3), 127, np.uint8)
    places = {
        RED: (MANDIBULAR_LEFT, MANDIBULAR_RIGHT),
        GREEN: (MIDFACE_LEFT, MIDFACE_RIGHT),
        BLUE: (FOREHEAD,),
    }
    for crop in crops:
        for colour, regions in places.items():
            strength = round(127 + 120 * rng.uniform(0.4, 1) / (2 if colour == BLUE else 1))
            for region in regions:
                crop[face.part_map == FACE_PARTS.index(region), colour] = strength
    return crops, np.repeat(face.part_map[None], 12, axis=0)


@pytest.fixture(scope="module")
def bank():
    return bank_of([[1, 0], [0, 1]])


@pytest.fixture(scope="module")
def found(cohort, bank):
    return decompose_concept(
        PlantedNetwork(), FACE_INPUT, bank, 0, *cohort, FACE_PARTS, 2, exemplars=3, samples=128
    )


@pytest.mark.slow
def test_the_two_patterns_come_apart(found):
    cosines = found.basis @ STEM.numpy().T
    assert found.parent == 0
    assert found.error < 0.01
    assert sorted(cosines.argmax(axis=1)) == [RED, BLUE]
    assert cosines.max(axis=1) == pytest.approx(1, abs=0.01)


def test_each_lies_where_it_was_painted(found):
    by_colour = dict(
        zip((found.basis @ STEM.numpy().T).argmax(axis=1), found.region_tags, strict=True)
    )
    assert by_colour[RED] == "mostly mandibular, left and right"
    assert by_colour[BLUE] == "mostly forehead"


def test_parts_come_in_order_of_importance(found):
    assert (np.diff(found.importance) <= 0).all()
    assert found.importance.sum() == pytest.approx(1, abs=0.05)


def test_importance_is_that_of_the_sum_they_make_up(cohort, bank, monkeypatch):
    """The concept's presence is a sum, so an index is a part's square over all the squares."""
    # Wherever the concept is at all, so that the sum below leaves nothing out.
    monkeypatch.setattr("face2bone.explain.recursion.STRONG", 1e-6)
    crops, maps = cohort[0][:1], cohort[1][:1]
    single = decompose_concept(PlantedNetwork(), FACE_INPUT, bank, 0, crops, maps, FACE_PARTS, 2)
    network = PlantedNetwork()
    stem = network.stem(torch.from_numpy(network_input(crops, FACE_INPUT)))
    whole = np.array([_amount(network, stem, part) for part in single.basis])
    assert np.allclose(single.importance, whole**2 / (whole**2).sum(), rtol=0.05)


def _amount(network, stem, part):
    """What one part adds to the concept's mean coefficient."""
    coefficient = torch.einsum("bchw,c->bhw", stem, torch.from_numpy(part).float())
    alone = torch.einsum("bhw,c->bchw", coefficient, torch.from_numpy(part).float())
    return float(network.features_after(alone)[:, 0].mean())


def test_shares_are_of_what_is_there_where_the_concept_is_strong(found):
    assert found.share.sum() == pytest.approx(1)
    assert (found.share > 0.1).all()
    assert 0 < found.positions <= 12 * 17 * 17


def test_exemplars_show_the_part(found):
    assert found.exemplars.shape == (2, 3, 32, 32, 3)
    for patches, colour in zip(
        found.exemplars, (found.basis @ STEM.numpy().T).argmax(axis=1), strict=True
    ):
        brightness = patches.astype(float).mean(axis=(1, 2))
        assert (brightness[:, colour] >= brightness.max(axis=1)).all()


def test_another_concept_has_other_parts(cohort, bank):
    green = decompose_concept(
        PlantedNetwork(), FACE_INPUT, bank, 1, *cohort, FACE_PARTS, 1, exemplars=0, samples=32
    )
    assert (green.basis @ STEM.numpy().T).argmax() == GREEN
    assert green.importance == pytest.approx(1, abs=0.2)
    assert green.exemplars.shape[1] == 0


def test_progress_is_told_and_can_be_cancelled(cohort, bank):
    seen = []
    decompose_concept(
        PlantedNetwork(),
        FACE_INPUT,
        bank,
        0,
        *cohort,
        FACE_PARTS,
        2,
        samples=8,
        progress=seen.append,
    )
    assert seen == sorted(seen)
    assert seen[-1] == pytest.approx(1)

    def cancel(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        decompose_concept(
            PlantedNetwork(), FACE_INPUT, bank, 0, *cohort, FACE_PARTS, 2, progress=cancel
        )


def test_a_concept_no_photo_holds_is_refused(cohort, bank):
    grey = np.full_like(cohort[0], 127)
    with pytest.raises(TrainingError, match="None of the photos"):
        decompose_concept(PlantedNetwork(), FACE_INPUT, bank, 0, grey, cohort[1], FACE_PARTS)


def test_more_parts_than_features_are_refused(cohort, bank):
    with pytest.raises(TrainingError, match="7 concepts"):
        decompose_concept(PlantedNetwork(), FACE_INPUT, bank, 0, *cohort, FACE_PARTS, n_parts=7)


def test_the_same_seed_gives_the_same_parts(cohort, bank):
    first, again = (
        decompose_concept(
            PlantedNetwork(), FACE_INPUT, bank, 0, *cohort, FACE_PARTS, 2, seed=3, samples=8
        )
        for _ in range(2)
    )
    assert (first.basis == again.basis).all()
    assert (first.importance == again.importance).all()


def test_a_real_network(face):
    """Every part of it in use: the stem is the earlier cut of the very same pass."""
    torch.manual_seed(0)
    network = Face2Bone(NetworkConfig(width=0.0625)).eval().requires_grad_(False)
    rng = np.random.default_rng(2)
    noise = rng.integers(-60, 60, (3, 160, 160, 3))
    crops = np.clip(face.pixels + noise * face.mask[..., None], 0, 255).astype(np.uint8)
    x = torch.zeros(1, 3, 160, 160)
    channels = network.features(x).shape[1]
    assert torch.equal(network.features_after(network.stem(x)), network.features(x))
    bank = bank_of(rng.gamma(0.5, size=(3, channels)))
    maps = np.repeat(face.part_map[None], 3, axis=0)
    found = decompose_concept(
        network, FACE_INPUT, bank, 1, crops, maps, FACE_PARTS, n_parts=3, samples=8
    )
    assert found.basis.shape == (3, network.stem(x).shape[1])
    assert (found.importance >= 0).all()
    assert 0 < found.error < 1
