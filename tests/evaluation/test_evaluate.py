"""A bundle on a small drawn cohort, from photos to figures."""

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from face2bone.bone import Boundary
from face2bone.bundle import Bundle
from face2bone.cohort.crop_store import CropStore
from face2bone.cohort.manifest import Cohort, read_manifest
from face2bone.drawn.face.crops import FACES
from face2bone.drawn.face.write import write_cohort
from face2bone.drawn.worlds import World
from face2bone.drawn.writing import PLAN_FILE
from face2bone.errors import WrongStudy
from face2bone.evaluation import evaluate
from face2bone.evaluation.evaluate import Evaluated, evaluate_bundle
from face2bone.evaluation.guards.report import Guarded
from face2bone.modalities.face import FACE_INPUT
from face2bone.modalities.face.modality import FACE
from face2bone.reference import ReferenceMethod
from face2bone.runtime import Engine, TorchEngine, predict_crops

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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.fixture
def two_views(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cohort:
    """Patient a has two views of one visit and one of another; b has one. Nothing is aligned."""
    columns = {
        "patient_id": ["a", "b", "a", "a"],
        "acquired_on": [date(2026, 5, 2)] * 3 + [date(2026, 6, 2)],
        "t_score": [-2.7, -0.3, -2.7, -2.8],
        "bone_mass_class": ["osteoporosis", "normal", "osteoporosis", "osteoporosis"],
    }
    rng = np.random.default_rng(7)
    crops = rng.integers(0, 256, (4, 160, 160, 3), dtype=np.uint8)
    index = pd.DataFrame({"row": range(4)} | columns)
    store = CropStore(tmp_path, index, crops, np.zeros((4, 160, 160), np.int8), FACES)
    (tmp_path / "rejected.csv").write_text("row,patient_id,reason\n")
    monkeypatch.setattr(evaluate, "photo_crops", lambda *_, **__: store)
    monkeypatch.setattr(evaluate, "guard_cohort", lambda _: Guarded(4, 0, (), None, "few"))
    table = pd.DataFrame({"photo": list("wxyz"), "reference_method": "qus"} | columns)
    return Cohort(table, tmp_path, Boundary.WHO)


def test_views_of_a_visit_are_one_row_with_their_mean(
    two_views: Cohort, tiny_bundle: Bundle, engine: Engine, tmp_path: Path
) -> None:
    found = evaluate_bundle(tiny_bundle, two_views, engine, tmp_path, lambda *_: None)
    rows, everyone = found.predictions, found.record.evaluation.everyone
    each = predict_crops(engine, tiny_bundle, evaluate.photo_crops(two_views, FACE, tmp_path).crops)
    wanted = np.stack([each.probabilities[[0, 2]].mean(axis=0), *each.probabilities[[1, 3]]])
    said = rows[["p_normal", "p_osteopenia", "p_osteoporosis"]].to_numpy()
    assert np.allclose(said, wanted, atol=1e-6)
    assert rows["patient_id"].tolist() == ["a", "b", "a"]
    assert rows["t_score"].tolist() == [-2.7, -0.3, -2.8]
    assert (everyone.photos, everyone.patients, found.record.cohort.photos) == (3, 2, 4)


def test_the_record_names_what_measured_the_bone_and_that_it_is_another(
    two_views: Cohort, tiny_bundle: Bundle, engine: Engine, tmp_path: Path
) -> None:
    cohort = evaluate_bundle(
        tiny_bundle, two_views, engine, tmp_path, lambda *_: None
    ).record.cohort
    assert cohort.reference_method is ReferenceMethod.QUS
    assert any("held against ultrasound (QUS)" in remark for remark in cohort.remarks)


def test_a_cohort_of_another_study_is_refused(
    two_views: Cohort, tiny_bundle: Bundle, engine: Engine, tmp_path: Path
) -> None:
    other = replace(two_views, table=two_views.table.assign(study="bone_net"))
    with pytest.raises(WrongStudy, match="of the study face2bone and the cohort is of bone_net"):
        evaluate_bundle(tiny_bundle, other, engine, tmp_path, lambda *_: None)
