"""From a trained network to a bundle: calibrate, look for what is out of domain, test, describe.

Temperature, prediction sets and the out-of-domain reference come from the calibration split;
results from patients that served neither training nor any choice.
"""

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
import yaml

from face2bone import __version__
from face2bone.bone import CLASS_LABELS
from face2bone.bundle import Bundle, BundleCard, BundleContents, fit_ood, pooled, save_bundle
from face2bone.calibration import (
    ConformalThresholds,
    calibrated,
    class_coverage,
    fit_conformal,
    fit_temperature,
    prediction_sets,
    reliability_table,
)
from face2bone.cohort.manifest import Cohort
from face2bone.cohort.synthetic.write import PLAN_FILE
from face2bone.evaluation.metrics import performance
from face2bone.explain.craft import fit_concepts
from face2bone.explain.fills import mean_face
from face2bone.nn import Face2Bone
from face2bone.runtime import TorchEngine, network_input
from face2bone.training.crops import CropStore
from face2bone.training.progress import Progress
from face2bone.training.recipe import Recipe

Members = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

DESCRIBED_FACES: Final = 1_000  # training faces behind the mean face and the concept bank
BATCH: Final = 64
EXEMPLARS: Final = 6  # pictures a concept; none when the faces are of patients
NAME: Final = "face2bone"


@dataclass(frozen=True)
class Described:
    """What the card says beyond figures: where the faces came from."""

    name: str
    is_drawn: bool
    cohort: str
    provenance: Mapping[str, Any]
    generator_version: str | None = None
    generator_hash: str | None = None


@dataclass(frozen=True)
class Calibration:
    """Fitted on the calibration split."""

    temperature: float
    conformal: ConformalThresholds


def finish_on_patients(
    network: Face2Bone,
    recipe: Recipe,
    store: CropStore,
    members: Mapping[str, Members],
    cohort: Cohort,
    folder: Path,
    seed: int,
    progress: Progress,
) -> Bundle:
    """Bundle a network trained on a manifest, tested on the split's test patients."""
    calibration, ood_features = calibrate(network, store, members["calibration"])
    probabilities = predicted(network, store, members["test"], calibration)
    labels = store.labels[members["test"]]
    results = {"test": figures(probabilities, labels, calibration)}
    described = _describe(cohort, recipe, store, members, seed)
    return bundle_network(
        network, recipe, store, members["train"], calibration, ood_features,
        probabilities, labels, described, results, folder / "bundle", seed, progress,
    )  # fmt: skip


def calibrate(network: Face2Bone, store: CropStore, members: Members) -> tuple[Calibration, Floats]:
    """Temperature and conformal thresholds, and the pooled features (N, C) of the same faces."""
    logits, features = outputs(network, store, members)
    labels = store.labels[members]
    temperature = fit_temperature(logits, labels)
    conformal = fit_conformal(calibrated(logits, temperature), labels)
    return Calibration(temperature, conformal), features


def predicted(
    network: Face2Bone, store: CropStore, members: Members, calibration: Calibration
) -> Floats:
    """Calibrated probabilities (N, 3) of some of a store's faces."""
    return calibrated(outputs(network, store, members)[0], calibration.temperature)


def outputs(network: Face2Bone, store: CropStore, members: Members) -> tuple[Floats, Floats]:
    """Logits (N, 3) and pooled features at the cut (N, C) of some of a store's faces."""
    engine = TorchEngine(network.eval())
    logits, features = [], []
    for start in range(0, len(members), BATCH):
        crops = store.crops[store.rows[members[start : start + BATCH]]]
        cut = engine.features(network_input(crops))
        features.append(pooled(cut))
        logits.append(engine.head(cut))
    return np.concatenate(logits).astype(np.float64), np.concatenate(features)


def figures(
    probabilities: Floats, labels: npt.NDArray[np.int64], calibration: Calibration
) -> dict[str, Any]:
    """Performance and the prediction sets' coverage and size, in plain types."""
    sets = prediction_sets(probabilities, calibration.conformal)
    coverage = class_coverage(sets, labels)
    return {
        **performance(probabilities, labels).as_mapping(),
        "set_coverage": dict(zip(CLASS_LABELS, coverage, strict=True)),
        "set_size_mean": float(sets.sum(1).mean()),
    }


def bundle_network(
    network: Face2Bone,
    recipe: Recipe,
    store: CropStore,
    training: Members,
    calibration: Calibration,
    ood_features: Floats,
    probabilities: Floats,
    labels: npt.NDArray[np.int64],
    described: Described,
    results: Mapping[str, Any],
    path: Path,
    seed: int,
    progress: Progress,
) -> Bundle:
    """Add mean face, concepts and the out-of-domain reference, and write the bundle.

    ``probabilities`` and ``labels`` are of the test patients: the reliability table shows them.
    """
    chosen = store.rows[np.random.default_rng(seed).permutation(training)[:DESCRIBED_FACES]]
    crops, maps = store.crops[chosen], store.region_maps[chosen]
    concepts = fit_concepts(
        TorchEngine(network.eval()), crops, maps, recipe.concepts, seed,
        exemplars=EXEMPLARS if described.is_drawn else 0,
        progress=lambda share: progress("finding concepts", round(100 * share), 100),
    )  # fmt: skip
    contents = BundleContents(
        state={name: tensor.contiguous() for name, tensor in network.state_dict().items()},
        temperature=calibration.temperature,
        conformal=calibration.conformal,
        reliability=reliability_table(probabilities, labels),
        ood=fit_ood(ood_features, seed=seed),
        concepts=concepts,
        mean_face=mean_face(crops, maps),
    )
    fractions = np.bincount(store.labels[training], minlength=3) / len(training)
    card = BundleCard(
        name=described.name,
        version=__version__,
        status="demo" if described.is_drawn else "research",
        created_on=datetime.now(UTC).date(),
        architecture=network.config,
        cohort=described.cohort,
        class_fractions=(float(fractions[0]), float(fractions[1]), float(fractions[2])),
        provenance=described.provenance,
        results=results,
        generator_version=described.generator_version,
        generator_hash=described.generator_hash,
    )
    return save_bundle(path, card, contents)


def provenance(recipe: Recipe, members: Mapping[str, Members], seed: int) -> dict[str, Any]:
    """How the bundle came to be, in plain types."""
    return {
        "recipe": recipe.name,
        "seed": seed,
        "faces": {name: len(rows) for name, rows in members.items()},
        "face2bone": __version__,
        "torch": torch.__version__.split("+")[0],
        "python": platform.python_version(),
        "licence": "Apache-2.0",
    }


def _describe(
    cohort: Cohort, recipe: Recipe, store: CropStore, members: Mapping[str, Members], seed: int
) -> Described:
    """A written drawn cohort says so in a file beside its manifest, and only makes a demo."""
    made = provenance(recipe, members, seed)
    patients = store.index["patient_id"].nunique()
    plan = cohort.root / PLAN_FILE
    if not plan.is_file():
        return Described(f"{NAME}-{recipe.name}", False, f"{patients} patients of a cohort", made)
    drawn = yaml.safe_load(plan.read_text("utf-8"))
    return Described(
        name=f"{NAME}-{recipe.name}-drawn",
        is_drawn=True,
        cohort=f"{patients} drawn patients ({drawn['world']} world); no real person",
        provenance=made,
        generator_version=drawn["generator_version"],
        generator_hash=drawn["generator_hash"],
    )
