"""Runs that are stopped or killed end with the weights of a run that was not."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from lightning.pytorch import Trainer

from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.crops import FACES
from face2bone.errors import TrainingDiverged, TrainingError
from face2bone.modalities.face import FACE_INPUT
from face2bone.nn import Face2Bone
from face2bone.progress import Progress, silent
from face2bone.training.lightning_module import LabelTraining
from face2bone.training.loader import CropLoader
from face2bone.training.loop import BEST, CURVES, LAST, PREVIOUS, fit, newest_whole
from face2bone.training.objective import Objective
from face2bone.training.recipe import Recipe

Weights = dict[str, torch.Tensor]
TRAINING, VALIDATION = np.arange(32), np.arange(32, 48)
EPOCHS = 3


def run(
    store: CropStore,
    recipe: Recipe,
    folder: Path,
    progress: Progress = silent,
    validation: np.ndarray = VALIDATION,
) -> Weights:
    settings = recipe.training
    torch.manual_seed(1)
    network = Face2Bone(recipe.network_config())
    training = CropLoader(store, TRAINING, settings.batch_size, recipe.augmentation, seed=2)
    module = LabelTraining(network, Objective(settings, np.ones(3)), FACE_INPUT)
    fit(module, training, CropLoader(store, validation, 16), folder, progress)
    return {name: tensor.clone() for name, tensor in network.state_dict().items()}


def newest(folder: Path) -> Weights:
    state: Weights = torch.load(folder / LAST, weights_only=True)["state_dict"]
    return state


def assert_equal(a: Weights, b: Weights) -> None:
    assert a.keys() == b.keys()
    for name in a:
        torch.testing.assert_close(a[name], b[name], rtol=0, atol=0, msg=name)


@pytest.fixture(scope="module")
def recipe(tiny: Callable[..., Recipe]) -> Recipe:
    return tiny(epochs=EPOCHS, learning_rate=0.01)


@pytest.fixture(scope="module")
def whole(
    store: CropStore, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Weights, Path]:
    folder = tmp_path_factory.mktemp("whole")
    return run(store, recipe, folder), folder


@pytest.mark.slow
def test_curves_have_a_row_an_epoch(whole: tuple[Weights, Path]) -> None:
    curves = pd.read_csv(whole[1] / CURVES)
    assert curves["epoch"].tolist() == [1, 2, 3]
    assert {"training_loss", "validation_loss", "validation_auc", "region_loss"} <= {*curves}
    assert curves.notna().all(axis=None)


@pytest.mark.slow
def test_it_learns(whole: tuple[Weights, Path]) -> None:
    loss = pd.read_csv(whole[1] / CURVES)["training_loss"]
    assert loss.iloc[-1] < loss.iloc[0] < 1.5


@pytest.mark.slow
def test_the_best_epoch_is_returned(whole: tuple[Weights, Path]) -> None:
    weights, folder = whole
    best = torch.load(folder / BEST, weights_only=True)
    curves = pd.read_csv(folder / CURVES)
    assert best["epoch"] == curves["validation_loss"].idxmin()
    kept = {k.removeprefix("network."): v for k, v in best["state_dict"].items()}
    assert_equal({k: kept[k] for k in weights}, weights)


def test_a_finished_run_started_again_changes_nothing(
    store: CropStore, recipe: Recipe, whole: tuple[Weights, Path]
) -> None:
    before = (whole[1] / CURVES).read_bytes()
    assert_equal(run(store, recipe, whole[1]), whole[0])
    assert (whole[1] / CURVES).read_bytes() == before


class Stop(Exception):
    """Raised by a progress callback to stop a run."""


@pytest.mark.slow
@pytest.mark.parametrize("step", [3, 4, 5])
def test_a_stopped_run_goes_on(
    store: CropStore, recipe: Recipe, whole: tuple[Weights, Path], tmp_path: Path, step: int
) -> None:
    """Four steps an epoch, a checkpoint every two: in an epoch, at its end, at a checkpoint."""

    def stop(stage: str, done: float, total: float = 1, note: str = "", /) -> None:
        if done == step:
            raise Stop

    with pytest.raises(Stop):
        run(store, recipe, tmp_path, stop)
    assert_equal(run(store, recipe, tmp_path), whole[0])
    assert_equal(newest(tmp_path), newest(whole[1]))
    curves, expected = (pd.read_csv(f / CURVES) for f in (tmp_path, whole[1]))
    # The mean training loss of a broken epoch is over the steps since its checkpoint.
    resumed = ["training_loss", "region_loss"]
    pd.testing.assert_frame_equal(curves.drop(columns=resumed), expected.drop(columns=resumed))


SCRIPT = """
import sys
from pathlib import Path
import torch
sys.path[:0] = sys.argv[2:]
from conftest import TINY_NETWORK, fake_store
from face2bone.training.recipe import read_recipe
from test_loop import EPOCHS, run
torch.set_num_threads(1)
shipped = read_recipe("demo")
settings = dict(epochs=EPOCHS, batch_size=8, precision="32-true", checkpoint_steps=2,
                learning_rate=0.01)
