"""Rank agreement, share inside and the parameters' map, against oracles and known answers."""

import numpy as np
import pytest

from face2bone.drawn.face.parameters import AGEING_NAMES
from face2bone.explain.shapley import region_shapley
from face2bone.modalities.face.parts import FACE_PARTS
from research.faithfulness.truth import (
    changed_regions,
    inside_ratio,
    parameter_map,
    parameter_reference,
)


def test_a_region_counts_as_changed_above_the_mean_of_the_face(face):
    change = np.where(np.isin(face.part_map, (1, 8)), 6.0, 1.0)
    change[~face.mask] = 200.0
    assert np.flatnonzero(changed_regions(change, face.part_map)).tolist() == [1, 8]


def test_the_eyes_folds_and_jaw_of_a_patient_changed(twin):
    changed = changed_regions(twin.change, twin.aligned.part_map)
    names = {r.id.partition("_")[0] for r, c in zip(FACE_PARTS, changed, strict=True) if c}
    assert {"periorbital", "nasolabial"} <= names
    assert not changed.all()


def test_inside_ratio_of_known_attributions():
    changed = np.arange(10) < 4
    assert inside_ratio(np.ones(10), changed) == pytest.approx(1)
    assert inside_ratio(-np.ones(10), changed) == pytest.approx(1)
    assert inside_ratio(np.where(changed, -2.0, 0.0), changed) == pytest.approx(2.5)
    assert inside_ratio(np.where(changed, 0.0, 1.0), changed) == 0
    assert inside_ratio(np.zeros(10), changed) == pytest.approx(1)


def test_the_map_of_parameters_is_a_share_of_their_change(twin):
    shares = parameter_map(twin)
    assert shares.shape == (6, 10)
    assert np.allclose(shares.sum(axis=1), 1)
    assert (shares >= 0).all()
    temple = shares[AGEING_NAMES.index("temple")]
    assert FACE_PARTS[int(temple.argmax())].id == "forehead"


def test_the_second_reference_lays_effects_onto_regions():
    mapping = np.zeros((6, 10))
    mapping[0, 1] = mapping[0, 2] = 0.5
    mapping[3, 7] = 1.0
    found = parameter_reference(np.array([4.0, 0, 0, -1.0, 0, 0]), mapping)
    assert found[1] == found[2] == 2
    assert found[7] == -1
    assert found.sum() == 3


def test_a_network_that_reads_one_region_is_explained_by_the_twin(twin):
    """An analytic network whose reference is known: brightness of the left periorbital region."""
    eye = twin.aligned.part_map == 1

    def logits(crops):
        level = crops[:, eye].mean(axis=(1, 2), dtype=np.float64)
        return np.stack([np.zeros(len(crops)), np.zeros(len(crops)), level], axis=1)

    found = region_shapley(logits, twin.aligned, twin.baseline).values[:, 2]
    expected = twin.aligned.pixels[eye].mean(dtype=np.float64) - twin.twin[eye].mean(
        dtype=np.float64
    )
    assert found[1] == pytest.approx(expected)
    assert np.abs(np.delete(found, 1)).max() < 1e-9
