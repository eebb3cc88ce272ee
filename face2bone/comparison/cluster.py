"""The runs of a comparison on several processes or machines: each run is one task of Ray.

A task gets a network's recipe, a seed and a rate; of patients it gets positions in the crop store,
and the mean and the spread of what is read beside the picture over all who train, and nothing else.
It opens the comparison's folder where it runs, so that folder must lie under the same path on every
machine; all it finds goes there too. A run that another one needs ends first: no seed is trained
before its network's rate is chosen.

Ray starts the task of a worker that died once more, and the run goes on from its last checkpoint.
Whatever stops the process that the person started loses no more than that.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch

from face2bone.cluster import connected
from face2bone.cohort.crop_store import INDEX, SOURCE, Kind, read_store
from face2bone.comparison.candidates import Candidate
from face2bone.comparison.protocol import CROPS, Protocol
from face2bone.comparison.runs import (
    device_name,
    ensure_run,
    epochs_done,
    is_finished,
    rates_of,
    run_folder,
)
from face2bone.comparison.tables import versions
from face2bone.covariates import Covariate
from face2bone.errors import Face2BoneError, TrainingError
from face2bone.progress import Progress, silent
from face2bone.training.recipe import Recipe
from face2bone.training.run import Members

RETRIES: Final = 3
"""How often the task of a worker that died is begun again."""
SECONDS_BETWEEN: Final = 1.0
"""How often is looked how far the runs are."""
SECONDS_TO_WAIT: Final = 5.0
"""How long a task waits where another process is at its run."""
SECONDS_TO_SEE: Final = 90.0
"""How late a shared folder may show here what was written on another machine."""


@dataclass(frozen=True)
class Shared:
    """What a task opens the comparison with; ``marks`` are those of its folder's files."""

    folder: Path
    recipe: Recipe
    kind: Kind
    members: Members
    covariates: tuple[Covariate, ...]
    marks: str
    software: str

    @classmethod
    def of(cls, protocol: Protocol) -> "Shared":
        """As this machine finds it: every other one must find the same."""
        folder = protocol.folder.resolve()
        return cls(
            folder,
            protocol.recipe,
            protocol.store.kind,
            protocol.members,
            protocol.covariates,
            _marks(folder),
            _software(),
        )

    def opened(self) -> Protocol:
        """The comparison, as this machine sees it; ``TrainingError`` where it sees another."""
        if _software() != self.software:
            raise TrainingError(
                "A machine of the cluster has other software or another processor ({there}; here "
                "{here}). Make them the same, and start again to go on.",
                there=_software(),
                here=self.software,
            )
        if _marks(self.folder) != self.marks:
            raise _elsewhere()
        store = read_store(self.folder / CROPS, self.kind)
        return Protocol(self.folder, self.recipe, store, self.members, self.covariates)


@dataclass(frozen=True)
class Run:
    """One network, one seed, one rate; ``folder`` is where it keeps everything."""

    candidate: Candidate
    seed: int
    rate: float
    folder: Path


@dataclass(frozen=True)
class Ended:
    """How a task ended: its run is finished, or another process is at it, or it was refused."""

    is_finished: bool
    refused: Exception | None = None


def train_there(shared: Shared, run: Run) -> Ended:
    """The task: do one run on the machine where this is called."""
    try:
        ours = ensure_run(shared.opened(), run.candidate, run.seed, run.rate, silent)
    except (Face2BoneError, OSError) as error:  # a sentence, or a full disk: said where it began
        return Ended(is_finished=False, refused=error)
    if not ours:
        time.sleep(SECONDS_TO_WAIT)
    return Ended(is_finished=ours)


@dataclass(frozen=True)
class Cluster:
    """Trains on ``workers`` processes of a cluster; ``address`` as in ``connected``."""

    address: str
    workers: int

    def __call__(
        self, protocol: Protocol, candidates: Sequence[Candidate], seeds: int, progress: Progress
    ) -> None:
        """Do every run that is not finished, also those that another process is at.

        Raises ``ClusterError`` for what Ray refuses, and ``TrainingError`` or ``OSError`` for what
        a run was refused with.
        """
        work = _Work(protocol, candidates, seeds, progress)
        if work.is_done:
            return
        with connected(self.address, self.workers) as ray:
            task = ray.remote(num_cpus=1, num_gpus=_gpus(ray), max_retries=RETRIES)(train_there)
            work.do(ray, task, self.workers)


