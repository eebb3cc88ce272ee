"""A bundle on a small drawn cohort, from photos to figures."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from face2bone.bundle import Bundle
from face2bone.cohort.manifest import Cohort, read_manifest
from face2bone.drawn.face.write import PLAN_FILE, write_cohort
from face2bone.drawn.worlds import World
from face2bone.evaluation.evaluate import Evaluated, evaluate_bundle
from face2bone.modalities.face import FACE_INPUT
from face2bone.runtime import Engine, TorchEngine

SEED = 400_310
PATIENTS = 5


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cohort:
    """Five drawn patients, the last photo of which is no photo."""
    folder = tmp_path_factory.mktemp("cohort") / "drawn"
    manifest = write_cohort(folder, PATIENTS, World.PLANTED, SEED, workers=1)
    cohort = read_manifest(manifest)
    cohort.photos[-1].write_bytes(b"not a photo")
    return cohort


@pytest.fixture(scope="module")
def engine(tiny_bundle: Bundle) -> Engine:
    return TorchEngine(tiny_bundle.network, FACE_INPUT, threads=1)


@pytest.fixture(scope="module")
def evaluated(
    tiny_bundle: Bundle, cohort: Cohort, engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Evaluated:
    crops = tmp_path_factory.mktemp("crops") / "store"
    return evaluate_bundle(tiny_bundle, cohort, engine, crops, lambda *_: None)


def test_the_record_says_which_bundle_and_whom(evaluated: Evaluated, tiny_bundle: Bundle) -> None:
    record = evaluated.record
    assert record.bundle.sha256 == tiny_bundle.sha256
    assert record.cohort.drawn
    assert "no real person" in record.cohort.description
    assert (record.cohort.photos, record.cohort.patients) == (PATIENTS, PATIENTS)
    assert sum(record.cohort.rejected.values()) == 1
    assert record.evaluation.everyone.photos == PATIENTS - 1
    assert any("drawn" in remark for remark in record.cohort.remarks)
    assert not any("kept for training" in remark for remark in record.cohort.remarks)


def test_the_guards_stand_beside_the_figures(evaluated: Evaluated) -> None:
    """Four photos are too few to probe, and the record says so."""
    guards = evaluated.record.guards
    assert guards is not None
    assert (guards.photos, guards.unreadable, guards.leaks) == (PATIENTS - 1, 1, ())
    assert set(guards.remarks) <= set(evaluated.record.cohort.remarks)
    assert "smallest class" in guards.remarks[0]


def test_predictions_hold_a_row_a_usable_photo_and_no_photo(
    evaluated: Evaluated, cohort: Cohort
) -> None:
    rows = evaluated.predictions
    assert list(rows["patient_id"]) == list(cohort.table["patient_id"][:-1])
    assert np.allclose(rows[["p_normal", "p_osteopenia", "p_osteoporosis"]].sum(axis=1), 1)
    assert not {"photo", "row"} & set(rows)
    for said in rows["prediction_set"]:
        assert set(said.split(" or ")) <= {"normal", "osteopenia", "osteoporosis"}


def test_like_reasons_are_counted_together(evaluated: Evaluated) -> None:
    assert len(evaluated.rejected) == 1
    assert not any(c.isdigit() for reason in evaluated.record.cohort.rejected for c in reason)


def test_training_seeds_and_people_are_remarked_on(
    tiny_bundle: Bundle, cohort: Cohort, engine: Engine, tmp_path: Path
) -> None:
    own = tmp_path / "cohort"
    shutil.copytree(cohort.root, own)
    plan = own / PLAN_FILE
    plan.write_text(plan.read_text("utf-8").replace(str(SEED), "100000"), "utf-8")

    def remarks() -> str:
        again = Cohort(cohort.table, own, cohort.boundary)
        store = tmp_path / "crops"
        found = evaluate_bundle(tiny_bundle, again, engine, store, lambda *_: None)
        return " ".join(found.record.cohort.remarks)

    assert "may have seen" in remarks()
    plan.unlink()
    assert "never seen a person" in remarks()
