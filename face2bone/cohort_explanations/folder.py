"""The folder that ``face2bone explain`` writes, and how it is read back.

    explained.parquet   one row a usable photo, by the cohort's pseudonym
    groups.parquet      means by group, with intervals
    rejected.csv        photos left out, with the reason
    about.json          which model, which cohort, whether its faces are drawn
    README.txt          the same for people

A face is in it only as a thumbnail, and only where the faces are drawn or the manifest records
consent (``photo_consent``). The folder is written whole or not at all.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import ClassVar, Final

import pandas as pd
from pydantic import ConfigDict, TypeAdapter, ValidationError

from face2bone import __version__, clock
from face2bone.atomic_files import whole_folder
from face2bone.bundle import Bundle, bundle_hash
from face2bone.careful import bytes_of, is_inside, parquet_of
from face2bone.cohort.crop_store import REJECTED
from face2bone.cohort.crops import photo_crops
from face2bone.cohort.manifest import Cohort, consents
from face2bone.cohort_explanations.groups import as_table, group_means
from face2bone.drawn.worlds import World
from face2bone.drawn.writing import read_plan
from face2bone.errors import ExplanationError
from face2bone.evaluation.evaluate import described
from face2bone.evaluation.record import BundleName
from face2bone.explain.cohort import PATIENT_COLUMNS, THUMBNAIL, explain_store
from face2bone.explain.photo_row import Layout
from face2bone.modalities.parts import Part
from face2bone.progress import Progress, counted
from face2bone.runtime import Engine
from face2bone.studies import study_named
from face2bone.words import template

EXPLAINED, GROUPS, ABOUT = "explained.parquet", "groups.parquet", "about.json"
SCHEMA: Final = 1
SHIPPED: Final = "explained"
"""Where a bundle keeps a cohort explained with it, for whoever opens Explore first."""

_NOTE: Final = """\
{description}, explained with {name} {version} ({status}).
{drawn}
explained.parquet   one row a usable photo: prediction, exact region values, concepts
groups.parquet      means by true and predicted class, sex and age band, 95% intervals over patients
rejected.csv        photos left out, with the reason
about.json          the same facts for programs

An explanation says what the model's answer rests on, not what is true of the bone.
"""
_DRAWN: Final = (
    "DRAWN FACES. Nobody in this folder exists, and nothing in it says anything about people.\n"
)
_REAL: Final = (
    "Figures of patients under pseudonyms; faces only where consent is recorded. Guard them.\n"
)


@dataclass(frozen=True)
class About:
    """What the figures are of. ``world`` names how drawn patients were drawn, None for real ones.

    concepts: R of the bundle's bank; ood_threshold: distances beyond it are out of domain.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    bundle: BundleName
    engine: str
    description: str
    world: World | None
    concepts: int
    ood_threshold: float
    photos: int
    rejected: int
    created_on: date
    software: str
    schema: int = SCHEMA

    @property
    def drawn(self) -> bool:
        """Whether the faces are drawn: nobody."""
        return self.world is not None


@dataclass(frozen=True)
class ExplainedCohort:
    """A folder read back: ``table`` has a row a photo, ``about`` and ``layout`` say of what."""

    about: About
    table: pd.DataFrame
    layout: Layout


_ADAPTER: Final = TypeAdapter(About)


def check_out(out: Path) -> None:
    """Raise ``ExplanationError`` when ``out`` holds anything but earlier explanations."""
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not _is_ours(out))):
        raise ExplanationError(
            "{folder} is there and holds no explained cohort. Choose a new folder for --out.",
            folder=out.name,
        )


def explain_cohort(
    bundle: Bundle, cohort: Cohort, engine: Engine, crops: Path, shards: Path, progress: Progress
) -> tuple[ExplainedCohort, pd.DataFrame]:
    """Align and explain every usable photo; returns the cohort and the photos left out.

    ``crops`` and ``shards`` are working folders, made or gone on with. Raises
    ``ExplanationError`` or ``TrainingError`` when they hold another cohort's work or no photo
    is usable, and ``WrongStudy`` for a cohort of another study.
    """
    bundle.card.require_study(cohort.study, template("the cohort"))
    modality = study_named(cohort.study).ready().modality
    store = photo_crops(cohort, modality, crops, progress=counted(progress, "aligning"))
    plan = read_plan(cohort.root)
    may_show = consents(store.index) | (plan is not None)
    table = explain_store(bundle, engine, store, shards, may_show, counted(progress, "explaining"))
    rejected, card = store.rejected, bundle.card
    about = About(
        bundle=BundleName(card.name, card.version, card.status, bundle_hash(bundle)),
        engine=engine.name,
        description=described(cohort, plan),
        world=World(plan["world"]) if plan else None,
        concepts=len(bundle.concepts),
        ood_threshold=bundle.ood.threshold,
        photos=len(table),
        rejected=len(rejected),
        created_on=clock.today(),
        software=f"face2bone {__version__}",
    )
    layout = Layout(store.parts, card.labels, about.concepts)
    return ExplainedCohort(about, table, layout), rejected


