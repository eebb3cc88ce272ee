"""Drawn faces of known pose, a real one, and their landmarks, made once for all face tests."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from face2bone.drawn.face.description import Ageing, Pose
from face2bone.drawn.face.parameters import draw_parameters
from face2bone.drawn.face.render import draw_face
from face2bone.modalities.face.alignment import AlignedFace, align_landmarks
from face2bone.modalities.face.locator import FaceLandmarker
from face2bone.modalities.photo import Photo
from face2bone.patient import Sex

SEED = 410_000  # of the seeds reserved for tests
PEOPLE = 12
AGEING = Ageing(orbit=1.5, maxilla=1.5, nasolabial=1.5, jaw=1.5, temple=1.5, wrinkle=0.5)


@dataclass(frozen=True)
class Drawn:
    """A drawn face: its pixels, pose (yaw, pitch, roll in degrees) and ageing maps."""

    pixels: NDArray[np.uint8]
    pose: tuple[float, float, float]
    maps: dict[str, NDArray[np.float32]]
    landmarks: NDArray[np.float32]

    @property
    def aligned(self) -> AlignedFace:
        return align_landmarks(self.pixels, self.landmarks)


@pytest.fixture(scope="session")
def locator() -> FaceLandmarker:
    return FaceLandmarker()


@pytest.fixture(scope="session")
def draw(locator: FaceLandmarker) -> Callable[..., Drawn]:
    """A person per seed, the head turned as asked (degrees), on request of another skin."""

    def drawn(seed: int, pose: tuple[float, float, float], melanin: float | None = None) -> Drawn:
        rng = np.random.default_rng((SEED, seed))
        sex = Sex.FEMALE if seed % 2 else Sex.MALE
        person = draw_parameters(rng, sex, rng.uniform(40, 85), rng.standard_normal(), AGEING)
        person = replace(person, glasses=None, pose=Pose(*np.radians(pose).tolist()))
        if melanin is not None:
            person = replace(person, skin=replace(person.skin, melanin=melanin))
        face = draw_face(person, size=256, maps=True)
        assert face.parameter_maps is not None
        found = locator.locate(face.pixels)
        assert len(found) == 1
        return Drawn(face.pixels, pose, face.parameter_maps, found[0])

    return drawn


@pytest.fixture(scope="session")
def frontal(draw: Callable[..., Drawn]) -> Drawn:
    return draw(0, (0.0, 0.0, 0.0))


@pytest.fixture(scope="session")
def drawn_faces(draw: Callable[..., Drawn]) -> tuple[Drawn, ...]:
    """People turned by up to 15 (yaw), 12 (pitch) and 20 degrees (roll)."""
    rng = np.random.default_rng(SEED)
    poses = rng.uniform(-1, 1, (PEOPLE, 3)) * (15.0, 12.0, 20.0)
    return tuple(draw(i, (float(p[0]), float(p[1]), float(p[2]))) for i, p in enumerate(poses))


@pytest.fixture(scope="session")
def astronaut_landmarks(astronaut_photo: Photo, locator: FaceLandmarker) -> NDArray[np.float32]:
    found = locator.locate(astronaut_photo.pixels)
    assert len(found) == 1
    return found[0]