class _Work:
    """Which runs there are, which of them are under way, and how far all of it is."""

    def __init__(
        self, protocol: Protocol, candidates: Sequence[Candidate], seeds: int, progress: Progress
    ) -> None:
        self._protocol, self._candidates, self._seeds = protocol, candidates, seeds
        self._progress = progress
        self._under_way: dict[Any, Run] = {}
        self._held: set[Path] = set()

    def do(self, ray: Any, task: Any, workers: int) -> None:
        """Keep ``workers`` tasks under way until every run is finished."""
        shared = Shared.of(self._protocol)
        while not self.is_done:
            for run in self._ready()[: workers - len(self._under_way)]:
                self._under_way[task.remote(shared, run)] = run
            for reference in self._ended(ray):
                self._note(self._under_way.pop(reference), ray.get(reference))
        self._tell()

    def _ended(self, ray: Any) -> list[Any]:
        """Tasks that ended, waited for; none where other processes are at all that is left."""
        ended: list[Any] = []
        while not ended:
            self._tell()
            if not self._under_way:  # Ray does not wait for nothing
                time.sleep(SECONDS_BETWEEN)
                break
            ended, _ = ray.wait(list(self._under_way), timeout=SECONDS_BETWEEN)
        return ended

    @property
    def is_done(self) -> bool:
        """Whether every run is finished."""
        return sum(is_finished(run.folder) for run in self._known()) == self._count

    @property
    def _count(self) -> int:
        """Runs in all: a network that tunes itself has its trials, and one of them is a seed's."""
        trials = len(self._protocol.rates) - 1
        tuned = sum(candidate.name == candidate.tuned_as for candidate in self._candidates)
        return len(self._candidates) * self._seeds + tuned * trials

    def _known(self) -> Iterator[Run]:
        """Runs whose rate is known, in the order in which one process does them."""
        for seed in range(self._seeds):
            for candidate in self._candidates:
                for rate in rates_of(self._protocol, candidate, seed):
                    folder = run_folder(self._protocol, candidate.name, seed, rate)
                    yield Run(candidate, seed, rate, folder)

    def _ready(self) -> list[Run]:
        """Runs to begin, those that others were at last of all."""
        busy = {run.folder for run in self._under_way.values()}
        found = [r for r in self._known() if r.folder not in busy and not is_finished(r.folder)]
        return sorted(found, key=lambda run: run.folder in self._held)

    def _note(self, run: Run, ended: Ended) -> None:
        if ended.refused is not None:
            raise ended.refused
        if ended.is_finished:
            _see(run.folder)
        else:
            self._held.add(run.folder)

    def _tell(self) -> None:
        each = self._protocol.recipe.training.epochs
        finished = sum(is_finished(run.folder) for run in self._known())
        begun = sum(epochs_done(run.folder) for run in self._under_way.values())
        note = f"{finished} of {self._count} runs finished"
        self._progress("training", finished * each + begun, self._count * each, note)


def _see(folder: Path) -> None:
    """Wait until a finished run is seen here too; ``TrainingError`` where it never is."""
    end = time.monotonic() + SECONDS_TO_SEE
    while not is_finished(folder):
        if time.monotonic() > end:
            raise _elsewhere()
        time.sleep(SECONDS_BETWEEN)


def _elsewhere() -> TrainingError:
    return TrainingError(
        "A machine of the cluster does not see the folder of this comparison, or sees another one "
        "in its place. Put the folder where every machine has it under the same path."
    )


def _marks(folder: Path) -> str:
    """SHA-256 of the files that say what is compared, and on whom; "" where they cannot be read."""
    files = (folder / "config.toml", folder / "split.csv", folder / CROPS / SOURCE)
    try:
        read = [path.read_bytes() for path in (*files, folder / CROPS / INDEX)]
    except OSError:
        return ""
    return hashlib.sha256(b"".join(hashlib.sha256(one).digest() for one in read)).hexdigest()


def _software() -> str:
    return f"{versions()}, {device_name()}"


def _gpus(ray: Any) -> int:
    """One for each run where this machine has any; a machine without one is then told apart."""
    return int(torch.cuda.is_available() and ray.cluster_resources().get("GPU", 0) >= 1)
