"""Both commands from a manifest to the tables, on networks of a few thousand weights."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from face2bone.bundle import Bundle
from face2bone.cli import app
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.manifest import Cohort
from face2bone.comparison import command, protocol, runs
from face2bone.comparison.baselines import LANDMARKS
from face2bone.comparison.candidates import Candidate, full_candidate
from face2bone.comparison.command import ablate, compare
from face2bone.comparison.protocol import Protocol
from face2bone.comparison.record import Kind, attached, to_json
from face2bone.comparison.rivals import TRUNK
from face2bone.comparison.runs import write_arrays
from face2bone.comparison.standard_networks import resnet
from face2bone.drawn.face.provenance import PATIENT_MODEL_HASH
from face2bone.nn import NetworkConfig
from face2bone.progress import silent
from face2bone.studies.face2bone import FACE2BONE
from face2bone.training.recipe import Recipe, recipe_toml

SEEDS = 2


def few(config: NetworkConfig, name: str = TRUNK) -> tuple[Candidate, ...]:
    """Face2Bone and one that stands for the trunk."""
    full = full_candidate(config)
    return full, Candidate(name, name, partial(resnet, 18, 1 / 32), 9, 9, name)


@pytest.fixture(scope="module")
def workshop(
    cohort: Cohort,
    store: CropStore,
    recipe: Recipe,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[pytest.MonkeyPatch], tuple[Path, Path, Path]]:
    """Manifest, recipe and a folder whose crops and landmarks are already there."""
    root = tmp_path_factory.mktemp("workshop")
    path = root / "tiny.toml"
    training = recipe.training.model_copy(update={"epochs": 1})
    tiny = recipe.model_copy(update={"training": training})
    path.write_text(recipe_toml(tiny, 0).removeprefix("seed = 0\n"), "utf-8")
    (root / "out").mkdir()
    landmarks = np.random.default_rng(0).normal(size=(len(store.index), 936))
    write_arrays(root / "out" / LANDMARKS, landmarks=landmarks)

    def ready(patch: pytest.MonkeyPatch) -> tuple[Path, Path, Path]:
        patch.setattr(protocol, "photo_crops", lambda *_, **__: store)
        patch.setattr(command, "comparison_candidates", few)
        patch.setattr(command, "ablation_candidates", lambda config: few(config)[:1])
        return cohort.root / "manifest.csv", root / "out", path

    return ready


@pytest.fixture(scope="module")
def compared(workshop: Any) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        manifest, out, path = workshop(patch)
        return compare(manifest, out, path, SEEDS, silent)


def rows_of(path: Path) -> dict[str, Any]:
    values = json.loads(path.with_suffix(".json").read_text("utf-8"))
    return {row["name"]: row for row in values["rows"]}


@pytest.mark.slow
def test_every_row_is_there_in_order(compared: Path) -> None:
    assert list(rows_of(compared)) == [
        *(FACE2BONE.id, TRUNK, "facenet-features"),
        *("landmark-geometry", "clinical", "osta", "prevalence"),
    ]


@pytest.mark.slow
def test_rows_say_how_many_seeds(compared: Path) -> None:
    rows = rows_of(compared)
    assert rows[FACE2BONE.id]["seeds"] == rows["facenet-features"]["seeds"] == [0, 1]
    assert rows["clinical"]["seeds"] is None
    assert len(rows[TRUNK]["spread"]["accuracy"]) == SEEDS


@pytest.mark.slow
def test_a_difference_is_that_of_the_figures(compared: Path) -> None:
    rows = rows_of(compared)
    assert rows[FACE2BONE.id]["ahead"] is None
    for name, row in rows.items():
        for figure, ahead in (row["ahead"] or {}).items():
            apart = rows[FACE2BONE.id]["figures"][figure]["value"] - row["figures"][figure]["value"]
            assert ahead["value"] == pytest.approx(apart, abs=2e-6), (name, figure)
            assert ahead["low"] <= ahead["high"]


def test_prevalence_orders_nobody(compared: Path) -> None:
    assert rows_of(compared)["prevalence"]["figures"]["macro_auc"]["value"] == 0.5


def test_the_account_names_no_folder_of_this_machine(compared: Path) -> None:
    account = json.loads(compared.with_suffix(".json").read_text("utf-8"))["account"]
    assert (
        account["command"] == "face2bone compare manifest.csv --out out --recipe compact --seeds 2"
    )
    assert str(compared.parent.parent) not in compared.with_suffix(".json").read_text("utf-8")
    assert sum(account["patients"].values()) == 120


def test_tables_agree_with_each_other(compared: Path) -> None:
    text = compared.read_text("utf-8")
    with compared.with_suffix(".csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    for row in rows_of(compared).values():
        for figure, found in row["figures"].items():
            (line,) = [
                x for x in lines
                if (x["name"], x["what"], x["figure"]) == (row["name"], "figure", figure)
            ]  # fmt: skip
            assert float(line["value"]) == found["value"]
            assert f"{found['value']:.3f}" in text


def test_started_again_it_trains_nothing_and_writes_the_same(
    compared: Path, workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = compared.read_bytes()
    monkeypatch.setattr(runs, "_train", lambda *_: pytest.fail("trained again"))
    manifest, out, path = workshop(monkeypatch)
    assert compare(manifest, out, path, SEEDS, silent).read_bytes() == before


def test_the_ablation_takes_face2bone_from_the_comparison(
    compared: Path, workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_train", lambda *_: pytest.fail("trained again"))
    manifest, out, path = workshop(monkeypatch)
    found = rows_of(ablate(manifest, out, path, SEEDS, silent))
    assert found[FACE2BONE.id]["figures"] == rows_of(compared)[FACE2BONE.id]["figures"]


def test_stopped_early_it_says_what_is_missing(
    compared: Path, workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A third seed is asked for; the first run of it is interrupted."""
    monkeypatch.setattr(runs, "_train", interrupted)
    manifest, out, path = workshop(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        compare(manifest, out, path, 3, silent)
    assert "| Face2Bone | 2 of 3 |" in (out / "comparison.md").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("run", [compare, ablate])
def test_classes_without_any_t_score_are_enough(
    run: Callable[..., Path],
    cohort: Cohort,
    store: CropStore,
    workshop: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The documented manifest without ``t_score``; here one network, one seed, one epoch."""
    manifest, done, path = workshop(monkeypatch)
    shutil.copytree(cohort.root / "photos", tmp_path / "photos")
    (tmp_path / "out").mkdir()
    shutil.copy(done / LANDMARKS, tmp_path / "out")
    own = tmp_path / manifest.name
    cohort.table.drop(columns="t_score").to_csv(own, index=False)
    bare = replace(store, index=store.index.drop(columns="t_score"))
    monkeypatch.setattr(protocol, "photo_crops", lambda *_, **__: bare)
    monkeypatch.setattr(command, "comparison_candidates", lambda config: few(config)[:1])
    found = rows_of(run(own, tmp_path / "out", path, 1, silent))
    assert found[FACE2BONE.id]["figures"]
    curves = next((tmp_path / "out").rglob("curves.csv")).read_text("utf-8")
    assert "t_error" not in curves
    assert "nan" not in curves


def interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def test_nothing_finished_is_a_table_too(
    workshop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "_train", interrupted)
    manifest, _, path = workshop(monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        ablate(manifest, tmp_path / "new", path, SEEDS, silent)
    assert "| Face2Bone | 0 of 2 | not finished |" in (tmp_path / "new/ablation.md").read_text()


@pytest.mark.slow
def test_a_drawn_cohort_has_the_oracle_on_top(
    compared: Path, cohort: Cohort, workshop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = {
        "world": "planted",
        "seed": 400_700,
        "patients": 120,
        "generator_version": "1.0.0",
        "generator_hash": "0" * 64,
        "patient_model_hash": PATIENT_MODEL_HASH,
    }
    plan_file = cohort.root / "cohort.yaml"
    plan_file.write_text(yaml.safe_dump(plan), "utf-8")
    try:
        manifest, out, path = workshop(monkeypatch)
        found = compare(manifest, out, path, SEEDS, silent)
    finally:
        plan_file.unlink()
    rows = rows_of(found)
    assert next(iter(rows)) == "oracle"
    assert rows["oracle"]["figures"]["macro_auc"]["value"] > 0.9
    assert "nobody exists" in found.read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["compare", "ablate"])
def test_from_the_shell(
    name: str,
    compared: Path,
    workshop: Any,
    tiny_bundle: Bundle,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manifest, out, path = workshop(monkeypatch)
    root = shutil.copytree(tiny_bundle.root, tmp_path / "bundle")
    arguments = [name, str(manifest), "--out", str(out), "--recipe", str(path), "--seeds", "2"]
    result = CliRunner().invoke(app, [*arguments, "--attach", str(root)])
    assert result.exit_code == 0, result.output
    assert "| Face2Bone | 2 |" in result.stdout
    kind: Kind = "comparison" if name == "compare" else "ablation"
    kept = attached(root, kind)
    assert kept is not None
    assert to_json(kept) == (out / f"{kind}.json").read_bytes()


def test_a_bundle_to_attach_to_is_looked_for_first(
    workshop: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest, _, path = workshop(monkeypatch)
    arguments = ["compare", str(manifest), "--out", str(tmp_path / "new"), "--recipe", str(path)]
    result = CliRunner().invoke(app, [*arguments, "--attach", str(tmp_path / "none")])
    assert result.exit_code == 4
    assert not (tmp_path / "new").exists()


def test_a_recipe_that_cannot_serve_is_one_sentence(tmp_path: Path) -> None:
    arguments = ["compare", "none.csv", "--out", str(tmp_path), "--recipe", "demo"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 1
    assert "draws its own patients" in result.stderr


def test_protocol_is_a_value(make_protocol: Callable[[Path], Protocol], tmp_path: Path) -> None:
    with pytest.raises(AttributeError):
        make_protocol(tmp_path).folder = tmp_path  # type: ignore[misc]
