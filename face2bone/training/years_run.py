"""A face age bundle from a cohort's own photos, in one folder, from a manifest of known ages.

    config.json    how the network begins, and the seed
    crops/         the crop store (``cohort.crops``)
    split.csv      which side of the split every person is on
    training/      where each stage stands (``years``)
    metrics.json   results
    bundle/        the finished bundle

and ``identical_photos.txt``, where a photo stands under two people or two ages.

A run that was stopped goes on when it is started again with the same folder. The stages are fixed
in length, so no side of the split chooses among epochs. A network learns from every photo; for
calibration and test a person counts by the first photo, so that what is counted there is people.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import pandas as pd
import torch

from face2bone import __version__, clock
from face2bone.arrays import Floats
from face2bone.atomic_files import write_whole
from face2bone.bundle.ood import MINIMUM_PICTURES
from face2bone.bundle.years_bundle import YearsCard, save_years_bundle
from face2bone.cohort.age_manifest import DECADE, STUDY, AgeCohort, decades, read_age_manifest
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.crops import photo_crops
from face2bone.cohort.splits import check_split, report_identical, split_patients
from face2bone.drawn.writing import read_plan
from face2bone.errors import TrainingError
from face2bone.evaluation.years_record import bands_of, beats_guess, years_estimates
from face2bone.nn import BundleNetwork
from face2bone.nn.registry import make_network
from face2bone.progress import Progress, counted
from face2bone.studies import AGE_TOOLS
from face2bone.tasks.known_ages import KnownAges
from face2bone.tasks.years import YearsTask
from face2bone.training.bars import Bars
from face2bone.training.recipe import Recipe, read_recipe
from face2bone.training.trunk import check_trunk, load_trunk, with_trunk
from face2bone.training.years import AgedPhotos, Lesson, Stage, learn, outputs
from face2bone.training.years_contents import years_contents
from face2bone.words import template

SHARES: Final = {"train": 0.6, "calibration": 0.2, "test": 0.2}
FEWEST_IN_A_BAND: Final = 10
"""Test people below which a band has no figure: a mean over fewer says little."""
MEASURED_ON: Final = template("people of the same cohort, none of them in training")
DRAWN: Final = template(
    "A demonstration trained on drawn faces whose ages were planted: its years say nothing about "
    "a real person."
)
OWN: Final = template(
    "Trained and measured on people of one cohort: of people unlike them expect larger errors."
)


@dataclass(frozen=True)
class Beginning:
    """``recipe``: whose network, trunk and random changes are taken; the stages that follow."""

    recipe: str
    stages: tuple[Stage, ...]


FROM_NOTHING: Final = Beginning(
    "compact",
    (Stage("natural", 12, 1e-3, 1.0, False), Stage("balanced", 3, 5e-4, 0.1, True)),
)
FROM_SFACE: Final = Beginning(
    "small-cohort",
    (
        Stage("head", 6, 2e-3, 0.0, False),
        Stage("natural", 6, 1e-3, 0.1, False),
        Stage("balanced", 2, 5e-4, 0.1, True),
    ),
)


@dataclass(frozen=True)
class Taught:
    """A trained network, and each side's photos: of calibration and test one photo a person."""

    network: BundleNetwork
    recipe: Recipe
    task: YearsTask
    sides: dict[str, AgedPhotos]
    seed: int
    licence: str


