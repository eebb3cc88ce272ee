"""The crop store: every photo of a cohort aligned once, in arrays the training loop can map.

    crops.npy      uint8 (N, 160, 160, 3)
    regions.npy    int8 (N, 160, 160), index into the parts, -1 outside the ellipse
    index.parquet  one row a usable crop: its position ``row``, the patient's columns
    rejected.csv   photos left out, by the manifest's row as a spreadsheet shows it, with the reason
    source.json    what the store was made from; shards/ says which parts are done

Worker processes fill disjoint rows, one shard at a time, and mark a shard only when its rows
are on disk, so an interrupted build goes on where it stopped. Rows are written, not mapped: where
the disk is full a write fails and is told, and a mapped page kills the process. Workers are started
fresh ("spawn"): a script calls this under ``if __name__ == "__main__"``.
"""

import hashlib
import json
import math
import multiprocessing
import os
import re
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tokenize import TokenError
from typing import Any, Final, Protocol

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.atomic_files import write_whole
from face2bone.bone import CLASS_LABELS
from face2bone.careful import bytes_of, json_of, parquet_of
from face2bone.cohort.manifest import Cohort
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.patients import DrawnPatient, patient_face
from face2bone.drawn.face.render import draw_face
from face2bone.errors import FaceError, PhotoError, TrainingError
from face2bone.modalities.face import (
    FACE_INPUT,
    FACE_PARTS,
    AlignedFace,
    align_landmarks,
    shared_locator,
)
from face2bone.modalities.input_spec import InputSpec
from face2bone.modalities.modality import AnyModality
from face2bone.modalities.parts import Part
from face2bone.modalities.prepared import Prepared

SHARD: Final = 100  # photos between two marks; at most this much work is lost by a kill
DRAWN_SIZE: Final = 256  # pixels a side of a drawn photo, the size cohorts are written in
CROPS, REGION_MAPS = "crops.npy", "regions.npy"
INDEX, REJECTED, SOURCE, SHARDS = "index.parquet", "rejected.csv", "source.json", "shards"
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True)
class Kind:
    """What every crop of a store is divided into, and the pixels it has."""

    parts: tuple[Part, ...]
    spec: InputSpec


FACES: Final = Kind(FACE_PARTS, FACE_INPUT)

Progress = Callable[[int, int], None]
"""Called with (photos done, photos in all)."""


