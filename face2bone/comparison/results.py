"""From finished runs to rows: every figure with its interval, every difference paired.

A row without seeds (a simple model, the oracle) gives one answer; it stands against each seed of
the network at hand, the first candidate. A network of which some seeds are missing is compared on
the seeds it shares with that one, and its row says how many there are.

Intervals of a paired difference know two chances: a figure would have come out differently with
other patients and with other seeds. Both are resampled: patients with replacement, the same draw
for every model (paired), and seeds with replacement, the same draw for both models of a difference.

Notation: k seeds, f_s(w) a figure of seed s under patient weights w, f(w) its mean over seeds.
One resample draws w* and seeds s*_1 .. s*_k and gives

    f(w*) + sqrt(k / (k - 1)) (mean_j f_{s*_j}(w*) - f(w*))

The factor is Rao and Wu's (JASA 83, 1988, section 2): the mean of k draws from k values has a
variance (k - 1) / k times too small, for three seeds by a third. With one seed the interval is of
patients alone. Intervals are the middle 95% (``evaluation.bootstrap``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats, Integers
from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.comparison.baselines import TITLES, on_vectors
from face2bone.comparison.candidates import Candidate
from face2bone.comparison.ensemble import ensemble
from face2bone.comparison.oracle import DrawnOracle
from face2bone.comparison.protocol import Protocol
from face2bone.comparison.record import FIGURES, Row
from face2bone.comparison.rivals import ENSEMBLE, TRUNK
from face2bone.comparison.runs import RunResult, finished_runs, probabilities_of
from face2bone.evaluation.bootstrap import (
    RESAMPLES,
    Estimate,
    interval,
    patient_weights,
    unit_weights,
)
from face2bone.evaluation.confusion import accuracy, confusions, f1
from face2bone.evaluation.ranking import macro_auc
from face2bone.tasks import BONE_MASS

SEEDS_AT_MOST: Final = 64


@dataclass(frozen=True)
class Draws:
    """What every model of a table is measured with.

    weights: (R + 1, N) how often each photo counts, the first row once each: the figure itself.
    picks: (R, 64) numbers in [0, 1) that pick seeds, whatever their number.
    """

    weights: Floats
    picks: Floats

    @classmethod
    def of(cls, patients: npt.ArrayLike, resamples: int = RESAMPLES, seed: int = 0) -> "Draws":
        """Draw patients, with all photos of each; ``patients`` (N,) names each row's."""
        codes = np.unique(np.asarray(patients).astype(str), return_inverse=True)[1]
        drawn = patient_weights(codes.astype(np.int64), resamples, seed)
        weights = np.concatenate([unit_weights(len(codes)), *drawn])
        return cls(weights, np.random.default_rng(seed).random((resamples, SEEDS_AT_MOST)))


def measured(probabilities: Floats, labels: Integers, draws: Draws) -> dict[str, Floats]:
    """Every figure of ``FIGURES`` under every row of weights; (R + 1,) each."""
    matrix = confusions(probabilities, labels, draws.weights)
    terms = ranked_probability_scores(probabilities, labels)
    return {
        "accuracy": accuracy(matrix),
        "macro_auc": macro_auc(probabilities, labels, draws.weights),
        "rps": draws.weights @ terms / draws.weights.sum(axis=1),
        "osteopenia_f1": f1(matrix)[:, BONE_MASS.classes.index("osteopenia")],
    }


def estimate(by_seed: Mapping[int, Floats], draws: Draws) -> Estimate:
    """Mean over seeds of a figure's (R + 1,) values, with its interval."""
    return _estimate(np.stack([by_seed[seed] for seed in sorted(by_seed)]), draws)


def difference(one: Mapping[int, Floats], other: Mapping[int, Floats], draws: Draws) -> Estimate:
    """Mean over the seeds both have of one's figure minus the other's; they share one at least."""
    common = sorted(one.keys() & other.keys())
    return _estimate(np.stack([one[seed] - other[seed] for seed in common]), draws)


def _estimate(values: Floats, draws: Draws) -> Estimate:
    """values: (k, R + 1), the first column with every photo once."""
    k = len(values)
    centre, resampled = values.mean(axis=0), values[:, 1:]
    spread = np.zeros(resampled.shape[1])
    if k > 1:
        picked = np.floor(draws.picks[:, :k] * k).astype(np.int64)
        drawn = np.take_along_axis(resampled, picked.T, axis=0).mean(axis=0)
        spread = np.sqrt(k / (k - 1)) * (drawn - centre[1:])
    return interval(float(centre[0]), centre[1:] + spread)


ORACLE: Final = "oracle"
FEATURES: Final = "facenet-features"
KONET: Final = "konet"
KONET_TITLE: Final = "KONet as we rebuilt it: VGG19, ResNet50 and EfficientNetB0, weighted"


@dataclass(frozen=True)
class _Answers:
    """Test probabilities of one row by seed; the runs of a network."""

    name: str
    title: str
    by_seed: Mapping[int, Floats]
    is_seeded: bool = True
    candidate: Candidate | None = None
    runs: tuple[RunResult, ...] = ()


