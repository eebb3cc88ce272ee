"""One network, one seed, one rate, one folder: train, calibrate, predict the test patients.

    runs/NAME/seed-S-rate-R/result.json   what the run was and came to; there when it is finished
    runs/NAME/seed-S-rate-R/test.npz      calibrated probabilities (N, K) of the test patients
    runs/NAME/seed-S-rate-R/vectors.npz   of the plain trunk: its vector of every crop
    runs/NAME/seed-S-rate-R/before.npz    of members of an ensemble: the same of those who fit it
    runs/NAME/seed-S-rate-R/curves.csv    one row an epoch
    runs/NAME/seed-S-rate-R/training/     checkpoints, until it is finished

A run that was killed goes on from its last checkpoint. Several processes may work in one
comparison's folder: each takes a run nobody else holds (a lock on its folder).

Every run has one thread: how many there are decides in which order sums are made, so a run's digits
would differ with the machine's cores, and with who else trains beside it.
"""

import fcntl
import json
import math
import platform
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from face2bone.arrays import Floats
from face2bone.atomic_files import whole_file, write_whole
from face2bone.calibration import Temperature, calibrated
from face2bone.careful import bytes_of, json_of
from face2bone.comparison.candidates import Candidate
from face2bone.comparison.protocol import TUNING_SEED, Protocol
from face2bone.comparison.rivals import ENSEMBLE, TRUNK
from face2bone.covariates import of_table
from face2bone.errors import TrainingDiverged, TrainingError
from face2bone.nn import PictureNetwork, normalise
from face2bone.progress import Progress
from face2bone.training.lightning_module import MONITOR
from face2bone.training.loop import CURVES
from face2bone.training.recipe import Recipe
from face2bone.training.run import fit_network

RESULT, TEST, VECTORS, TRAINING = "result.json", "test.npz", "vectors.npz", "training"
BEFORE: Final = "before.npz"
BATCH: Final = 64
FITTED_ON: Final = ("validation", "calibration")


@dataclass(frozen=True)
class RunResult:
    """A finished run, without its predictions.

    validation_loss: lowest of an epoch, uncalibrated; None when the rate was too high to train at
    all, and then there are no predictions. minutes: since the last start, so a run that went on
    after a kill shows less than it took. device: what it trained on.
    """

    name: str
    seed: int
    learning_rate: float
    epochs: int
    validation_loss: float | None
    temperature: float
    minutes: float
    device: str


def run_folder(protocol: Protocol, name: str, seed: int, rate: float) -> Path:
    """Where a run keeps everything."""
    return protocol.folder / "runs" / name / f"seed-{seed}-rate-{rate:.1e}"


def finished_runs(protocol: Protocol, candidate: Candidate, seeds: int) -> dict[int, RunResult]:
    """Finished runs at the chosen rate by seed; none before the rate is chosen."""
    rate = chosen_rate(protocol, candidate)
    if rate is None:
        return {}
    runs = {s: _result(run_folder(protocol, candidate.name, s, rate)) for s in range(seeds)}
    return {s: run for s, run in runs.items() if run and run.validation_loss is not None}


def probabilities_of(protocol: Protocol, run: RunResult) -> Floats:
    """Calibrated probabilities (N, K) of the test patients in a finished run."""
    folder = run_folder(protocol, run.name, run.seed, run.learning_rate)
    probabilities: Floats = np.load(folder / TEST)["probabilities"]
    return probabilities


def chosen_rate(protocol: Protocol, candidate: Candidate) -> float | None:
    """The rate with the lowest validation loss; None before all of them were tried."""
    name = candidate.tuned_as
    trials = [_result(run_folder(protocol, name, TUNING_SEED, rate)) for rate in protocol.rates]
    losses = {
        run.learning_rate: math.inf if run.validation_loss is None else run.validation_loss
        for run in trials
        if run is not None
    }
    return min(losses, key=lambda rate: losses[rate]) if len(losses) == len(trials) else None


def rates_of(protocol: Protocol, candidate: Candidate, seed: int) -> tuple[float, ...]:
    """Rates that a candidate's seed is trained at: all as trials, else the chosen one.

    None of them while that one is not known: another run has to end first.
    """
    if candidate.name == candidate.tuned_as and seed == TUNING_SEED:
        return protocol.rates
    chosen = chosen_rate(protocol, candidate)
    return () if chosen is None else (chosen,)


def ensure_runs(protocol: Protocol, candidate: Candidate, seed: int, progress: Progress) -> None:
    """Do what a candidate's seed still lacks, its trials first; leave out what others are at."""
    for rate in rates_of(protocol, candidate, seed):
        ensure_run(protocol, candidate, seed, rate, progress)


def ensure_run(
    protocol: Protocol, candidate: Candidate, seed: int, rate: float, progress: Progress
) -> bool:
    """Do one run where it is not finished; False where another process is at it."""
    folder = run_folder(protocol, candidate.name, seed, rate)
    with _held(folder) as ours:
        if ours and is_finished(folder):
            _tidy(folder)  # of a run that was killed between its result and here
        elif ours:
            with _one_thread():
                _run(protocol, candidate, seed, rate, folder, progress)
    return ours