def train_on_ages(
    manifest: Path,
    out: Path,
    seed: int = 0,
    progress: Progress | None = None,
    licence: str = "",
    trunk: Path | None = None,
    beginning: Beginning | None = None,
) -> Path:
    """Train, calibrate, test and bundle a face age network; returns the bundle's folder.

    ``out`` is the run folder, new or that of the same run stopped earlier; ``trunk``: SFace's
    file, to start from; ``licence`` is what the card will say.

    Raises ``ManifestError`` for a cohort that breaks a rule, ``TrainingError`` for one that is too
    small or a run that cannot go on, ``BundleError`` for a trunk's file that is none.
    """
    chosen = beginning or (FROM_NOTHING if trunk is None else FROM_SFACE)
    cohort, told = read_age_manifest(manifest), progress or Bars()
    recipe = with_trunk(read_recipe(chosen.recipe), trunk)
    check_trunk(recipe)
    _check_counts(cohort.table, seed)
    folder = _opened(Path(out), chosen, recipe, seed)
    report_identical(cohort.pictures, folder)
    store = photo_crops(
        cohort.pictures,
        AGE_TOOLS.modality,
        folder / "crops",
        progress=counted(told, "aligning photos"),
    )
    _check_counts(store.index, seed)
    taught = _taught(store, recipe, chosen.stages, folder, seed, licence, told)
    return _finished(taught, cohort, folder)


def _opened(folder: Path, chosen: Beginning, recipe: Recipe, seed: int) -> Path:
    """Make the run folder, or check that it is of the same beginning and seed."""
    folder.mkdir(parents=True, exist_ok=True)
    trunk = None if recipe.backbone is None else recipe.backbone.sha256
    said = {"study": STUDY, "seed": seed, "trunk_sha256": trunk, **asdict(chosen)}
    file, text = folder / "config.json", json.dumps(said, indent=1) + "\n"
    if (folder / "config.toml").exists() or (file.is_file() and file.read_text("utf-8") != text):
        raise TrainingError(
            "The run folder is of another training, seed or trunk. Choose a new folder, or start "
            "with what was given then."
        )
    write_whole(file, text)
    (folder / "training").mkdir(exist_ok=True)
    return folder


def _sides(table: pd.DataFrame, seed: int) -> pd.Series:
    """Side of every row: by person, every decade of life on every side where it can be."""
    split = split_patients(table, SHARES, seed, decades(table))
    check_split(table, split)
    return split


def _check_counts(table: pd.DataFrame, seed: int) -> None:
    """Raise ``TrainingError`` where calibration and out-of-domain reference lack people."""
    people = table["patient_id"]
    count = people[_sides(table, seed) == "calibration"].nunique()
    if count < MINIMUM_PICTURES:
        whole = int(np.ceil(MINIMUM_PICTURES / SHARES["calibration"]))
        raise TrainingError(
            "{count} people are too few: {some} of them would serve for calibration, which needs "
            "{needed}. Give photos of about {whole} people or more.",
            count=people.nunique(),
            some=count,
            needed=MINIMUM_PICTURES,
            whole=whole,
        )


def _taught(
    store: CropStore,
    recipe: Recipe,
    stages: tuple[Stage, ...],
    folder: Path,
    seed: int,
    licence: str,
    told: Progress,
) -> Taught:
    split = _sides(store.index, seed)
    names = pd.DataFrame({"patient_id": store.index["patient_id"], "split": split})
    write_whole(folder / "split.csv", names.drop_duplicates().to_csv(index=False))
    every = AgedPhotos.of(store)
    sides = {side: every.some(np.flatnonzero(split == side)) for side in SHARES}
    sides |= {side: sides[side].one_a_person() for side in ("calibration", "test")}
    task = _task(sides["train"].ages)
    cv2.setNumThreads(1)  # crops are small: threads would only take turns
    torch.manual_seed(seed)
    network = _starting(recipe, task)
    lesson = Lesson(task, recipe.augmentation, seed, stages)
    for stage in stages:
        learn(network, sides["train"], stage, lesson, folder / "training", told)
    return Taught(network, recipe, task, sides, seed, licence)


def _task(ages: Floats) -> YearsTask:
    """The years that the training people's ages span."""
    low, high = int(np.floor(ages.min())), int(np.ceil(ages.max()))
    if high - low < DECADE:
        raise TrainingError(
            "The people to train on are {low} to {high} years old, too much of one age to learn "
            "from. Give people whose ages are at least {apart} years apart.",
            low=low,
            high=high,
            apart=DECADE,
        )
    return YearsTask(low, high)


