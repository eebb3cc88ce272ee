"""Where the 21 points come from: MediaPipe's HandLandmarker, shown a film as if it were a photo.

The network is a file, ``models/landmarks/hand_landmarker.task`` (Google, Apache-2.0;
THIRD_PARTY_NOTICES), made for photographs of hands. It is checked before MediaPipe is given it.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from face2bone.modalities.hand.looks import Agreed, Detector, Film, agreed_hand
from face2bone.modalities.hand.points import Points, quarter_turns
from face2bone.modalities.mediapipe_task import (
    OnePerProcess,
    imported,
    model_bytes,
    started,
)
from face2bone.settings import shipped_models
from face2bone.words import message, template

MODEL: Final = Path("landmarks") / "hand_landmarker.task"
MODEL_SHA256: Final = "fbc2a30080c3c557093b5ddfc334698132eb341044ccee322ccf8bcf3607cde1"
CONFIDENCE: Final = 0.3
"""Of palm and points: MediaPipe's own 0.5 is for photographs."""
_RESTORE: Final = template("Restore it from the repository.")
_TURNS: Final = (0, 1, 3, 2)  # the likelier first


class HandLocator:
    """Finds the hand on a film; one instance may be called by many threads at once.

    Raises ``SettingsError`` when the model's file cannot be read or is not the one that ships.
    """

    def __init__(self) -> None:
        path = shipped_models() / MODEL
        content = model_bytes(
            path,
            MODEL_SHA256,
            _RESTORE,
            message(
                "The file {file} in models/landmarks is not the one that ships with Face2Bone. "
                "{advice}",
                file=path.name,
                advice=_RESTORE,
            ),
        )
        self._detectors: OnePerProcess[Detector] = OnePerProcess(lambda: _Detector(content))

    def locate(self, film: Film) -> Agreed | None:
        """The hand on a film (H, W) in [0, 1], bone bright, in the film's pixels; None without.

        A film that lies on its side or stands on its head is turned first: the landmarker is at
        its best when the fingers point up.
        """
        for turns in _TURNS:
            found = agreed_hand(self.detector(), turned(film, turns))
            if found is None:
                continue
            left = quarter_turns(found.points)
            if left:
                turns = (turns + left) % 4
                found = agreed_hand(self.detector(), turned(film, turns)) or found
                if quarter_turns(found.points):
                    continue
            points = turned_back(found.points, turns, (film.shape[0], film.shape[1]))
            return Agreed(points, found.unrest, found.looks)
        return None

    def detector(self) -> Detector:
        """The process's own: MediaPipe's threads do not survive a fork."""
        return self._detectors.get()


@lru_cache(maxsize=1)
def shared_hand_locator() -> HandLocator:
    """The process's locator, made at the first call; safe for many threads."""
    return HandLocator()


def turned(film: Film, turns: int) -> Film:
    """The film after quarter turns anticlockwise."""
    return np.ascontiguousarray(np.rot90(film, turns))


def turned_back(points: Points, turns: int, shape: tuple[int, int]) -> Points:
    """Points of the turned film in pixels of the film of this shape."""
    height, width = shape
    x, y = points[:, 0], points[:, 1]
    places = {
        0: (x, y),
        1: (width - 1 - y, x),
        2: (width - 1 - x, height - 1 - y),
        3: (y, height - 1 - x),
    }
    return np.column_stack(places[turns % 4])


class _Detector:
    """One landmarker in image mode, silent on stderr while it starts; threads may share it."""

    def __init__(self, model: bytes) -> None:
        library, tasks = imported("mediapipe"), imported("mediapipe.tasks.python")
        options = tasks.vision.HandLandmarkerOptions(
            base_options=tasks.BaseOptions(model_asset_buffer=model),
            num_hands=2,
            min_hand_detection_confidence=CONFIDENCE,
            min_hand_presence_confidence=CONFIDENCE,
        )
        rgb = library.ImageFormat.SRGB
        self._image: Any = lambda copy: library.Image(image_format=rgb, data=copy)
        empty = self._image(np.zeros((64, 64, 3), dtype=np.uint8))
        self._landmarker: Any = started(
            lambda: tasks.vision.HandLandmarker.create_from_options(options),
            lambda landmarker: landmarker.detect(empty),
            message(
                "The file {file} cannot be loaded by MediaPipe. {advice}",
                file=MODEL.name,
                advice=_RESTORE,
            ),
        )

    def __call__(self, copy: npt.NDArray[np.uint8]) -> list[Points]:
        found = self._landmarker.detect(self._image(np.ascontiguousarray(copy))).hand_landmarks
        return [np.array([(p.x, p.y) for p in hand]) for hand in found]
