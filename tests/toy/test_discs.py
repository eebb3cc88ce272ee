"""A study the package has never heard of, from drawing to assessment: nothing names a face."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from face2bone.assess import Assessor
from face2bone.bundle import Bundle, load_bundle
from face2bone.cohort.manifest import read_manifest
from face2bone.cohort.views import visits_of
from face2bone.errors import FaceError, WrongStudy
from face2bone.evaluation.evaluate import evaluate_bundle
from face2bone.modalities.photo import photo_from_pixels
from face2bone.nn.registry import NETWORKS
from face2bone.patient import Patient, Sex
from face2bone.runtime import TorchEngine
from face2bone.studies import STUDIES
from face2bone.training import build_bundle, train
from face2bone.training.progress import silent
from face2bone.training.recipe import read_recipe, recipe_toml
from tests.conftest import ROOT
from tests.toy.discs import DISCS, PARTS, SPEAKS, DiscNetwork, disc_bytes, prepare

PATIENTS = 360


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    """The one place where the study enters: two registries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(STUDIES, DISCS.id, DISCS)
        patch.setitem(NETWORKS, "discs", DiscNetwork)
        patch.setattr(build_bundle, "DESCRIBED_FACES", 60)
        yield


@pytest.fixture(scope="module")
def drawn(registered: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("discs") / "cohort"
    return DISCS.ready().draw_cohort(out, PATIENTS, "planted", 1, lambda *_: None)


@pytest.fixture(scope="module")
def bundle(drawn: Path, tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    root, full = tmp_path_factory.mktemp("run"), read_recipe("full")
    settings = {"epochs": 6, "batch_size": 16, "learning_rate": 0.02, "precision": "32-true"}
    changes = {"training": full.training.model_copy(update=settings), "concepts": 3}
    recipe = root / "discs.toml"
    text = recipe_toml(full.model_copy(update=changes), 0)
    recipe.write_text(text.removeprefix("seed = 0\n"), "utf-8")
    return load_bundle(train(drawn, root / "run", recipe=recipe, seed=3, progress=silent))


def engine_of(bundle: Bundle) -> TorchEngine:
    return TorchEngine(bundle.network, bundle.card.input, threads=1)


def test_the_bundle_is_of_its_study_and_reads_its_pictures(bundle: Bundle) -> None:
    assert bundle.card.study == "discs"
    assert bundle.card.input == DISCS.ready().modality.input
    assert isinstance(bundle.network, DiscNetwork)


def test_it_is_evaluated_a_row_a_visit(bundle: Bundle, tmp_path: Path) -> None:
    manifest = DISCS.ready().draw_cohort(tmp_path / "new", 40, "planted", 2, lambda *_: None)
    cohort = read_manifest(manifest)
    found = evaluate_bundle(bundle, cohort, engine_of(bundle), tmp_path / "crops", lambda *_: None)
    assert len(cohort.table) == 44
    assert len(found.predictions) == len(set(visits_of(cohort.table))) == 40
    auc = found.record.evaluation.everyone.figures["macro_auc"].value
    assert auc is not None
    assert auc > 0.9


def test_an_assessment_names_the_part_that_speaks(bundle: Bundle) -> None:
    patient = Patient(67, Sex.FEMALE, 158, 52)
    assessor = Assessor(bundle, engine_of(bundle))
    said = assessor.assess(disc_bytes(2, np.random.default_rng(5)), patient)
    assert np.isclose(said.prediction.probabilities.sum(), 1)
    for game in said.explanation.regions:
        assert game.parts == PARTS
        strongest = np.abs(game.values[:, 2]).argmax()
        assert PARTS[strongest].id == SPEAKS
    assert said.bundle.name.startswith("discs-")


def test_a_picture_of_something_else_is_refused(bundle: Bundle) -> None:
    with pytest.raises(FaceError, match="No disc was found"):
        prepare(photo_from_pixels(np.zeros((160, 160, 3), np.uint8)))


def test_another_studys_cohort_or_bundle_is_refused(
    bundle: Bundle, tiny_bundle: Bundle, drawn: Path, tmp_path: Path
) -> None:
    cohort = read_manifest(drawn)
    with pytest.raises(WrongStudy, match="of the study face2bone and the cohort is of discs"):
        evaluate_bundle(tiny_bundle, cohort, engine_of(tiny_bundle), tmp_path, lambda *_: None)


def test_no_line_of_the_package_knows_it() -> None:
    for path in (ROOT / "face2bone").rglob("*.py"):
        assert "discs" not in path.read_text("utf-8").lower(), path
