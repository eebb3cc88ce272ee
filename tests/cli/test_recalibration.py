from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import Result
from typer.testing import CliRunner

from face2bone.bundle import Bundle, BundleContents, bundle_hash, load_bundle, save_bundle
from face2bone.calibration import calibrated
from face2bone.cli import app

T_SCORES = np.array([0.0, -1.8, -3.0])


def recalibrate(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["recalibrate", *(str(a) for a in arguments)])


def results(folder: Path, bundle: Bundle, n: int, confidence: float) -> Path:
    """A clinic's table: patients told with logits ``confidence`` times too large."""
    rng = np.random.default_rng(n)
    labels = rng.choice(3, n, p=[0.5, 0.35, 0.15])
    x = 1.5 * labels + rng.normal(size=n)
    logits = -0.5 * (x[:, None] - 1.5 * np.arange(3)) ** 2 + np.log([0.5, 0.35, 0.15])
    told = calibrated(confidence * logits)
    table = pd.DataFrame(told, columns=["normal", "osteopenia", "osteoporosis"]).round(6)
    table.insert(0, "patient_id", [f"p{i}" for i in range(n)])
    table["t_score"] = T_SCORES[labels]
    table["measured_on"] = "2026-04-01"
    table["bundle_sha256"] = bundle_hash(bundle)
    path = folder / "results.csv"
    table.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def research(tiny_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    card = replace(tiny_bundle.card, status="research", generator_version=None)
    parts = {f.name: getattr(tiny_bundle, f.name) for f in fields(BundleContents)}
    folder = tmp_path_factory.mktemp("research") / "bundle"
    return save_bundle(folder, card, BundleContents(**parts))


def test_results_that_pass_make_a_validated_bundle(research: Bundle, tmp_path: Path) -> None:
    table = results(tmp_path, research, 400, confidence=2.0)
    said = recalibrate(research.root, table, "--out", tmp_path / "new", "--clinic", "Clinic A")
    assert said.exit_code == 0, said.output
    assert "400 patients with DXA" in said.output
    assert "fit these results has p" in said.output
    card = load_bundle(tmp_path / "new").card
    assert card.status == "locally-validated"
    assert "Clinic A" in card.cohort


def test_results_that_do_not_pass_say_why_and_write_nothing(
    research: Bundle, tmp_path: Path
) -> None:
    table = results(tmp_path, research, 300, confidence=1.0)
    said = recalibrate(research.root, table, "--out", tmp_path / "new")
    assert said.exit_code == 1
    assert "may be chance" in said.stderr
    assert not (tmp_path / "new").exists()


def test_a_demo_is_refused(tiny_bundle: Bundle, tmp_path: Path) -> None:
    table = results(tmp_path, tiny_bundle, 400, confidence=2.0)
    said = recalibrate(tiny_bundle.root, table, "--out", tmp_path / "new")
    assert said.exit_code == 1
    assert "demo bundle" in said.stderr
    assert not (tmp_path / "new").exists()


def test_predictions_of_another_bundle_are_refused(
    research: Bundle, tiny_bundle: Bundle, tmp_path: Path
) -> None:
    table = results(tmp_path, tiny_bundle, 100, confidence=2.0)
    said = recalibrate(research.root, table, "--out", tmp_path / "new")
    assert said.exit_code == 1
    assert "another bundle" in said.stderr
