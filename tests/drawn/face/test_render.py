"""Pictures of drawn faces: same bytes, effects in their masks, none lost, all faces found."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest

from face2bone.drawn.face.parameters import AGEING_NAMES, Ageing, FaceParameters, draw_parameters
from face2bone.drawn.face.render import DrawnFace, draw_face
from face2bone.patient import Sex

Person = Callable[[int], FaceParameters]

RAISED_BY = {"wrinkle": 0.4}  # every other parameter is raised by 2
SHARE_IN_MASK = {"jaw": 0.85}  # every other parameter: 0.90
OUTSIDE_LIMIT = 0.05  # of 255 levels


def raised(p: FaceParameters, name: str, by: float | None = None) -> FaceParameters:
    step = RAISED_BY.get(name, 2.0) if by is None else by
    value = getattr(p.ageing, name) + step
    return replace(p, ageing=replace(p.ageing, **{name: value}))


def change(a: DrawnFace, b: DrawnFace) -> np.ndarray:
    return np.abs(a.pixels.astype(float) - b.pixels).mean(-1)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [31, 32])
@pytest.mark.parametrize("name", AGEING_NAMES)
def test_an_ageing_parameter_changes_only_its_own_mask(
    drawn_person: Person, name: str, seed: int
) -> None:
    p = drawn_person(seed)
    before = draw_face(p, clean=True, maps=True)
    after = draw_face(raised(p, name), clean=True, maps=True)
    assert before.parameter_maps is not None
    assert after.parameter_maps is not None
    influence = np.maximum(before.parameter_maps[name], after.parameter_maps[name])
    mask = cv2.dilate((influence > 0.05).astype(np.uint8), np.ones((9, 9), np.uint8)) > 0
    moved = change(before, after)
    assert moved[mask].sum() / moved.sum() >= SHARE_IN_MASK.get(name, 0.90)
    assert moved[~mask].mean() < OUTSIDE_LIMIT
    assert moved[mask].mean() > 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", AGEING_NAMES)
def test_an_effect_keeps_growing_over_the_whole_range(drawn_person: Person, name: str) -> None:
    p = drawn_person(33)
    values = np.linspace(0, 1.4, 4) if name == "wrinkle" else np.linspace(-1, 7, 5)
    start = raised(p, name, float(values[0] - getattr(p.ageing, name)))
    faces = [draw_face(raised(start, name, float(v - values[0])), clean=True) for v in values]
    distance = [change(faces[0], face).sum() for face in faces[1:]]
    steps = [change(a, b).sum() for a, b in pairwise(faces)]
    assert all(np.diff(distance) > 0)
    assert min(steps) > 0.4 * max(steps)


def test_maps_are_made_only_on_request(drawn_person: Person) -> None:
    assert draw_face(drawn_person(34), 160).parameter_maps is None


def test_maps_peak_at_one_and_name_every_parameter(drawn_person: Person) -> None:
    maps = draw_face(drawn_person(34), 160, maps=True).parameter_maps
    assert maps is not None
    assert tuple(maps) == AGEING_NAMES
    for influence in maps.values():
        assert influence.shape == (160, 160)
        assert influence.dtype == np.float32
        assert influence.min() >= 0
        assert 0.6 < influence.max() <= 1.0001


@pytest.mark.parametrize("size", [160, 256, 512])
def test_pixels_are_rgb_bytes_of_the_asked_size(drawn_person: Person, size: int) -> None:
    pixels = draw_face(drawn_person(35), size).pixels
    assert pixels.shape == (size, size, 3)
    assert pixels.dtype == np.uint8
    assert pixels.std() > 20


def test_camera_noise_leaves_the_clean_picture_recognisable(drawn_person: Person) -> None:
    p = drawn_person(36)
    assert change(draw_face(p), draw_face(p, clean=True)).mean() < 6


_ELSEWHERE = """
import hashlib, numpy as np
from face2bone.drawn.face import Ageing, draw_face, draw_parameters
from face2bone.patient import Sex
p = draw_parameters(np.random.default_rng(7), Sex.FEMALE, 66.0, 0.4, Ageing(1, 2, 3, 2, 1, 0.5))
print(hashlib.sha256(draw_face(p, 160).pixels.tobytes()).hexdigest())
"""


@pytest.mark.slow
def test_the_same_seed_gives_the_same_bytes_in_another_process() -> None:
    there = subprocess.run(
        [sys.executable, "-c", _ELSEWHERE],
        env=os.environ | {"PYTHONHASHSEED": "12345", "OMP_NUM_THREADS": "2"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    ageing = Ageing(1, 2, 3, 2, 1, 0.5)
    p = draw_parameters(np.random.default_rng(7), Sex.FEMALE, 66.0, 0.4, ageing)
    assert hashlib.sha256(draw_face(p, 160).pixels.tobytes()).hexdigest() == there


@pytest.mark.slow
def test_face_mesh_finds_drawn_faces(drawn_person: Person) -> None:
    from face2bone.modalities.face.locator import FaceLandmarker

    locator = FaceLandmarker()
    found = [len(locator.locate(draw_face(drawn_person(seed)).pixels)) for seed in range(60, 100)]
    assert found == [1] * 40
