"""Does a network trained on films find what is planted, and nothing in a world without it?

    python -m research.film_worlds runs/film-worlds bone_net null --patients 1000 --seed 110500

Draws a cohort of one world, trains the study's own recipe on it as ``face2bone train`` does, and
asks the bundle about reserved patients of the same world. Beside its area for osteoporosis
(T <= -2.5) stand that of the best that age, sex and body mass can do, and of an oracle that knows
all that is drawn. Everything is kept in the folder, and a stopped run goes on.

    STUDY-WORLD/cohort, run    patients to train on; the run, with its bundle
    STUDY-WORLD/test, crops    reserved patients
    results.json, results.md   one row a study and world
"""

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from face2bone.arrays import Floats
from face2bone.atomic_files import write_whole
from face2bone.bone import BoneClass
from face2bone.bundle import load_bundle
from face2bone.careful import bytes_of, json_of
from face2bone.cohort.manifest import read_manifest
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort, film_oracle
from face2bone.drawn.hand import HAND
from face2bone.drawn.knee import KNEE
from face2bone.drawn.odds import clinical_probabilities
from face2bone.drawn.people import clinical_arrays
from face2bone.drawn.worlds import World
from face2bone.evaluation.bootstrap import Estimate, estimates
from face2bone.evaluation.evaluate import evaluate_bundle
from face2bone.evaluation.measures import Figures
from face2bone.evaluation.ranking import cut_auc
from face2bone.progress import silent
from face2bone.runtime import make_engine
from face2bone.studies import study_named
from face2bone.training import train

KINDS: Final = {"bone_net": KNEE, "osteoai": HAND}
TEST_SEED: Final = 900_200
TESTED: Final = 400
RESULTS, TABLE = "results.json", "results.md"


@dataclass(frozen=True)
class Row:
    """One network in the world that it was trained in; areas for osteoporosis against the rest.

    network, without: (value, lower, upper) of the bundle, and of age, sex and body mass; gain:
    the difference of the two, paired. oracle: what anybody could know.
    """

    study: str
    world: str
    trained: int
    tested: int
    network: tuple[float, float, float]
    without: tuple[float, float, float]
    gain: tuple[float, float, float]
    oracle: float

    @property
    def as_it_should(self) -> bool:
        """Planted: more than age, sex and body mass. Null: no more. Blank: as good as chance."""
        match World(self.world):
            case World.PLANTED:
                return self.gain[1] > 0.0
            case World.NULL:
                return self.gain[1] <= 0.0
            case World.BLANK:
                return self.network[1] <= 0.5 <= self.network[2]


def prove(
    folder: Path, study: str, world: World, patients: int, seed: int, tested: int = TESTED
) -> Row:
    """Train and test in one world, or go on with what ``folder`` has of it."""
    place = folder / f"{study}-{world.value}"
    cohort = _cohort(place / "cohort", study, world, patients, seed)
    bundle = place / "run" / "bundle"
    if not bundle.is_dir():
        train(cohort, place / "run", seed=0)
    manifest = _cohort(place / "test", study, world, tested, TEST_SEED)
    loaded = load_bundle(bundle)
    engine = make_engine(loaded, threads=1)
    found = evaluate_bundle(loaded, read_manifest(manifest), engine, place / "crops", silent)
    drawn = draw_film_cohort(KINDS[study].model, tested, world, TEST_SEED)
    row = row_of(found.predictions, drawn, study, world, patients)
    _keep(folder, row)
    return row


def row_of(
    predictions: pd.DataFrame,
    drawn: tuple[FilmPatient, ...],
    study: str,
    world: World,
    trained: int,
) -> Row:
    """What predictions, one row a patient with a usable film, are worth in their world."""
    by_id = {one.patient_id: one for one in drawn}
    tested = [by_id[name] for name in predictions["patient_id"]]
    labels = np.array([one.bone_class for one in tested], np.int64)
    network = predictions[[f"p_{one.label}" for one in BoneClass]].to_numpy(np.float64)
    # In the blank world age, sex and body mass say nothing, whatever is made of them.
    clinical = clinical_probabilities(*clinical_arrays(tested))
    best = film_oracle(KINDS[study].model, tested, world)

    def areas(weights: Floats) -> Figures:
        told, beside, oracle = (
            cut_auc(p, labels, BoneClass.OSTEOPOROSIS, weights) for p in (network, clinical, best)
        )
        return {"network": told, "without": beside, "gain": told - beside, "oracle": oracle}

    found = estimates(areas, np.arange(len(tested)))
    return Row(
        study=study,
        world=world.value,
        trained=trained,
        tested=len(tested),
        network=_interval(found["network"]),
        without=_interval(found["without"]),
        gain=_interval(found["gain"]),
        oracle=_interval(found["oracle"])[0],
    )


def _interval(found: Estimate) -> tuple[float, float, float]:
    nan = float("nan")
    value, low, high = (nan if one is None else one for one in (found.value, found.low, found.high))
    return value, low, high


def _cohort(folder: Path, study: str, world: World, patients: int, seed: int) -> Path:
    manifest = folder / "manifest.csv"
    if not manifest.is_file():
        study_named(study).drawn().draw(folder, patients, world.value, seed, lambda *_: None)
    return manifest


def _keep(folder: Path, row: Row) -> None:
    """Write the row beside those of other worlds, as figures and as a table."""
    file = folder / RESULTS
    known = [Row(**one) for one in json_of(bytes_of(file))] if file.is_file() else []
    others = [one for one in known if (one.study, one.world) != (row.study, row.world)]
    rows = (*others, row)
    write_whole(file, json.dumps([asdict(one) for one in rows], indent=1) + "\n")
    write_whole(folder / TABLE, as_table(rows) + "\n")


def as_table(rows: tuple[Row, ...]) -> str:
    """Markdown: one row a study and world."""
    lines = [
        "| study | world | trained on | tested on | network | age, sex, body mass "
        "| network less these | oracle | as it should be |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        areas = " | ".join(_shown(one) for one in (row.network, row.without, row.gain))
        lines.append(
            f"| {row.study} | {row.world} | {row.trained} | {row.tested} | {areas} "
            f"| {row.oracle:.3f} | {'yes' if row.as_it_should else 'no'} |"
        )
    return "\n".join(lines)


def _shown(found: tuple[float, float, float]) -> str:
    value, low, high = found
    return f"{value:.3f} ({low:.3f} to {high:.3f})"


def main() -> None:
    """Prove one study in one world."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("study", choices=list(KINDS))
    parser.add_argument("world", choices=[world.value for world in World])
    parser.add_argument("--patients", type=int, default=1_000)
    parser.add_argument("--seed", type=int, required=True, help="one kept for training")
    given = parser.parse_args()
    row = prove(given.folder, given.study, World(given.world), given.patients, given.seed)
    print(as_table((row,)))


if __name__ == "__main__":
    main()
