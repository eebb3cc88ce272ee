"""Region attributions of analytic networks whose Shapley values are known."""

import dataclasses

import numpy as np
import pytest

from face2bone.bone import CLASS_LABELS
from face2bone.calibration import Temperature
from face2bone.errors import ExplanationError
from face2bone.explain.baselines import Baseline, blur_baseline, mean_picture_baseline
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.shapley import RegionAttribution, baseline_agreement, region_shapley
from face2bone.modalities.face.alignment import MASK_VALUE
from face2bone.modalities.face.parts import FACE_PARTS, NOSE_LIPS
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared
from face2bone.runtime import logits_of_crops

WEIGHTS = np.random.default_rng(3).normal(size=(10, 3))


def region_means(crops, region_map):
    """Mean green level of each region, (B, 10)."""
    inside = np.stack([region_map.ravel() == i for i in range(10)], axis=1)
    green = np.asarray(crops, dtype=np.float64)[..., 1].reshape(len(crops), -1)
    return green @ (inside / inside.sum(axis=0))


@pytest.fixture(scope="module")
def linear(face):
    """Logits that are a weighted sum of region means."""
    return lambda crops: region_means(crops, face.part_map) @ WEIGHTS


@pytest.fixture(scope="module")
def crooked(face):
    """Logits with interactions between all regions, in float32 as an engine gives them."""

    def logits(crops):
        means = region_means(crops, face.part_map) / 255
        mixed = np.tanh(means @ WEIGHTS) + np.prod(1 + means, axis=1, keepdims=True) * 0.01
        return mixed.astype(np.float32)

    return logits


def test_an_additive_network_is_explained_by_its_own_terms(face, linear):
    baseline = blur_baseline(face)
    found = region_shapley(linear, face, baseline)
    change = region_means(face.pixels[None], face.part_map) - region_means(
        baseline.pixels[None], face.part_map
    )
    assert np.allclose(found.values, change.T * WEIGHTS, atol=1e-9)


def test_efficiency_base_and_full(face, crooked):
    baseline = blur_baseline(face)
    found = region_shapley(crooked, face, baseline)
    assert np.allclose(found.base, crooked(baseline.pixels[None])[0])
    assert np.allclose(found.full, crooked(face.pixels[None])[0])
    assert np.abs(found.base + found.values.sum(axis=0) - found.full).max() < 1e-4
    assert found.values.shape == (10, 3)
    assert found.baseline == "blur"
    assert found.parts == FACE_PARTS


def test_a_region_equal_to_its_fill_gets_nothing(face, crooked):
    pixels = blur_baseline(face).pixels
    nose = FACE_PARTS.index(NOSE_LIPS)
    pixels[face.part_map == nose] = face.pixels[face.part_map == nose]
    found = region_shapley(crooked, face, Baseline("test", pixels))
    assert np.abs(found.values[nose]).max() < 1e-6
    assert np.abs(np.delete(found.values, nose, axis=0)).min() > 0


def test_a_region_the_photo_does_not_show_gets_nothing(face, linear):
    merged = np.where(face.part_map == 9, 4, face.part_map).astype(np.int8)
    without = dataclasses.replace(face, part_map=merged)

    def brightness(crops):
        return crops.mean(axis=(1, 2))

    found = region_shapley(brightness, without, blur_baseline(face))
    assert np.abs(found.values[9]).max() < 1e-9


def test_the_network_never_sees_a_change_outside_the_face(face):
    seen = []

    def watching(crops):
        seen.append(crops[:, ~face.mask])
        return np.zeros((len(crops), 3))

    region_shapley(watching, face, blur_baseline(face))
    assert sum(len(s) for s in seen) == 1024
    assert all((s == MASK_VALUE).all() for s in seen)
    assert max(len(s) for s in seen) <= 64


def test_who_watches_sees_an_estimate_first_and_the_same_values(face, crooked):
    seen = []
    baseline = blur_baseline(face)
    found = region_shapley(crooked, face, baseline, watch=seen.append)
    assert seen[0].used == 48
    assert np.allclose(found.table, region_shapley(crooked, face, baseline).table, atol=1e-6)
    assert (np.abs(seen[0].values - found.values) <= 4 * seen[0].errors).all()


def test_progress_cancels(face, linear):
    def stop(fraction):
        if fraction >= 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        region_shapley(linear, face, blur_baseline(face), stop)


def test_to_shap_carries_the_same_figures(face, crooked):
    found = region_shapley(crooked, face, blur_baseline(face))
    explanation = found.to_shap(CLASS_LABELS)
    assert (explanation.values == found.values).all()
    assert (explanation.base_values == found.base).all()
    assert explanation.feature_names[1] == "left periorbital"
    assert explanation.output_names == ["normal", "osteopenia", "osteoporosis"]
    osteoporosis = explanation[:, 2]
    assert osteoporosis.values.shape == (10,)
    assert np.isclose(osteoporosis.base_values + osteoporosis.values.sum(), found.full[2])


