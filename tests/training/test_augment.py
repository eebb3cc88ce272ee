from __future__ import annotations

import time

import numpy as np
import pytest

from face2bone.cohort.crop_store import CropStore
from face2bone.modalities.face.alignment import MASK_VALUE
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.modalities.parts import part_index
from face2bone.training.augment import (
    Change,
    Kind,
    apply_change,
    augment_batch,
    draw_change,
)
from face2bone.training.recipe import Augmentation, read_recipe

FACE = Kind(FACE_PARTS, MASK_VALUE)
STILL = Change(mirror=False, upside_down=False, affine=None, clahe=False, gain=1.0, offset=0.0)
OFF = Augmentation(
    horizontal_flip_p=0, vertical_flip_p=0, affine_p=0, rotation=0, scale=0, shift=0,
    clahe_p=0, clahe_clip=2, brightness=0, contrast=0,
)  # fmt: skip


def changed(store: CropStore, **values: object) -> tuple[np.ndarray, np.ndarray]:
    change = Change(**(vars(STILL) | values))  # type: ignore[arg-type]
    return apply_change(store.crops[0], store.region_maps[0], change, 2.0, FACE)


def test_a_mirror_swaps_twins_and_turns_columns_round(store: CropStore) -> None:
    _, seen = changed(store, mirror=True)
    for index, part in enumerate(FACE_PARTS):
        twin = part_index(FACE_PARTS, part.twin or part.id)
        np.testing.assert_array_equal(seen == twin, store.region_maps[0][:, ::-1] == index)


def test_mirroring_twice_is_no_change(store: CropStore) -> None:
    once = changed(store, mirror=True)
    twice = apply_change(*once, Change(**(vars(STILL) | {"mirror": True})), 2.0, FACE)
    np.testing.assert_array_equal(twice[0], store.crops[0])
    np.testing.assert_array_equal(twice[1], store.region_maps[0])


def test_the_patients_left_stays_on_the_image_right(store: CropStore) -> None:
    """The stripe of region 8 (right mandible) becomes region 7 (left) at the mirrored place."""
    _, regions = changed(store, mirror=True)
    row = store.region_maps[0][80]
    np.testing.assert_array_equal(regions[80] == 7, row[::-1] == 8)


def test_upside_down(store: CropStore) -> None:
    crop, regions = changed(store, upside_down=True)
    np.testing.assert_array_equal(crop, store.crops[0][::-1])
    np.testing.assert_array_equal(regions, store.region_maps[0][::-1])


def test_no_change_is_a_copy(store: CropStore) -> None:
    before = store.crops[0].copy()
    crop, _ = changed(store)
    crop[:] = 0
    np.testing.assert_array_equal(store.crops[0], before)


def test_a_shift_moves_crop_and_regions_together(store: CropStore) -> None:
    affine = np.array([[1.0, 0.0, 5.0], [0.0, 1.0, -3.0]])
    crop, regions = changed(store, affine=affine)
    np.testing.assert_array_equal(regions[:-3, 5:], store.region_maps[0][3:, :-5])
    np.testing.assert_array_equal(crop[:-3, 5:], store.crops[0][3:, :-5])


@pytest.mark.parametrize("seed", range(5))
def test_outside_the_ellipse_stays_masked(store: CropStore, seed: int) -> None:
    """However it is turned and however its light changes."""
    recipe = read_recipe("full").augmentation.model_copy(
        update={"affine_p": 1.0, "clahe_p": 1.0, "rotation": 30.0, "brightness": 60.0}
    )
    rng = np.random.default_rng(seed)
    crop, regions = apply_change(
        store.crops[0], store.region_maps[0], draw_change(recipe, rng, 160), recipe.clahe_clip, FACE
    )
    assert (crop[regions < 0] == MASK_VALUE).all()
    assert set(np.unique(regions)) <= set(range(-1, 10))
    assert (regions >= 0).mean() == pytest.approx((store.region_maps[0] >= 0).mean(), abs=0.06)


def test_brightness_and_contrast(store: CropStore) -> None:
    inside = store.region_maps[0] >= 0
    crop, _ = changed(store, offset=10.0)
    np.testing.assert_array_equal(crop[inside], store.crops[0][inside] + 10)
    crop, _ = changed(store, gain=0.5)
    expected = 127.5 + 0.5 * (store.crops[0][inside].astype(float) - 127.5)
    np.testing.assert_allclose(crop[inside], expected, atol=0.51)


def test_clahe_raises_local_contrast(store: CropStore) -> None:
    inside = store.region_maps[0] >= 0
    crop, _ = changed(store, clahe=True)
    assert crop[inside].std() > store.crops[0][inside].std()


def test_probabilities_are_kept() -> None:
    recipe = read_recipe("demo").augmentation
    rng = np.random.default_rng(0)
    changes = [draw_change(recipe, rng, 160) for _ in range(2000)]
    assert np.mean([c.mirror for c in changes]) == pytest.approx(0.5, abs=0.05)
    assert not any(c.upside_down for c in changes)
    moved = np.mean([c.affine is not None for c in changes])
    assert moved == pytest.approx(recipe.affine_p, abs=0.05)
    assert max(abs(c.offset) for c in changes) <= recipe.brightness


def test_a_batch_depends_on_its_streams_alone(store: CropStore) -> None:
    recipe = read_recipe("demo").augmentation

    def batch(seeds: range) -> tuple[np.ndarray, np.ndarray]:
        streams = [np.random.default_rng(s) for s in seeds]
        n = len(streams)
        return augment_batch(store.crops[:n], store.region_maps[:n], recipe, streams, FACE)

    one, again, other = batch(range(8)), batch(range(8)), batch(range(8, 16))
    np.testing.assert_array_equal(one[0], again[0])
    assert not np.array_equal(one[0], other[0])


def test_off_changes_nothing(store: CropStore) -> None:
    streams = [np.random.default_rng(i) for i in range(4)]
    crops, maps = augment_batch(store.crops[:4], store.region_maps[:4], OFF, streams, FACE)
    np.testing.assert_array_equal(crops, store.crops[:4])
    np.testing.assert_array_equal(maps, store.region_maps[:4])


def test_it_is_fast_enough_for_two_cores(store: CropStore) -> None:
    """CPU time, because tests may share the machine; 0.4 ms on an idle core."""
    recipe = read_recipe("demo").augmentation
    start = time.process_time()
    for _ in range(3):
        streams = [np.random.default_rng(i) for i in range(48)]
        augment_batch(store.crops, store.region_maps, recipe, streams, FACE)
    assert (time.process_time() - start) / 144 < 2e-3


def test_a_grey_crop_keeps_its_one_channel() -> None:
    """OpenCV drops a single channel wherever it can."""
    crop = np.random.default_rng(0).integers(1, 256, (48, 32, 1)).astype(np.uint8)
    part_map = np.zeros((48, 32), np.int8)
    affine = np.array([[1.0, 0.05, 1.0], [-0.05, 1.0, 2.0]])
    change = Change(False, False, affine, True, 1.1, 4.0)
    kind = Kind(FACE_PARTS, 0)
    changed, moved = apply_change(crop, part_map, change, 2.0, kind)
    assert changed.shape == crop.shape
    assert moved.shape == part_map.shape
    assert (changed[moved < 0] == 0).all()
