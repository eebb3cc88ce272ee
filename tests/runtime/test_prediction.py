from dataclasses import replace

import numpy as np
import pytest

from face2bone.bone import BoneClass
from face2bone.bundle import Bundle, ood_distance, pooled
from face2bone.calibration import ConformalThresholds, Temperature, calibrated
from face2bone.modalities.face import FACE_INPUT, AlignedFace
from face2bone.runtime import OpenVinoEngine, TorchEngine, network_input, predict, predict_crops


@pytest.fixture(scope="module")
def aligned() -> AlignedFace:
    crop = np.random.default_rng(4).integers(0, 256, (160, 160, 3), dtype=np.uint8)
    return AlignedFace(
        pixels=crop,
        mask=np.ones((160, 160), dtype=bool),
        part_map=np.zeros((160, 160), dtype=np.int8),
        transform=np.eye(2, 3, dtype=np.float32),
        landmarks=np.zeros((478, 2), dtype=np.float32),
    )


def test_a_prediction_is_the_networks_calibrated_by_the_bundle(
    tiny_bundle: Bundle, on_torch: TorchEngine, aligned: AlignedFace
) -> None:
    found = predict(on_torch, tiny_bundle, aligned)
    x = network_input(aligned.pixels[None], FACE_INPUT)
    assert found.logits == pytest.approx(on_torch.logits(x)[0], abs=1e-5)
    assert found.probabilities == pytest.approx(calibrated(found.logits, Temperature(1.25)))
    assert found.probabilities.sum() == pytest.approx(1.0)
    assert BoneClass(int(found.probabilities.argmax())) in found.prediction_set
    expected = ood_distance(pooled(on_torch.features(x)), tiny_bundle.ood)[0]
    assert found.out_of_domain.distance == pytest.approx(expected)
    assert found.out_of_domain.threshold == tiny_bundle.ood.threshold


@pytest.mark.slow
def test_both_engines_say_the_same(
    tiny_bundle: Bundle, on_torch: TorchEngine, on_openvino: OpenVinoEngine, aligned: AlignedFace
) -> None:
    a, b = predict(on_torch, tiny_bundle, aligned), predict(on_openvino, tiny_bundle, aligned)
    assert a.probabilities == pytest.approx(b.probabilities, abs=1e-4)
    assert a.out_of_domain.distance == pytest.approx(b.out_of_domain.distance, rel=1e-3)
    assert a.prediction_set == b.prediction_set


def test_the_bundle_decides_the_set_and_what_lies_outside(
    tiny_bundle: Bundle, on_torch: TorchEngine, aligned: AlignedFace
) -> None:
    distance = predict(on_torch, tiny_bundle, aligned).out_of_domain.distance
    strict = replace(
        tiny_bundle,
        conformal=ConformalThresholds(0.1, (1.0, 1.0, 1.0), (20, 20, 20)),
        ood=replace(tiny_bundle.ood, threshold=distance * 0.99),
    )
    found = predict(on_torch, strict, aligned)
    assert found.prediction_set == tuple(BoneClass)
    assert found.out_of_domain.is_outside
    wide = replace(strict, ood=replace(strict.ood, threshold=distance * 1.01))
    assert not predict(on_torch, wide, aligned).out_of_domain.is_outside


def test_a_flat_grey_picture_is_unlike_the_noise_the_bundle_knows(
    tiny_bundle: Bundle, on_torch: TorchEngine, aligned: AlignedFace
) -> None:
    grey = replace(aligned, pixels=np.full((160, 160, 3), 127, dtype=np.uint8))
    assert predict(on_torch, tiny_bundle, grey).out_of_domain.is_outside


def test_many_faces_get_what_each_would_get_alone(
    tiny_bundle: Bundle, on_torch: TorchEngine, aligned: AlignedFace
) -> None:
    crops = np.random.default_rng(5).integers(0, 256, (35, 160, 160, 3), dtype=np.uint8)
    many = predict_crops(on_torch, tiny_bundle, crops)  # 35: more than one batch, and a rest
    assert many.probabilities.shape == many.sets.shape == many.logits.shape == (35, 3)
    for i in (0, 31, 34):
        alone = predict(on_torch, tiny_bundle, replace(aligned, pixels=crops[i]))
        assert many.probabilities[i] == pytest.approx(alone.probabilities, abs=1e-5)
        assert many.distances[i] == pytest.approx(alone.out_of_domain.distance, rel=1e-4)
        assert tuple(k for k in BoneClass if many.sets[i, k]) == alone.prediction_set
