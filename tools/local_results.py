"""How many DXA results a clinic needs before recalibration passes, and when it helps.

    python tools/local_results.py --out FOLDER [--clinics 20] [--seed 0]

Simulated clinics, no faces: a score x is normal with mean ``STEP`` times the class and
variance 1, and the model tells the exact posterior under its training cohort's base rates,
spoiled by one fault. Each clinic sends N results; ``recalibrate`` judges them; the map is
scored on ``NEW`` further patients. Writes results.csv and local-recalibration.png.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.arrays import Floats
from face2bone.calibration import (
    LocalRecalibration,
    calibrated,
    ranked_probability_scores,
    recalibrate,
)

STEP: Final = 1.5
BASE_RATES: Final = np.array([0.302, 0.420, 0.278])  # of the demonstration's training cohort
HALF_AS_OFTEN: Final = np.array([0.360, 0.501, 0.139])
RESULTS: Final = (100, 200, 300, 400, 600, 1000)
NEW: Final = 4_000


@dataclass(frozen=True)
class Fault:
    """What differs at the clinic: base rates, over-confidence, or a shift of the score."""

    name: str
    base_rates: Floats
    confidence: float = 1.0
    shift: float = 0.0


FAULTS: Final = (
    Fault("nothing wrong", BASE_RATES),
    Fault("osteoporosis half as often", HALF_AS_OFTEN),
    Fault("over-confident, logits x 1.7", BASE_RATES, confidence=1.7),
    Fault("both", HALF_AS_OFTEN, confidence=1.7),
    Fault("another camera, scores + 0.5", BASE_RATES, shift=0.5),
)


@dataclass(frozen=True)
class Clinic:
    """One simulated clinic: whether it passed, and scores on new patients."""

    fault: str
    results: int
    passes: bool
    method: str
    rps_before: float
    rps_after: float
    rps_truth: float


def main() -> None:
    """Simulate, write the table and draw the figure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--clinics", type=int, default=20, help="clinics per fault and count")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, object]] = []
    for made in simulate(chosen.clinics, chosen.seed):
        rows.append(asdict(made))
        table = pd.DataFrame(rows)
        table.to_csv(chosen.out / "results.csv", index=False)  # an interruption keeps these
    print(summary(table).to_string(float_format="{:.4f}".format))
    draw(summary(table), chosen.out / "local-recalibration.png")


def simulate(clinics: int, seed: int) -> Iterator[Clinic]:
    """Every fault and count, then all of them again, ``clinics`` times."""
    rng = np.random.default_rng(seed)
    for _ in range(clinics):
        for fault in FAULTS:
            for count in RESULTS:
                yield clinic(fault, count, rng)


def clinic(fault: Fault, count: int, rng: np.random.Generator) -> Clinic:
    """One clinic's results, judged, and the map tried on new patients."""
    told, _, labels = patients(fault, count, rng)
    found = recalibrate(told, labels)
    new_told, truth, new_labels = patients(fault, NEW, rng)
    before, after, best = (
        float(ranked_probability_scores(p, new_labels).mean())
        for p in (new_told, _recalibrated(found, new_told), truth)
    )
    method = found.evidence.method if found.evidence else "too few"
    return Clinic(fault.name, count, found.passes, method, before, after, best)


def patients(
    fault: Fault, count: int, rng: np.random.Generator
) -> tuple[Floats, Floats, npt.NDArray[np.int64]]:
    """Told and true probabilities (count, 3) and classes of a clinic's patients."""
    labels = rng.choice(3, count, p=fault.base_rates)
    x = STEP * labels + rng.normal(size=count)
    evidence = -0.5 * (x[:, None] - STEP * np.arange(3)) ** 2
    seen = -0.5 * (x[:, None] + fault.shift - STEP * np.arange(3)) ** 2
    told = calibrated(fault.confidence * (seen + np.log(BASE_RATES)))
    return told, calibrated(evidence + np.log(fault.base_rates)), labels


def _recalibrated(found: LocalRecalibration, told: Floats) -> Floats:
    return found.apply(told) if found.evidence else told


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Share of clinics that pass, and mean scores on new patients, per fault and count."""
    columns = ["passes", "rps_before", "rps_after", "rps_truth"]
    return table.groupby(["fault", "results"], sort=False)[columns].mean()


def draw(means: pd.DataFrame, path: Path) -> None:
    """Pass rate and excess score against the number of results."""
    mpl.use("agg")
    from matplotlib import pyplot as plt

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
    markers: Callable[[int], str] = "osD^v".__getitem__
    for index, (fault, rows) in enumerate(means.groupby(level=0, sort=False)):
        rows = rows.droplevel(0)
        style = {"marker": markers(index), "color": f"C{index}"}
        left.plot(rows.index, rows["passes"], label=fault, **style)
        right.plot(rows.index, rows["rps_after"] - rows["rps_truth"], **style)
        right.plot(rows.index, rows["rps_before"] - rows["rps_truth"], ls=":", color=style["color"])
    left.set(xlabel="DXA results", ylabel="share of clinics that pass", ylim=(-0.03, 1.03))
    right.set(xlabel="DXA results", ylabel="RPS above the truth's (new patients)", ylim=(0, None))
    right.plot([], [], ":k", label="as it was")
    right.plot([], [], "-k", label="recalibrated")
    for axes in (left, right):
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=110)
    plt.close(figure)


if __name__ == "__main__":
    main()