def _starting(recipe: Recipe, task: YearsTask) -> BundleNetwork:
    linear = {"head": "linear"} if recipe.architecture == "face2bone" else {}
    changed = {**recipe.network, **linear, "outputs": task.outputs}
    settled = recipe.model_copy(update={"network": changed})
    network = make_network(settled.architecture, settled.network_config())
    load_trunk(network, settled)
    return network


def _finished(taught: Taught, cohort: AgeCohort, folder: Path) -> Path:
    """Calibrate, test and bundle; the results go into metrics.json too."""
    task, people = taught.task, taught.sides["calibration"]
    calibration = outputs(taught.network, people)
    interval = task.calibrate(calibration[0], people.ages)
    test, _ = outputs(taught.network, taught.sides["test"])
    known = task.known(test, taught.sides["test"].ages, interval)
    contents = years_contents(
        taught.network,
        task,
        taught.sides,
        calibration,
        interval,
        bands_of(known, _edges(task), FEWEST_IN_A_BAND),
        MEASURED_ON,
        taught.seed,
    )
    results = _results(known, taught.sides["train"].one_a_person().ages)
    bundle = save_years_bundle(folder / "bundle", _card(taught, cohort, results), contents)
    write_whole(folder / "metrics.json", json.dumps({"results": results}, indent=2) + "\n")
    return bundle.root


def _edges(task: YearsTask) -> tuple[tuple[int, int], ...]:
    """The decades of life that the task's years touch."""
    first = task.low // DECADE * DECADE
    return tuple((low, low + DECADE) for low in range(first, task.high + 1, DECADE))


def _results(known: KnownAges, taught: Floats) -> dict[str, Any]:
    """Figures on the people kept for the test; ``taught``: ages of those trained on.

    guess_mae: of the median age of the latter, said of everybody. better_than_guess: whether the
    error's whole 95% interval lies below it.
    """
    missed = float(np.abs(np.median(taught) - known.ages).mean())
    error = years_estimates(known, np.arange(len(known.ages)))["mae"]
    figures = {
        "people": len(known.ages),
        **known.figures(),
        "mae_low": error.low,
        "mae_high": error.high,
        "guess_mae": missed,
        "better_than_guess": beats_guess(error, missed),
    }
    return {"test": figures}


def _card(taught: Taught, cohort: AgeCohort, results: dict[str, Any]) -> YearsCard:
    plan, config = read_plan(cohort.root), taught.network.config
    settings = {k: v for k, v in config.to_dict().items() if k != "outputs"}
    counts = {side: p.store.index["patient_id"].nunique() for side, p in taught.sides.items()}
    people = "people of a cohort" if plan is None else "drawn people"
    return YearsCard(
        name="face-age-own" if plan is None else "face-age-own-drawn",
        version=__version__,
        status="research" if plan is None else "demo",
        created_on=clock.today(),
        network=taught.recipe.architecture,  # type: ignore[arg-type]
        settings=settings,
        cohort=(
            f"{counts['train']} {people}, and others: {counts['calibration']} for calibration, "
            f"{counts['test']} for test" + ("" if plan is None else "; no real person")
        ),
        low=taught.task.low,
        high=taught.task.high,
        answer=taught.task.answer,
        input=taught.sides["train"].store.spec,
        limits=(OWN if plan is None else DRAWN,),
        provenance=_provenance(taught),
        results=results,
        generator_version=None if plan is None else plan["generator_version"],
        generator_hash=None if plan is None else plan.get("generator_hash"),
    )


def _provenance(taught: Taught) -> dict[str, Any]:
    stated: dict[str, Any] = {"licence": taught.licence} if taught.licence else {}
    backbone = taught.recipe.backbone
    if backbone is not None:
        stated |= {"trunk": Path(backbone.weights).name, "trunk_sha256": backbone.sha256}
    return stated | {
        "begins": taught.recipe.name,
        "seed": taught.seed,
        "faces": {side: len(photos.ages) for side, photos in taught.sides.items()},
        "torch": torch.__version__.split("+")[0],
    }
