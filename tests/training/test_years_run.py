"""From a manifest of known ages to a face age bundle that says what was measured of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from face2bone.bundle.years_bundle import load_years_bundle
from face2bone.cohort.age_manifest import REQUIRED
from face2bone.cohort.crop_store import REJECTED, CropStore
from face2bone.cohort.manifest import Cohort
from face2bone.cohort.splits import DOUBLES
from face2bone.drawn.face.crops import FACES
from face2bone.errors import BundleMissing, TrainingError
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years_record import beats_guess
from face2bone.progress import silent
from face2bone.training import years_run
from face2bone.training.recipe import read_recipe, recipe_toml
from face2bone.training.years import Stage
from face2bone.training.years_run import (
    FROM_SFACE,
    Beginning,
    _edges,
    _task,
    train_on_ages,
)

PHOTOS = 320
TWICE = 60  # photos of people who have two; 290 people in all
SAME = 101  # a photo that is also that of the person before
AGES = np.linspace(22.0, 78.0, PHOTOS)


def write_manifest(root: Path, rows: int = PHOTOS, twice: int = TWICE) -> Path:
    (root / "photos").mkdir(parents=True)
    names = [f"photos/{i}.jpg" for i in range(rows)]
    for i, name in enumerate(names):
        (root / name).write_bytes((i - (i == SAME)).to_bytes(2))
    ids = [f"p{i // 2 if i < twice else i}" for i in range(rows)]
    table = pd.DataFrame({"patient_id": ids, "photo": names, "sex": "F", "age_years": AGES[:rows]})
    table.loc[twice::2, "sex"] = "M"
    table[list(REQUIRED)].to_csv(root / "manifest.csv", index=False)
    return root / "manifest.csv"


@pytest.fixture(scope="module")
def bright(make_store: Callable[..., CropStore]) -> Callable[..., CropStore]:
    """Stands for ``photo_crops``: grey ellipses that are the brighter the older they are."""

    def crops(cohort: Cohort, _: object, folder: Path, **__: object) -> CropStore:
        table = cohort.table.reset_index(drop=True).rename_axis("row").reset_index()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / REJECTED).write_text("row,patient_id,reason\n", "utf-8")
        store = make_store(folder, len(table), np.zeros(len(table), np.int64))
        inside = store.region_maps[0] >= 0
        for crop, age in zip(store.crops, table["age_years"], strict=True):
            crop[inside] = np.clip(2.5 * age, 0, 255)
        return CropStore(folder, table, store.crops, store.region_maps, FACES)

    return crops


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Beginning:
    """The compact recipe on a network of a few thousand weights, an epoch a stage."""
    network = {"width": 1 / 32, "fsa": "off", "transformer": "off"}
    small = read_recipe("compact").model_copy(update={"network": network})
    path = tmp_path_factory.mktemp("recipe") / "small.toml"
    path.write_text(recipe_toml(small, 0).removeprefix("seed = 0\n"), "utf-8")
    natural = Stage("natural", 2, 0.01, 1.0, False)
    return Beginning(str(path), (natural, Stage("balanced", 1, 1e-3, 0.1, True)))


@pytest.fixture(scope="module")
def run(
    bright: Callable[..., CropStore],
    beginning: Beginning,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    root = tmp_path_factory.mktemp("ages")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(years_run, "photo_crops", bright)
        manifest = write_manifest(root / "cohort")
        made = train_on_ages(manifest, root / "run", 5, silent, "CC0", beginning=beginning)
    assert made == root / "run" / "bundle"
    return root / "run"


@pytest.mark.slow
def test_the_bundle_says_on_whom_it_learned_and_how_far_off_it_is(run: Path) -> None:
    bundle = load_years_bundle(run / "bundle")
    card, facts = bundle.card, bundle.facts
    assert (card.status, card.study, card.low, card.high) == ("research", "face_age", 22, 78)
    assert "people of a cohort, and others" in card.cohort
    assert card.provenance["licence"] == "CC0"
    assert facts.interval is not None
    assert facts.gap is not None
    assert bundle.ood is not None
    assert "none of them in training" in facts.measured_on
    assert all(band.people >= 10 and band.coverage is not None for band in facts.bands)


@pytest.mark.slow
def test_one_photo_under_two_people_is_reported(run: Path) -> None:
    text = (run / DOUBLES).read_text("utf-8")
    assert f"Rows {SAME + 1}, {SAME + 2} hold the same photo under 2 patients" in text


@pytest.mark.slow
def test_the_run_says_whether_it_is_better_than_a_guess_as_the_evaluation_does(run: Path) -> None:
    found = json.loads((run / "metrics.json").read_text("utf-8"))["results"]["test"]
    error = Estimate(found["mae"], found["mae_low"], found["mae_high"])
    assert found["mae_low"] < found["mae"] < found["mae_high"]
    assert found["better_than_guess"] == beats_guess(error, found["guess_mae"])


@pytest.mark.slow
def test_a_person_of_two_photos_is_counted_once(run: Path) -> None:
    bundle, split = load_years_bundle(run / "bundle"), pd.read_csv(run / "split.csv")
    people = split["split"].value_counts()
    photos = pd.read_csv(run.parent / "cohort/manifest.csv").merge(split)["split"].value_counts()
    assert (photos > people).all()
    facts = bundle.facts
    assert facts.interval is not None
    assert facts.gap is not None
    assert facts.interval.people == facts.gap.people == people["calibration"]
    assert bundle.card.results["test"]["people"] == people["test"]  # type: ignore[index,call-overload]
    assert sum(band.people for band in facts.bands) <= people["test"]
    assert bundle.card.provenance["faces"] == {
        "train": photos["train"],
        "calibration": people["calibration"],
        "test": people["test"],
    }


@pytest.mark.slow
def test_a_person_stands_on_one_side_and_every_side_has_every_age(run: Path) -> None:
    split = pd.read_csv(run / "split.csv")
    assert split["patient_id"].is_unique
    assert len(split) == PHOTOS - TWICE // 2
    shares = split["split"].value_counts(normalize=True)
    assert shares["train"] == pytest.approx(0.6, abs=0.02)
    ages = dict(
        zip(pd.read_csv(run.parent / "cohort/manifest.csv")["patient_id"], AGES, strict=True)
    )
    for _, side in split.groupby("split"):
        assert np.unique(side["patient_id"].map(ages) // 10).tolist() == [2, 3, 4, 5, 6, 7]


@pytest.mark.slow
def test_a_run_goes_on_with_the_same_and_with_nothing_else(
    run: Path,
    bright: Callable[..., CropStore],
    beginning: Beginning,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(years_run, "photo_crops", bright)
    manifest, before = run.parent / "cohort/manifest.csv", load_years_bundle(run / "bundle")
    told: list[object] = []
    train_on_ages(manifest, run, 5, lambda *said: told.append(said), "CC0", beginning=beginning)
    assert told == [], "nothing was learned twice"
    again = load_years_bundle(run / "bundle")
    assert again.facts == before.facts
    with pytest.raises(TrainingError, match="another training, seed or trunk"):
        train_on_ages(manifest, run, 6, silent, beginning=beginning)
    other = replace(beginning, stages=beginning.stages[:1])
    with pytest.raises(TrainingError, match="another training, seed or trunk"):
        train_on_ages(manifest, run, 5, silent, beginning=other)


def test_too_few_people_and_a_missing_trunk_are_told_before_the_first_is_aligned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(years_run, "photo_crops", lambda *_, **__: pytest.fail("aligned"))
    manifest = write_manifest(tmp_path / "few", 300, twice=300)  # 60 photos for calibration
    with pytest.raises(TrainingError, match=r"150 people .* 28 of them.*about 250 people"):
        train_on_ages(manifest, tmp_path / "run", progress=silent)
    with pytest.raises(BundleMissing, match=r"no file none\.onnx"):
        train_on_ages(manifest, tmp_path / "run", progress=silent, trunk=tmp_path / "none.onnx")
    assert not (tmp_path / "run").exists()


def test_people_of_one_age_teach_nothing() -> None:
    with pytest.raises(TrainingError, match="60 to 66 years old"):
        _task(np.array([60.2, 65.9]))
    task = _task(np.array([18.0, 90.5]))
    assert (task.low, task.high) == (18, 91)
    assert _edges(task)[0] == (10, 20)
    assert _edges(task)[-1] == (90, 100)


@pytest.mark.slow
def test_drawn_people_make_a_demonstration_only(
    bright: Callable[..., CropStore],
    beginning: Beginning,
    run: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same run, whose cohort now says that it was drawn."""
    monkeypatch.setattr(years_run, "photo_crops", bright)
    root = run.parent / "cohort"
    plan = {"world": "planted", "seed": 0, "patients": PHOTOS, "generator_version": "1.0.0"}
    (root / "cohort.yaml").write_text(yaml.safe_dump(plan | {"generator_hash": "0" * 64}), "utf-8")
    card = load_years_bundle(
        train_on_ages(root / "manifest.csv", run, 5, silent, beginning=beginning)
    ).card
    assert (card.status, card.name) == ("demo", "face-age-own-drawn")
    assert "no real person" in card.cohort
    assert "say nothing about a real person" in card.limits[0]
    assert card.generator_hash == "0" * 64


def test_sfaces_trunk_is_held_still_first_and_its_top_moves_at_a_tenth() -> None:
    head, natural, balanced = FROM_SFACE.stages
    assert (head.trunk, natural.trunk, balanced.trunk) == (0.0, 0.1, 0.1)
    assert balanced.balanced
    assert read_recipe(FROM_SFACE.recipe).architecture == "sface"
