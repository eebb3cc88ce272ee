"""Where the landmarks come from: the locator protocol and MediaPipe's FaceMesh behind it."""

import os
import threading
from contextlib import nullcontext
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

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

    One FaceMesh cannot be shared by threads, and a new one takes about 14 ms; idle ones wait in a
    pool, each lent to one call at a time. A forked child process starts with an empty pool.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Mesh] = []
        self._process = os.getpid()

    def locate(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """See ``Locator.locate``; retries on crops, larger scales and quarter turns."""
        mesh = self._borrow()
        faces = search_faces(mesh.detect, pixels)
        with self._lock:  # a mesh that failed is not lent again
            self._idle.append(mesh)
        return faces

    def _borrow(self) -> "_Mesh":
        with self._lock:
            if self._process != os.getpid():
                self._idle, self._process = [], os.getpid()
            if self._idle:
                return self._idle.pop()
        return _Mesh()


class _Mesh:
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

    def detect(self, square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        """Normalised landmarks (478, 3) of each face in a square view."""
        with nullcontext() if self._has_spoken else quiet_stderr():
            found = self._mesh.process(square).multi_face_landmarks or ()
        self._has_spoken = self._has_spoken or bool(found)
        return [np.array([(p.x, p.y, p.z) for p in face.landmark]) for face in found]
