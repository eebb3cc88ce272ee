"""Where the landmarks come from: the locator protocol and MediaPipe's FaceMesh behind it."""

from contextlib import nullcontext
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from face2bone.face.pool import DetectorPool
from face2bone.face.search import search_faces
from face2bone.face.silence import quiet_stderr

MAX_FACES: Final = 6


class Locator(Protocol):
    """Finds faces in a photo; one instance may be called by many threads at once."""

    def locate(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Landmarks (478, 3) of every face, the largest face first, in photo pixels.

        pixels: uint8 (H, W, 3) RGB. x and y are 0 at the centre of the first pixel; z has the
        scale of x and grows away from the camera.
        """
        ...


class FaceMeshLocator:
    """MediaPipe's FaceMesh with refined irises, whose models lie inside the wheel.

    Retries on crops, larger scales and quarter turns. One FaceMesh cannot be shared by threads,
    and a new one takes about 14 ms, so they come from a pool.
    """

    def __init__(self) -> None:
        self._pool = DetectorPool(_FaceMesh)

    def locate(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """See ``Locator.locate``."""
        with self._pool.lend() as detect:
            return search_faces(detect, pixels)


class _FaceMesh:
    """One FaceMesh, silent on stderr: it logs while it starts and once more on its first face."""

    def __init__(self) -> None:
        with quiet_stderr():
            from mediapipe.python.solutions.face_mesh import FaceMesh

            self._mesh: Any = FaceMesh(
                static_image_mode=True, refine_landmarks=True, max_num_faces=MAX_FACES
            )
            # Starting goes on in the background; a first, empty picture waits for its end.
            self._mesh.process(np.zeros((64, 64, 3), dtype=np.uint8))
        self._has_spoken = False

    def __call__(self, square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        with nullcontext() if self._has_spoken else quiet_stderr():
            found = self._mesh.process(square).multi_face_landmarks or ()
        self._has_spoken = self._has_spoken or bool(found)
        return [np.array([(p.x, p.y, p.z) for p in face.landmark]) for face in found]
