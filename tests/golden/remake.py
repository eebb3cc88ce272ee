"""Write the frozen values anew: ``python -m tests.golden.remake``, and read what git says changed.

Photos are kept; one that is not there is drawn.
"""

import tempfile
from pathlib import Path

from face2bone.bundle import load_bundle
from tests.golden.frozen import frozen_texts
from tests.golden.patients import CASES, drawn_patients, drawn_photo

ROOT = Path(__file__).resolve().parents[2]
VALUES = Path(__file__).with_name("values")
PHOTOS = VALUES / "photos"


def photo_path(number: int) -> Path:
    """Of the patient with this number, from 1."""
    return PHOTOS / f"patient_{number}.jpg"


def kept_photos() -> list[bytes]:
    """The eight photos as they lie here."""
    return [photo_path(number).read_bytes() for number in range(1, len(CASES) + 1)]


def remake() -> None:
    """Photos that are missing, then every text; texts nobody makes any more go."""
    PHOTOS.mkdir(parents=True, exist_ok=True)
    for number, (drawn, case) in enumerate(zip(drawn_patients(), CASES, strict=True), start=1):
        if not photo_path(number).is_file():
            photo_path(number).write_bytes(drawn_photo(drawn, case))
    with tempfile.TemporaryDirectory() as folder:
        bundle = load_bundle(ROOT / "models" / "demo")
        texts = frozen_texts(bundle, kept_photos(), Path(folder))
    for path in VALUES.glob("*.*"):
        path.unlink()
    for name, text in texts.items():
        (VALUES / name).write_bytes(text.encode())


if __name__ == "__main__":
    remake()