@pytest.mark.slow
def test_efficiency_of_a_real_network_in_single_precision(face, small_engine):
    logits_of = logits_of_crops(small_engine)
    found = region_shapley(logits_of, face, blur_baseline(face))
    assert np.abs(found.base + found.values.sum(axis=0) - found.full).max() < 1e-4
    assert np.allclose(found.full, logits_of(face.pixels[None])[0], atol=1e-5)
    assert np.abs(found.values).max() > 0


def attribution(values):
    """The additive game whose Shapley values are these."""
    return RegionAttribution(all_coalitions(10) @ np.asarray(values), "test", FACE_PARTS)


def test_interactions_vanish_without_interplay_and_name_the_pair_that_has_it(face, crooked):
    additive = attribution(WEIGHTS)
    assert np.abs(additive.interactions).max() < 1e-12
    table = additive.table.copy()
    together = all_coalitions(10)[:, 2] & all_coalitions(10)[:, 7]
    table[together, 1] -= 0.5
    first, second, value = RegionAttribution(table, "test", FACE_PARTS).strongest_pair(1)
    assert {first, second} == {FACE_PARTS[2], FACE_PARTS[7]}
    assert value == pytest.approx(-0.5)
    real = region_shapley(crooked, face, blur_baseline(face)).interactions
    assert np.allclose(real, real.transpose(1, 0, 2))
    assert np.abs(real).max() > 0


def test_severity_is_the_expected_class(face, crooked):
    found = region_shapley(crooked, face, blur_baseline(face))
    severity = found.severity([Temperature(2.0)])
    odds = np.exp(found.full / 2.0)
    assert severity.full == pytest.approx((odds[1] + 2 * odds[2]) / odds.sum())
    assert severity.base + severity.values.sum() == pytest.approx(severity.full)
    assert severity.values.shape == (10,)


def test_severity_of_a_certain_answer_is_its_class():
    values = np.zeros((10, 3))
    values[4, 2] = 200.0
    severity = attribution(values).severity([])
    assert severity.full == pytest.approx(2.0)
    assert severity.values[4] == pytest.approx(1.0)
    assert np.abs(np.delete(severity.values, 4)).max() < 1e-12


def test_agreement_of_fills_is_spearman(face, crooked):
    from scipy.stats import spearmanr

    blur = region_shapley(crooked, face, blur_baseline(face))
    mean = region_shapley(
        crooked, face, mean_picture_baseline(face, np.full((160, 160, 3), 99, np.uint8))
    )
    found = baseline_agreement(blur, mean)
    expected = [spearmanr(blur.values[:, k], mean.values[:, k]).statistic for k in range(3)]
    assert np.allclose(found, expected)


def test_agreement_with_itself_reversed_tied_and_constant():
    ramp = np.arange(10.0)
    same, back, tied = ramp, -ramp, np.repeat(np.arange(5.0), 2)
    first = attribution(np.stack([ramp, ramp, ramp], axis=1))
    second = attribution(np.stack([same, back, tied], axis=1))
    found = baseline_agreement(first, second)
    assert found[0] == pytest.approx(1)
    assert found[1] == pytest.approx(-1)
    assert 0.9 < found[2] < 1
    flat = attribution(np.zeros((10, 3)))
    assert (baseline_agreement(first, flat) == 0).all()


@pytest.mark.parametrize("count", [1, 13])
def test_too_few_or_too_many_parts_are_refused_in_one_sentence(face, count):
    parts = tuple(Part(str(i), str(i)) for i in range(count))
    divided = dataclasses.replace(face, parts=parts)
    with pytest.raises(ExplanationError, match="2 to 12 parts"):
        region_shapley(lambda crops: np.zeros((len(crops), 2)), divided, blur_baseline(face))


def test_a_grey_picture_of_four_parts_and_two_classes(face):
    """Nothing of the face's own numbers is left in the game."""
    grey = InputSpec(24, 40, 1, 0.0, 255.0, 0)
    part_map = np.repeat(np.arange(4, dtype=np.int8), 6)[:, None] * np.ones((1, 40), np.int8)
    pixels = np.random.default_rng(0).integers(1, 256, (24, 40, 1), dtype=np.uint8)
    parts = tuple(Part(name, name) for name in "abcd")
    nowhere = np.eye(2, 3, dtype=np.float32)
    film = Prepared(pixels, part_map >= 0, part_map, nowhere, parts, grey)
    weights = np.array([[1.0, 0.0], [0.0, 2.0], [3.0, 3.0], [-1.0, 1.0]])

    def logits_of(pictures):
        return np.array([[p[part_map == i].mean() for i in range(4)] for p in pictures]) @ weights

    black = Baseline("black", np.zeros_like(pixels))
    found = region_shapley(logits_of, film, black)
    assert found.table.shape == (16, 2)
    expected = np.array([pixels[part_map == i].mean() for i in range(4)])[:, None] * weights
    assert found.values == pytest.approx(expected)
    assert found.severity(()).values.sum() == pytest.approx(
        found.severity(()).full - found.severity(()).base
    )
