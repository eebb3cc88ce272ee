"""Write a drawn cohort to a folder as a hospital could have written it: manifest and pictures.

    manifest.csv     the table of ``cohort.manifest``
    photos/, films/  one picture a patient, each marked as drawn
    README.txt       that nobody in it exists
    cohort.yaml      world, seed and the versions that drew it: enough to draw it again
    truth.parquet    what the generator knows of each picture, which a hospital would not have

Pictures are drawn by worker processes, each written under another name and moved into place, and
the manifest comes last: a folder with a manifest is complete, and a second call after an
interruption draws only what is missing. Workers are started fresh ("spawn"), so a script writes a
cohort under ``if __name__ == "__main__"``.
"""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final, Generic, TypeVar

import cv2
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from face2bone.atomic_files import LEFTOVER, write_whole
from face2bone.careful import TEXT_BYTES, bytes_of, yaml_of
from face2bone.drawn.hazard import SurvivalWorld
from face2bone.drawn.people import DrawnSubject
from face2bone.drawn.worlds import World
from face2bone.errors import ManifestError
from face2bone.progress import UnitsDone

PLAN_FILE: Final = "cohort.yaml"
_BATCH: Final = 8  # pictures between two progress reports of one worker

README: Final = """\
DRAWN PATIENTS. Nobody in this folder exists.

{what}, {values} were drawn by Face2Bone's generator {version} ("{world}" world,
seed {seed}, {patients} patients). The link between {link} was planted by its authors.
Results on this cohort say nothing about real patients; never mix it with real data.

manifest.csv and {folder}/ look as a hospital's would. truth.parquet holds the parameters behind
each {one}, which no hospital has. cohort.yaml holds what is needed to draw the cohort again.
"""

AnyDrawn = TypeVar("AnyDrawn")


_AS_TEXT: Final = Field(strict=False)  # YAML holds an enum's value


class _Plan(BaseModel):
    """The entries of a plan that are read. A film's generator is named by its version alone."""

    model_config = ConfigDict(strict=True)

    world: Annotated[World, _AS_TEXT] | Annotated[SurvivalWorld, _AS_TEXT]
    seed: int = Field(ge=0)
    patients: int = Field(ge=1)
    generator_version: str
    generator_hash: str | None = None
    patient_model_hash: str | None = None


@dataclass(frozen=True)
class Pictures(Generic[AnyDrawn]):
    """How the pictures of one kind are written.

    folder: beside the manifest; what, values, one, link: as the README names them. name_of: a
    patient's picture, relative to the manifest; bytes_of: its content. Workers get both, so they
    are functions of a module, or partials of such.
    """

    folder: str
    what: str
    one: str
    link: str
    name_of: Callable[[AnyDrawn], str]
    bytes_of: Callable[[AnyDrawn], bytes]
    values: str = "measurements and T-scores"


def write_folder(
    out: Path,
    plan: Mapping[str, Any],
    cohort: Sequence[AnyDrawn],
    pictures: Pictures[AnyDrawn],
    manifest: pd.DataFrame,
    truth: pd.DataFrame,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> Path:
    """Write a cohort, or what is missing of it, into ``out``; returns the manifest's path.

    ``plan`` says how it was drawn; ``workers`` is the number of processes (default: one a core; 1
    stays in this process). Raises ``ManifestError`` when ``out`` holds anything but the beginning
    of this same cohort.
    """
    _open_folder(out, plan, pictures)
    missing = [p for p in cohort if not (out / pictures.name_of(p)).exists()]
    done = len(cohort) - len(missing)
    for count in _draw(missing, out, pictures, workers or os.cpu_count() or 1):
        done += count
        if progress is not None:
            progress(done, len(cohort))
    write_whole(out / "truth.parquet", truth.to_parquet(index=False))
    table = manifest.to_csv(index=False, lineterminator="\n")
    write_whole(out / "manifest.csv", table.encode())
    return out / "manifest.csv"


def read_plan(folder: Path) -> dict[str, Any] | None:
    """How the cohort in a folder was drawn, which the folder says; None for patients.

    Raises ``ManifestError`` when the file that says so is damaged: it decides whether pictures
    are anybody's.
    """
    path = folder / PLAN_FILE
    if not path.is_file():
        return None
    try:
        plan = yaml_of(bytes_of(path, TEXT_BYTES))
        _Plan.model_validate(plan)
    except (OSError, ValueError, ValidationError) as error:
        raise ManifestError(
            "The file {file} beside the manifest cannot be read as what it should be: "
            "how these patients were drawn. Draw the cohort again.",
            file=PLAN_FILE,
        ) from error
    found: dict[str, Any] = plan
    return found


def manifest_row(drawn: DrawnSubject, picture: str, device: str) -> dict[str, Any]:
    """A patient's row of a manifest. Only the T-score is given: a reader may class it by either
    boundary rule.
    """
    return {
        "patient_id": drawn.patient_id,
        "photo": picture,
        "sex": drawn.patient.sex.value,
        "age_years": drawn.patient.age_years,
        "height_cm": drawn.patient.height_cm,
        "weight_kg": drawn.patient.weight_kg,
        "t_score": drawn.t_score,
        "dxa_site": "lowest",
        "acquired_on": drawn.acquired_on.isoformat(),
        "site": "drawn",
        "device": device,
    }


def _open_folder(out: Path, plan: Mapping[str, Any], pictures: Pictures[Any]) -> None:
    """Make the folder with its plan and README, or check that it holds this same plan."""
    text = yaml.safe_dump(dict(plan), sort_keys=False)
    plan_file = out / PLAN_FILE
    if plan_file.exists():
        if plan_file.read_text(encoding="utf-8") != text:
            raise ManifestError(
                "The folder holds another drawn cohort (its cohort.yaml differs). "
                "Choose a new folder or delete the old cohort."
            )
    elif out.exists() and any(out.iterdir()):
        raise ManifestError(
            "The folder is not empty and holds no drawn cohort. Choose a new folder."
        )
    (out / pictures.folder).mkdir(parents=True, exist_ok=True)
    for part in out.rglob(f"*{LEFTOVER}"):  # what an interrupted call left behind
        part.unlink()
    words = {name: getattr(pictures, name) for name in ("what", "values", "one", "link", "folder")}
    notice = README.format(version=plan["generator_version"], **plan, **words)
    write_whole(out / "README.txt", notice.encode())
    write_whole(plan_file, text.encode())


def _draw(
    patients: Sequence[AnyDrawn], out: Path, pictures: Pictures[AnyDrawn], workers: int
) -> Iterator[int]:
    """Draw and write pictures; yields how many each finished batch held."""
    batches = [patients[i : i + _BATCH] for i in range(0, len(patients), _BATCH)]
    draw = partial(_draw_batch, out=out, pictures=pictures)
    if workers == 1 or len(batches) < 2:
        yield from map(draw, batches)
        return
    context = multiprocessing.get_context("spawn")
    processes = min(workers, len(batches))
    with ProcessPoolExecutor(processes, context, initializer=_start_worker) as pool:
        yield from pool.map(draw, batches)


def _start_worker() -> None:
    """One thread a worker: the processes are the parallelism."""
    cv2.setNumThreads(1)


def _draw_batch(patients: Sequence[Any], out: Path, pictures: Pictures[Any]) -> int:
    for drawn in patients:
        write_whole(out / pictures.name_of(drawn), pictures.bytes_of(drawn))
    return len(patients)