def is_finished(folder: Path) -> bool:
    """Whether the run of this folder came to its end."""
    return (folder / RESULT).is_file()


def epochs_done(folder: Path) -> int:
    """Epochs that a run under way has behind it."""
    try:
        return max(0, (folder / TRAINING / CURVES).read_bytes().count(b"\n") - 1)
    except OSError:  # not begun, or finished at this moment
        return 0


def _result(folder: Path) -> RunResult | None:
    if not is_finished(folder):
        return None
    try:
        return RunResult(**json_of(bytes_of(folder / RESULT)))
    except (OSError, ValueError, TypeError) as error:
        raise TrainingError(
            "The file {file} of {folder}, {run} is damaged. Delete this run's folder "
            "and start again.",
            file=RESULT,
            folder=folder.parent.name,
            run=folder.name,
        ) from error


def _run(
    protocol: Protocol,
    candidate: Candidate,
    seed: int,
    rate: float,
    folder: Path,
    progress: Progress,
) -> None:
    start = time.monotonic()
    told = _named(progress, f"{candidate.title}, seed {seed}, rate {rate:.1e}")
    try:
        network = _train(protocol, candidate, protocol.with_rate(rate), seed, folder, told)
    except TrainingDiverged:  # the worst of trials, and no reason to leave others untrained
        loss, temperature = None, 1.0
    else:
        loss, temperature = _lowest_loss(folder), _predict(protocol, candidate, network, folder)
    result = RunResult(
        name=candidate.name,
        seed=seed,
        learning_rate=rate,
        epochs=protocol.recipe.training.epochs,
        validation_loss=loss,
        temperature=temperature,
        minutes=round((time.monotonic() - start) / 60.0, 2),
        device=device_name(),
    )
    write_whole(folder / RESULT, json.dumps(asdict(result), indent=2) + "\n")
    _tidy(folder)


def _predict(
    protocol: Protocol, candidate: Candidate, network: PictureNetwork, folder: Path
) -> float:
    """Write the test patients' calibrated probabilities; returns the temperature."""
    labels, members = protocol.store.labels, protocol.members
    logits, _ = outputs(network, protocol, members["calibration"])
    temperature = Temperature.fit(logits, labels[members["calibration"]])
    logits, _ = outputs(network, protocol, members["test"])
    write_arrays(folder / TEST, probabilities=calibrated(logits, temperature))
    if candidate.name in ENSEMBLE:
        sides = {side: outputs(network, protocol, members[side])[0] for side in FITTED_ON}
        arrays = {side: calibrated(found, temperature) for side, found in sides.items()}
        write_arrays(folder / BEFORE, **arrays)
    if candidate.name == TRUNK:
        everyone = np.arange(len(protocol.store.index))
        write_arrays(folder / VECTORS, vectors=outputs(network, protocol, everyone)[1])
    return temperature.temperature


def _train(
    protocol: Protocol,
    candidate: Candidate,
    recipe: Recipe,
    seed: int,
    folder: Path,
    progress: Progress,
) -> PictureNetwork:
    cv2.setNumThreads(1)  # crops are small: threads would only take turns
    torch.manual_seed(seed)
    network = candidate.build()
    fit_network(
        network,
        recipe,
        protocol.store,
        protocol.members,
        folder / TRAINING,
        seed,
        progress,
        devices=1,
        covariates=protocol.covariates,
    )
    return network.eval()


def outputs(
    network: PictureNetwork, protocol: Protocol, members: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Logits (N, K) and vectors (N, E) of some of the store's crops, in evaluation mode."""
    store, device = protocol.store, torch.device("cuda" if torch.cuda.is_available() else "cpu")
    beside = torch.from_numpy(of_table(store.index, protocol.covariates))
    network.eval().to(device)
    logits, vectors = [], []
    with torch.inference_mode():
        for start in range(0, len(members), BATCH):
            some = members[start : start + BATCH]
            crops = torch.from_numpy(store.crops[store.rows[some]])
            made = network.training_outputs(
                normalise(crops.to(device), store.spec), beside[some].to(device)
            )
            logits.append(made.logits.double().cpu().numpy())
            vectors.append(made.embedding.double().cpu().numpy())
    return np.concatenate(logits), np.concatenate(vectors)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Whether this process, and no other, may work in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


@contextmanager
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _lowest_loss(folder: Path) -> float:
    return float(pd.read_csv(folder / TRAINING / CURVES)[MONITOR].min())


def _tidy(folder: Path) -> None:
    """Keep the curves; checkpoints are of no more use."""
    if (folder / TRAINING).is_dir():
        if (folder / TRAINING / CURVES).is_file():
            (folder / TRAINING / CURVES).replace(folder / CURVES)
        shutil.rmtree(folder / TRAINING)


def write_arrays(path: Path, **arrays: Floats) -> None:
    """Arrays, there whole or not at all."""
    # An open file, as numpy appends .npz to other endings.
    with whole_file(path) as part, part.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def _named(progress: Progress, title: str) -> Progress:
    """Each run has a bar with its own name."""

    def tell(_stage: str, done: float, total: float = 1, note: str = "", /) -> None:
        progress(title, done, total, note)

    return tell


def device_name() -> str:
    """What trains here, as a run's result names it."""
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{platform.machine()} CPU, 1 thread"
