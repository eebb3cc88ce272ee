"""The whole way from a manifest to a bundle, with the photos' alignment left out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from face2bone.bone import bone_class
from face2bone.bundle import Bundle, load_bundle
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.manifest import Cohort, read_manifest
from face2bone.drawn.face.crops import FACES
from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.face.write import manifest_table
from face2bone.drawn.worlds import World
from face2bone.errors import BundleError, Face2BoneError, TrainingError
from face2bone.modalities.face.modality import FACE
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.progress import silent
from face2bone.training import build_bundle, run
from face2bone.training.recipe import Backbone, Recipe, read_recipe, recipe_toml
from face2bone.training.run import Clock, open_run, split_store, train, train_network
from face2bone.training.trunk import with_trunk

PATIENTS = 350
COHORT_SEED = 400_200


def write_manifest(root: Path, classes_only: bool = False) -> Path:
    """A cohort whose photos nobody opens; the first two are byte for byte the same."""
    table = manifest_table(draw_cohort(PATIENTS, World.PLANTED, COHORT_SEED))
    if classes_only:
        classes = [bone_class(score).label for score in table["t_score"]]
        table = table.drop(columns="t_score").assign(bone_mass_class=classes)
    (root / "photos").mkdir(parents=True)
    for i, name in enumerate(table["photo"]):
        (root / name).write_bytes(bytes([max(i, 1) // 256, max(i, 1) % 256]))
    table.to_csv(root / "manifest.csv", index=False)
    return root / "manifest.csv"


@pytest.fixture(scope="module")
def aligned(make_store: Callable[..., CropStore]) -> Callable[..., CropStore]:
    """Stands for ``photo_crops``: crops whose brightness is the class."""

    def align(cohort: Cohort, _: object, folder: Path, **__: object) -> CropStore:
        table = cohort.table.reset_index(drop=True).rename_axis("row").reset_index()
        store = make_store(folder, len(table), cohort.labels)
        return CropStore(folder, table, store.crops, store.region_maps, FACES)

    return align


@pytest.fixture(scope="module")
def small(tiny: Callable[..., Recipe], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The full recipe on the tiny network, one epoch."""
    full = read_recipe("full")
    recipe = tiny(epochs=1, batch_size=16, learning_rate=0.01, checkpoint_steps=5)
    changes = {"network": recipe.network, "training": recipe.training, "concepts": 3}
    path = tmp_path_factory.mktemp("recipe") / "small.toml"
    text = recipe_toml(full.model_copy(update=changes), 0)
    path.write_text(text.removeprefix("seed = 0\n"), "utf-8")
    return path


@pytest.fixture(scope="module")
def finished(
    small: Path, aligned: Callable[..., CropStore], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Bundle]:
    root = tmp_path_factory.mktemp("train")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "photo_crops", aligned)
        patch.setattr(build_bundle, "DESCRIBED_PICTURES", 20)
        manifest = write_manifest(root / "cohort")
        path = train(manifest, root / "run", recipe=small, seed=5, progress=silent, licence="CC0")
    return root / "run", load_bundle(path)


@pytest.mark.slow
def test_the_run_folder_tells_the_whole_story(finished: tuple[Path, Bundle]) -> None:
    folder, bundle = finished
    assert bundle.root == folder / "bundle"
    config = tomllib.loads((folder / "config.toml").read_text("utf-8"))
    assert config["seed"] == 5
    assert (folder / "training" / "curves.csv").is_file()
    metrics = json.loads((folder / "metrics.json").read_text("utf-8"))
    assert metrics["results"]["test"]["n"] == bundle.card.results["test"]["n"]  # type: ignore[index]
    assert set(metrics["minutes"]) == {"crops", "training", "finishing"}


@pytest.mark.slow
def test_the_split_is_by_patient_and_complete(finished: tuple[Path, Bundle]) -> None:
    split = pd.read_csv(finished[0] / "split.csv")
    assert split["patient_id"].is_unique
    assert len(split) == PATIENTS
    shares = split["split"].value_counts(normalize=True)
    assert shares["train"] == pytest.approx(0.6, abs=0.01)
    assert set(shares.index) == {"train", "validation", "calibration", "test"}


