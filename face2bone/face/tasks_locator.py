"""A second locator: MediaPipe's Tasks API with a ``face_landmarker.task`` file of one's own.

For whoever has that file (the setting ``FACE2BONE_LANDMARKER``); the model is not part of the
mediapipe wheel and nothing here downloads it.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from face2bone.errors import SettingsError
from face2bone.face.locator import MAX_FACES
from face2bone.face.pool import DetectorPool
from face2bone.face.search import search_faces
from face2bone.face.silence import quiet_stderr


class TasksLocator:
    """Face landmarks by the model in a ``.task`` file; safe for many threads.

    Raises ``SettingsError`` when the file cannot be read or holds another kind of model.
    """

    def __init__(self, model: Path) -> None:
        try:
            content = model.read_bytes()
        except OSError as error:
            raise SettingsError(
                f"The landmarker file {model.name} cannot be read ({error.strerror}). "
                "Correct FACE2BONE_LANDMARKER or unset it to use the built-in FaceMesh."
            ) from error
        self._pool = DetectorPool(lambda: _Landmarker(content, model.name))
        with self._pool.lend():  # a wrong file is refused here, not at the first photo
            pass

    def locate(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """See ``Locator.locate``."""
        with self._pool.lend() as detect:
            return search_faces(detect, pixels)


class _Landmarker:
    """One FaceLandmarker in image mode, silent on stderr while it starts."""

    def __init__(self, model: bytes, name: str) -> None:
        from mediapipe import Image, ImageFormat
        from mediapipe.tasks.python import BaseOptions
        from mediapipe.tasks.python.vision import FaceLandmarker, FaceLandmarkerOptions

        options = FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=model), num_faces=MAX_FACES
        )
        self._image: Any = lambda square: Image(image_format=ImageFormat.SRGB, data=square)
        refusal: Exception | None = None
        with quiet_stderr():
            try:
                self._landmarker: Any = FaceLandmarker.create_from_options(options)
                self(np.zeros((64, 64, 3), dtype=np.uint8))
            except (RuntimeError, ValueError) as error:
                refusal = error
        if refusal:
            raise SettingsError(
                f"The file {name} is not a face landmarker model MediaPipe can load. "
                "Correct FACE2BONE_LANDMARKER or unset it to use the built-in FaceMesh."
            ) from refusal

    def __call__(self, square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        found = self._landmarker.detect(self._image(square)).face_landmarks
        return [np.array([(p.x, p.y, p.z) for p in face]) for face in found]