@dataclass(frozen=True)
class CropStore:
    """A finished store. ``index`` has one row a crop; the arrays hold also rejected, blank rows.

    A part of a cohort may be read from the store of the whole: then ``lines`` are those of the
    rejected photos that are its own. ``parts`` and ``spec`` are those of every crop in it.
    """

    folder: Path
    index: pd.DataFrame
    crops: npt.NDArray[np.uint8]
    region_maps: npt.NDArray[np.int8]
    lines: npt.NDArray[np.int64] | None = None
    parts: tuple[Part, ...] = FACE_PARTS
    spec: InputSpec = FACE_INPUT

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
        text = {"patient_id": str, "reason": str}  # else 007 is read as 7
        left_out = pd.read_csv(self.folder / REJECTED, dtype=text, keep_default_na=False)
        return left_out if self.lines is None else left_out.iloc[self.lines]

    def part(self, positions: npt.NDArray[np.int64]) -> "CropStore":
        """The crops of some positions of the whole; ``TrainingError`` where there is none."""
        index = self.index[self.index["row"].isin(positions)].reset_index(drop=True)
        if index.empty:
            raise _nothing_usable()
        lost = np.setdiff1d(np.arange(len(self.crops)), self.rows)
        return replace(self, index=index, lines=np.flatnonzero(np.isin(lost, positions)))

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Array position of every index row; (N,)."""
        return np.asarray(self.index["row"], np.int64)


class FaceSource(Protocol):
    """Where crops come from; picklable, so that workers can hold it."""

    def face(self, position: int) -> Prepared:
        """The face at one position; raises ``FaceError`` or ``PhotoError`` with the reason."""
        ...


@dataclass(frozen=True)
class _DrawnPatients:
    patients: tuple[DrawnPatient, ...]

    def face(self, position: int) -> AlignedFace:
        return aligned_drawing(patient_face(self.patients[position]))


@dataclass(frozen=True)
class _Photos:
    paths: tuple[Path, ...]
    modality: AnyModality

    def face(self, position: int) -> Prepared:
        picture = self.modality.read(self.paths[position].read_bytes())
        (found,) = self.modality.prepare(picture)
        if found.quality.status == "reject":
            failed = [c.reason for c in found.quality.checks if c.status == "reject"]
            raise FaceError(" ".join(failed))
        aligned: Prepared = found.aligned
        return aligned


def photo_crops(
    cohort: Cohort,
    modality: AnyModality,
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
) -> CropStore:
    """Align every picture of a cohort; ``workers`` processes (default: one a core).

    ``modality`` is that of the cohort's study.

    Where the folder holds the crops of the whole of which the cohort is a part, such as those of
    the run that made its split, they are used. Raises ``TrainingError`` when the folder holds
    another cohort's crops or no photo is usable.
    """
    whole, source = cohort.whole, cohort.table.to_csv(index=False)
    if whole is not None and _holds(folder, len(whole.table), whole.table.to_csv(index=False)):
        chosen = np.flatnonzero(whole.table.index.isin(cohort.table.index))
        return photo_crops(whole, modality, folder, workers, progress).part(chosen)
    photos = _Photos(cohort.photos, modality)
    kind = Kind(modality.parts, modality.input)
    return build_store(photos, cohort.table, source, folder, workers, progress, kind)


def drawn_crops(
    patients: Sequence[DrawnPatient],
    drawn_by: str,
    folder: Path,
    workers: int | None = None,
    progress: Progress | None = None,
) -> CropStore:
    """Draw and align every patient without writing photos.

    ``drawn_by`` identifies the generator (its hash): a store drawn by another is refused.
    Raises ``TrainingError`` as ``photo_crops`` does.
    """
    columns = {
        "patient_id": [p.patient_id for p in patients],
        "sex": [p.patient.sex.value for p in patients],
        "age_years": [p.patient.age_years for p in patients],
        "height_cm": [p.patient.height_cm for p in patients],
        "weight_kg": [p.patient.weight_kg for p in patients],
        "t_score": [p.t_score for p in patients],
        "bone_mass_class": [p.bone_class.label for p in patients],
    }
    table = pd.DataFrame(columns)
    source = drawn_by + table.to_csv(index=False)
    return build_store(_DrawnPatients(tuple(patients)), table, source, folder, workers, progress)


def read_store(folder: Path, kind: Kind = FACES) -> CropStore:
    """Map a finished store. Raises ``TrainingError`` when it is not finished, or damaged."""
    if not (folder / INDEX).is_file():
        raise TrainingError("The crop store is not finished. Build it again; it goes on.")
    try:
        index = parquet_of(folder / INDEX)
    except (OSError, ValueError) as error:
        raise _damaged(INDEX) from error
    crops, region_maps = _mapped(folder / CROPS), _mapped(folder / REGION_MAPS)
    rows = index.get("row")
    if rows is None or len(crops) != len(region_maps) or not rows.isin(range(len(crops))).all():
        raise _damaged(INDEX)
    return CropStore(folder, index, crops, region_maps, parts=kind.parts, spec=kind.spec)


def _mapped(path: Path) -> Any:
    """A finished array, read page by page as it is used."""
    open_memmap: Any = np.lib.format.open_memmap
    try:
        return open_memmap(path, mode="r")
    except (OSError, ValueError, SyntaxError, TokenError) as error:  # its header is Python text
        raise _damaged(path.name) from error


def _damaged(name: str) -> TrainingError:
    return TrainingError(
        f"The file {name} of the aligned crops is damaged. Delete their folder and start again."
    )


def build_store(
    source: FaceSource,
    table: pd.DataFrame,
    identity: str,
    folder: Path,
    workers: int | None,
    progress: Progress | None,
    kind: Kind = FACES,
) -> CropStore:
    """The store of any source: ``table`` has one row a position of ``source``.

    ``identity`` is any text that two different stores never share; ``kind`` is that of the
    source's crops. Raises ``TrainingError`` as ``photo_crops`` does.
    """
    _open_store(folder, len(table), identity, kind.spec)
    if not (folder / INDEX).is_file():
        _fill(source, folder, len(table), workers or os.cpu_count() or 1, progress)
        _write_index(folder, table)
    return read_store(folder, kind)


def _open_store(folder: Path, count: int, identity: str, spec: InputSpec) -> None:
    """Make the arrays, or check that the folder's are of this same cohort."""
    if (folder / SOURCE).is_file():
        if not _holds(folder, count, identity):
            raise TrainingError(
                "The run folder holds crops of another cohort. Choose a new folder or delete it."
            )
        return
    (folder / SHARDS).mkdir(parents=True, exist_ok=True)
    shape = spec.picture_shape
    _new_array(folder / CROPS, np.uint8, (count, *shape))
    _new_array(folder / REGION_MAPS, np.int8, (count, *shape[:2]))
    write_whole(folder / SOURCE, json.dumps(_mark(count, identity)))


def _holds(folder: Path, count: int, identity: str) -> bool:
    """Whether the folder's store, finished or not, is of this source."""
    file = folder / SOURCE
    return file.is_file() and bool(_json(file) == _mark(count, identity))


def _mark(count: int, identity: str) -> dict[str, Any]:
    return {"photos": count, "sha256": hashlib.sha256(identity.encode()).hexdigest()}


def _json(path: Path) -> Any:
    try:
        return json_of(bytes_of(path))
    except (OSError, ValueError) as error:
        raise _damaged(path.name) from error


