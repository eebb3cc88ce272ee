"""KONet as we rebuilt it: rivals of films whose probabilities are mixed with weights.

Its abstract (Rasool et al., IEEE Access 12, 2024) names a weighted ensemble of convolutional
networks; neither its members nor its weights are in it. Ours are the members below, each the run of
one seed, and the weights are those of the mixture that fits the validation patients best:

    p(k | x) = sum_i w_i p_i(k | x),   w >= 0, sum w = 1,   maximising sum_n log p(y_n | x_n)

by expectation and maximisation, which rises at every step (Dempster et al. 1977); the problem is
concave, so it rises to the best there is. The mixture gets a temperature on the calibration
patients, as every row does. It costs what its members cost together.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np

from face2bone.arrays import Floats, Integers
from face2bone.calibration import Temperature, calibrated
from face2bone.comparison.protocol import Protocol
from face2bone.comparison.rivals import ENSEMBLE
from face2bone.comparison.runs import BEFORE, RunResult, probabilities_of, run_folder

STEPS: Final = 500
LEAST: Final = 1e-12  # below it a probability counts as this


def mixture_weights(members: Floats, labels: Integers) -> Floats:
    """Weights (M,) of the members' probabilities (M, N, K) under which ``labels`` are likeliest."""
    told = np.maximum(members[:, np.arange(len(labels)), labels], LEAST)
    weights: Floats = np.full(len(told), 1.0 / len(told))
    for _ in range(STEPS):
        shares = weights[:, None] * told
        weights = (shares / shares.sum(axis=0)).mean(axis=1)
    return weights


def ensemble(protocol: Protocol, runs: Mapping[str, Mapping[int, RunResult]]) -> dict[int, Floats]:
    """Calibrated test probabilities (N, K) of each seed that all members of ``runs`` finished."""
    if not runs.keys() >= set(ENSEMBLE):
        return {}
    members = [runs[name] for name in ENSEMBLE]
    seeds = set.intersection(*(set(found) for found in members))
    return {seed: _mixed(protocol, [found[seed] for found in members]) for seed in sorted(seeds)}


def _mixed(protocol: Protocol, runs: list[RunResult]) -> Floats:
    before = [
        np.load(run_folder(protocol, run.name, run.seed, run.learning_rate) / BEFORE)
        for run in runs
    ]
    labels, members = protocol.store.labels, protocol.members
    validation = np.stack([one["validation"] for one in before])
    weights = mixture_weights(validation, labels[members["validation"]])
    scores, test = (
        np.log(np.maximum(np.tensordot(weights, np.stack(each), axes=1), LEAST))
        for each in (
            [one["calibration"] for one in before],
            [probabilities_of(protocol, run) for run in runs],
        )
    )
    temperature = Temperature.fit(scores, labels[members["calibration"]])
    return calibrated(test, temperature)