@pytest.mark.slow
def test_results_are_of_the_test_patients(finished: tuple[Path, Bundle]) -> None:
    folder, bundle = finished
    split = pd.read_csv(folder / "split.csv")
    test = bundle.card.results["test"]
    assert isinstance(test, dict)
    assert test["n"] == (split["split"] == "test").sum() == bundle.reliability.counts.sum()
    assert {"accuracy", "macro_auc", "ece", "ece_floor_p95", "set_coverage"} <= set(test)
    assert sum(bundle.conformal.counts) == (split["split"] == "calibration").sum()
    assert bundle.ood.count == sum(bundle.conformal.counts)


@pytest.mark.slow
def test_classes_without_any_t_score_train_a_bundle(
    small: Path,
    aligned: Callable[..., CropStore],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The documented manifest without ``t_score``: nothing learns one, nothing reports one."""
    monkeypatch.setattr(run, "photo_crops", aligned)
    monkeypatch.setattr(build_bundle, "DESCRIBED_PICTURES", 20)
    manifest = write_manifest(tmp_path / "cohort", classes_only=True)
    bundle = load_bundle(train(manifest, tmp_path / "run", recipe=small, progress=silent))
    curves = pd.read_csv(tmp_path / "run" / "training" / "curves.csv")
    assert np.isfinite(curves.to_numpy()).all()
    assert not [name for name in curves if "t_error" in name]
    assert "t_error" not in json.dumps(dict(bundle.card.results))


@pytest.mark.slow
def test_patients_make_a_research_bundle_without_pictures(
    finished: tuple[Path, Bundle],
) -> None:
    """Exemplars would be patches of patients' faces."""
    card = finished[1].card
    assert card.status == "research"
    assert card.generator_hash is None
    assert finished[1].concepts.exemplars.shape[1] == 0


def test_a_written_drawn_cohort_only_makes_a_demo(
    aligned: Callable[..., CropStore], tiny: Callable[..., Recipe], tmp_path: Path
) -> None:
    cohort = read_manifest(write_manifest(tmp_path))
    plan = {"world": "null", "seed": 0, "patients": 350, "generator_version": "1.0.0"}
    plan |= {"generator_hash": "0" * 64, "patient_model_hash": "0" * 64}
    (tmp_path / "cohort.yaml").write_text(yaml.safe_dump(plan), "utf-8")
    store = aligned(cohort, FACE, tmp_path)
    recipe = read_recipe("full")
    network = Face2Bone(NetworkConfig.from_dict(tiny().network))
    members = split_store(store, recipe, 0, tmp_path)
    described = build_bundle._describe(
        build_bundle.Trained(network, recipe, store, members, 0), cohort
    )
    assert described.is_drawn
    assert described.cohort == (
        "210 drawn patients (null world), and others: 35 for validation, 53 for calibration, "
        "52 for test; no real person"
    )
    assert described.generator_hash == "0" * 64


@pytest.mark.slow
def test_the_card_counts_who_trained_and_states_the_licence_it_was_given(
    finished: tuple[Path, Bundle],
) -> None:
    card, sides = finished[1].card, pd.read_csv(finished[0] / "split.csv")["split"].value_counts()
    assert card.cohort.startswith(f"{sides['train']} patients of a cohort, and others: ")
    assert card.provenance["licence"] == "CC0"


def test_no_licence_is_stamped_where_none_was_given(
    make_store: Callable[..., CropStore], tiny: Callable[..., Recipe], tmp_path: Path
) -> None:
    network = Face2Bone(NetworkConfig.from_dict(tiny().network))
    trained = build_bundle.Trained(network, tiny(), make_store(tmp_path, 6), {}, 0)
    assert "licence" not in build_bundle.provenance(trained)


def test_a_cohort_too_small_for_calibration_is_refused_before_a_photo_is_aligned(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "photo_crops", lambda *_, **__: pytest.fail("aligned"))
    manifest = write_manifest(tmp_path / "cohort")
    pd.read_csv(manifest).head(40).to_csv(manifest, index=False)
    with pytest.raises(TrainingError, match=r"the calibration side gets \d+ photos and needs 50"):
        train(manifest, tmp_path / "run", recipe=small, progress=silent)
    assert not (tmp_path / "run").exists()


def test_too_many_rejected_photos_are_refused_before_training(
    small: Path, aligned: Callable[..., CropStore], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def most_rejected(cohort: Cohort, modality: object, folder: Path, **_: object) -> CropStore:
        whole = cohort.table
        return aligned(cohort, modality, folder).part(whole, whole.index[:60])

    monkeypatch.setattr(run, "photo_crops", most_rejected)
    monkeypatch.setattr(run, "train_network", lambda *_: pytest.fail("trained"))
    with pytest.raises(TrainingError, match="60 photos are too few"):
        train(write_manifest(tmp_path / "cohort"), tmp_path / "run", recipe=small, progress=silent)


@pytest.mark.slow
def test_identical_photos_are_reported(finished: tuple[Path, Bundle]) -> None:
    text = (finished[0] / "identical_photos.txt").read_text("utf-8")
    assert text.count("\n") == 1
    assert "same photo" in text


def test_a_recipe_that_draws_is_for_train_demo(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="train-demo"):
        train(tmp_path / "manifest.csv", tmp_path, recipe="demo", progress=silent)


def test_a_run_folder_keeps_its_recipe(tmp_path: Path) -> None:
    recipe = read_recipe("full")
    open_run(tmp_path, recipe, 1)
    open_run(tmp_path, recipe, 1)
    with pytest.raises(TrainingError, match="another recipe or seed"):
        open_run(tmp_path, recipe, 2)


def test_a_run_goes_on_with_its_trunk_moved_elsewhere_and_with_no_other(tmp_path: Path) -> None:
    recipe = read_recipe("small-cohort")
    open_run(tmp_path, with_trunk(recipe, tmp_path / "here.onnx"), 1)
    open_run(tmp_path, with_trunk(recipe, tmp_path / "there.onnx"), 1)
    assert "there.onnx" in (tmp_path / "config.toml").read_text("utf-8")
    assert recipe.backbone is not None
    other = recipe.backbone.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(TrainingError, match="another recipe or seed"):
        open_run(tmp_path, recipe.model_copy(update={"backbone": other}), 1)
    (tmp_path / "config.toml").write_bytes(b"\xff[")
    with pytest.raises(TrainingError, match="another recipe or seed"):
        open_run(tmp_path, recipe, 1)


def test_a_trunk_is_tried_before_any_photo_is_aligned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "photo_crops", lambda *_, **__: pytest.fail("aligned"))
    manifest, folder = write_manifest(tmp_path / "cohort"), tmp_path / "run"
    (tmp_path / "wrong.onnx").write_bytes(b"another file")
    for name, why in (("none.onnx", "no file none.onnx"), ("wrong.onnx", "SHA-256")):
        with pytest.raises(BundleError, match=why):
            train(manifest, folder, recipe="small-cohort", trunk=tmp_path / name)
    with pytest.raises(TrainingError, match="starts from nothing"):
        train(manifest, folder, recipe="full", trunk=tmp_path / "wrong.onnx")
    assert not folder.exists()


def test_a_split_depends_on_the_seed(make_store: Callable[..., CropStore], tmp_path: Path) -> None:
    store = make_store(tmp_path, 120)
    recipe = read_recipe("full")
    first, again, other = (split_store(store, recipe, seed, tmp_path) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first["test"], again["test"])
    assert not np.array_equal(first["test"], other["test"])
    assert sorted(np.concatenate(list(first.values()))) == list(range(120))


def test_a_foreign_backbone_is_checked_before_training(
    make_store: Callable[..., CropStore], tmp_path: Path
) -> None:
    weights = tmp_path / "weights.pt"
    weights.write_bytes(b"something else")
    backbone = Backbone(weights=str(weights), sha256="0" * 64)
    recipe = read_recipe("full").model_copy(update={"backbone": backbone})
    store, told = make_store(tmp_path, 60), silent
    members = split_store(store, recipe, 0, tmp_path)
    with pytest.raises(Face2BoneError, match="SHA-256"):
        train_network(recipe, store, members, tmp_path, 0, told, Clock(tmp_path))


def test_a_network_that_is_only_read_is_not_trained(
    make_store: Callable[..., CropStore], tmp_path: Path
) -> None:
    recipe = read_recipe("full").model_copy(update={"architecture": "resnet10", "network": {}})
    store = make_store(tmp_path, 60)
    members = split_store(store, recipe, 0, tmp_path)
    with pytest.raises(TrainingError, match="only read, not trained"):
        train_network(recipe, store, members, tmp_path, 0, silent, Clock(tmp_path))


@pytest.mark.slow
def test_the_clock_adds_up_over_restarts(tmp_path: Path) -> None:
    clock = Clock(tmp_path)
    clock.minutes["training"] = 2.0
    with pytest.raises(KeyboardInterrupt), clock.stage("training"):
        raise KeyboardInterrupt
    again = Clock(tmp_path)
    with again.stage("training"):
        pass
    assert again.minutes["training"] == pytest.approx(2.0, abs=0.1)
