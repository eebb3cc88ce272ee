"""The crop store: every photo of a cohort aligned once, in arrays the training loop can map.

    crops.npy      uint8 (N, 160, 160, 3)
    regions.npy    int8 (N, 160, 160), index into the parts, -1 outside the ellipse
    index.parquet  one row a usable crop: its position ``row``, the patient's columns
    rejected.csv   photos left out, by the manifest's row as a spreadsheet shows it, with the reason
    source.json    what the store was made from; shards/ says which parts are done

How it is made from photos stands in crops.py, from drawn faces in drawn/face/crops.py.
"""

import math
import re
from dataclasses import dataclass, replace
from pathlib import Path
from tokenize import TokenError
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.bone import CLASS_LABELS
from face2bone.careful import bytes_of, json_of, parquet_of
from face2bone.errors import TrainingError
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.parts import Part

CROPS, REGION_MAPS = "crops.npy", "regions.npy"
INDEX, REJECTED, SOURCE, SHARDS = "index.parquet", "rejected.csv", "source.json", "shards"
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Kind:
    """What every crop of a store is divided into, the pixels it has, and how many a picture may
    give (two knees on one film).
    """

    parts: tuple[Part, ...]
    spec: InputSpec
    each: int = 1


@dataclass(frozen=True)
class CropStore:
    """A finished store. ``index`` has one row a crop; the arrays hold also rejected, blank rows.

    A part of a cohort may be read from the store of the whole: then ``only`` are the manifest's
    rows that are its own.
    """

    folder: Path
    index: pd.DataFrame
    crops: npt.NDArray[np.uint8]
    region_maps: npt.NDArray[np.int8]
    kind: Kind
    only: pd.Index | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """What every crop in it is divided into."""
        return self.kind.parts

    @property
    def spec(self) -> InputSpec:
        """The pixels every crop in it has."""
        return self.kind.spec

    @property
    def labels(self) -> npt.NDArray[np.int64]:
        """Class index of every index row; (N,)."""
        names = self.index["bone_mass_class"]
        return np.array([CLASS_LABELS.index(name) for name in names], np.int64)

    @property
    def t_scores(self) -> npt.NDArray[np.float32]:
        """T-score of every index row, NaN where the manifest has none; (N,)."""
        unknown = pd.Series(math.nan, index=self.index.index)  # a manifest may hold classes alone
        return np.asarray(self.index.get("t_score", unknown), np.float32)

    @property
    def rejected(self) -> pd.DataFrame:
        """Photos left out: ``row`` and ``patient_id`` as in the manifest, and ``reason``."""
        left_out = left_out_of(self.folder)
        return left_out if self.only is None else left_out[left_out["row"].isin(self.only)]

    def part(self, whole: pd.DataFrame, rows: pd.Index) -> "CropStore":
        """The crops of some rows of the whole manifest; ``TrainingError`` where there is none."""
        positions = np.flatnonzero(whole.index.isin(rows))
        pictures = self.rows // (len(self.crops) // len(whole))
        index = self.index[np.isin(pictures, positions)].reset_index(drop=True)
        if index.empty:
            raise nothing_usable()
        return replace(self, index=index, only=rows)

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Array position of every index row; (N,)."""
        return np.asarray(self.index["row"], np.int64)


def left_out_of(folder: Path) -> pd.DataFrame:
    """The photos left out of a finished store, as ``CropStore.rejected``."""
    text = {"patient_id": str, "reason": str}  # else 007 is read as 7
    return pd.read_csv(folder / REJECTED, dtype=text, keep_default_na=False)


def read_store(folder: Path, kind: Kind) -> CropStore:
    """Map a finished store. Raises ``TrainingError`` when it is not finished, or damaged."""
    if not (folder / INDEX).is_file():
        raise TrainingError("The crop store is not finished. Build it again; it goes on.")
    try:
        index = parquet_of(folder / INDEX)
    except (OSError, ValueError) as error:
        raise damaged(INDEX) from error
    crops, region_maps = mapped_array(folder / CROPS), mapped_array(folder / REGION_MAPS)
    rows = index.get("row")
    if rows is None or len(crops) != len(region_maps) or not rows.isin(range(len(crops))).all():
        raise damaged(INDEX)
    return CropStore(folder, index, crops, region_maps, kind)


def rejection_reasons(rejected: pd.DataFrame) -> dict[str, int]:
    """How often each reason stands in a table of rejected photos, the most frequent first.

    A reason's figures, which differ from photo to photo, are left out.
    """
    reasons = rejected["reason"].map(lambda text: _NUMBER.sub("…", text)).value_counts()
    return {str(reason): int(count) for reason, count in reasons.items()}


def mapped_array(path: Path) -> Any:
    """A finished array, read page by page as it is used."""
    open_memmap: Any = np.lib.format.open_memmap
    try:
        return open_memmap(path, mode="r")
    except (OSError, ValueError, SyntaxError, TokenError) as error:  # its header is Python text
        raise damaged(path.name) from error


def json_beside(path: Path) -> Any:
    """A small file of the store. Raises ``TrainingError`` where it is damaged."""
    try:
        return json_of(bytes_of(path))
    except (OSError, ValueError) as error:
        raise damaged(path.name) from error


def damaged(name: str) -> TrainingError:
    """What is said of a file that cannot be read."""
    return TrainingError(
        "The file {file} of the aligned crops is damaged. Delete their folder and start again.",
        file=name,
    )


def nothing_usable() -> TrainingError:
    """What is said where every photo was rejected."""
    return TrainingError("No photo of the cohort is usable. Read rejected.csv for the reasons.")
