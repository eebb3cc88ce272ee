"""Knees and hands on the protocol of faces: covariates join, rivals cost the same, parts go."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch
import yaml

from face2bone.cohort.crop_store import CropStore, Kind
from face2bone.cohort.crops import build_store
from face2bone.cohort.manifest import read_manifest
from face2bone.comparison import command
from face2bone.comparison import protocol as protocol_module
from face2bone.comparison.baselines import simple_predictions
from face2bone.comparison.candidates import (
    TOLERANCE,
    Candidate,
    ablation_candidates,
    comparison_candidates,
    full_candidate,
)
from face2bone.comparison.cluster import Ended, Run, Shared, train_there
from face2bone.comparison.command import compare
from face2bone.comparison.oracle import drawn_oracle
from face2bone.comparison.protocol import CohortProtocol, open_protocol
from face2bone.comparison.record import from_json
from face2bone.comparison.runs import TEST, ensure_run, outputs, run_folder
from face2bone.comparison.standard_networks import Question, StandardNetwork, resnet
from face2bone.covariates import of_table
from face2bone.drawn.film.patients import draw_film_cohort, film_oracle
from face2bone.drawn.film.write import film_manifest
from face2bone.drawn.hand import HAND as DRAWN_HAND
from face2bone.drawn.knee import KNEE
from face2bone.drawn.worlds import World
from face2bone.errors import CovariateMissing, TrainingError
from face2bone.modalities.knee.modality import KNEE_FILM
from face2bone.modalities.prepared import Prepared
from face2bone.nn import Architecture
from face2bone.progress import silent
from face2bone.training.recipe import Recipe, read_recipe, recipe_toml

PATIENTS, SEED = 90, 110_900
SIZE = 192
TINY = {
    "growth": 2, "blocks": [1, 1, 1, 1], "bottleneck": 1, "transformer": "off", "attention": "off",
    "embedding": 8, "dropout": 0.0,
}  # fmt: skip
KINDS = {"bone_net": KNEE, "osteoai": DRAWN_HAND}


@dataclass
class Films:
    """Crops without any film: grey noise, in which nothing can be seen."""

    count: int

    def subjects(self, picture: int) -> tuple[Prepared, ...]:
        pixels = np.random.default_rng(picture).integers(0, 255, (SIZE, SIZE, 1), np.uint8)
        inside, parts = np.ones((SIZE, SIZE), bool), np.zeros((SIZE, SIZE), np.int8)
        spec, move = KNEE_FILM.input, np.zeros((2, 3), np.float32)
        return (Prepared(pixels, inside, parts, move, KNEE_FILM.parts, spec),)


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawn patients whose films nobody opens."""
    root = tmp_path_factory.mktemp("knees")
    table = film_manifest(
        KNEE, "bone_net", draw_film_cohort(KNEE.model, PATIENTS, World.PLANTED, SEED)
    )
    (root / "films").mkdir()
    for i, name in enumerate(table["photo"]):
        (root / name).write_bytes(bytes([i]))
    table.to_csv(root / "manifest.csv", index=False)
    return root / "manifest.csv"


