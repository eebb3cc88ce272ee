"""Pictures: right sizes, nothing outside the ellipse, and the notice on every result."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from face2bone.assessment import Assessment
from face2bone.drawing.pictures import (
    GAP,
    concept_crop_png,
    concept_png,
    concepts_png,
    crop_png,
    crop_rgba,
    overlay_png,
    region_overlay,
    regions_png,
    strip_png,
)
from face2bone.modalities.face.mesh_picture import mesh_jpeg
from face2bone.modalities.photo import Photo


def test_crop_is_transparent_outside_the_ellipse(assessment: Assessment) -> None:
    aligned = assessment.located.aligned
    picture = np.asarray(Image.open(io.BytesIO(crop_png(aligned))))
    assert picture.shape == (160, 160, 4)
    np.testing.assert_array_equal(picture[..., 3] > 0, aligned.mask)


def test_a_grey_picture_is_drawn_in_colour(assessment: Assessment) -> None:
    aligned = assessment.located.aligned
    film = replace(aligned, pixels=aligned.pixels[..., :1])
    crop = crop_rgba(film)
    assert crop.shape == (*aligned.mask.shape, 4)
    assert np.array_equal(crop[..., 0], crop[..., 2])
    values = np.linspace(-1.0, 1.0, len(aligned.parts))
    assert region_overlay(film, values).shape == crop.shape
    for png in (crop_png(film), overlay_png(film, values)):
        assert png.startswith(b"\x89PNG")


def test_overlay_tints_each_region_by_its_own_value(assessment: Assessment) -> None:
    aligned = assessment.located.aligned
    values = np.zeros(10)
    values[3], values[7] = 2.0, -2.0
    change = region_overlay(aligned, values).astype(int) - crop_rgba(aligned).astype(int)
    touched = np.abs(change).sum(axis=-1) > 0
    assert set(np.unique(aligned.part_map[touched])) <= {3, 7}
    red, blue = change[aligned.part_map == 3], change[aligned.part_map == 7]
    assert (red[:, 0] - red[:, 2]).mean() > 20
    assert (blue[:, 2] - blue[:, 0]).mean() > 20


def test_zero_values_tint_nothing(assessment: Assessment) -> None:
    aligned = assessment.located.aligned
    np.testing.assert_array_equal(region_overlay(aligned, np.zeros(10)), crop_rgba(aligned))


@pytest.mark.slow
@pytest.mark.parametrize("class_index", [0, 1, 2])
def test_result_pictures_say_which_model_spoke(assessment: Assessment, class_index: int) -> None:
    for draw in (regions_png, concepts_png):
        picture = Image.open(io.BytesIO(draw(assessment, class_index)))
        assert picture.info["Description"] == assessment.bundle.status
        assert min(picture.size) > 200


def test_pictures_are_the_same_bytes_twice(assessment: Assessment) -> None:
    assert regions_png(assessment, 0) == regions_png(assessment, 0)


def test_concept_picture_is_brightest_where_the_concept_is(assessment: Assessment) -> None:
    aligned = assessment.located.aligned
    location = np.zeros((160, 160), dtype=np.float32)
    location[60:100, 60:100] = 1.0
    picture = np.asarray(Image.open(io.BytesIO(concept_png(aligned, location)))).astype(int)
    crop = crop_rgba(aligned).astype(int)
    np.testing.assert_array_equal(picture[60:100, 60:100, :3], crop[60:100, 60:100, :3])
    assert picture[10:50, 60:100, :3].mean() < 0.3 * crop[10:50, 60:100, :3].mean()


def test_mesh_marks_landmarks_and_shrinks_big_photos(
    assessment: Assessment, drawn_photo: Photo
) -> None:
    picture = Image.open(io.BytesIO(mesh_jpeg(drawn_photo, assessment.located.subject)))
    assert max(picture.size) <= 640
    assert picture.getexif() == {}


def test_overlay_png_is_the_overlay(assessment: Assessment) -> None:
    aligned, values = assessment.located.aligned, np.linspace(-1, 1, 10)
    picture = np.asarray(Image.open(io.BytesIO(overlay_png(aligned, values))))
    np.testing.assert_array_equal(picture, region_overlay(aligned, values))


def test_a_concept_is_cut_out_where_it_is_strongest(assessment: Assessment) -> None:
    aligned = assessment.located.aligned
    location = np.zeros((160, 160), dtype=np.float32)
    location[100:104, 60:64] = 1.0
    cut = np.asarray(Image.open(io.BytesIO(concept_crop_png(aligned, location))))
    side = cut.shape[0]
    assert cut.shape == (side, side, 4)
    whole = crop_rgba(aligned)
    places = np.lib.stride_tricks.sliding_window_view(whole, (side, side, 4))[:, :, 0]
    (found,) = np.argwhere((places == cut).all(axis=(2, 3, 4)))
    assert found[0] <= 100 < 104 <= found[0] + side
    assert found[1] <= 60 < 64 <= found[1] + side


def test_a_concept_at_the_edge_is_cut_out_inside_the_crop(assessment: Assessment) -> None:
    location = np.zeros((160, 160), dtype=np.float32)
    location[0, 159] = 1.0
    cut = Image.open(io.BytesIO(concept_crop_png(assessment.located.aligned, location)))
    assert cut.size[0] == cut.size[1] > 40


def test_patches_stand_side_by_side_unchanged() -> None:
    patches = np.random.default_rng(0).integers(0, 256, (3, 48, 48, 3), np.uint8)
    with Image.open(io.BytesIO(strip_png(patches))) as picture:
        strip = np.asarray(picture)
    assert strip.shape == (48, 3 * 48 + 2 * GAP, 4)
    for i, patch in enumerate(patches):
        left = i * (48 + GAP)
        np.testing.assert_array_equal(strip[:, left : left + 48, :3], patch)
    assert (strip[:, 48 : 48 + GAP, 3] == 0).all()
