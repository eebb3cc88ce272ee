"""The same photos with T-scores that the faces know nothing about.

    python -m research.faithfulness.worlds COHORT

writes blank.csv and null.csv beside the manifest.csv of a cohort drawn in the planted world:

- blank: the T-scores permuted between the patients, which is the blank world of this cohort;
- null: each patient's T-score drawn again from the same age, sex and body mass index. The null
  world draws the face from such a second T-score and keeps the first; which of the two the face
  was drawn from does not matter, as they are drawn alike, so this is the null world as well.

Networks trained on the three manifests have seen the same faces and differ in labels only.
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.people import T_SCORE_SD, t_score_mean
from face2bone.drawn.worlds import World
from face2bone.drawn.writing import read_plan
from face2bone.errors import ManifestError
from face2bone.patient import Sex

NULL_STREAM = 2
"""Second word of the seed from which T-scores are drawn again; the first is the cohort's."""


def write_worlds(cohort: Path) -> tuple[Path, Path]:
    """Write blank.csv and null.csv; raises ``ManifestError`` for anything but a planted cohort."""
    plan = read_plan(cohort)
    if plan is None or plan["world"] != World.PLANTED.value:
        raise ManifestError(
            "The folder holds no cohort drawn in the planted world. "
            "Draw one with `face2bone synth --world planted`."
        )
    table = pd.read_csv(cohort / "manifest.csv")
    written = []
    for name, scores in (
        ("blank", blank_scores(table, plan["seed"])),
        ("null", null_scores(table, plan["seed"])),
    ):
        path = cohort / f"{name}.csv"
        table.assign(t_score=scores).to_csv(path, index=False, lineterminator="\n")
        written.append(path)
    return written[0], written[1]


def blank_scores(table: pd.DataFrame, seed: int) -> pd.Series:
    """T-scores of the blank world, in the manifest's order."""
    permuted = draw_cohort(len(table), World.BLANK, seed)
    return table["patient_id"].map({p.patient_id: p.t_score for p in permuted})


def null_scores(table: pd.DataFrame, seed: int) -> pd.Series:
    """T-scores drawn again given age, sex and body mass index, rounded to 0.1."""
    bmi = table["weight_kg"] / (table["height_cm"] / 100.0) ** 2
    mean = t_score_mean(table["age_years"], table["sex"] == Sex.FEMALE.value, bmi)
    noise = np.random.default_rng([seed, NULL_STREAM]).standard_normal(len(table))
    return pd.Series((mean + T_SCORE_SD * noise).round(1), index=table.index)


def main() -> None:
    """Write the two manifests and say where."""
    parser = argparse.ArgumentParser(
        prog="python -m research.faithfulness.worlds",
        description=__doc__,
        formatter_class=argparse.RawTextHelpFormatter,
    )
    parser.add_argument("cohort", type=Path, metavar="COHORT")
    for path in write_worlds(parser.parse_args().cohort):
        print(path)


if __name__ == "__main__":
    main()
