"""Does the instrument for added value find what is there, and nothing where nothing is?

    python -m research.added_value_worlds runs/added-value

Twenty cohorts of 600 drawn patients, each labelled three times over the same faces:

    planted  the patient's own T-score, which the face was drawn for
    null     a T-score drawn anew given age, sex and BMI: the face knows nothing beyond these
    blank    the planted T-scores permuted between patients: nothing knows anything

A null label has the very law of ``World.NULL``, where face and patient hold two independent
draws given the same three; drawing the patient's again instead of the face's costs no picture.

Faces are read by frozen trunks, chosen before the cohorts were: one trained to tell people apart
on other drawn people, without any bone label (``identity``), and that of the demo bundle, which
was trained on other patients of the planted world. Everything is kept in the folder and a
stopped run goes on.

    identities/, trunk/    the people without labels, the network that tells them apart
    cohorts/planted-SEED/  crop stores
    features/              NAME-SEED.npy, one row a patient
    results.json           one row a cohort, world and trunk
    results.md             how many were found, for docs/evidence/added-value.md
"""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np

from face2bone.arrays import Floats
from face2bone.atomic_files import whole_file, write_whole
from face2bone.bone import bone_class
from face2bone.bundle import load_bundle
from face2bone.careful import bytes_of, json_of
from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import drawn_crops
from face2bone.drawn.face.patients import DrawnPatient, draw_cohort
from face2bone.drawn.face.provenance import GENERATOR_HASH, PATIENT_MODEL_HASH
from face2bone.drawn.people import (
    PRETRAINING_SEED_RANGE,
    T_SCORE_SD,
    TEST_SEED_RANGE,
    clinical_arrays,
    permute_t_scores,
    t_score_mean,
)
from face2bone.drawn.worlds import World
from face2bone.errors import TrainingError
from face2bone.evaluation.added_value.columns import clinical_columns, picture_features
from face2bone.evaluation.added_value.crossfit import cross_fit
from face2bone.evaluation.added_value.rule import judge
from face2bone.evaluation.bootstrap import unit_weights
from face2bone.evaluation.guards.chance import chance_limit
from face2bone.evaluation.ranking import macro_auc
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import NetworkConfig
from face2bone.progress import Progress
from face2bone.runtime import Engine, TorchEngine
from face2bone.training.bars import Bars
from face2bone.training.identity import train_identities
from face2bone.training.run import Clock
from research.identities import identity_crops

COHORTS: Final = 20
PATIENTS: Final = 600
FIRST_SEED: Final = TEST_SEED_RANGE.start + 31_000
PEOPLE: Final = 200
PHOTOS: Final = 4
WIDTH: Final = 0.25
RELABEL: Final = 7  # keeps the new T-scores' random numbers apart from a cohort's own
DEMO: Final = Path("models/demo")
RESULTS, TABLE = "results.json", "results.md"

Key = tuple[str, str, int]
"""Trunk, world, seed."""


@dataclass(frozen=True)
class Row:
    """One cohort in one world seen by one trunk.

    areas: macro AUC of clinical, face and both; limit: how far from 0.5 chance takes one.
    """

    trunk: str
    world: str
    seed: int
    gain: float
    z: float
    p_value: float
    found: bool
    clinical_auc: float
    face_auc: float
    both_auc: float
    limit: float

    @property
    def at_chance(self) -> bool:
        """Whether every model's area is what chance explains."""
        areas = (self.clinical_auc, self.face_auc, self.both_auc)
        return max(abs(area - 0.5) for area in areas) <= self.limit


@dataclass(frozen=True)
class Proof:
    """All rows, and the minutes of each stage on the machine that ran them."""

    rows: tuple[Row, ...]
    minutes: Mapping[str, float]

    def of(self, trunk: str, world: World) -> list[Row]:
        """Rows of one trunk and world."""
        return [row for row in self.rows if (row.trunk, row.world) == (trunk, world.value)]

    def found(self, trunk: str, world: World) -> int:
        """In how many cohorts the rule found added value."""
        return sum(row.found for row in self.of(trunk, world))


