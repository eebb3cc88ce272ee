"""What a photo gives away without its face: file, size, light, background, and a hash of it.

The perceptual hash is the sign of each of the 255 lowest cosine coefficients but the mean,
against their median, of the grey photo at 32 x 32 pixels (the DCT hash of Zauner 2010). It
survives another JPEG quality, another size, noise and brightness; it does not survive a crop of
more than about 1%, a mirror, or a second photo of the same person.
"""

import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.arrays import Flags, Pixels
from face2bone.cohort.manifest import Cohort
from face2bone.errors import PhotoError
from face2bone.modalities.photo import read_photo
from face2bone.progress import UnitsDone

HASH_SIDE: Final = 16
HASH_BITS: Final = HASH_SIDE**2 - 1
CORNER: Final = (0.25, 0.12)  # share of height and width: above the shoulders, beside the head
MOST_NAMES: Final = 10  # devices or sites with a column of their own
_SIGNATURES: Final = {b"\xff\xd8\xff": "jpeg", b"\x89PNG": "png", b"RIFF": "webp"}

GROUPS: Final = {
    "file": ("jpeg", "png", "webp", "heic", "log_bytes", "bytes_per_pixel"),
    "size": ("width", "height", "aspect"),
    "light": ("red", "green", "blue", "contrast", "saturation", "darkest", "brightest", "clipped"),
    "background": (
        *("corner_red", "corner_green", "corner_blue"),
        *("corner_contrast", "corner_texture", "corner_difference"),
    ),
    "record": ("day", "device_", "site_"),
}
"""Columns of each kind; a name that ends in "_" stands for every column that begins with it."""


@dataclass(frozen=True)
class PhotoFacts:
    """``table`` has the columns of ``GROUPS``, one row a readable photo, indexed as the cohort's
    table; ``hashes`` (N, 255); ``unreadable`` counts the photos left out.
    """

    table: pd.DataFrame
    hashes: Flags
    unreadable: int

    def rows(self, places: npt.NDArray[np.int64]) -> "PhotoFacts":
        """The facts of the photos at some places."""
        return PhotoFacts(self.table.iloc[places], self.hashes[places], self.unreadable)

    def group(self, name: str) -> npt.NDArray[np.float64]:
        """The columns of one kind, (N, k)."""
        wanted = GROUPS[name]
        columns = [
            c
            for c in self.table.columns
            if c in wanted or any(w.endswith("_") and c.startswith(w) for w in wanted)
        ]
        values: npt.NDArray[np.float64] = self.table[columns].to_numpy(np.float64)
        return values


def photo_facts(cohort: Cohort, progress: UnitsDone | None = None) -> PhotoFacts:
    """Read every photo of a cohort once. Unreadable photos are counted and left out."""
    rows: dict[int, dict[str, float]] = {}
    hashes = []
    for done, (row, path) in enumerate(zip(cohort.table.index, cohort.photos, strict=True), 1):
        try:
            facts, bits = _facts(path)
        except PhotoError:
            continue
        finally:
            if progress is not None:
                progress(done, len(cohort.table))
        rows[row] = facts
        hashes.append(bits)
    table = pd.DataFrame.from_dict(rows, orient="index")
    record = _record(cohort.table.loc[table.index])
    stacked = np.array(hashes, bool).reshape(len(hashes), HASH_BITS)
    return PhotoFacts(table.join(record), stacked, len(cohort.table) - len(table))


def picture_hash(pixels: Pixels) -> Flags:
    """Perceptual hash of uint8 (H, W, 3) RGB pixels; (255,)."""
    grey = cv2.cvtColor(
        cv2.resize(pixels, (32, 32), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY
    )
    waves = cv2.dct(grey.astype(np.float32))[:HASH_SIDE, :HASH_SIDE].ravel()[1:]
    bits: Flags = waves > np.median(waves)
    return bits


def _facts(path: Path) -> tuple[dict[str, float], Flags]:
    data = path.read_bytes()
    pixels = read_photo(data).pixels
    height, width = pixels.shape[:2]
    kind = next((name for start, name in _SIGNATURES.items() if data.startswith(start)), "heic")
    facts = {name: float(name == kind) for name in ("jpeg", "png", "webp", "heic")} | {
        "log_bytes": math.log(len(data)),
        "bytes_per_pixel": len(data) / (width * height),
        "width": math.log(width),
        "height": math.log(height),
        "aspect": width / height,
    }
    return facts | _light(pixels) | _background(pixels), picture_hash(pixels)


def _light(pixels: Pixels) -> dict[str, float]:
    """Of the whole photo: mean colours, spread of the grey levels, mean saturation, the levels
    that 1% lie below and above, and the share of pixels with a channel at its limit.
    """
    small = cv2.resize(pixels, (64, 64), interpolation=cv2.INTER_AREA).astype(np.float64)
    grey = small.mean(axis=2)
    red, green, blue = small.mean(axis=(0, 1)).tolist()
    darkest, brightest = np.percentile(pixels.max(axis=2), (1, 99)).tolist()
    return {
        "red": red, "green": green, "blue": blue, "contrast": float(grey.std()),
        "saturation": float((small.max(axis=2) - small.min(axis=2)).mean()),
        "darkest": darkest, "brightest": brightest,
        "clipped": float((pixels.max(axis=2) == 255).mean()),
    }  # fmt: skip


def _background(pixels: Pixels) -> dict[str, float]:
    """The two upper corners: colour, spread, fine texture, and how they differ."""
    height, width = (
        max(2, int(share * side)) for share, side in zip(CORNER, pixels.shape[:2], strict=True)
    )
    corners = [pixels[:height, :width], pixels[:height, -width:]]
    both = np.concatenate([c.reshape(-1, 3) for c in corners]).astype(np.float64)
    red, green, blue = both.mean(axis=0).tolist()
    grey = [cv2.cvtColor(np.ascontiguousarray(c), cv2.COLOR_RGB2GRAY) for c in corners]
    texture = float(np.mean([np.abs(cv2.Laplacian(g, cv2.CV_64F)).mean() for g in grey]))
    return {
        "corner_red": red, "corner_green": green, "corner_blue": blue,
        "corner_contrast": float(both.mean(axis=1).std()),
        "corner_texture": texture,
        "corner_difference": float(grey[0].mean() - grey[1].mean()),
    }  # fmt: skip


def _record(table: pd.DataFrame) -> pd.DataFrame:
    """Day of the photo, and a column of 0 and 1 for each of the commonest devices and sites."""
    first: date = min(table["acquired_on"])
    columns: dict[str, Any] = {"day": [float((d - first).days) for d in table["acquired_on"]]}
    for name in ("device", "site"):
        if name in table:
            for value in table[name].value_counts().index[:MOST_NAMES]:
                columns[f"{name}_{value}"] = (table[name] == value).to_numpy(np.float64)
    return pd.DataFrame(columns, index=table.index)