def comparison_rows(
    protocol: Protocol,
    candidates: Sequence[Candidate],
    seeds: int,
    simple: Mapping[str, Floats],
    oracle: DrawnOracle | None,
) -> list[Row]:
    """Oracle, networks, logistic models on the vectors of a trunk among them, simple models."""
    networks = [_network(protocol, candidate, seeds) for candidate in candidates]
    trunk = next((found for found in networks if found.name == TRUNK), None)
    features = [] if trunk is None else [_features(protocol, trunk)]
    mixed = [_mixed(protocol, networks)] if _may_mix(candidates) else []
    rest = [_constant(name, TITLES[name], simple[name], seeds) for name in simple]
    answers = [*_oracle(protocol, oracle, seeds), *networks, *mixed, *features, *rest]
    return _rows(protocol, answers, candidates[0].name)


def ablation_rows(
    protocol: Protocol, candidates: Sequence[Candidate], seeds: int, oracle: DrawnOracle | None
) -> list[Row]:
    """Oracle, the network at hand and its arms."""
    networks = [_network(protocol, candidate, seeds) for candidate in candidates]
    return _rows(protocol, [*_oracle(protocol, oracle, seeds), *networks], candidates[0].name)


def _may_mix(candidates: Sequence[Candidate]) -> bool:
    return {candidate.name for candidate in candidates} >= set(ENSEMBLE)


def _mixed(protocol: Protocol, networks: Sequence[_Answers]) -> _Answers:
    runs = {found.name: {run.seed: run for run in found.runs} for found in networks}
    return _Answers(KONET, KONET_TITLE, ensemble(protocol, runs))


def _features(protocol: Protocol, trunk: _Answers) -> _Answers:
    vectors = {run.seed: on_vectors(protocol, run) for run in trunk.runs}
    return _Answers(FEATURES, TITLES[FEATURES], vectors)


def _network(protocol: Protocol, candidate: Candidate, seeds: int) -> _Answers:
    runs = finished_runs(protocol, candidate, seeds)
    return _Answers(
        candidate.name,
        candidate.title,
        {seed: probabilities_of(protocol, run) for seed, run in runs.items()},
        candidate=candidate,
        runs=tuple(runs.values()),
    )


def _oracle(protocol: Protocol, oracle: DrawnOracle | None, seeds: int) -> list[_Answers]:
    if oracle is None:
        return []
    patients = protocol.store.index["patient_id"].iloc[protocol.members["test"]]
    best = np.array([oracle.probabilities[patient] for patient in patients])
    return [_constant(ORACLE, "oracle (the best any model could do)", best, seeds)]


def _constant(name: str, title: str, probabilities: Floats, seeds: int) -> _Answers:
    """The same answer for every seed."""
    return _Answers(name, title, dict.fromkeys(range(seeds), probabilities), is_seeded=False)


def _rows(protocol: Protocol, answers: Sequence[_Answers], full: str) -> list[Row]:
    """``full`` names the row that is compared with all others."""
    members = protocol.members["test"]
    labels = protocol.store.labels[members]
    draws = Draws.of(protocol.store.index["patient_id"].iloc[members].to_numpy())
    values = {found.name: _measured(found, labels, draws) for found in answers}
    return [_row(found, values[found.name], values[full], draws) for found in answers]


def _measured(
    found: _Answers, labels: npt.NDArray[np.int64], draws: Draws
) -> dict[str, dict[int, Floats]]:
    """Figure -> seed -> values under every draw; what does not change with the seed only once."""
    if found.is_seeded:
        each = {seed: measured(p, labels, draws) for seed, p in found.by_seed.items()}
    else:
        only = measured(next(iter(found.by_seed.values())), labels, draws)
        each = dict.fromkeys(found.by_seed, only)
    return {name: {seed: each[seed][name] for seed in each} for name in FIGURES}


def _row(
    found: _Answers,
    own: Mapping[str, Mapping[int, Floats]],
    full: Mapping[str, Mapping[int, Floats]],
    draws: Draws,
) -> Row:
    seeds = tuple(sorted(found.by_seed))
    shared = bool(set(seeds) & set(full[FIGURES[0]])) and own is not full
    ahead = {name: difference(full[name], own[name], draws) for name in FIGURES if shared}
    candidate, minutes = found.candidate, [run.minutes for run in found.runs]
    return Row(
        name=found.name,
        title=found.title,
        seeds=seeds if found.is_seeded else None,
        figures={name: estimate(own[name], draws) for name in FIGURES if seeds},
        spread={
            name: tuple(round(float(own[name][seed][0]), 6) for seed in seeds)
            for name in FIGURES
            if found.is_seeded
        },
        ahead=ahead if shared else None,
        multiply_adds=candidate.multiply_adds if candidate else None,
        parameters=candidate.parameters if candidate else None,
        learning_rate=found.runs[0].learning_rate if found.runs else None,
        minutes=round(float(np.mean(minutes)), 2) if minutes else None,
    )
