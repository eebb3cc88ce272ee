"""Ten regions, every pixel of the ellipse in exactly one, each where anatomy has it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from face2bone.modalities.face.alignment import align_landmarks, ellipse_mask
from face2bone.modalities.face.regions import OUTSIDE, REGIONS, Region, label_regions
from face2bone.modalities.photo import Photo

R = Region


def share(region_map: NDArray[np.int8], weight: NDArray[Any], *regions: Region) -> float:
    """Share of the weight inside the ellipse that lies in these regions."""
    inside = region_map != OUTSIDE
    chosen = np.isin(region_map, [REGIONS.index(region) for region in regions])
    return float(weight[chosen].sum() / weight[inside].sum())


def check_partition(region_map: NDArray[np.int8], mask: NDArray[np.bool_]) -> None:
    assert region_map.dtype == np.int8
    assert region_map.shape == mask.shape
    assert np.array_equal(region_map != OUTSIDE, mask)
    assert region_map.min() >= OUTSIDE
    assert region_map.max() < len(REGIONS)


def test_names_and_order_are_fixed() -> None:
    assert [region.value for region in REGIONS] == [
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
    assert R.PERIORBITAL_LEFT.label == "left periorbital"
    assert R.NOSE_LIPS.label == "nose and lips"
    assert R.FOREHEAD.label == "forehead"
    assert len({region.label for region in REGIONS}) == 10


def test_drawn_faces_are_partitioned_into_ten(drawn_faces: tuple[Any, ...]) -> None:
    for face in drawn_faces:
        aligned = face.aligned
        check_partition(aligned.region_map, aligned.mask)
        pixels = np.bincount(aligned.region_map[aligned.mask], minlength=10)
        assert pixels.min() >= 40


@settings(deadline=None, max_examples=60)
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
@settings(deadline=None, max_examples=40)
def test_any_landmarks_give_a_partition(seed: int) -> None:
    landmarks = np.random.default_rng(seed).uniform(-300, 460, (478, 2))
    mask = np.random.default_rng(seed).random((160, 160)) < 0.5
    check_partition(label_regions(landmarks, mask), mask)


@pytest.mark.parametrize(
    ("region", "landmarks"),
    [
        (R.FOREHEAD, (9, 151, 108, 337, 69, 299, 71, 301, 139, 368)),  # temples last
        (R.PERIORBITAL_RIGHT, (468, 159, 145, 230, 223)),
        (R.PERIORBITAL_LEFT, (473, 386, 374, 450, 443)),
        (R.MIDFACE_RIGHT, (50, 101, 123, 147, 187)),
        (R.MIDFACE_LEFT, (280, 330, 352, 376, 411)),
        (R.NASOLABIAL_RIGHT, (203, 206, 216, 92)),
        (R.NASOLABIAL_LEFT, (423, 426, 436, 322)),
        (R.MANDIBULAR_RIGHT, (32, 210, 169, 135, 171, 83)),
        (R.MANDIBULAR_LEFT, (262, 430, 394, 364, 396, 313)),
        (R.NOSE_LIPS, (4, 5, 197, 1, 164, 0, 13, 17, 84, 314, 72, 302)),
    ],
)
def test_landmarks_lie_in_their_region(
    region: Region, landmarks: tuple[int, ...], frontal: Any
) -> None:
    points = frontal.aligned.landmarks
    everywhere = label_regions(points, np.ones((160, 160), bool))
    columns, rows = np.round(points[list(landmarks)]).astype(int).T
    found = {REGIONS[index].name for index in everywhere[rows, columns]}
    assert found == {region.name}


def test_left_is_the_patients_left(frontal: Any, drawn_faces: tuple[Any, ...]) -> None:
    columns = np.broadcast_to(np.arange(160), (160, 160))
    for face in (frontal, *drawn_faces):
        labels = face.aligned.region_map
        for name in ("PERIORBITAL", "MIDFACE", "NASOLABIAL", "MANDIBULAR"):
            left, right = (REGIONS.index(Region[f"{name}_{side}"]) for side in ("LEFT", "RIGHT"))
            assert columns[labels == left].mean() > columns[labels == right].mean() + 15


def test_the_chin_is_split_at_its_midline(frontal: Any) -> None:
    aligned = frontal.aligned
    x, y = np.round(aligned.landmarks[199]).astype(int)
    row = aligned.region_map[y]
    assert REGIONS[row[x - 4]] is R.MANDIBULAR_RIGHT
    assert REGIONS[row[x + 4]] is R.MANDIBULAR_LEFT


PLANTED = {
    "orbit": (R.PERIORBITAL_LEFT, R.PERIORBITAL_RIGHT),
    "maxilla": (
        R.MIDFACE_LEFT, R.MIDFACE_RIGHT, R.NASOLABIAL_LEFT, R.NASOLABIAL_RIGHT, R.NOSE_LIPS,
    ),
    "nasolabial": (R.NASOLABIAL_LEFT, R.NASOLABIAL_RIGHT),
    "jaw": (R.MANDIBULAR_LEFT, R.MANDIBULAR_RIGHT),
    "temple": (R.FOREHEAD,),
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
        seen = align_landmarks(weight, face.landmarks).crop[..., 0].astype(float)
        shares.append(share(aligned.region_map, seen, *PLANTED[name]))
    assert np.mean(shares) > 0.6, np.round(shares, 2)


def test_a_mirrored_face_has_mirrored_regions(
    astronaut_photo: Photo, astronaut_landmarks: NDArray[np.float32], locator: Any
) -> None:
    mirrored = np.ascontiguousarray(astronaut_photo.pixels[:, ::-1])
    one = align_landmarks(astronaut_photo.pixels, astronaut_landmarks).region_map
    other = align_landmarks(mirrored, locator.locate(mirrored)[0]).region_map[:, ::-1]
    other_side = {"left": "right", "right": "left"}
    swap = []
    for region in REGIONS:
        part, _, side = region.value.rpartition("_")
        twin = f"{part}_{other_side[side]}" if side in other_side else region.value
        swap.append(REGIONS.index(Region(twin)))
    expected = np.array([*swap, OUTSIDE])[one]
    assert (expected != other).mean() < 0.06
