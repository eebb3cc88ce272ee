"""Write a cohort of drawn films of one kind: see ``drawn.writing``.

films/*.png: one film a patient, 8 bits, marked as drawn; truth.parquet: the planted values.
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pandas as pd

from face2bone.drawn.film.files import MARK, png_bytes
from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort, named_values
from face2bone.drawn.worlds import World
from face2bone.drawn.writing import Pictures, manifest_row, write_folder
from face2bone.progress import UnitsDone

FILM_FOLDER: Final = "films"


def write_film_cohort(
    kind: FilmKind,
    study: str,
    out: Path,
    patients: int,
    world: World,
    seed: int,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> Path:
    """Draw patients 0 to ``patients`` - 1 of a study into ``out``; returns the manifest's path.

    The rest is as ``writing.write_folder``.
    """
    plan = {
        "drawn": True,
        "world": world.value,
        "seed": seed,
        "patients": patients,
        "film": kind.name,
        "spacing_mm": kind.spacing_mm,
        "generator_version": kind.version,
    }
    pictures = Pictures[FilmPatient](
        folder=FILM_FOLDER,
        what=f"Films of a {kind.name}",
        one="film",
        link="film and bone",
        name_of=film_name,
        bytes_of=partial(film_bytes, kind=kind),
    )
    cohort = draw_film_cohort(kind.model, patients, world, seed)
    tables = film_manifest(kind, study, cohort), film_truth(kind, cohort)
    return write_folder(Path(out), plan, cohort, pictures, *tables, workers, progress)


def film_name(drawn: FilmPatient) -> str:
    """Path of a patient's film, relative to the manifest."""
    return f"{FILM_FOLDER}/{drawn.patient_id}.png"


def film_bytes(drawn: FilmPatient, kind: FilmKind) -> bytes:
    """The patient's film as PNG; the same patient gives the same bytes."""
    return png_bytes(kind.draw(drawn))


def film_manifest(kind: FilmKind, study: str, cohort: Sequence[FilmPatient]) -> pd.DataFrame:
    """The cohort as a manifest of ``study``, one row a patient, with the side of the body."""
    device = f"{MARK} {kind.name} {kind.version}"
    rows = [
        manifest_row(p, film_name(p), device) | {"study": study, "laterality": p.side}
        for p in cohort
    ]
    return pd.DataFrame(rows)


def film_truth(kind: FilmKind, cohort: Sequence[FilmPatient]) -> pd.DataFrame:
    """What only the generator knows: each patient's seed and planted values."""
    rows: list[dict[str, Any]] = [
        {"patient_id": p.patient_id, "seed": p.seed} | dict(named_values(kind.model, p))
        for p in cohort
    ]
    return pd.DataFrame(rows)
