"""From a trained network to a bundle: calibrate, look for what is out of domain, test, describe.

The calibration, prediction sets and the out-of-domain reference come from the calibration split;
results from patients that served neither training nor any choice.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch

from face2bone import __version__, clock
from face2bone.arrays import Floats
from face2bone.bundle import (
    Bundle,
    BundleCard,
    BundleContents,
    ConceptBank,
    fit_ood,
    pooled,
    save_bundle,
)
from face2bone.calibration import (
    calibrated,
    class_coverage,
    fit_conformal,
    prediction_sets,
    reliability_table,
)
from face2bone.choices import FIRST_STUDY
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.manifest import Cohort
from face2bone.cohort.views import first_views, mean_of_views, visits_of
from face2bone.covariates import Covariate, Rows, of_table
from face2bone.drawn.writing import read_plan
from face2bone.evaluation.metrics import performance
from face2bone.explain.baselines import mean_picture
from face2bone.explain.craft import fit_concepts
from face2bone.nn import BundleNetwork
from face2bone.progress import Progress
from face2bone.reference import ReferenceMethod
from face2bone.runtime import TorchEngine, beside_patients, network_input
from face2bone.tasks import BONE_MASS
from face2bone.tasks.ordinal import OrdinalCalibration
from face2bone.training.recipe import Recipe

Members = npt.NDArray[np.int64]

DESCRIBED_PICTURES: Final = 1_000  # of training, behind the mean picture and the concept bank
BATCH: Final = 64
EXEMPLARS: Final = 6  # pictures a concept; none when they are of patients


@dataclass(frozen=True)
class Trained:
    """A trained network with all it was made from; ``members`` by side of the split.

    licence: of the bundle, as whoever trains it states it; empty where nobody did. covariates:
        what the network reads beside the picture.
    """

    network: BundleNetwork
    recipe: Recipe
    store: CropStore
    members: Mapping[str, Members]
    seed: int
    licence: str = ""
    covariates: tuple[Covariate, ...] = ()


@dataclass(frozen=True)
class Described:
    """What the card says beyond figures: whence the pictures, and how bone was measured."""

    name: str
    is_drawn: bool
    cohort: str
    provenance: Mapping[str, Any]
    generator_version: str | None = None
    generator_hash: str | None = None
    study: str = FIRST_STUDY
    reference_method: ReferenceMethod = ReferenceMethod.DXA


@dataclass(frozen=True)
class Calibration(OrdinalCalibration):
    """Fitted on the calibration split; ``features`` (N, C) are its pictures at the cut, pooled."""

    features: Floats


@dataclass(frozen=True)
class Tested:
    """Probabilities (N, K) and labels (N,) of patients nothing was fitted on, and results."""

    probabilities: Floats
    labels: npt.NDArray[np.int64]
    results: Mapping[str, Any]


def finish_on_patients(trained: Trained, cohort: Cohort, path: Path, progress: Progress) -> Bundle:
    """Bundle a network trained on a manifest, tested on the split's test patients."""
    calibration = calibrate(trained)
    store, members = trained.store, trained.members["test"]
    views = predicted(trained, calibration, store, members)
    probabilities, labels = of_visits(views, store, members)
    results = {"test": figures(probabilities, labels, calibration)}
    tested = Tested(probabilities, labels, results)
    return bundle_network(trained, calibration, tested, _describe(trained, cohort), path, progress)


def calibrate(trained: Trained) -> Calibration:
    """The simplest calibrator that is not worse, and conformal thresholds."""
    members = trained.members["calibration"]
    logits, features = outputs(trained, trained.store, members)
    labels = trained.store.labels[members]
    choice = BONE_MASS.calibrate(logits, labels, trained.seed).choice
    visits = of_visits(choice.probabilities, trained.store, members)
    conformal = fit_conformal(*visits, classes=BONE_MASS.classes)
    return Calibration(choice, conformal, features)


def predicted(
    trained: Trained, calibration: Calibration, store: CropStore, members: Members
) -> Floats:
    """Calibrated probabilities (N, K) of some pictures of a store."""
    return calibrated(outputs(trained, store, members)[0], calibration.choice.calibrator)


