"""One network, one seed, one folder: train, calibrate on the calibration split, test once.

    runs/NAME/seed-S/result.json       what the run was and came to; there when it is finished
    runs/NAME/seed-S/test.npz          calibrated probabilities (N, 3) of the test patients
    runs/NAME/seed-S/vectors.npz       of the plain trunk: its vector of every crop
    runs/NAME/seed-S/curves.csv        one row an epoch
    runs/NAME/seed-S/training/         checkpoints, until it is finished
    tuning/NAME/RATE/result.json       a shorter run that only tells its validation loss

A run that was killed goes on from its last checkpoint. Several processes may work in one
comparison's folder: each takes a run nobody else holds (a lock on its folder).
"""

import fcntl
import json
import os
import platform
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
import pandas as pd
import torch

from face2bone.calibration import Temperature, calibrated
from face2bone.comparison.candidates import TRUNK, Candidate
from face2bone.comparison.protocol import TUNING_SEED, Protocol
from face2bone.nn import FaceNetwork, normalise
from face2bone.training.lightning_module import MONITOR
from face2bone.training.loop import CURVES
from face2bone.training.progress import Progress
from face2bone.training.recipe import Recipe
from face2bone.training.run import fit_network

Floats = npt.NDArray[np.float64]

RESULT, TEST, VECTORS, TRAINING = "result.json", "test.npz", "vectors.npz", "training"
BATCH: Final = 64


@dataclass(frozen=True)
class RunResult:
    """A finished run, without its predictions.

    validation_loss: lowest of an epoch, uncalibrated. minutes: since the last start, so a run
    that went on after a kill shows less than it took. device: what it trained on.
    """

    name: str
    seed: int
    learning_rate: float
    epochs: int
    validation_loss: float
    temperature: float
    minutes: float
    device: str


def run_folder(protocol: Protocol, name: str, seed: int) -> Path:
    """Where a run keeps everything."""
    return protocol.folder / "runs" / name / f"seed-{seed}"


def finished_run(protocol: Protocol, name: str, seed: int) -> tuple[RunResult, Floats] | None:
    """Result and test probabilities (N, 3), or None before the run is finished."""
    folder = run_folder(protocol, name, seed)
    if not (folder / RESULT).is_file():
        return None
    values = json.loads((folder / RESULT).read_text("utf-8"))
    return RunResult(**values), np.load(folder / TEST)["probabilities"]


def ensure_run(protocol: Protocol, candidate: Candidate, seed: int, progress: Progress) -> bool:
    """Do a run unless it is finished; False when another process is at it."""
    folder = run_folder(protocol, candidate.name, seed)
    if (folder / RESULT).is_file():
        return True
    rate = chosen_rate(protocol, candidate, progress)
    if rate is None:
        return False
    with _held(folder) as ours:
        if ours and not (folder / RESULT).is_file():
            _run(protocol, candidate, seed, rate, folder, progress)
    return ours


def chosen_rate(protocol: Protocol, candidate: Candidate, progress: Progress) -> float | None:
    """The learning rate with the lowest validation loss.

    None while another process tries one, or before the candidate whose rate this one takes.
    """
    losses: dict[float, float] = {}
    for rate in protocol.rates:
        folder = protocol.folder / "tuning" / candidate.tuned_as / f"{rate:.2e}"
        with _held(folder) as ours:
            tried = (folder / RESULT).is_file()
            if not ours or not (tried or candidate.name == candidate.tuned_as):
                return None
            if not tried:
                _try_rate(protocol, candidate, rate, folder, progress)
        losses[rate] = json.loads((folder / RESULT).read_text("utf-8"))["validation_loss"]
    return min(losses, key=lambda rate: losses[rate])


def _try_rate(
    protocol: Protocol, candidate: Candidate, rate: float, folder: Path, progress: Progress
) -> None:
    recipe = protocol.for_tuning(rate)
    told = _named(progress, f"{candidate.title}, trying rate {rate:.1e}")
    _train(protocol, candidate, recipe, TUNING_SEED, folder, told)
    _write_json(folder / RESULT, {"validation_loss": _lowest_loss(folder)})
    _tidy(folder)


def _run(
    protocol: Protocol,
    candidate: Candidate,
    seed: int,
    rate: float,
    folder: Path,
    progress: Progress,
) -> None:
    start, recipe = time.monotonic(), protocol.with_rate(rate)
    told = _named(progress, f"{candidate.title}, seed {seed}")
    network = _train(protocol, candidate, recipe, seed, folder, told)
    labels, members = protocol.store.labels, protocol.members
    logits, _ = outputs(network, protocol, members["calibration"])
    temperature = Temperature.fit(logits, labels[members["calibration"]])
    logits, _ = outputs(network, protocol, members["test"])
    _write(folder / TEST, probabilities=calibrated(logits, temperature))
    if candidate.name == TRUNK:
        everyone = np.arange(len(protocol.store.index))
        _write(folder / VECTORS, vectors=outputs(network, protocol, everyone)[1])
    result = RunResult(
        name=candidate.name,
        seed=seed,
        learning_rate=rate,
        epochs=recipe.training.epochs,
        validation_loss=_lowest_loss(folder),
        temperature=temperature.temperature,
        minutes=round((time.monotonic() - start) / 60.0, 2),
        device=_device_name(),
    )
    _write_json(folder / RESULT, asdict(result))
    _tidy(folder)


def _train(
    protocol: Protocol,
    candidate: Candidate,
    recipe: Recipe,
    seed: int,
    folder: Path,
    progress: Progress,
) -> FaceNetwork:
    cv2.setNumThreads(1)  # crops are small: threads would only take turns
    torch.manual_seed(seed)
    network = candidate.build()
    fit_network(
        network, recipe, protocol.store, protocol.members, folder / TRAINING, seed, progress, 1
    )
    return network.eval()


def outputs(
    network: FaceNetwork, protocol: Protocol, members: npt.NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Logits (N, 3) and vectors (N, E) of some of the store's crops, in evaluation mode."""
    store, device = protocol.store, torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.eval().to(device)
    logits, vectors = [], []
    with torch.inference_mode():
        for start in range(0, len(members), BATCH):
            crops = store.crops[store.rows[members[start : start + BATCH]]]
            made = network.training_outputs(normalise(torch.from_numpy(crops).to(device)))
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


def _lowest_loss(folder: Path) -> float:
    return float(pd.read_csv(folder / TRAINING / CURVES)[MONITOR].min())


def _tidy(folder: Path) -> None:
    """Keep the curves; checkpoints are of no more use."""
    if (folder / TRAINING).is_dir():
        (folder / TRAINING / CURVES).replace(folder / CURVES)
        shutil.rmtree(folder / TRAINING)


def _write(path: Path, **arrays: Floats) -> None:
    """Arrays, there whole or not at all."""
    part = path.with_name(f".{os.getpid()}.{path.name}")  # numpy appends .npz to other endings
    np.savez(part, **arrays)
    part.replace(path)


def _write_json(path: Path, values: Mapping[str, Any]) -> None:
    part = path.with_name(f".{os.getpid()}.{path.name}")
    part.write_text(json.dumps(values, indent=2) + "\n", "utf-8")
    part.replace(path)


def _named(progress: Progress, title: str) -> Progress:
    """Each run has a bar with its own name."""

    def tell(stage: str, done: int, total: int, note: str = "") -> None:
        progress(title, done, total, note)

    return tell


def _device_name() -> str:
    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{platform.machine()} CPU, {torch.get_num_threads()} threads"