recipe = shipped.model_copy(update={
    "network": TINY_NETWORK, "training": shipped.training.model_copy(update=settings)})
folder = Path(sys.argv[1])
def tell(stage, done, total, note=""):
    print(done, flush=True)
run(fake_store(folder, 48), recipe, folder, tell)
"""


@pytest.mark.slow
def test_a_killed_run_goes_on(
    store: CropStore,
    recipe: Recipe,
    whole: tuple[Weights, Path],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """SIGKILL in the second epoch, without a chance to tidy up; another process goes on."""
    command = [sys.executable, "-W", "error::UserWarning", "-c", SCRIPT, str(tmp_path)]
    command += [str(Path(__file__).parent), str(Path(__file__).parents[2])]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.strip() == "7":
                process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert (tmp_path / LAST).is_file()
    steps: list[int] = []
    capfd.readouterr()
    run(store, recipe, tmp_path, lambda _stage, done, _total, _note="": steps.append(done))
    assert steps[0] == 7
    assert capfd.readouterr() == ("", "")
    assert_equal(newest(tmp_path), newest(whole[1]))


@pytest.mark.slow
def test_a_full_disk_leaves_the_last_whole_checkpoint(
    store: CropStore,
    recipe: Recipe,
    whole: tuple[Weights, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The third checkpoint, of the fourth step, stops half written."""
    save, written = Trainer.save_checkpoint, []

    def full(self: Trainer, path: Path, weights_only: bool = False) -> None:
        written.append(path)
        save(self, path, weights_only)
        if len(written) == 3:
            Path(path).write_bytes(Path(path).read_bytes()[:5000])
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Trainer, "save_checkpoint", full)
    with pytest.raises(OSError, match="No space"):
        run(store, recipe, tmp_path)
    monkeypatch.undo()
    kept = newest_whole(tmp_path)
    assert kept is not None
    assert torch.load(kept, weights_only=True)["global_step"] == 2
    assert_equal(run(store, recipe, tmp_path), whole[0])


@pytest.mark.slow
def test_a_torn_checkpoint_costs_only_the_steps_since_the_one_before(
    store: CropStore, recipe: Recipe, whole: tuple[Weights, Path], tmp_path: Path
) -> None:
    shutil.copytree(whole[1], tmp_path, dirs_exist_ok=True)
    (tmp_path / LAST).write_bytes((tmp_path / LAST).read_bytes()[:5000])
    assert newest_whole(tmp_path) == tmp_path / PREVIOUS
    assert_equal(run(store, recipe, tmp_path), whole[0])
    assert_equal(newest(tmp_path), newest(whole[1]))


@pytest.mark.slow
@pytest.mark.parametrize("damage", [b"", b"no checkpoint", b"PK\x03\x04 torn"])
def test_checkpoints_that_cannot_be_read_are_one_sentence(
    store: CropStore, recipe: Recipe, whole: tuple[Weights, Path], tmp_path: Path, damage: bytes
) -> None:
    shutil.copytree(whole[1], tmp_path, dirs_exist_ok=True)
    (tmp_path / BEST).write_bytes(damage)
    with pytest.raises(TrainingError, match="Delete the folder training"):
        run(store, recipe, tmp_path)
    for name in (LAST, PREVIOUS):
        (tmp_path / name).write_bytes(damage)
    with pytest.raises(TrainingError, match="Delete the folder training"):
        newest_whole(tmp_path)


def test_a_loss_that_explodes_is_an_error(
    store: CropStore, tiny: Callable[..., Recipe], tmp_path: Path
) -> None:
    wild = tiny(epochs=1, learning_rate=float("1e30"))
    with pytest.raises(TrainingDiverged, match="diverged"):
        run(store, wild, tmp_path)


@pytest.mark.slow
def test_it_stops_as_many_epochs_after_the_best_as_the_recipe_has_patience(
    store: CropStore, tiny: Callable[..., Recipe], tmp_path: Path
) -> None:
    """Labels of the validation crops say nothing here, so it soon gets no better."""
    shuffled = store.index.copy()
    shuffled.loc[VALIDATION, "bone_mass_class"] = "osteopenia"
    other = CropStore(store.folder, shuffled, store.crops, store.region_maps, FACES)
    run(other, tiny(epochs=30, patience=2, learning_rate=0.02), tmp_path)
    loss = pd.read_csv(tmp_path / CURVES)["validation_loss"]
    assert len(loss) == loss.idxmin() + 1 + 2 < 30


@pytest.mark.slow
def test_bf16_runs(store: CropStore, tiny: Callable[..., Recipe], tmp_path: Path) -> None:
    weights = run(store, tiny(epochs=1, precision="bf16-mixed"), tmp_path)
    assert all(w.dtype != torch.bfloat16 for w in weights.values())
