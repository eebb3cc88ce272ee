"""How a crop store is made from the pictures of a cohort.

Worker processes fill disjoint rows, one shard at a time, and mark a shard only when its rows
are on disk, so an interrupted build goes on where it stopped. Rows are written, not mapped: where
the disk is full a write fails and is told, and a mapped page kills the process. Workers are started
fresh ("spawn"): a script calls this under ``if __name__ == "__main__"``.
"""

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.atomic_files import write_whole
from face2bone.cohort.crop_store import (
    CROPS,
    INDEX,
    REGION_MAPS,
    REJECTED,
    SHARDS,
    SOURCE,
    CropStore,
    Kind,
    json_beside,
    mapped_array,
    nothing_usable,
    read_store,
)
from face2bone.cohort.manifest import Cohort
from face2bone.errors import PictureError, SubjectError, TrainingError
from face2bone.modalities.modality import AnyModality
from face2bone.modalities.prepared import Prepared
from face2bone.progress import UnitsDone

SHARD: Final = 100  # photos between two marks; at most this much work is lost by a kill


class PictureSource(Protocol):
    """Where crops come from; picklable, so that workers can hold it."""

    def subjects(self, picture: int) -> tuple[Prepared | str, ...]:
        """The subjects of one picture, each as it is read, or why that one is unusable.

        Raises ``SubjectError`` or ``PictureError`` where the picture as a whole is.
        """
        ...


@dataclass(frozen=True)
class _Photos:
    paths: tuple[Path, ...]
    modality: AnyModality

    def subjects(self, picture: int) -> tuple[Prepared | str, ...]:
        read = self.modality.read(self.paths[picture].read_bytes())
        return tuple(_usable(subject) for subject in self.modality.prepare(read))


def _usable(subject: Any) -> Prepared | str:
    """A subject as the network reads it, or every reason of the checks that reject it."""
    if subject.quality.status == "reject":
        return " ".join(subject.quality.rejecting)
    aligned: Prepared = subject.aligned
    return aligned


