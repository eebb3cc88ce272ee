"""Explain every photo of a cohort, a few at a time, so that a kill costs minutes.

One row a usable photo goes into a table: what the manifest says of the patient, the
prediction, and the figures of ``PhotoFigures``. Rows are written in shards, each whole or
not at all; a second call on the same folder computes only what is missing.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pandas as pd

from face2bone.arrays import Flags, Pixels
from face2bone.atomic_files import write_whole
from face2bone.bundle import Bundle, bundle_hash
from face2bone.careful import bytes_of, json_of, parquet_of
from face2bone.cohort.crop_store import SOURCE, CropStore
from face2bone.covariates import of_table
from face2bone.errors import ExplanationError
from face2bone.explain.photo_row import Layout, as_row, photo_figures
from face2bone.modalities.prepared import Prepared
from face2bone.progress import UnitsDone
from face2bone.runtime import Engine

SHARD: Final = 8  # photos; at full width they take a few minutes
THUMBNAIL_SIDE: Final = 112  # pixels
THUMBNAIL_QUALITY: Final = 80  # JPEG; about 2.5 kB a picture
THUMBNAIL: Final = "thumbnail"
PATIENT_COLUMNS: Final = (
    *("patient_id", "sex", "age_years", "height_cm", "weight_kg", "t_score"),
    *("bone_mass_class", "site", "device"),
)
MARK: Final = "explains.json"


def explain_store(
    bundle: Bundle,
    engine: Engine,
    store: CropStore,
    folder: Path,
    may_show: Flags,
    progress: UnitsDone,
) -> pd.DataFrame:
    """One row a crop of the store, explained; shards are kept in ``folder`` for the next call.

    ``may_show`` (N,) says for each index row whether its picture may be kept as a thumbnail.
    Raises ``ExplanationError`` when the folder holds the shards of another cohort or model,
    and ``EngineError`` when a logit is not finite.
    """
    _open(folder, bundle, store)
    count = len(store.index)
    parts = []
    for start in range(0, count, SHARD):
        path = folder / f"{start:07d}.parquet"
        if not path.is_file():
            rows = []
            for i in range(start, min(start + SHARD, count)):
                progress(i, count)
                rows.append(_row(bundle, engine, store, i, bool(may_show[i])))
            write_whole(path, pd.DataFrame(rows).to_parquet(index=False))
        parts.append(_shard(path))
    progress(count, count)
    return pd.concat(parts, ignore_index=True)


def _shard(path: Path) -> pd.DataFrame:
    try:
        return parquet_of(path)
    except (OSError, ValueError) as error:
        raise ExplanationError(
            "The file {file} of an earlier run is damaged. Delete it and start again.",
            file=path.name,
        ) from error


def stored_picture(store: CropStore, index_row: int) -> Prepared:
    """The prepared picture of one index row; a store keeps no transform, so that is NaN."""
    row = int(store.rows[index_row])
    part_map = np.asarray(store.region_maps[row])
    nowhere = np.full((2, 3), np.nan, np.float32)
    pixels = np.asarray(store.crops[row])
    return Prepared(pixels, part_map >= 0, part_map, nowhere, store.parts, store.spec)


def thumbnail(crop: Pixels) -> bytes:
    """A crop (H, W, C) as a small JPEG."""
    size = (THUMBNAIL_SIDE, THUMBNAIL_SIDE)
    small = cv2.resize(crop, size, interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY]
    levels = small if crop.shape[-1] == 1 else small[..., ::-1]
    return cv2.imencode(".jpg", levels, quality)[1].tobytes()


def _row(
    bundle: Bundle, engine: Engine, store: CropStore, index_row: int, may_show: bool
) -> dict[str, Any]:
    prepared = stored_picture(store, index_row)
    layout = Layout(store.parts, bundle.card.labels, len(bundle.concepts))
    said = store.index.iloc[index_row]
    beside = of_table(store.index.iloc[[index_row]], bundle.card.covariates)[0]
    return {
        **{name: said.get(name) for name in PATIENT_COLUMNS},
        **as_row(photo_figures(bundle, engine, prepared, beside=beside), layout),
        THUMBNAIL: thumbnail(prepared.pixels) if may_show else None,
    }


def _open(folder: Path, bundle: Bundle, store: CropStore) -> None:
    """Make the folder of shards, or check that it holds this model's of this cohort."""
    crops = json_of(bytes_of(store.folder / SOURCE))  # checked when the store was opened
    rows = hashlib.sha256(store.rows.tobytes()).hexdigest()  # a part of the store may be explained
    mark = json.dumps({"bundle": bundle_hash(bundle), "crops": crops, "rows": rows})
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / MARK
    if path.is_file() and path.read_text("utf-8") != mark:
        raise ExplanationError(
            "An unfinished explanation of another cohort or model lies beside this folder. "
            "Choose another folder for --out."
        )
    write_whole(path, mark)
