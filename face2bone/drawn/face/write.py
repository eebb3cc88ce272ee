"""Write a cohort of drawn faces: see ``drawn.writing``.

photos/*.jpg: one photo a patient, marked "drawn face" in its description and comment;
truth.parquet: the ageing parameters behind each face. ``FaceKind`` says what people are drawn:
those whose bone was measured are here, those who are followed in ``followed``.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import Final, Generic

import pandas as pd
from PIL import Image

from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort, patient_face
from face2bone.drawn.face.provenance import GENERATOR_HASH, GENERATOR_VERSION, PATIENT_MODEL_HASH
from face2bone.drawn.face.render import draw_face
from face2bone.drawn.hazard import SurvivalWorld
from face2bone.drawn.worlds import World
from face2bone.drawn.writing import AnyDrawn, Pictures, manifest_row, write_folder
from face2bone.progress import UnitsDone

MARK: Final = "drawn face"
JPEG_QUALITY: Final = 92
IMAGE_DESCRIPTION: Final = 0x010E  # EXIF tag
PHOTO_FOLDER: Final = "photos"


@dataclass(frozen=True, kw_only=True)
class FaceKind(Generic[AnyDrawn]):
    """What drawn people a cohort of faces is of.

    id_of, face_of: a person's pseudonym and picture; workers get both, so they are functions of a
    module. manifest, truth: the tables of a cohort. values, link: as the README names them.
    versions: of what drew the people, beside the version of what drew the faces.
    """

    id_of: Callable[[AnyDrawn], str]
    face_of: Callable[[AnyDrawn], FaceParameters]
    manifest: Callable[[tuple[AnyDrawn, ...]], pd.DataFrame]
    truth: Callable[[tuple[AnyDrawn, ...]], pd.DataFrame]
    values: str
    link: str
    versions: Mapping[str, str] = field(default_factory=dict)


def write_faces(
    out: Path,
    kind: FaceKind[AnyDrawn],
    cohort: tuple[AnyDrawn, ...],
    world: World | SurvivalWorld,
    seed: int,
    size: int = 256,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> Path:
    """Draw the faces of a cohort into ``out``; returns the path of its manifest.

    ``size`` is the photos' side in pixels; the rest as ``writing.write_folder``.
    """
    plan = {
        "drawn": True,
        "world": world.value,
        "seed": seed,
        "patients": len(cohort),
        "photo_size_px": size,
        "generator_version": GENERATOR_VERSION,
        "generator_hash": GENERATOR_HASH,
        **kind.versions,
    }
    pictures = Pictures[AnyDrawn](
        folder=PHOTO_FOLDER,
        what="Faces",
        values=kind.values,
        one="face",
        link=kind.link,
        name_of=partial(_name, kind.id_of),
        bytes_of=partial(_bytes, kind.face_of, size),
    )
    tables = kind.manifest(cohort), kind.truth(cohort)
    return write_folder(Path(out), plan, cohort, pictures, *tables, workers, progress)


def write_cohort(
    out: Path,
    patients: int,
    world: World,
    seed: int,
    size: int = 256,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> Path:
    """Draw patients 0 to ``patients`` - 1 of a cohort into ``out``, as ``write_faces``."""
    cohort = draw_cohort(patients, world, seed)
    return write_faces(out, _MEASURED, cohort, world, seed, size, workers, progress)


def photo_name(patient_id: str) -> str:
    """Path of a patient's photo, relative to the manifest."""
    return f"{PHOTO_FOLDER}/{patient_id}.jpg"


def photo_bytes(drawn: DrawnPatient, size: int = 256) -> bytes:
    """The patient's photo as JPEG; the same patient gives the same bytes."""
    return face_bytes(patient_face(drawn), size)


def face_bytes(parameters: FaceParameters, size: int) -> bytes:
    """A drawn face as JPEG, marked as drawn; the same parameters give the same bytes."""
    face = draw_face(parameters, size)
    exif = Image.Exif()
    exif[IMAGE_DESCRIPTION] = MARK
    buffer = io.BytesIO()
    Image.fromarray(face.pixels).save(
        buffer, format="JPEG", quality=JPEG_QUALITY, comment=MARK, exif=exif
    )
    return buffer.getvalue()


def manifest_table(cohort: tuple[DrawnPatient, ...]) -> pd.DataFrame:
    """The cohort as a manifest, one row a patient."""
    device = f"{MARK} {GENERATOR_VERSION}"
    return pd.DataFrame([manifest_row(p, photo_name(p.patient_id), device) for p in cohort])


def truth_table(cohort: tuple[DrawnPatient, ...]) -> pd.DataFrame:
    """What only the generator knows: each patient's seed and ageing parameters."""
    return pd.DataFrame(
        [{"patient_id": p.patient_id, "seed": p.seed} | asdict(p.ageing) for p in cohort]
    )


def _name(id_of: Callable[[AnyDrawn], str], drawn: AnyDrawn) -> str:
    return photo_name(id_of(drawn))


def _bytes(face_of: Callable[[AnyDrawn], FaceParameters], size: int, drawn: AnyDrawn) -> bytes:
    return face_bytes(face_of(drawn), size)


_MEASURED: Final = FaceKind[DrawnPatient](
    id_of=attrgetter("patient_id"),
    face_of=patient_face,
    manifest=manifest_table,
    truth=truth_table,
    values="measurements and T-scores",
    link="face and bone",
    versions={"patient_model_hash": PATIENT_MODEL_HASH},
)
