"""The bundle that ships: draw patients, train, calibrate and test on reserved ones.

``python -m face2bone.training.demo`` or ``face2bone train-demo``; under an hour on two
otherwise idle cores. Everything it does is in recipes/demo.toml.
"""

import sys
from pathlib import Path
from typing import Any, Final

import numpy as np

from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.odds import clinical_probabilities
from face2bone.drawn.people import DrawnSubject, clinical_arrays
from face2bone.drawn.worlds import World
from face2bone.errors import TrainingError
from face2bone.evaluation.metrics import performance
from face2bone.progress import Progress, counted
from face2bone.studies.face2bone import demonstration
from face2bone.training.bars import Bars
from face2bone.training.build_bundle import (
    Described,
    Tested,
    Trained,
    bundle_network,
    calibrate,
    figures,
    predicted,
    provenance,
    trained_on,
)
from face2bone.training.recipe import DrawnCohort, read_recipe
from face2bone.training.run import Clock, open_run, split_store, train_network, write_metrics

RUN_FOLDER: Final = Path("runs/demo")
SEED: Final = 0
LICENCE: Final = "Apache-2.0"  # as the rest of what ships


def train_demo(
    out: Path,
    recipe: str | Path = "demo",
    run_folder: Path = RUN_FOLDER,
    progress: Progress | None = None,
) -> Path:
    """Train the demonstration bundle into ``out``; returns ``out``.

    ``run_folder`` keeps crops and checkpoints: a stopped run goes on when started again.
    Raises ``TrainingError`` when the run cannot start or go on.
    """
    settled, told = read_recipe(recipe), progress or Bars()
    if settled.cohort is None:
        raise TrainingError(
            "The recipe {recipe} draws no patients. Use train with a manifest instead.",
            recipe=f"{settled.name!r}",
        )
    folder, plan = open_run(run_folder, settled, SEED), settled.cohort
    clock = Clock(folder)
    with clock.stage("drawing"):
        patients = demonstration().patients(plan.patients, World.PLANTED, plan.seed)
        store = _draw(patients, folder / "crops", "drawing faces", told)
    members = split_store(store, settled, SEED, folder)
    network = train_network(settled, store, members, folder, SEED, told, clock)
    with clock.stage("drawing reserved patients"):
        reserved = demonstration().patients(
            plan.evaluation_patients, World.PLANTED, plan.evaluation_seed
        )
        tests = _draw(reserved, folder / "evaluation", "drawing reserved patients", told)
    with clock.stage("finishing"):
        trained = Trained(network, settled, store, members, SEED, LICENCE)
        calibration = calibrate(trained)
        probabilities = predicted(trained, calibration, tests, np.arange(len(tests.index)))
        results = compared(probabilities, reserved, tests)
        results["model"] = figures(probabilities, tests.labels, calibration)
        tested = Tested(probabilities, tests.labels, results)
        described = _described(trained, plan)
        bundle = bundle_network(trained, calibration, tested, described, Path(out), told)
    write_metrics(folder, clock, bundle.card.results)
    return bundle.root


def compared(
    probabilities: Any, patients: tuple[DrawnSubject, ...], store: CropStore
) -> dict[str, Any]:
    """The same figures for the oracle, and for age, sex and BMI alone, on the same patients."""
    seen = tuple(patients[row] for row in store.rows)
    oracle = performance(demonstration().oracle(seen, World.PLANTED), store.labels)
    clinical = performance(clinical_probabilities(*clinical_arrays(seen)), store.labels)
    model = performance(probabilities, store.labels)
    return {
        "patients": len(patients),
        "faces_not_found": len(patients) - len(seen),
        "auc_share_of_oracle": (model.macro_auc - 0.5) / (oracle.macro_auc - 0.5),
        "oracle": oracle.as_mapping(),
        "age_sex_bmi": clinical.as_mapping(),
    }


def _draw(
    patients: tuple[DrawnSubject, ...], folder: Path, stage: str, progress: Progress
) -> CropStore:
    return demonstration().crops(patients, folder, counted(progress, stage))


def _described(trained: Trained, plan: DrawnCohort) -> Described:
    drawn_by = demonstration()
    return Described(
        name="face2bone-demo",
        is_drawn=True,
        cohort=trained_on(trained, f"drawn patients (planted world, seed {plan.seed})")
        + "; no real person",
        provenance=provenance(trained) | {"patient_model_hash": drawn_by.patients_hash},
        generator_version=drawn_by.version,
        generator_hash=drawn_by.hash,
    )


if __name__ == "__main__":
    print(train_demo(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("models/demo")))
