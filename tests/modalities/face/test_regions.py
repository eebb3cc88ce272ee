"""Ten regions, every pixel of the ellipse in exactly one, each where anatomy has it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from face2bone.modalities.face.alignment import align_landmarks, ellipse_mask
from face2bone.modalities.face.parts import (
    FACE_PARTS,
    FOREHEAD,
    MANDIBULAR_LEFT,
    MANDIBULAR_RIGHT,
    MIDFACE_LEFT,
    MIDFACE_RIGHT,
    NASOLABIAL_LEFT,
    NASOLABIAL_RIGHT,
    NOSE_LIPS,
    PERIORBITAL_LEFT,
    PERIORBITAL_RIGHT,
)
from face2bone.modalities.face.regions import OUTSIDE, label_regions
from face2bone.modalities.parts import Part, mirrored, part_index
from face2bone.modalities.photo import Photo


def share(region_map: NDArray[np.int8], weight: NDArray[Any], *regions: Part) -> float:
    """Share of the weight inside the ellipse that lies in these regions."""
    inside = region_map != OUTSIDE
    chosen = np.isin(region_map, [FACE_PARTS.index(region) for region in regions])
    return float(weight[chosen].sum() / weight[inside].sum())


def check_partition(region_map: NDArray[np.int8], mask: NDArray[np.bool_]) -> None:
    assert region_map.dtype == np.int8
    assert region_map.shape == mask.shape
    assert np.array_equal(region_map != OUTSIDE, mask)
    assert region_map.min() >= OUTSIDE
    assert region_map.max() < len(FACE_PARTS)


def test_names_and_order_are_fixed() -> None:
    assert [region.id for region in FACE_PARTS] == [
        "forehead",
        "periorbital_left",
        "periorbital_right",
        "midface_left",
        "midface_right",
        "nasolabial_left",
        "nasolabial_right",
        "mandibular_left",
        "mandibular_right",
        "nose_lips",
    ]
    assert PERIORBITAL_LEFT.label == "left periorbital"
    assert NOSE_LIPS.label == "nose and lips"
    assert FOREHEAD.label == "forehead"
    assert len({region.label for region in FACE_PARTS}) == 10


@pytest.mark.slow
def test_drawn_faces_are_partitioned_into_ten(drawn_faces: tuple[Any, ...]) -> None:
    for face in drawn_faces:
        aligned = face.aligned
        check_partition(aligned.part_map, aligned.mask)
        pixels = np.bincount(aligned.part_map[aligned.mask], minlength=10)
        assert pixels.min() >= 40


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    spread=st.floats(0, 3),
    narrow=st.floats(0.75, 1.1),
    degrees=st.floats(-20, 20),
)
def test_jittered_landmarks_are_still_partitioned_into_ten(
    frontal: Any, seed: int, spread: float, narrow: float, degrees: float
) -> None:
    rng = np.random.default_rng(seed)
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    centred = (frontal.aligned.landmarks - 80.0) * (narrow, 1.0)
    turned = centred @ np.array([[cosine, sine], [-sine, cosine]]) + 80.0
    landmarks = turned + rng.normal(0, spread, (478, 2))
    mask = ellipse_mask(landmarks)
    region_map = label_regions(landmarks, mask)
    check_partition(region_map, mask)
    assert np.bincount(region_map[mask], minlength=10).min() > 0


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40)
def test_any_landmarks_give_a_partition(seed: int) -> None:
    landmarks = np.random.default_rng(seed).uniform(-300, 460, (478, 2))
    mask = np.random.default_rng(seed).random((160, 160)) < 0.5
    check_partition(label_regions(landmarks, mask), mask)


@pytest.mark.parametrize(
    ("region", "landmarks"),
    [
        (FOREHEAD, (9, 151, 108, 337, 69, 299, 71, 301, 139, 368)),  # temples last
        (PERIORBITAL_RIGHT, (468, 159, 145, 230, 223)),
        (PERIORBITAL_LEFT, (473, 386, 374, 450, 443)),
        (MIDFACE_RIGHT, (50, 101, 123, 147, 187)),
        (MIDFACE_LEFT, (280, 330, 352, 376, 411)),
        (NASOLABIAL_RIGHT, (203, 206, 216, 92)),
        (NASOLABIAL_LEFT, (423, 426, 436, 322)),
        (MANDIBULAR_RIGHT, (32, 210, 169, 135, 171, 83)),
        (MANDIBULAR_LEFT, (262, 430, 394, 364, 396, 313)),
        (NOSE_LIPS, (4, 5, 197, 1, 164, 0, 13, 17, 84, 314, 72, 302)),
    ],
)
def test_landmarks_lie_in_their_region(
    region: Part, landmarks: tuple[int, ...], frontal: Any
) -> None:
    points = frontal.aligned.landmarks
    everywhere = label_regions(points, np.ones((160, 160), bool))
    columns, rows = np.round(points[list(landmarks)]).astype(int).T
    found = {FACE_PARTS[index].id for index in everywhere[rows, columns]}
    assert found == {region.id}


def test_left_is_the_patients_left(frontal: Any, drawn_faces: tuple[Any, ...]) -> None:
    columns = np.broadcast_to(np.arange(160), (160, 160))
    for face in (frontal, *drawn_faces):
        labels = face.aligned.part_map
        for name in ("periorbital", "midface", "nasolabial", "mandibular"):
            left, right = (part_index(FACE_PARTS, f"{name}_{side}") for side in ("left", "right"))
            assert columns[labels == left].mean() > columns[labels == right].mean() + 15


def test_the_chin_is_split_at_its_midline(frontal: Any) -> None:
    aligned = frontal.aligned
    x, y = np.round(aligned.landmarks[199]).astype(int)
    row = aligned.part_map[y]
    assert FACE_PARTS[row[x - 4]] is MANDIBULAR_RIGHT
    assert FACE_PARTS[row[x + 4]] is MANDIBULAR_LEFT


PLANTED = {
    "orbit": (PERIORBITAL_LEFT, PERIORBITAL_RIGHT),
    "maxilla": (
        MIDFACE_LEFT, MIDFACE_RIGHT, NASOLABIAL_LEFT, NASOLABIAL_RIGHT, NOSE_LIPS,
    ),
    "nasolabial": (NASOLABIAL_LEFT, NASOLABIAL_RIGHT),
    "jaw": (MANDIBULAR_LEFT, MANDIBULAR_RIGHT),
    "temple": (FOREHEAD,),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_what_ageing_changes_lies_in_the_region_of_that_name(
    name: str, frontal: Any, drawn_faces: tuple[Any, ...]
) -> None:
    """The generator's own maps, made without landmarks, as an independent witness."""
    shares = []
    for face in (frontal, *drawn_faces):
        aligned = face.aligned
        weight = np.repeat(face.maps[name][..., None] * 255, 3, axis=2).astype(np.uint8)
        seen = align_landmarks(weight, face.landmarks).pixels[..., 0].astype(float)
        shares.append(share(aligned.part_map, seen, *PLANTED[name]))
    assert np.mean(shares) > 0.6, np.round(shares, 2)


def test_a_mirrored_face_has_mirrored_regions(
    astronaut_photo: Photo, astronaut_landmarks: NDArray[np.float32], locator: Any
) -> None:
    turned = np.ascontiguousarray(astronaut_photo.pixels[:, ::-1])
    one = align_landmarks(astronaut_photo.pixels, astronaut_landmarks).part_map
    other = align_landmarks(turned, locator.locate(turned)[0]).part_map[:, ::-1]
    expected = mirrored(one, FACE_PARTS)[:, ::-1]
    assert (expected != other).mean() < 0.06