def _new_array(path: Path, dtype: Any, shape: tuple[int, ...]) -> None:
    """A sparse file of zeros: blocks are taken up only when a worker writes to them."""
    open_memmap: Any = np.lib.format.open_memmap
    open_memmap(path, mode="w+", dtype=dtype, shape=shape).flush()


def aligned_drawing(parameters: FaceParameters) -> AlignedFace:
    """Draw one face and align it; raises ``FaceError`` when the locator does not find just one."""
    pixels = draw_face(parameters, DRAWN_SIZE).pixels
    found = shared_locator().locate(pixels)
    if len(found) != 1:
        raise FaceError(f"{len(found)} faces were found where one was drawn. Draw another.")
    return align_landmarks(pixels, found[0])


def _fill(
    source: FaceSource, folder: Path, count: int, workers: int, progress: Progress | None
) -> None:
    starts = range(0, count, SHARD)
    missing = [s for s in starts if not _mark_path(folder, s).is_file()]
    done = count - sum(min(SHARD, count - s) for s in missing)
    for start in _filled(source, folder, count, missing, workers):
        done += min(SHARD, count - start)
        if progress is not None:
            progress(done, count)


def _filled(
    source: FaceSource, folder: Path, count: int, starts: list[int], workers: int
) -> Iterator[int]:
    """Fill the shards that begin at ``starts``; yields each as it is done."""
    if workers == 1 or len(starts) < 2:
        for start in starts:
            _fill_shard(source, folder, start, min(start + SHARD, count))
            yield start
        return
    context = multiprocessing.get_context("spawn")
    processes = min(workers, len(starts))
    with ProcessPoolExecutor(processes, context, _start_worker, (source, folder)) as pool:
        jobs = {pool.submit(_work, s, min(s + SHARD, count)): s for s in starts}
        try:
            for job in as_completed(jobs):
                job.result()
                yield jobs[job]
        finally:
            pool.shutdown(cancel_futures=True)


_worker: tuple[FaceSource, Path]


def _start_worker(source: FaceSource, folder: Path) -> None:
    """One thread a worker, because the processes are the parallelism; sent once, not per shard."""
    global _worker
    cv2.setNumThreads(1)
    _worker = (source, folder)


def _work(start: int, stop: int) -> None:
    _fill_shard(*_worker, start, stop)


def _fill_shard(source: FaceSource, folder: Path, start: int, stop: int) -> None:
    rejected: dict[int, str] = {}
    with _rows(folder / CROPS) as put_crop, _rows(folder / REGION_MAPS) as put_map:
        for position in range(start, stop):
            try:
                face = source.face(position)
            except (FaceError, PhotoError, OSError) as error:
                rejected[position] = str(error)
                continue
            put_crop(position, face.pixels)
            put_map(position, face.part_map)
    write_whole(_mark_path(folder, start), json.dumps(rejected))


@contextmanager
def _rows(path: Path) -> Iterator[Callable[[int, npt.NDArray[Any]], None]]:
    """How to write one row of an array; all are on the disk when the block ends.

    Raises ``OSError`` where there is no room for them.
    """
    array = _mapped(path)
    with path.open("r+b", buffering=0) as file:

        def put(position: int, row: npt.NDArray[Any]) -> None:
            content = memoryview(row.astype(array.dtype, copy=False).tobytes())
            file.seek(array.offset + position * len(content))
            while content:  # a disk that is nearly full takes a part, and nothing the next time
                content = content[file.write(content) :]

        yield put
        os.fsync(file.fileno())


def _write_index(folder: Path, table: pd.DataFrame) -> None:
    rejected: dict[int, str] = {}
    for mark in sorted((folder / SHARDS).glob("*.json")):
        rejected |= {int(k): v for k, v in _json(mark).items()}
    lost = table[["patient_id"]].iloc[sorted(rejected)].rename_axis("row").reset_index()
    reasons = lost.assign(reason=[rejected[position] for position in sorted(rejected)])
    write_whole(folder / REJECTED, reasons.to_csv(index=False))
    numbered = table.reset_index(drop=True).rename_axis("row").reset_index()
    kept = numbered.loc[~numbered["row"].isin(rejected)].reset_index(drop=True)
    if kept.empty:
        raise _nothing_usable()
    write_whole(folder / INDEX, kept.to_parquet())


def rejection_reasons(rejected: pd.DataFrame) -> dict[str, int]:
    """How often each reason stands in a table of rejected photos, the most frequent first.

    A reason's figures, which differ from photo to photo, are left out.
    """
    reasons = rejected["reason"].map(lambda text: _NUMBER.sub("…", text)).value_counts()
    return {str(reason): int(count) for reason, count in reasons.items()}


def _nothing_usable() -> TrainingError:
    return TrainingError("No photo of the cohort is usable. Read rejected.csv for the reasons.")


def _mark_path(folder: Path, start: int) -> Path:
    return folder / SHARDS / f"{start:07d}.json"
