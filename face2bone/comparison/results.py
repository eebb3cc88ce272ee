"""From finished runs to rows: every figure with its interval, every difference paired.

A row without seeds (a simple model, the oracle) gives one answer; it stands against each seed of
Face2Bone. A network of which some seeds are missing is compared on the seeds it shares with
Face2Bone, and its row says how many there are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from face2bone.arrays import Floats
from face2bone.comparison.baselines import TITLES, on_vectors
from face2bone.comparison.candidates import FULL, TRUNK, Candidate
from face2bone.comparison.oracle import DrawnOracle
from face2bone.comparison.paired import FIGURES, Draws, difference, estimate, measured
from face2bone.comparison.protocol import Protocol
from face2bone.comparison.row import Row
from face2bone.comparison.runs import RunResult, finished_runs, probabilities_of

ORACLE: Final = "oracle"
FEATURES: Final = "facenet-features"


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
    """Oracle, Face2Bone, networks, logistic models on the trunk's vectors, simple models."""
    networks = [_network(protocol, candidate, seeds) for candidate in candidates]
    trunk = next((found for found in networks if found.name == TRUNK), None)
    vectors = {} if trunk is None else {r.seed: on_vectors(protocol, r) for r in trunk.runs}
    rest = [_constant(name, TITLES[name], simple[name], seeds) for name in simple]
    features = _Answers(FEATURES, TITLES[FEATURES], vectors)
    return _rows(protocol, [*_oracle(protocol, oracle, seeds), *networks, features, *rest])


def ablation_rows(
    protocol: Protocol, candidates: Sequence[Candidate], seeds: int, oracle: DrawnOracle | None
) -> list[Row]:
    """Oracle, Face2Bone and its arms."""
    networks = [_network(protocol, candidate, seeds) for candidate in candidates]
    return _rows(protocol, [*_oracle(protocol, oracle, seeds), *networks])


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


def _rows(protocol: Protocol, answers: Sequence[_Answers]) -> list[Row]:
    members = protocol.members["test"]
    labels = protocol.store.labels[members]
    draws = Draws.of(protocol.store.index["patient_id"].iloc[members].to_numpy())
    values = {found.name: _measured(found, labels, draws) for found in answers}
    return [_row(found, values[found.name], values[FULL], draws) for found in answers]


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
    shared = bool(set(seeds) & set(full[FIGURES[0]]))
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
        ahead=ahead if shared and found.name != FULL else None,
        multiply_adds=candidate.multiply_adds if candidate else None,
        parameters=candidate.parameters if candidate else None,
        learning_rate=found.runs[0].learning_rate if found.runs else None,
        minutes=round(float(np.mean(minutes)), 2) if minutes else None,
    )