def photo_crops(
    cohort: Cohort,
    modality: AnyModality,
    folder: Path,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> CropStore:
    """Align every picture of a cohort; ``workers`` processes (default: one a core).

    ``modality`` is that of the cohort's study.

    Where the folder holds the crops of the whole of which the cohort is a part, such as those of
    the run that made its split, they are used. Raises ``TrainingError`` when the folder holds
    another cohort's crops or no photo is usable.
    """
    whole, source = cohort.whole, cohort.table.to_csv(index=False)
    if whole is not None and _holds(folder, len(whole.table), whole.table.to_csv(index=False)):
        stored = photo_crops(whole, modality, folder, workers, progress)
        return stored.part(whole.table, cohort.table.index)
    photos = _Photos(cohort.photos, modality)
    kind = Kind(modality.parts, modality.input, modality.most_subjects)
    return build_store(photos, cohort.table, source, folder, workers, progress, kind)


def build_store(
    source: PictureSource,
    table: pd.DataFrame,
    identity: str,
    folder: Path,
    workers: int | None,
    progress: UnitsDone | None,
    kind: Kind,
) -> CropStore:
    """The store of any source: ``table`` has one row a position of ``source``.

    ``identity`` is any text that two different stores never share; ``kind`` is that of the
    source's crops. Raises ``TrainingError`` as ``photo_crops`` does.
    """
    _open_store(folder, len(table), identity, kind)
    if not (folder / INDEX).is_file():
        _fill(source, folder, (len(table), kind.each), workers or os.cpu_count() or 1, progress)
        _write_index(folder, table, kind.each)
    return read_store(folder, kind)


def _open_store(folder: Path, count: int, identity: str, kind: Kind) -> None:
    """Make the arrays, or check that the folder's are of this same cohort."""
    if (folder / SOURCE).is_file():
        if not _holds(folder, count, identity):
            raise TrainingError(
                "The run folder holds crops of another cohort. Choose a new folder or delete it."
            )
        return
    (folder / SHARDS).mkdir(parents=True, exist_ok=True)
    shape, most = kind.spec.picture_shape, count * kind.each
    _new_array(folder / CROPS, np.uint8, (most, *shape))
    _new_array(folder / REGION_MAPS, np.int8, (most, *shape[:2]))
    write_whole(folder / SOURCE, json.dumps(_mark(count, identity)))


def _holds(folder: Path, count: int, identity: str) -> bool:
    """Whether the folder's store, finished or not, is of this source."""
    file = folder / SOURCE
    return file.is_file() and bool(json_beside(file) == _mark(count, identity))


def _mark(count: int, identity: str) -> dict[str, Any]:
    return {"photos": count, "sha256": hashlib.sha256(identity.encode()).hexdigest()}


def _new_array(path: Path, dtype: Any, shape: tuple[int, ...]) -> None:
    """A sparse file of zeros: blocks are taken up only when a worker writes to them."""
    open_memmap: Any = np.lib.format.open_memmap
    open_memmap(path, mode="w+", dtype=dtype, shape=shape).flush()


def _fill(
    source: PictureSource,
    folder: Path,
    size: tuple[int, int],
    workers: int,
    progress: UnitsDone | None,
) -> None:
    """``size``: pictures, and positions each."""
    count, each = size
    starts = range(0, count, SHARD)
    missing = [s for s in starts if not _mark_path(folder, s).is_file()]
    done = count - sum(min(SHARD, count - s) for s in missing)
    shards = [(s, min(s + SHARD, count), each) for s in missing]
    for start, stop, _ in _filled(source, folder, shards, workers):
        done += stop - start
        if progress is not None:
            progress(done, count)


Shard = tuple[int, int, int]
"""First picture, one beyond the last, and positions each."""


def _filled(
    source: PictureSource, folder: Path, shards: list[Shard], workers: int
) -> Iterator[Shard]:
    """Fill shards; yields each as it is done."""
    if workers == 1 or len(shards) < 2:
        for shard in shards:
            _fill_shard(source, folder, *shard)
            yield shard
        return
    context = multiprocessing.get_context("spawn")
    processes = min(workers, len(shards))
    with ProcessPoolExecutor(processes, context, _start_worker, (source, folder)) as pool:
        jobs = {pool.submit(_work, *shard): shard for shard in shards}
        try:
            for job in as_completed(jobs):
                job.result()
                yield jobs[job]
        finally:
            pool.shutdown(cancel_futures=True)


_worker: tuple[PictureSource, Path]


def _start_worker(source: PictureSource, folder: Path) -> None:
    """One thread a worker, because the processes are the parallelism; sent once, not per shard."""
    global _worker
    cv2.setNumThreads(1)
    _worker = (source, folder)


def _work(start: int, stop: int, each: int) -> None:
    _fill_shard(*_worker, start, stop, each)


def _fill_shard(source: PictureSource, folder: Path, start: int, stop: int, each: int) -> None:
    """Write the shard's rows; its mark names every position that stays blank, and why.

    Null is the reason of a position that no subject of its picture takes.
    """
    blank: dict[int, str | None] = {}
    with _rows(folder / CROPS) as put_crop, _rows(folder / REGION_MAPS) as put_map:
        for picture in range(start, stop):
            first = picture * each
            found = _looked_at(source, picture)
            for position, subject in zip_longest(range(first, first + each), found[:each]):
                if isinstance(subject, Prepared):
                    put_crop(position, subject.pixels)
                    put_map(position, subject.part_map)
                else:
                    blank[position] = subject
    write_whole(_mark_path(folder, start), json.dumps(blank))


def _looked_at(source: PictureSource, picture: int) -> tuple[Prepared | str, ...]:
    """The picture's subjects; where it is unusable, the reason stands for the first one."""
    try:
        return source.subjects(picture)
    except (SubjectError, PictureError, OSError) as error:
        return (str(error),)


@contextmanager
def _rows(path: Path) -> Iterator[Callable[[int, npt.NDArray[Any]], None]]:
    """How to write one row of an array; all are on the disk when the block ends.

    Raises ``OSError`` where there is no room for them.
    """
    array = mapped_array(path)
    with path.open("r+b", buffering=0) as file:

        def put(position: int, row: npt.NDArray[Any]) -> None:
            content = memoryview(row.astype(array.dtype, copy=False).tobytes())
            file.seek(array.offset + position * len(content))
            while content:  # a disk that is nearly full takes a part, and nothing the next time
                content = content[file.write(content) :]

        yield put
        os.fsync(file.fileno())


def _write_index(folder: Path, table: pd.DataFrame, each: int) -> None:
    blank: dict[int, str | None] = {}
    for mark in sorted((folder / SHARDS).glob("*.json")):
        blank |= {int(k): v for k, v in json_beside(mark).items()}
    rejected = {at: blank[at] for at in sorted(blank) if blank[at] is not None}
    pictures = [position // each for position in rejected]
    lost = table[["patient_id"]].iloc[pictures].rename_axis("row").reset_index()
    reasons = lost.assign(reason=list(rejected.values()))
    write_whole(folder / REJECTED, reasons.to_csv(index=False))
    used = np.setdiff1d(np.arange(len(table) * each), list(blank))
    kept = table.iloc[used // each].reset_index(drop=True)
    kept.insert(0, "row", used)
    if kept.empty:
        raise nothing_usable()
    write_whole(folder / INDEX, kept.to_parquet())


def _mark_path(folder: Path, start: int) -> Path:
    return folder / SHARDS / f"{start:07d}.json"
