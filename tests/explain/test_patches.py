"""Patches cover the face to its borders and come from where they say."""

import numpy as np

from face2bone.explain.patches import LEAST_FACE, PATCH, STARTS, face_patches


def maps_of(face, count=2):
    return np.repeat(face.region_map[None], count, axis=0)


def test_starts_reach_the_last_pixel_and_overlap():
    assert STARTS[0] == 0
    assert STARTS[-1] + PATCH == 160
    assert np.diff(STARTS).max() < PATCH


def test_every_patch_lies_mostly_in_the_face_and_corners_are_left_out(face):
    patches = face_patches(maps_of(face))
    inside = face.region_map >= 0
    for row, column in zip(patches.row, patches.column, strict=True):
        assert inside[row : row + PATCH, column : column + PATCH].mean() >= LEAST_FACE
    assert 0 < len(patches) < 2 * len(STARTS) ** 2
    assert (0, 0) not in set(zip(patches.row.tolist(), patches.column.tolist(), strict=True))
    assert len(patches) == 2 * (patches.photo == 0).sum()


def test_patches_cover_the_middle_of_the_face(face):
    covered = np.zeros((160, 160), dtype=bool)
    patches = face_patches(maps_of(face, 1))
    for row, column in zip(patches.row, patches.column, strict=True):
        covered[row : row + PATCH, column : column + PATCH] = True
    assert covered[face.mask].mean() > 0.9


def test_cut_shows_the_photo_at_the_corner(face):
    crops = np.random.default_rng(0).integers(0, 256, (2, 160, 160, 3), dtype=np.uint8)
    patches = face_patches(maps_of(face))
    last = len(patches) - 1
    row, column = patches.row[last], patches.column[last]
    assert patches.photo[last] == 1
    assert (patches.cut(crops, last) == crops[1, row : row + PATCH, column : column + PATCH]).all()


def test_batches_enlarge_every_patch_to_a_network_input(face):
    crops = np.random.default_rng(0).integers(0, 256, (2, 160, 160, 3), dtype=np.uint8)
    patches = face_patches(maps_of(face))
    batches = list(patches.batches(crops, 5))
    assert sum(len(b) for b in batches) == len(patches)
    assert all(b.shape[1:] == (160, 160, 3) and b.dtype == np.uint8 for b in batches)
    assert max(len(b) for b in batches) == 5
    patch, enlarged = patches.cut(crops, 0).astype(float), batches[0][0].astype(float)
    assert abs(patch.mean() - enlarged.mean()) < 1


def test_no_face_no_patch():
    patches = face_patches(np.full((3, 160, 160), -1, dtype=np.int8))
    assert len(patches) == 0
    assert list(patches.batches(np.zeros((3, 160, 160, 3), np.uint8), 4)) == []
