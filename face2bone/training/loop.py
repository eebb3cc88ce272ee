"""The training loop in one folder: start or go on, checkpoint, stop early, keep the best.

    checkpoints/last.ckpt       newest state, written every few steps and after every epoch
    checkpoints/previous.ckpt   the newest before it, for when a machine fails while writing
    checkpoints/best.ckpt       state with the lowest validation loss
    curves.csv                  one row an epoch

A run killed at any moment goes on from the newest whole state with the same batches, changes,
optimiser and random state, and ends with the weights it would have had.
"""

import csv
import logging
import pickle
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Literal

import torch
from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import EarlyStopping

from face2bone.atomic_files import whole_file
from face2bone.errors import TrainingDiverged, TrainingError
from face2bone.progress import Progress
from face2bone.training.lightning_module import MONITOR, LabelTraining
from face2bone.training.loader import CropLoader

LAST, PREVIOUS = "checkpoints/last.ckpt", "checkpoints/previous.ckpt"
BEST, CURVES = "checkpoints/best.ckpt", "curves.csv"
_LOGGERS: Final = ("lightning.pytorch", "lightning.fabric")


def fit(
    module: LabelTraining,
    training: CropLoader,
    validation: CropLoader,
    folder: Path,
    progress: Progress,
    devices: int | Literal["auto"] = "auto",
) -> None:
    """Train ``module`` in place; afterwards it holds the best epoch's weights.

    Goes on where ``folder`` was left. ``devices`` is how many to train on. Raises
    ``TrainingDiverged`` when the loss stops being finite, ``TrainingError`` when no checkpoint
    of ``folder`` can be read, and ``OSError`` when one cannot be written.
    """
    recipe = module.recipe
    (folder / LAST).parent.mkdir(parents=True, exist_ok=True)
    keeper = Keeper(folder, recipe.checkpoint_steps, training)
    early = EarlyStopping(MONITOR, patience=recipe.patience, check_finite=True, verbose=False)
    with _quiet():
        trainer = Trainer(
            accelerator="auto",
            devices=devices,
            max_epochs=recipe.epochs,
            precision=recipe.precision,
            gradient_clip_val=recipe.gradient_clip,
            callbacks=[keeper, early, Ticker(progress)],
            logger=False,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,
        )
        training.rank, training.world_size = trainer.global_rank, trainer.world_size
        newest = newest_whole(folder)
        trainer.fit(module, training, validation, ckpt_path=newest, weights_only=True)
    if not (folder / BEST).is_file():
        raise TrainingDiverged(
            "Training ended without a finite validation loss. Lower the learning rate."
        )
    best = _read(folder / BEST)
    if best is None:
        raise _damaged()
    module.load_state_dict(best["state_dict"])


def newest_whole(folder: Path) -> Path | None:
    """The newest checkpoint that can be read; None before there is any.

    Raises ``TrainingError`` when there are some and none can be read.
    """
    written = [folder / name for name in (LAST, PREVIOUS) if (folder / name).is_file()]
    for path in written:
        if _read(path) is not None:
            return path
    if written:
        raise _damaged()
    return None


def _read(path: Path) -> dict[str, Any] | None:
    """A checkpoint, or None when it is torn or damaged."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, EOFError, RuntimeError, ValueError, pickle.UnpicklingError):
        return None
    return state if isinstance(state, dict) else None


def _damaged() -> TrainingError:
    return TrainingError(
        "The checkpoints of this run are damaged and cannot be read. "
        "Delete the folder training in the run folder: training then starts again."
    )


@contextmanager
def _quiet() -> Iterator[None]:
    """No advertisements and hardware reports of Lightning on the user's screen."""
    levels = {name: logging.getLogger(name).level for name in _LOGGERS}
    for name in levels:
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            # Lightning asks torch's tree utilities in a way they retire.
            warnings.filterwarnings("ignore", message=r".*isinstance\(treespec, LeafSpec\).*")
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


class Keeper(Callback):
    """Writes checkpoints and curves; its memory of both is part of the checkpoint.

    So is the loader's state: Lightning restores a loader only when it stopped within an epoch.
    """

    def __init__(self, folder: Path, steps: int, training: CropLoader) -> None:
        self.folder, self.steps, self.training = folder, steps, training
        self.best = float("inf")
        self.rows: list[dict[str, float]] = []

    def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
        """Every ``steps`` steps, so that a kill costs little.

        Not after an epoch's last: a run that resumed there would skip its validation, and the
        epoch's own checkpoint is about to be written.
        """
        if trainer.global_step % self.steps == 0 and not trainer.is_last_batch:
            self._keep_newest(trainer)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """After validation: note the epoch's figures and keep the state."""
        figures = {name: float(value) for name, value in trainer.callback_metrics.items()}
        rate = trainer.optimizers[0].param_groups[0]["lr"]
        self.rows.append({"epoch": trainer.current_epoch + 1, "learning_rate": rate, **figures})
        improved = figures[MONITOR] < self.best
        self.best = min(self.best, figures[MONITOR])
        if trainer.is_global_zero:
            _write_curves(self.folder / CURVES, self.rows)
        if improved:
            _save(trainer, self.folder / BEST, weights_only=True)
        self._keep_newest(trainer)

    def _keep_newest(self, trainer: Trainer) -> None:
        newest = self.folder / LAST
        if trainer.is_global_zero and newest.is_file():
            newest.replace(self.folder / PREVIOUS)
        _save(trainer, newest)

    def state_dict(self) -> dict[str, Any]:
        """What resuming needs."""
        return {"best": self.best, "rows": self.rows, "loader": self.training.state_dict()}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The inverse of ``state_dict``."""
        self.best, self.rows = state_dict["best"], list(state_dict["rows"])
        self.training.load_state_dict(state_dict["loader"])


class Ticker(Callback):
    """Reports steps to a ``Progress``."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.note = ""

    def on_train_batch_end(self, trainer: Trainer, *_: Any) -> None:
        """One step further."""
        if trainer.is_global_zero:
            steps = int(trainer.estimated_stepping_batches)
            self.progress("training", trainer.global_step, steps, self.note)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """The newest figures stand beside the bar."""
        shown = {"validation_loss": "loss", "validation_auc": "AUC"}
        figures = trainer.callback_metrics
        parts = [f"{shown[k]} {float(figures[k]):.3f}" for k in shown if k in figures]
        self.note = f"epoch {trainer.current_epoch + 1}: {', '.join(parts)}"


def _save(trainer: Trainer, path: Path, weights_only: bool = False) -> None:
    """Write a checkpoint, whole or not at all; every process takes part, the first one writes."""
    if trainer.is_global_zero:
        with whole_file(path) as part:
            trainer.save_checkpoint(part, weights_only)
    else:
        trainer.save_checkpoint(path, weights_only)


def _write_curves(path: Path, rows: Sequence[Mapping[str, float]]) -> None:
    with whole_file(path) as part, part.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[-1]))
        writer.writeheader()
        writer.writerows(rows)
