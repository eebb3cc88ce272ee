"""A study the package has never heard of, from drawing to assessment: nothing names a face."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from face2bone.assess import Assessor
from face2bone.bundle import Bundle, load_bundle
from face2bone.cohort.manifest import read_manifest
from face2bone.cohort.views import visits_of
from face2bone.errors import CovariateMissing, EngineError, SubjectError, WrongStudy
from face2bone.evaluation.evaluate import evaluate_bundle
from face2bone.modalities.photo import photo_from_pixels, read_photo
from face2bone.nn.registry import NETWORKS, Blueprint
from face2bone.patient import Patient, Sex
from face2bone.progress import silent
from face2bone.report.assessment.assessment_json import document
from face2bone.report.assessment.fhir import to_fhir
from face2bone.report.assessment.page import Heading, page_of
from face2bone.report.assessment.summary import summary
from face2bone.report.model.model_facts import model_facts, to_markdown
from face2bone.runtime import OpenVinoEngine, TorchEngine, beside_patients
from face2bone.studies import STUDIES
from face2bone.training import build_bundle, train
from face2bone.training.recipe import read_recipe, recipe_toml
from tests.conftest import ROOT
from tests.dashboard.acts import SECONDS, at_records, explained, opened
from tests.dashboard.test_same_patient import headings, typed, uploaded
from tests.toy.discs import DISCS, PARTS, SPEAKS, DiscNetwork, DiscSettings, disc_bytes, prepare

PATIENTS = 360
SPEAKS_OF_FACES = re.compile(r"\bfac(?:e|es|ial)\b|\bphoto\w*", re.IGNORECASE)


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    """The one place where the study enters: two registries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(STUDIES, DISCS.id, DISCS)
        patch.setitem(NETWORKS, "discs", Blueprint(DiscSettings, DiscNetwork))
        patch.setattr(build_bundle, "DESCRIBED_PICTURES", 60)
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
    changes |= {"architecture": "discs", "network": {"outputs": 3, "covariates": 2}}
    recipe = root / "discs.toml"
    text = recipe_toml(full.model_copy(update=changes), 0)
    recipe.write_text(text.removeprefix("seed = 0\n"), "utf-8")
    return load_bundle(train(drawn, root / "run", recipe=recipe, seed=3, progress=silent))


def engine_of(bundle: Bundle) -> TorchEngine:
    return TorchEngine(bundle.network, bundle.card.input, threads=1)


@pytest.mark.slow
def test_the_bundle_is_of_its_study_and_reads_its_pictures(bundle: Bundle) -> None:
    assert bundle.card.study == "discs"
    assert bundle.card.input == DISCS.ready().modality.input
    assert isinstance(bundle.network, DiscNetwork)


@pytest.mark.slow
def test_what_is_read_beside_the_disc_is_standardised_by_the_training_patients(
    bundle: Bundle,
) -> None:
    age, sex = bundle.card.covariates
    assert (age.name, sex.name) == ("age_years", "sex")
    assert 65 < age.mean < 75
    assert 0.4 < sex.mean < 0.6


@pytest.mark.slow
def test_age_counts_and_a_patient_whose_age_is_unknown_is_refused(bundle: Bundle) -> None:
    assessor = Assessor(bundle, engine_of(bundle))
    disc = photo_from_pixels(read_photo(disc_bytes(1, np.random.default_rng(8))).pixels)
    found = assessor.locate(disc)
    with pytest.raises(CovariateMissing, match="age and sex beside the picture"):
        assessor.predict(found)
    young, old = (
        assessor.predict(assessor.for_patient(found, Patient(age, Sex.FEMALE, 158, 52)))
        for age in (50, 90)
    )
    assert old.probabilities[2] > young.probabilities[2]


@pytest.mark.slow
def test_openvino_reads_them_too(bundle: Bundle) -> None:
    openvino, torch_engine = OpenVinoEngine(bundle.network, bundle.card.input, 1), engine_of(bundle)
    x, rows = np.zeros((3, 3, 48, 48), np.float32), np.eye(3, 2, dtype=np.float32)
    for engine in (openvino, torch_engine):
        with pytest.raises(EngineError, match="2 values beside each picture"):
            engine.logits(x)
    logits = torch_engine.logits(x, rows)
    assert not np.allclose(logits[0], logits[1])
    np.testing.assert_allclose(openvino.logits(x, rows), logits, atol=1e-4)
    at_cut = openvino.features(x), openvino.stem(x)
    np.testing.assert_allclose(openvino.head(at_cut[0], rows), logits, atol=1e-4)
    np.testing.assert_allclose(openvino.after_stem(at_cut[1], rows), logits, atol=1e-4)
    beside = beside_patients(openvino, rows[0])
    np.testing.assert_allclose(beside.logits(x), np.repeat(logits[:1], 3, axis=0), atol=1e-4)


