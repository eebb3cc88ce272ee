"""Write a drawn cohort to a folder as a hospital could have written it: manifest and photos.

    manifest.csv     the table of ``cohort.manifest``
    photos/*.jpg     one photo a patient, marked "drawn face" in its description and comment
    README.txt       that nobody in it exists
    cohort.yaml      world, seed and the versions that drew it: enough to draw it again
    truth.parquet    the parameters behind each face, which a hospital would not have

Photos are drawn by worker processes, each written under another name and moved into place, and
the manifest comes last: a folder with a manifest is complete, and a second call after an
interruption draws only what is missing. Workers are started fresh ("spawn"), so a script calls
``write_cohort`` under ``if __name__ == "__main__"``.
"""

import io
import multiprocessing
import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import pandas as pd
import yaml
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from face2bone.atomic_files import LEFTOVER, write_whole
from face2bone.careful import TEXT_BYTES, bytes_of, yaml_of
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort, patient_face
from face2bone.drawn.face.provenance import GENERATOR_HASH, GENERATOR_VERSION, PATIENT_MODEL_HASH
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.worlds import World
from face2bone.errors import ManifestError

MARK: Final = "drawn face"
JPEG_QUALITY: Final = 92
IMAGE_DESCRIPTION: Final = 0x010E  # EXIF tag
PHOTO_FOLDER: Final = "photos"
PLAN_FILE: Final = "cohort.yaml"
_BATCH: Final = 8  # photos between two progress reports of one worker

README: Final = """\
DRAWN PATIENTS. Nobody in this folder exists.

Faces, measurements and T-scores were drawn by Face2Bone's generator {version} ("{world}" world,
seed {seed}, {patients} patients). The link between face and bone was planted by its authors.
Results on this cohort say nothing about real patients; never mix it with real data.

manifest.csv and photos/ look as a hospital's would. truth.parquet holds the parameters behind
each face, which no hospital has. cohort.yaml holds what is needed to draw the cohort again.
"""


class _Plan(BaseModel):
    """The entries of a plan that are read."""

    model_config = ConfigDict(strict=True)

    world: World = Field(strict=False)
    seed: int = Field(ge=0)
    patients: int = Field(ge=1)
    generator_version: str
    generator_hash: str
    patient_model_hash: str


def write_cohort(
    out: Path,
    patients: int,
    world: World,
    seed: int,
    size: int = 256,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Draw patients 0 to ``patients`` - 1 of a cohort into ``out``; returns the manifest's path.

    ``size`` is the photos' side in pixels, ``workers`` the number of processes (default: one a
    core; 1 stays in this process), ``progress`` is called with (photos done, photos in all).
    Raises ``ManifestError`` when ``out`` holds anything but the beginning of this same cohort.
    """
    out = Path(out)
    plan = {
        "drawn": True,
        "world": world.value,
        "seed": seed,
        "patients": patients,
        "photo_size_px": size,
        "generator_version": GENERATOR_VERSION,
        "generator_hash": GENERATOR_HASH,
        "patient_model_hash": PATIENT_MODEL_HASH,
    }
    _open_folder(out, plan)
    cohort = draw_cohort(patients, world, seed)
    missing = [p for p in cohort if not (out / photo_name(p)).exists()]
    done = patients - len(missing)
    for count in _draw_photos(missing, out, size, workers or os.cpu_count() or 1):
        done += count
        if progress is not None:
            progress(done, patients)
    write_whole(out / "truth.parquet", truth_table(cohort).to_parquet(index=False))
    manifest = manifest_table(cohort).to_csv(index=False, lineterminator="\n")
    write_whole(out / "manifest.csv", manifest.encode())
    return out / "manifest.csv"


def read_plan(folder: Path) -> dict[str, Any] | None:
    """How the cohort in a folder was drawn, which the folder says; None for patients.

    Raises ``ManifestError`` when the file that says so is damaged: it decides whether faces are
    anybody's.
    """
    path = folder / PLAN_FILE
    if not path.is_file():
        return None
    try:
        plan = yaml_of(bytes_of(path, TEXT_BYTES))
        _Plan.model_validate(plan)
    except (OSError, ValueError, ValidationError) as error:
        raise ManifestError(
            f"The file {PLAN_FILE} beside the manifest cannot be read as what it should be: how "
            "these patients were drawn. Draw the cohort again."
        ) from error
    found: dict[str, Any] = plan
    return found


def photo_name(drawn: DrawnPatient) -> str:
    """Path of a patient's photo, relative to the manifest."""
    return f"{PHOTO_FOLDER}/{drawn.patient_id}.jpg"


def photo_bytes(drawn: DrawnPatient, size: int = 256) -> bytes:
    """The patient's photo as JPEG; the same patient gives the same bytes."""
    face = draw_face(patient_face(drawn), size)
    exif = Image.Exif()
    exif[IMAGE_DESCRIPTION] = MARK
    buffer = io.BytesIO()
    Image.fromarray(face.pixels).save(
        buffer, format="JPEG", quality=JPEG_QUALITY, comment=MARK, exif=exif
    )
    return buffer.getvalue()


def manifest_table(cohort: tuple[DrawnPatient, ...]) -> pd.DataFrame:
    """The cohort as a manifest, one row a patient.

    Only the T-score is given, so a reader may class it by either boundary rule.
    """
    rows = [
        {
            "patient_id": p.patient_id,
            "photo": photo_name(p),
            "sex": p.patient.sex.value,
            "age_years": p.patient.age_years,
            "height_cm": p.patient.height_cm,
            "weight_kg": p.patient.weight_kg,
            "t_score": p.t_score,
            "dxa_site": "lowest",
            "acquired_on": p.acquired_on.isoformat(),
            "site": "drawn",
            "device": f"drawn face {GENERATOR_VERSION}",
        }
        for p in cohort
    ]
    return pd.DataFrame(rows)


def truth_table(cohort: tuple[DrawnPatient, ...]) -> pd.DataFrame:
    """What only the generator knows: each patient's seed and ageing parameters."""
    return pd.DataFrame(
        [{"patient_id": p.patient_id, "seed": p.seed} | asdict(p.ageing) for p in cohort]
    )


def _open_folder(out: Path, plan: Mapping[str, object]) -> None:
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
    (out / PHOTO_FOLDER).mkdir(parents=True, exist_ok=True)
    for part in out.rglob(f"*{LEFTOVER}"):  # what an interrupted call left behind
        part.unlink()
    notice = README.format(version=plan["generator_version"], **plan)
    write_whole(out / "README.txt", notice.encode())
    write_whole(plan_file, text.encode())


def _draw_photos(patients: list[DrawnPatient], out: Path, size: int, workers: int) -> Iterator[int]:
    """Draw and write photos; yields how many each finished batch held."""
    batches = [patients[i : i + _BATCH] for i in range(0, len(patients), _BATCH)]
    draw = partial(_draw_batch, out=out, size=size)
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


def _draw_batch(patients: list[DrawnPatient], out: Path, size: int) -> int:
    for drawn in patients:
        write_whole(out / photo_name(drawn), photo_bytes(drawn, size))
    return len(patients)
