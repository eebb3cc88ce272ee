"""Would an estimate with error bars be done earlier than the exact values? (Rejected.)

    python -m benchmarks.early_stop [--faces 5]

Paired random orders of the regions (an order and its reverse; Mitchell et al. 2022) estimate
Shapley values from ever more of the 1,024 combinations. Two exact value tables of each drawn
face, of the configured bundle, are replayed ten times each: after how many different
combinations is the order of the three strongest regions settled at three standard errors?
"""

import argparse
from typing import Final

import numpy as np

from benchmarks.timing import drawn_face
from face2bone.arrays import Floats, Integers
from face2bone.assess import Assessor
from face2bone.bundle import load_bundle
from face2bone.explain.baselines import blur_baseline, mean_picture_baseline
from face2bone.explain.coalitions import shapley_values
from face2bone.explain.shapley import region_shapley
from face2bone.runtime import logits_of_crops
from face2bone.settings import get_settings

PLAYERS: Final = 10
TRIALS: Final = 10
TOP: Final = 3
ERRORS: Final = 3.0
LEAST_PAIRS: Final = 8
ALL: Final = 2**PLAYERS
NEARLY_ALL: Final = 1000
LOOK_AT: Final = 256


def main() -> None:
    """Print when estimates were settled, and how far off they are after 256 combinations."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--faces", type=int, default=5, help="drawn faces, two tables each")
    rng = np.random.default_rng(0)
    trials = [
        replay(table, rng) for table in tables(parser.parse_args().faces) for _ in range(TRIALS)
    ]
    settled, right, off = (np.array(column, dtype=float) for column in zip(*trials, strict=True))
    print(f"{len(trials)} trials; settled before all combinations: {(settled < ALL).mean():.0%}")
    print(f"combinations used, quartiles: {np.quantile(settled, (0.25, 0.5, 0.75))}")
    print(f"the three were the right ones: {right.mean():.0%}")
    print(
        f"largest error after {LOOK_AT}, of the strongest value: median {np.median(off):.0%}, "
        f"upper tenth {np.quantile(off, 0.9):.0%}"
    )


def tables(faces: int) -> list[Floats]:
    """The predicted class's logit of every combination, (1024,), under two baselines a face."""
    bundle = load_bundle(get_settings().bundle)
    network = logits_of_crops(Assessor(bundle).engine)
    found = []
    for seed in range(1, faces + 1):
        face = drawn_face(seed)
        for baseline in (blur_baseline(face), mean_picture_baseline(face, bundle.mean_picture)):
            table = region_shapley(network, face, baseline).table
            found.append(table[:, int(table[-1].argmax())])
    return found


def replay(v: Floats, rng: np.random.Generator) -> tuple[int, bool, float]:
    """Combinations used until settled, whether rightly, and the error after 256, relative."""
    phi = shapley_values(v[:, None], PLAYERS)[:, 0]
    seen, pairs = {0, ALL - 1}, []
    settled, right, off = ALL, True, float("nan")
    while len(seen) < NEARLY_ALL:
        pairs.append(paired_gains(v, rng.permutation(PLAYERS), seen))
        estimate = np.mean(pairs, axis=0)
        if np.isnan(off) and len(seen) >= LOOK_AT:
            off = float(np.abs(estimate - phi).max() / np.abs(phi).max())
        if settled == ALL and len(pairs) >= LEAST_PAIRS and is_settled(np.array(pairs)):
            settled = len(seen)
            right = bool((strongest(estimate)[:TOP] == strongest(phi)[:TOP]).all())
    return settled, right, off


def paired_gains(v: Floats, order: Integers, seen: set[int]) -> Floats:
    """Mean gain (10,) of each region in an order and its reverse; notes combinations used."""
    gains = np.zeros(PLAYERS)
    for way in (order, order[::-1]):
        coalition = 0
        for player in way.tolist():
            gains[player] += (v[coalition | 1 << player] - v[coalition]) / 2
            coalition |= 1 << player
            seen.add(coalition)
    return gains


def is_settled(pairs: Floats) -> bool:
    """Whether the first three differ from each other and the third from all others."""
    estimate = pairs.mean(axis=0)
    order, signed = strongest(estimate), pairs * np.sign(estimate)
    ahead = [*order[: TOP - 1], *[order[TOP - 1]] * (PLAYERS - TOP)]
    gaps = signed[:, ahead] - signed[:, order[1:]]
    errors = gaps.std(axis=0, ddof=1) / np.sqrt(len(pairs))
    return bool((gaps.mean(axis=0) >= ERRORS * errors).all())


def strongest(values: Floats) -> Integers:
    """Regions by magnitude, the strongest first."""
    order: Integers = np.argsort(-np.abs(values))
    return order


if __name__ == "__main__":
    main()
