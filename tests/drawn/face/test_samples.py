"""The sample patients: four titles, and photos that are what would be drawn today."""

import io

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from face2bone.drawn.face.samples import (
    FOLDER,
    SIZE,
    drawn_photos,
    sample_patients,
)


def pixels(photo: bytes) -> npt.NDArray[np.float64]:
    return np.asarray(Image.open(io.BytesIO(photo)).convert("RGB"), dtype=np.float64)


@pytest.fixture(scope="module")
def drawn() -> dict[str, bytes]:
    return drawn_photos()


def test_every_photo_in_the_folder_is_one_that_is_drawn(drawn: dict[str, bytes]) -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(drawn)
    assert len(drawn) == len(sample_patients()) + 1


def test_the_photos_kept_are_the_photos_drawn(drawn: dict[str, bytes]) -> None:
    """To within the rounding of another processor: half a grey level over the picture."""
    for name, photo in drawn.items():
        kept = pixels((FOLDER / name).read_bytes())
        assert kept.shape == (SIZE, SIZE, 3)
        assert np.abs(kept - pixels(photo)).mean() < 0.5, name
