"""Where the landmarks come from: the locator protocol and MediaPipe's FaceLandmarker behind it.

The network that finds landmarks is a file, ``models/landmarks/face_landmarker.task`` (Google,
Apache-2.0; THIRD_PARTY_NOTICES). It is read whole and checked before MediaPipe is given it.
"""

from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from face2bone.modalities.face.looks import Detector
from face2bone.modalities.face.others import confirmed_faces
from face2bone.modalities.face.search import search_faces
from face2bone.modalities.face.sighting import Sighting
from face2bone.modalities.mediapipe_task import (
    OnePerProcess,
    imported,
    model_bytes,
    started,
)
from face2bone.settings import shipped_models
from face2bone.words import message, template

MAX_FACES: Final = 6
MODEL: Final = Path("landmarks") / "face_landmarker.task"
MODEL_SHA256: Final = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"


class Locator(Protocol):
    """Finds faces in a photo; one instance may be called by many threads at once."""

    def locate(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Landmarks (478, 3) of every face, the largest face first, in photo pixels.

        pixels: uint8 (H, W, 3) RGB. x and y are 0 at the centre of the first pixel; z has the
        scale of x and grows away from the camera.
        """
        ...

    def confirm(
        self, pixels: NDArray[np.uint8], faces: list[NDArray[np.float32]], unrest: float
    ) -> list[Sighting]:
        """The faces located, looked at again, and any other the photo shows.

        faces: at least one, as from ``locate``; unrest: pupil distances by which a face's
        landmarks may move. Finds that move farther are left out where another does not.
        """
        ...


class FaceLandmarker:
    """MediaPipe's face landmarker; retries on crops, larger scales and quarter turns.

    model: another ``.task`` file than the one that ships, whose hash is checked.

    Raises ``SettingsError`` when the file cannot be read, is not the one that ships where that
    is asked for, or holds another kind of model.
    """

    def __init__(self, model: Path | None = None) -> None:
        name, content = _read(model)
        self._detectors: OnePerProcess[Detector] = OnePerProcess(lambda: _Detector(content, name))

    def locate(self, pixels: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """See ``Locator.locate``."""
        return search_faces(self.detector(), pixels)

    def confirm(
        self, pixels: NDArray[np.uint8], faces: list[NDArray[np.float32]], unrest: float
    ) -> list[Sighting]:
        """See ``Locator.confirm``."""
        return confirmed_faces(self.detector(), pixels, faces, unrest)

    def detector(self) -> Detector:
        """The process's own: MediaPipe's threads do not survive a fork."""
        return self._detectors.get()


class _Detector:
    """One landmarker in image mode, silent on stderr while it starts; threads may share it."""

    def __init__(self, model: bytes, name: str) -> None:
        library, tasks = imported("mediapipe"), imported("mediapipe.tasks.python")
        options = tasks.vision.FaceLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_buffer=model), num_faces=MAX_FACES
        )
        rgb = library.ImageFormat.SRGB
        self._image: Any = lambda square: library.Image(image_format=rgb, data=square)
        empty = self._image(np.zeros((64, 64, 3), dtype=np.uint8))
        self._landmarker: Any = started(
            lambda: tasks.vision.FaceLandmarker.create_from_options(options),
            lambda landmarker: landmarker.detect(empty),
            message(
                "The file {file} is not a face landmarker model MediaPipe can load. "
                "Correct FACE2BONE_LANDMARKER or unset it to use the one that ships.",
                file=name,
            ),
        )

    def __call__(self, square: NDArray[np.uint8]) -> list[NDArray[np.float64]]:
        found = self._landmarker.detect(self._image(square)).face_landmarks
        return [np.array([(p.x, p.y, p.z) for p in face]) for face in found]


def _read(model: Path | None) -> tuple[str, bytes]:
    path = model or shipped_models() / MODEL
    content = model_bytes(
        path,
        MODEL_SHA256 if model is None else None,
        template("Correct FACE2BONE_LANDMARKER or unset it to use the one that ships."),
        message(
            "The file {file} in models/landmarks is not the one that ships with Face2Bone. "
            "Restore it from the repository, or name another one in FACE2BONE_LANDMARKER.",
            file=path.name,
        ),
    )
    return path.name, content