def of_visits(
    probabilities: Floats, store: CropStore, members: Members
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Probabilities (V, K) and labels (V,) of visits: the mean of each one's views (N, K)."""
    visits = visits_of(store.index.iloc[members])
    first = first_views(visits)
    if len(first) == len(visits):
        return probabilities, store.labels[members]
    return mean_of_views(probabilities, visits), store.labels[members[first]]


def outputs(trained: Trained, store: CropStore, members: Members) -> tuple[Floats, Floats]:
    """Logits (N, K) and pooled features at the cut (N, C) of some of a store's pictures."""
    engine = TorchEngine(trained.network.eval(), store.spec)
    beside = of_table(store.index.iloc[members], trained.covariates)
    logits, features = [], []
    for start in range(0, len(members), BATCH):
        crops = store.crops[store.rows[members[start : start + BATCH]]]
        cut = engine.features(network_input(crops, store.spec))
        features.append(pooled(cut))
        logits.append(beside_patients(engine, beside[start : start + BATCH]).head(cut))
    return np.concatenate(logits).astype(np.float64), np.concatenate(features)


def figures(
    probabilities: Floats, labels: npt.NDArray[np.int64], calibration: Calibration
) -> dict[str, Any]:
    """Performance and the prediction sets' coverage and size, in plain types."""
    sets = prediction_sets(probabilities, calibration.conformal)
    coverage = class_coverage(sets, labels)
    return {
        **performance(probabilities, labels).as_mapping(),
        "set_coverage": BONE_MASS.by_name(coverage),
        "set_size_mean": float(sets.sum(1).mean()),
    }


def bundle_network(
    trained: Trained,
    calibration: Calibration,
    tested: Tested,
    described: Described,
    path: Path,
    progress: Progress,
) -> Bundle:
    """Add mean picture, concepts and the out-of-domain reference, and write the bundle."""
    store, training = trained.store, trained.members["train"]
    order = np.random.default_rng(trained.seed).permutation(training)
    described_rows = order[:DESCRIBED_PICTURES]
    chosen = store.rows[described_rows]
    crops, maps = store.crops[chosen], store.region_maps[chosen]
    beside = of_table(store.index.iloc[described_rows], trained.covariates)
    contents = BundleContents(
        state=trained.network.state_dict(),
        calibration=(calibration.choice.calibrator,),
        conformal=calibration.conformal,
        reliability=reliability_table(tested.probabilities, tested.labels),
        ood=fit_ood(calibration.features, seed=trained.seed),
        concepts=_concepts(trained, (crops, maps, beside), described.is_drawn, progress),
        mean_picture=mean_picture(crops, maps, store.spec.mask_value),
    )
    return save_bundle(path, _card(trained, tested, described), contents)


def _concepts(
    trained: Trained,
    shown: tuple[npt.NDArray[np.uint8], npt.NDArray[np.int8], Rows],
    is_drawn: bool,
    progress: Progress,
) -> ConceptBank:
    """``shown``: crops, their part maps and their patients' covariates."""
    crops, maps, beside = shown
    return fit_concepts(
        TorchEngine(trained.network.eval(), trained.store.spec),
        crops,
        maps,
        trained.store.parts,
        BONE_MASS.classes,
        trained.recipe.concepts,
        trained.seed,
        exemplars=EXEMPLARS if is_drawn else 0,
        progress=lambda share: progress("finding concepts", round(100 * share), 100),
        beside=beside,
    )


def _card(trained: Trained, tested: Tested, described: Described) -> BundleCard:
    labels = trained.store.labels[trained.members["train"]]
    counts = np.bincount(labels, minlength=BONE_MASS.outputs)
    return BundleCard(
        name=described.name,
        version=__version__,
        status="demo" if described.is_drawn else "research",
        created_on=clock.today(),
        architecture=trained.network.config,
        cohort=described.cohort,
        labels=BONE_MASS.classes,
        class_fractions=tuple((counts / len(labels)).tolist()),
        input=trained.store.spec,
        provenance=described.provenance,
        results=tested.results,
        generator_version=described.generator_version,
        generator_hash=described.generator_hash,
        study=described.study,
        reference_method=described.reference_method,
        covariates=trained.covariates,
    )


def trained_on(trained: Trained, people: str) -> str:
    """How many trained the network, and how many more served its other stages, in words."""
    patients = trained.store.index["patient_id"]
    counts = {side: patients.iloc[rows].nunique() for side, rows in trained.members.items()}
    others = [f"{count} for {side}" for side, count in counts.items() if side != "train"]
    return f"{counts['train']} {people}, and others: {', '.join(others)}"


def provenance(trained: Trained) -> dict[str, Any]:
    """How the bundle came to be, in plain types."""
    stated: dict[str, Any] = {"licence": trained.licence} if trained.licence else {}
    backbone = trained.recipe.backbone
    if backbone is not None:
        stated |= {"trunk": Path(backbone.weights).name, "trunk_sha256": backbone.sha256}
    return stated | {
        "recipe": trained.recipe.name,
        "seed": trained.seed,
        "faces": {name: len(rows) for name, rows in trained.members.items()},
        "face2bone": __version__,
        "torch": torch.__version__.split("+")[0],
        "python": platform.python_version(),
    }


def _describe(trained: Trained, cohort: Cohort) -> Described:
    """A written drawn cohort says so in a file beside its manifest, and only makes a demo."""
    name, made = f"{cohort.study}-{trained.recipe.name}", provenance(trained)
    drawn = read_plan(cohort.root)
    if drawn is None:
        return Described(
            name=name,
            is_drawn=False,
            cohort=trained_on(trained, "patients of a cohort"),
            provenance=made,
            study=cohort.study,
            reference_method=cohort.reference_method,
        )
    return Described(
        name=f"{name}-drawn",
        is_drawn=True,
        cohort=trained_on(trained, f"drawn patients ({drawn['world']} world)") + "; no real person",
        provenance=made,
        generator_version=drawn["generator_version"],
        generator_hash=drawn.get("generator_hash"),
        study=cohort.study,
        reference_method=cohort.reference_method,
    )