def write_explained(cohort: ExplainedCohort, rejected: pd.DataFrame, out: Path) -> Path:
    """Write the folder beside its place and rename it there; an earlier one is replaced.

    Returns ``out``. Raises ``ExplanationError`` as ``check_out`` does.
    """
    check_out(out)
    about = cohort.about
    with whole_folder(out) as made:
        cohort.table.to_parquet(made / EXPLAINED, index=False)
        groups = as_table(group_means(cohort.table, cohort.layout), cohort.layout)
        groups.to_parquet(made / GROUPS, index=False)
        rejected.to_csv(made / REJECTED, index=False, lineterminator="\n")
        (made / ABOUT).write_bytes(_ADAPTER.dump_json(about, indent=1) + b"\n")
        (made / "README.txt").write_text(_note(about), "utf-8")
    return out


def read_explained(folder: Path, bundle: Bundle, parts: tuple[Part, ...]) -> ExplainedCohort:
    """The cohort in a folder, which ``bundle`` must have explained; ``parts`` of its pictures.

    Raises ``ExplanationError`` when there is none, it is damaged or of another model. It says
    the same of a folder that is not there and of one with something else in it.
    """
    try:
        about = _ADAPTER.validate_json(bytes_of(folder / ABOUT))
        table = parquet_of(folder / EXPLAINED)
    except (OSError, ValidationError, ValueError) as error:
        raise ExplanationError(
            "This folder holds no explained cohort that this version can read. "
            "Make one with face2bone explain BUNDLE MANIFEST --out FOLDER."
        ) from error
    layout = Layout(parts, bundle.card.labels, about.concepts)
    needed = {*PATIENT_COLUMNS, *layout.columns, THUMBNAIL}
    if about.schema != SCHEMA or table.empty or not needed <= set(table.columns):
        raise ExplanationError(
            "This folder's explanations are incomplete or of another version. "
            "Make them again with face2bone explain."
        )
    if about.bundle.sha256 != bundle_hash(bundle):
        raise ExplanationError(
            "These explanations are of another model ({model} {version}, {hash}). Set "
            "FACE2BONE_BUNDLE to that model, or run face2bone explain with this one.",
            model=about.bundle.name,
            version=about.bundle.version,
            hash=about.bundle.sha256[:12],
        )
    return ExplainedCohort(about, table, layout)


def shipped(bundle: Bundle) -> Path | None:
    """The cohort that travels with the bundle, or None when it has none."""
    folder = bundle.root / SHIPPED
    return folder if folder.is_dir() else None


def explained_folders(root: Path) -> dict[str, Path]:
    """Name -> folder of every explained cohort directly in ``root``.

    A link that leads out of it is none, be it the folder or a file of it.

    Raises ``ExplanationError`` where there is no such folder, or none in it.
    """
    try:
        found = {
            folder.name: folder
            for folder in sorted(root.iterdir())
            if _is_ours(folder) and is_inside(root, folder, folder / ABOUT, folder / EXPLAINED)
        }
    except OSError as error:
        raise ExplanationError(
            "The folder of explained cohorts cannot be read. Correct FACE2BONE_EXPLAINED or unset "
            "it."
        ) from error
    if not found:
        raise ExplanationError(
            "The folder that FACE2BONE_EXPLAINED names holds no explained cohort. Make one in it "
            "with face2bone explain BUNDLE MANIFEST --out FOLDER, or unset it."
        )
    return found


def _is_ours(out: Path) -> bool:
    return (out / ABOUT).is_file() and (out / EXPLAINED).is_file()


def _note(about: About) -> str:
    named = about.bundle
    return _NOTE.format(
        description=about.description,
        name=named.name,
        version=named.version,
        status=named.status,
        drawn=_DRAWN if about.drawn else _REAL,
    )
