"""Both commands from start to end: open the folder, do what is missing, write the tables."""

from collections.abc import Callable, Sequence
from pathlib import Path

from face2bone.comparison.baselines import simple_predictions
from face2bone.comparison.candidates import (
    Candidate,
    ablation_candidates,
    comparison_candidates,
)
from face2bone.comparison.oracle import drawn_oracle
from face2bone.comparison.protocol import Protocol, open_protocol
from face2bone.comparison.results import ablation_rows, comparison_rows
from face2bone.comparison.runs import ensure_runs
from face2bone.comparison.tables import account, write_tables
from face2bone.progress import Progress
from face2bone.training.bars import Bars

Training = Callable[[Protocol, Sequence[Candidate], int, Progress], None]
"""Does what a protocol's candidates still lack of so many seeds."""


def one_after_another(
    protocol: Protocol, candidates: Sequence[Candidate], seeds: int, progress: Progress
) -> None:
    """Every network with one seed before any with the next: what is stopped early is balanced."""
    for seed in range(seeds):
        for candidate in candidates:
            ensure_runs(protocol, candidate, seed, progress)


def compare(
    manifest: Path,
    out: Path,
    recipe: str | Path | None = None,
    seeds: int = 3,
    progress: Progress | None = None,
    train: Training = one_after_another,
) -> Path:
    """A study's network against its rivals and simple models; returns the Markdown table's path.

    ``out`` is a new folder or that of a comparison of the same cohort and recipe, which goes on;
    ``recipe`` is what the cohort's study is compared by unless another is named.
    ``train`` does the runs, such as ``comparison.cluster.Cluster`` on several workers.
    Stopped early, it writes the tables of what is finished. Raises ``ManifestError`` for a cohort
    that breaks a rule, ``TrainingError`` for a comparison that cannot start or go on.
    """
    told = progress or Bars()
    protocol = open_protocol(Path(manifest), Path(out), recipe, told)
    oracle = drawn_oracle(protocol.cohort)
    candidates = comparison_candidates(protocol.recipe.network_config())
    simple = simple_predictions(protocol, told)
    try:
        train(protocol, candidates, seeds, told)
    finally:
        rows = comparison_rows(protocol, candidates, seeds, simple, oracle)
        about = account(protocol, "compare", Path(manifest), seeds, candidates[0], oracle)
        path = write_tables(protocol.folder, "comparison", rows, about)
    return path


def ablate(
    manifest: Path,
    out: Path,
    recipe: str | Path | None = None,
    seeds: int = 3,
    progress: Progress | None = None,
    train: Training = one_after_another,
) -> Path:
    """A study's network against itself without one part, and with its control; like ``compare``.

    In the folder of a comparison, the network's own runs are taken from there.
    """
    told = progress or Bars()
    protocol = open_protocol(Path(manifest), Path(out), recipe, told)
    oracle = drawn_oracle(protocol.cohort)
    candidates = ablation_candidates(protocol.recipe.network_config())
    try:
        train(protocol, candidates, seeds, told)
    finally:
        rows = ablation_rows(protocol, candidates, seeds, oracle)
        about = account(protocol, "ablate", Path(manifest), seeds, candidates[0], oracle)
        path = write_tables(protocol.folder, "ablation", rows, about)
    return path