def prove(
    folder: Path,
    cohorts: int = COHORTS,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Proof:
    """Run or go on with the whole proof in ``folder``; ``workers`` processes draw."""
    told = progress or Bars()
    folder.mkdir(parents=True, exist_ok=True)
    clock, known = Clock(folder), _known(folder / RESULTS)
    trunks = {"identity": _identity_trunk(folder, clock, workers, told), "demo": _demo_trunk()}
    for seed in range(FIRST_SEED, FIRST_SEED + cohorts):
        patients = draw_cohort(PATIENTS, World.PLANTED, seed)
        with clock.stage("drawing cohorts"):
            store = _draw(patients, folder / "cohorts" / f"planted-{seed}", workers)
        for name, engine in trunks.items():
            with clock.stage("reading faces"):
                features = _read(engine, store, folder / "features" / f"{name}-{seed}.npy")
            for world in World:
                key = (name, world.value, seed)
                if key not in known:
                    with clock.stage("fitting"):
                        known[key] = _judged(patients, store, features, key)
        told("cohorts", seed - FIRST_SEED + 1, cohorts)
        _write(folder, Proof(tuple(known.values()), clock.minutes))
    return Proof(tuple(known.values()), clock.minutes)


def relabelled(
    patients: tuple[DrawnPatient, ...], world: World, seed: int
) -> tuple[DrawnPatient, ...]:
    """Patients of the planted world with the T-scores they would have in another world."""
    if world is World.PLANTED:
        return patients
    if world is World.BLANK:
        return permute_t_scores(patients, seed)
    mean = t_score_mean(*clinical_arrays(patients))
    drawn = mean + T_SCORE_SD * np.random.default_rng([RELABEL, seed]).standard_normal(len(mean))
    return tuple(
        replace(p, t_score=round(t, 1), bone_class=bone_class(round(t, 1)))
        for p, t in zip(patients, drawn.tolist(), strict=True)
    )


def _identity_trunk(folder: Path, clock: Clock, workers: int | None, progress: Progress) -> Engine:
    with clock.stage("drawing people"):
        people = identity_crops(
            PEOPLE,
            PHOTOS,
            PRETRAINING_SEED_RANGE.start,
            folder / "identities",
            workers,
            lambda done, total: progress("drawing people", done, total),
        )
    with clock.stage("telling people apart"):
        config = NetworkConfig(width=WIDTH)
        return TorchEngine(
            train_identities(people, config, folder / "trunk", progress=progress), FACE_INPUT
        )


def _demo_trunk() -> Engine:
    return TorchEngine(load_bundle(DEMO).network, FACE_INPUT)


def _draw(patients: tuple[DrawnPatient, ...], folder: Path, workers: int | None) -> CropStore:
    return drawn_crops(patients, f"{GENERATOR_HASH} {PATIENT_MODEL_HASH}", folder, workers)


def _read(engine: Engine, store: CropStore, file: Path) -> Floats:
    """Features of every index row, kept in ``file``."""
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as part, part.open("wb") as opened:
            np.save(opened, picture_features(engine, store))
    features: Floats = np.load(file)
    return features


def _judged(
    patients: tuple[DrawnPatient, ...], store: CropStore, features: Floats, key: Key
) -> Row:
    trunk, world, seed = key
    seen = relabelled(patients, World(world), seed)
    labels = np.array([seen[row].bone_class for row in store.rows], np.int64)
    fitted = cross_fit(clinical_columns(store.index), features, labels)
    gain, ones = judge(fitted), unit_weights(len(labels))
    clinical, face, both = (float(macro_auc(p, labels, ones)[0]) for p in fitted.models.values())
    return Row(
        trunk=trunk,
        world=world,
        seed=seed,
        gain=gain.gain,
        z=gain.z,
        p_value=gain.p_value,
        found=gain.found,
        clinical_auc=clinical,
        face_auc=face,
        both_auc=both,
        limit=chance_limit(labels),
    )


def _known(file: Path) -> dict[Key, Row]:
    """Rows of an earlier, stopped run."""
    if not file.is_file():
        return {}
    try:
        rows = [Row(**values) for values in json_of(bytes_of(file))["rows"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            f"The file {file.name} of an earlier run is damaged. Delete it and start again."
        ) from error
    return {(row.trunk, row.world, row.seed): row for row in rows}


def _write(folder: Path, proof: Proof) -> None:
    values = {"rows": [asdict(row) for row in proof.rows], "minutes": dict(proof.minutes)}
    for name, text in ((RESULTS, json.dumps(values, indent=1)), (TABLE, as_table(proof))):
        write_whole(folder / name, text + "\n")


def as_table(proof: Proof) -> str:
    """Markdown: one row a trunk and world."""
    lines = [
        "| trunk | world | cohorts | found | z, least to most | mean gain in RPS "
        "| macro AUC: clinical, face, both | at chance |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for trunk in dict.fromkeys(row.trunk for row in proof.rows):
        for world in World:
            rows = proof.of(trunk, world)
            if not rows:
                continue
            z = [row.z for row in rows]
            areas = [
                np.mean([getattr(row, f"{model}_auc") for row in rows])
                for model in ("clinical", "face", "both")
            ]
            lines.append(
                f"| {trunk} | {world.value} | {len(rows)} | {proof.found(trunk, world)} "
                f"| {min(z):.1f} to {max(z):.1f} | {np.mean([r.gain for r in rows]):.4f} "
                f"| {', '.join(f'{area:.3f}' for area in areas)} "
                f"| {sum(row.at_chance for row in rows)} |"
            )
    return "\n".join(lines)


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("runs/added-value")
    print(as_table(prove(where)))