@pytest.fixture(scope="module")
def recipe_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The recipe of knees on a network of a few thousand weights, for one epoch."""
    shipped = read_recipe("compact-knee")
    training = shipped.training.model_copy(update={"epochs": 1, "batch_size": 8})
    tiny = shipped.model_copy(update={"network": TINY, "training": training})
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(recipe_toml(tiny, 0).removeprefix("seed = 0\n"), "utf-8")
    return path


def crops_of(cohort: Any, folder: Path) -> CropStore:
    kind = Kind(KNEE_FILM.parts, KNEE_FILM.input)
    identity = cohort.table.to_csv(index=False)
    films = Films(len(cohort.table))
    return build_store(films, cohort.table, identity, folder, 1, None, kind)


@pytest.fixture
def opened(
    manifest: Path, recipe_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> CohortProtocol:
    monkeypatch.setattr(
        protocol_module, "photo_crops", lambda cohort, _, folder, **__: crops_of(cohort, folder)
    )
    return open_protocol(manifest, tmp_path / "out", recipe_file, silent)


SMALL = Question((1, SIZE, SIZE), 2, 3)
RIVAL = Candidate("small", "small", partial(resnet, 18, 1 / 32, SMALL), 9, 9, "small")


def test_age_and_sex_are_standardised_by_those_who_train(opened: CohortProtocol) -> None:
    ages = opened.store.index["age_years"].to_numpy()[opened.members["train"]]
    age, sex = opened.covariates
    assert (age.name, sex.name) == ("age_years", "sex")
    assert (age.mean, age.scale) == pytest.approx((ages.mean(), ages.std()))


class Age(StandardNetwork):
    """Answers with the first covariate alone."""

    def __init__(self) -> None:
        super().__init__(torch.nn.Sequential(torch.nn.Flatten(), torch.nn.LazyLinear(1)), 1, SMALL)
        with torch.no_grad():
            self.classifier.weight.zero_()
            self.classifier.bias.zero_()
            self.classifier.weight[0, 1] = 1.0


def test_a_run_gives_each_picture_its_own_patients_values(opened: CohortProtocol) -> None:
    some = opened.members["test"][::-1].copy()
    logits, _ = outputs(Age(), opened, some)
    expected = of_table(opened.store.index, opened.covariates)[some, 0]
    np.testing.assert_allclose(logits[:, 0], expected, rtol=1e-6)
    assert not logits[:, 1:].any()


def test_what_needs_no_network_has_a_row_of_the_covariates_and_none_of_landmarks(
    opened: CohortProtocol,
) -> None:
    found = simple_predictions(opened, silent)
    assert list(found) == ["clinical", "covariates", "osta", "prevalence"]


def test_a_cohort_without_ages_is_refused_before_any_run(
    manifest: Path, recipe_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(cohort: Any, _: Any, folder: Path, **__: Any) -> CropStore:
        store = crops_of(cohort, folder)
        return replace(store, index=store.index.assign(age_years=np.nan))

    monkeypatch.setattr(protocol_module, "photo_crops", without)
    with pytest.raises(CovariateMissing, match="age"):
        open_protocol(manifest, tmp_path / "out", recipe_file, silent)


def test_a_recipe_of_another_study_is_refused(manifest: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="another network than the study bone_net"):
        open_protocol(manifest, tmp_path / "out", "compact", silent)


@pytest.mark.slow
def test_a_task_of_a_cluster_reads_the_same_covariates_to_the_byte(
    opened: CohortProtocol, tmp_path: Path
) -> None:
    """Packed as it would travel, and trained as here."""
    rate = opened.rates[0]
    folder = run_folder(opened, RIVAL.name, 0, rate)
    sent = pickle.dumps((Shared.of(opened), Run(RIVAL, 0, rate, folder)))
    assert train_there(*pickle.loads(sent)) == Ended(is_finished=True)  # noqa: S301  our own
    there = (folder / TEST).read_bytes()
    alone = replace(opened, folder=tmp_path / "alone")
    assert ensure_run(alone, RIVAL, 0, rate, silent)
    assert (run_folder(alone, RIVAL.name, 0, rate) / TEST).read_bytes() == there


@pytest.mark.slow
def test_a_comparison_of_knees_names_bone_net(
    opened: CohortProtocol, manifest: Path, recipe_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        command, "comparison_candidates", lambda config: (full_candidate(config), RIVAL)
    )
    path = compare(manifest, opened.folder, recipe_file, 1, silent)
    text = path.read_text("utf-8")
    assert "## BONE-Net minus the row" in text
    assert "speaks for BONE-Net" in text
    found = from_json(path.with_suffix(".json").read_bytes(), "comparison.json")
    assert found.account.compared == "BONE-Net"
    assert [row.name for row in found.rows] == [
        *("bone_net", "small", "clinical", "covariates", "osta", "prevalence")
    ]
    assert [row.name for row in found.rows if row.ahead is None] == ["bone_net"]


@pytest.fixture(params=["knee", "hand"])
def config(request: pytest.FixtureRequest) -> Architecture:
    return read_recipe(f"compact-{request.param}").network_config()


@pytest.mark.slow
def test_rivals_cost_what_the_network_at_hand_costs(config: Architecture) -> None:
    full, *rivals = comparison_candidates(config)
    assert full.name in KINDS
    assert [found.name for found in rivals] == [
        *("vgg19", "resnet50", "efficientnet_b0", "convnext_v2", "densenet169", "poolformer", "vit")
    ]
    for found in rivals:
        assert abs(found.multiply_adds / full.multiply_adds - 1) <= TOLERANCE, found.name
        assert found.tuned_as == found.name


def test_arms_differ_by_one_part_or_the_covariates(config: Architecture) -> None:
    full, *arms = ablation_candidates(config)
    parts = {"bone_net": ("transformer", "attention"), "osteoai": ("excitation",)}[full.name]
    assert [arm.name for arm in arms] == [
        *(f"{kind}-{part}" for part in parts for kind in ("without", "control")),
        "without-covariates",
    ]
    assert {arm.tuned_as for arm in arms} == {full.name}
    for arm in arms:
        if arm.name.startswith("control"):
            assert abs(arm.parameters / full.parameters - 1) < 0.02, arm.name
        else:
            assert arm.parameters < full.parameters, arm.name


def test_an_arm_without_covariates_leaves_them_aside(config: Architecture) -> None:
    arm = ablation_candidates(config)[-1].build().eval()
    shape = full_candidate(config).build().input_shape  # type: ignore[attr-defined]
    film = torch.rand(1, *shape)
    with torch.no_grad():
        young, old = (
            arm.training_outputs(film, torch.full((1, 2), age)).logits for age in (-1.0, 1.0)
        )
    assert torch.equal(young, old)


@pytest.mark.parametrize("study", KINDS)
@pytest.mark.parametrize("world", ["planted", "null"])
def test_drawn_films_have_the_oracle_of_their_generator(
    study: str, world: str, tmp_path: Path
) -> None:
    kind = KINDS[study]
    patients = draw_film_cohort(kind.model, 5, World(world), SEED)
    plan(tmp_path, study, world)
    found = drawn_oracle(read_manifest(tmp_path / "manifest.csv"))
    assert found is not None
    for patient, best in zip(
        patients, film_oracle(kind.model, patients, World(world)), strict=True
    ):
        np.testing.assert_array_equal(found.probabilities[patient.patient_id], best)


def test_films_of_another_generator_have_no_oracle(tmp_path: Path) -> None:
    plan(tmp_path, "bone_net", "planted", generator_version="0.0.9")
    with pytest.raises(TrainingError, match="another version"):
        drawn_oracle(read_manifest(tmp_path / "manifest.csv"))


def plan(root: Path, study: str, world: str, **changes: str) -> None:
    """A folder of five drawn patients, without their films."""
    kind = KINDS[study]
    table: pd.DataFrame = film_manifest(
        kind, study, draw_film_cohort(kind.model, 5, World(world), SEED)
    )
    (root / "films").mkdir()
    for name in table["photo"]:
        (root / name).write_bytes(name.encode())
    table.to_csv(root / "manifest.csv", index=False)
    told = {
        "world": world, "seed": SEED, "patients": 5, "film": kind.name,
        "generator_version": kind.version,
    } | changes  # fmt: skip
    (root / "cohort.yaml").write_text(yaml.safe_dump(told), "utf-8")


def test_both_recipes_ship_with_the_networks_of_their_studies() -> None:
    for film in ("knee", "hand"):
        both: tuple[Recipe, Recipe] = (read_recipe(film), read_recipe(f"compact-{film}"))
        own, compact = (recipe.model_copy(update={"name": "", "split": {}}) for recipe in both)
        assert own == compact
        assert both[1].split == read_recipe("compact").split
