"""Does ``face2bone survival`` find a planted hazard in drawn faces, and nothing where none is?

    python -m research.survival_worlds runs/survival

1,500 drawn people, whose faces are drawn once and read by the frozen features of the demonstration
bundle; it was trained on bone and knows no times. In each world of ``drawn.hazard`` their times
are drawn ten times over, the first time as ``synth`` draws them. The oracle is the true log
hazard. Everything is kept in the folder and a stopped run goes on.

    crops/          the aligned faces
    features.npy    one row a person
    results.json    one row a world and drawing
    results.md      the table of docs/research/survival.md
"""

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np

from face2bone.arrays import Floats
from face2bone.atomic_files import whole_file, write_whole
from face2bone.bundle import load_bundle
from face2bone.drawn.face.crops import aged_crops
from face2bone.drawn.face.followed import FollowedPerson, draw_followed, oracle
from face2bone.drawn.hazard import SurvivalWorld, draw_times
from face2bone.evaluation.added_value.columns import picture_features
from face2bone.evaluation.survival.clinical import People
from face2bone.evaluation.survival.study import (
    ScoreFindings,
    SurvivalStudy,
    scores_of_features,
    survival_study,
)
from face2bone.modalities.face import FACE_INPUT
from face2bone.patient import Sex
from face2bone.runtime import TorchEngine
from face2bone.survival.concordance import harrell
from face2bone.survival.times import SurvivalTimes

PATIENTS: Final = 1_500
SEED: Final = 915_000
DRAWINGS: Final = 10
DEMO: Final = Path("models/demo")
RESULTS, TABLE = "results.json", "results.md"
AGE, HAZARD = "face age", "face hazard"


@dataclass(frozen=True)
class Found:
    """Harrell's C with a score, and Uno's gain with its interval."""

    concordance: float
    gain: float
    low: float
    high: float

    @property
    def holds_nothing(self) -> bool:
        """Whether the interval of the gain holds 0."""
        return self.low <= 0.0 <= self.high


@dataclass(frozen=True)
class Row:
    """One drawing of the times in one world; ``hazard`` is None where the study left it out."""

    world: str
    drawing: int
    events: int
    oracle: float
    without: float
    age: Found
    hazard: Found | None

    def behind(self, score: str) -> float:
        """How far C with a score, or with age and sex where it was left out, is from the oracle."""
        found = self.age if score == AGE else self.hazard
        return self.oracle - (self.without if found is None else found.concordance)


def prove(folder: Path, drawings: int = DRAWINGS, workers: int | None = None) -> tuple[Row, ...]:
    """Run or go on with everything in ``folder``; ``workers`` processes draw."""
    folder.mkdir(parents=True, exist_ok=True)
    features = _features(folder, workers)
    rows = tuple(
        row
        for world in SurvivalWorld
        for row in world_rows(draw_followed(PATIENTS, world, SEED), features, world, drawings)
    )
    write_whole(folder / RESULTS, json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    write_whole(folder / TABLE, as_table(rows) + "\n")
    return rows


def world_rows(
    people: tuple[FollowedPerson, ...], features: Floats, world: SurvivalWorld, drawings: int
) -> list[Row]:
    """The people of one world, the first time with their own times, then with new ones."""
    age = np.array([f.person.age_years for f in people])
    male = np.array([f.person.sex is Sex.MALE for f in people])
    people_of, eta, rows = People(age, male), oracle(people), []
    for drawing in range(drawings):
        times = SurvivalTimes.of([f.time_years for f in people], [f.event for f in people])
        if drawing:
            times = draw_times(np.random.default_rng([SEED, drawing]), eta, world)
        asked = scores_of_features(features, people_of, times)
        rows.append(_row(world, drawing, eta, times, survival_study(people_of, times, asked)))
    return rows


def as_table(rows: tuple[Row, ...]) -> str:
    """Markdown: one row a world and score, over its drawings."""
    lines = [
        "| world | score | drawings | events | oracle | age and sex | with the score "
        "| behind the oracle: mean, most | gain called one | left out |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for world in dict.fromkeys(row.world for row in rows):
        some = [row for row in rows if row.world == world]
        lines += [_line(world, score, some) for score in (AGE, HAZARD)]
    return "\n".join(lines)


def _line(world: str, score: str, rows: list[Row]) -> str:
    found = [row.age if score == AGE else row.hazard for row in rows]
    behind = [row.behind(score) for row in rows]
    oracle_c, without = (np.mean([getattr(row, n) for row in rows]) for n in ("oracle", "without"))
    return (
        f"| {world} | {score} | {len(rows)} | {np.mean([row.events for row in rows]):.0f} "
        f"| {oracle_c:.3f} | {without:.3f} | {oracle_c - np.mean(behind):.3f} "
        f"| {np.mean(behind):.3f}, {max(behind):.3f} "
        f"| {sum(f is not None and f.low > 0 for f in found)} | {found.count(None)} |"
    )


def _row(
    world: SurvivalWorld, drawing: int, eta: Floats, times: SurvivalTimes, study: SurvivalStudy
) -> Row:
    by_name = {score.name: score for score in study.scores}
    without = by_name[AGE].accuracy.concordance["harrell_without"].value
    return Row(
        world=world.value,
        drawing=drawing,
        events=study.cohort.events,
        oracle=float(harrell(eta, times)[0]),
        without=_known(without),
        age=_found(by_name[AGE]),
        hazard=_found(by_name[HAZARD]) if HAZARD in by_name else None,
    )


def _found(score: ScoreFindings) -> Found:
    c = score.accuracy.concordance
    gain = c["uno_gain"]
    values = (c["harrell_with"].value, gain.value, gain.low, gain.high)
    return Found(*(_known(value) for value in values))


def _known(value: float | None) -> float:
    return float("nan") if value is None else value


def _features(folder: Path, workers: int | None) -> Floats:
    path = folder / "features.npy"
    if not path.is_file():
        store = aged_crops(PATIENTS, SEED, False, folder / "crops", workers)
        if len(store.index) < PATIENTS:
            raise SystemExit("A drawn face was not found. Choose another seed.")
        engine = TorchEngine(load_bundle(DEMO).network, FACE_INPUT)
        with whole_file(path) as part, part.open("wb") as opened:
            np.save(opened, picture_features(engine, store))
    features: Floats = np.load(path)
    return features


if __name__ == "__main__":
    print(as_table(prove(Path(sys.argv[1]))))