@pytest.mark.slow
def test_it_is_evaluated_a_row_a_visit(bundle: Bundle, tmp_path: Path) -> None:
    manifest = DISCS.ready().draw_cohort(tmp_path / "new", 40, "planted", 2, lambda *_: None)
    cohort = read_manifest(manifest)
    found = evaluate_bundle(bundle, cohort, engine_of(bundle), tmp_path / "crops", lambda *_: None)
    assert len(cohort.table) == 44
    assert len(found.predictions) == len(set(visits_of(cohort.table))) == 40
    auc = found.record.evaluation.everyone.figures["macro_auc"].value
    assert auc is not None
    assert auc > 0.9


@pytest.mark.slow
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


@pytest.mark.slow
def test_no_report_of_a_disc_speaks_of_faces_or_photos(bundle: Bundle) -> None:
    assessor, patient = Assessor(bundle, engine_of(bundle)), Patient(67, Sex.FEMALE, 158, 52)
    said = assessor.assess(disc_bytes(2, np.random.default_rng(5)), patient)
    kept, heading = document(said), Heading("P-1", datetime(2026, 11, 29, tzinfo=UTC))
    page = json.dumps(page_of(kept, heading))
    label = to_markdown(model_facts(bundle, None), "Model")
    for text in (page, to_fhir(kept, heading), summary(said), label):
        assert [
            text[max(0, m.start() - 40) : m.end() + 20] for m in SPEAKS_OF_FACES.finditer(text)
        ] == []
        assert "picture" in text.lower()
    assert "Bone health report: picture of a disc and risk factors" in page


@pytest.mark.slow
def test_a_picture_of_something_else_is_refused(bundle: Bundle) -> None:
    with pytest.raises(SubjectError, match="No disc was found"):
        prepare(photo_from_pixels(np.zeros((160, 160, 3), np.uint8)))


@pytest.mark.slow
def test_another_studys_cohort_or_bundle_is_refused(
    bundle: Bundle, tiny_bundle: Bundle, drawn: Path, tmp_path: Path
) -> None:
    cohort = read_manifest(drawn)
    with pytest.raises(WrongStudy, match="of the study face2bone and the cohort is of discs"):
        evaluate_bundle(tiny_bundle, cohort, engine_of(tiny_bundle), tmp_path, lambda *_: None)


@pytest.fixture
def page(bundle: Bundle, fresh_settings: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """Review with the disc's model as the site's own."""
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(bundle.root))
    fresh_settings.setenv("FACE2BONE_ENGINE", "torch")
    st.cache_resource.clear()
    yield AppTest.from_file("../../pages/review.py", default_timeout=SECONDS).run()
    st.cache_resource.clear()


@pytest.mark.slow
def test_it_goes_through_review(page: AppTest) -> None:
    app = typed(uploaded(page, disc_bytes(2, np.random.default_rng(5)), "disc.png"))
    assert headings(app) == ["Picture", "Result of the picture", "Red flags"]
    assert "eligible for DXA" in words_of(app)
    assert at_records(app)
    app = explained(app)
    assert SPEAKS.replace("_", " ").removeprefix("lower ") in words_of(app)
    assert any(heading.value == "Concepts" for heading in app.subheader)
    for tab in ("How far to trust it", "What changes it"):
        assert SPEAKS_OF_FACES.findall(words_of(opened(app, tab))) == []


def words_of(app: AppTest) -> str:
    shown = (*app.markdown, *app.caption, *app.header, *app.subheader, *app.info, *app.warning)
    return "\n".join(str(one.value) for one in shown)


def test_no_line_of_the_package_knows_it() -> None:
    for path in (ROOT / "face2bone").rglob("*.py"):
        assert "discs" not in path.read_text("utf-8").lower(), path
