"""The figures of face age training on answers made up to be known, and where training starts."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from face2bone.bundle import load_bundle
from face2bone.bundle.years_bundle import load_years_bundle
from face2bone.cohort.crop_store import CropStore
from face2bone.drawn.face.aged import BANDS
from face2bone.drawn.face.crops import FACES, aged_crops, people_table
from face2bone.nn import Face2Bone, NetworkConfig
from face2bone.settings import shipped_models
from face2bone.training import years_demo
from face2bone.training.years import Stage
from face2bone.training.years_demo import (
    PLAN,
    TASK,
    Drawn,
    measured,
    starting_network,
    train_years_demo,
)


def people(n: int, seed: int) -> Drawn:
    rng = np.random.default_rng(seed)
    ages = np.concatenate([rng.uniform(low, high, n) for low, high in BANDS])
    return Drawn(
        SimpleNamespace(),  # type: ignore[arg-type]
        ages,
        rng.random(len(ages)) < 0.5,
        rng.normal(0, 6, len(ages)),
    )


def logits(who: Drawn) -> np.ndarray:
    looks = np.clip(who.ages + who.planted, 20, 90)
    return -0.5 * ((TASK.years - looks[:, None]) / 4.0) ** 2


def test_a_network_that_sees_the_apparent_age_has_the_figures_it_must_have() -> None:
    sides = {"calibration": people(150, 1), "test": people(150, 2)}
    found = measured(logits(sides["calibration"]), logits(sides["test"]), sides)
    assert found["gap_r"] > 0.9
    assert found["coverage"] == pytest.approx(0.9, abs=0.03)
    assert found["mae"] == pytest.approx(6 * np.sqrt(2 / np.pi), rel=0.1)
    assert [band["people"] for band in found["bands"]] == [150] * len(BANDS)
    assert found["natural_mae"] == pytest.approx(found["mae"], rel=0.15)


def test_training_starts_from_the_demonstration_bundles_trunk() -> None:
    network = starting_network()
    demo = load_bundle(shipped_models() / "demo")
    assert network.config.outputs == TASK.outputs
    for name, value in network.state_dict().items():
        if not name.startswith("classifier."):
            torch.testing.assert_close(value, demo.state[name])


def test_people_are_drawn_and_aligned_once(tmp_path: Path) -> None:
    folder = tmp_path / "crops"
    store = aged_crops(3, 400_030, True, folder, workers=1)
    assert len(store.index) == 3
    assert list(store.index["patient_id"]) == list(people_table_ids())
    told: list[int] = []
    aged_crops(3, 400_030, True, folder, workers=1, progress=lambda done, _: told.append(done))
    assert told == []
    who = Drawn.of(store)
    assert who.ages.shape == who.planted.shape == (3,)


def people_table_ids() -> list[str]:
    from face2bone.drawn.face.aged import draw_people

    return list(people_table(draw_people(3, 400_030, True))["patient_id"])


def test_nobody_is_trained_on_who_is_tested() -> None:
    seeds = [seed for _, seed, _ in PLAN.values()]
    assert len(set(seeds)) == len(seeds)
    assert PLAN["test"][1] >= 900_000


SIDES = {"train": 84, "calibration": 84, "test": 84}
STAGES = (Stage("head", 3, 0.02, 0.0, False), Stage("balanced", 1, 1e-3, 0.1, True))


def small_network() -> Face2Bone:
    torch.manual_seed(3)
    config = NetworkConfig(width=1 / 32, fsa="off", transformer="off", head="linear")
    return Face2Bone(config.__class__(**vars(config) | {"outputs": TASK.outputs}))


@pytest.fixture
def bright(make_store: Callable[..., CropStore], monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No faces: grey ellipses that are the brighter the older they look. Returns what was drawn."""
    drawn: list[str] = []

    def crops(n: int, seed: int, evenly: bool, folder: Path, **_: object) -> CropStore:
        drawn.append(folder.name)
        rng = np.random.default_rng(seed)
        ages = np.repeat([(low + high) / 2 for low, high in BANDS], n // len(BANDS))
        gap = rng.normal(0, 3, len(ages))
        store = make_store(folder, len(ages), np.zeros(len(ages), np.int64))
        inside = store.region_maps[0] >= 0
        for crop, looks in zip(store.crops, ages + gap, strict=True):
            crop[inside] = np.clip(2.5 * looks, 0, 255)
        ids = [f"p{i}" for i in range(len(ages))]
        told = {"row": range(len(ages)), "patient_id": ids, "sex": ["F", "M"] * (len(ages) // 2)}
        table = pd.DataFrame(told | {"age_years": ages, "gap_years": gap})
        return CropStore(folder, table, store.crops, store.region_maps, FACES)

    plan = {name: (n, seed, True) for seed, (name, n) in enumerate(SIDES.items())}
    monkeypatch.setattr(years_demo, "PLAN", plan)
    monkeypatch.setattr("face2bone.drawn.face.crops.aged_crops", crops)
    monkeypatch.setattr(years_demo, "starting_network", small_network)
    return drawn


@pytest.mark.slow
def test_the_whole_way_from_people_to_a_bundle_that_goes_on_where_it_stopped(
    bright: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    bundle = train_years_demo(tmp_path / "bundle", run, STAGES)
    assert bright == list(SIDES)
    card, facts = bundle.card, bundle.facts
    assert (card.study, card.status, card.low, card.high) == ("face_age", "demo", 20, 90)
    assert card.cohort.startswith("84 drawn people")
    assert [band.people for band in facts.bands] == [12] * len(BANDS)
    assert facts.interval is not None
    assert facts.interval.people == SIDES["calibration"]
    assert facts.gap is not None
    assert set(card.results) == {"balanced"}
    found = card.results["balanced"]
    assert found["people"] == SIDES["test"]
    answers = np.array([band["bias"] for band in found["bands"]])
    assert found["mae"] == pytest.approx(np.mean([b["mae"] for b in found["bands"]]), abs=0.01)
    assert answers[0] > answers[-1], "the young look older to it than the old"
    assert (tmp_path / "run" / "figures.json").is_file()
    told = capsys.readouterr().out
    losses = [float(line.rsplit(" ", 1)[1]) for line in told.splitlines() if "head" in line]
    assert losses[0] > losses[-1], "it learned"
    again = train_years_demo(tmp_path / "again", run, STAGES)
    assert capsys.readouterr().out == "", "nothing was learned twice"
    for name, value in bundle.state.items():
        torch.testing.assert_close(again.state[name], value)
    read = load_years_bundle(tmp_path / "bundle")
    assert read.facts == facts


def test_ages_are_weighed_as_a_clinic_has_them() -> None:
    ages = np.array([25.0, 62.0, 85.0])
    weights = years_demo._natural_weights(ages)
    assert weights.sum() == pytest.approx(1.0)
    expected = np.exp(-0.5 * ((ages - 62.0) / 13.0) ** 2)
    np.testing.assert_allclose(weights, expected / expected.sum())
