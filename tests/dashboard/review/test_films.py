"""Films on Review: another study is another subject, and a film is read, answered and reported."""

import os
import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.common import session
from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import draw_film_patient
from face2bone.drawn.film.write import dicom_bytes, png_bytes
from face2bone.drawn.hand import HAND
from face2bone.drawn.knee import KNEE
from face2bone.drawn.knee.pair import draw_both_knees
from face2bone.drawn.worlds import World
from face2bone.records import Records, saved_assessments
from tests.conftest import ROOT
from tests.dashboard.acts import SECONDS, at_records, done, named, opened
from tests.dashboard.review.test_save_step import fill
from tests.dashboard.test_same_patient import ages, headings, said, ticked, typed

FIRST_QUESTION = re.compile(r"\bfac(?:e|es|ial)\b|\bphoto(?:s|graph\w*)?\b", re.IGNORECASE)
FILMS = {"bone_net": KNEE, "osteoai": HAND}
LIKE_A_KNEE = 900_785  # a hand that the knee's template takes for a knee
BUNDLES = {"bone_net": "knee-demo", "osteoai": "hand-demo"}


def film(kind: FilmKind, seed: int = 900_777, dicom: bool = False) -> bytes:
    patient = draw_film_patient(kind.model, seed, World.PLANTED)
    drawn = kind.draw(patient)
    return dicom_bytes(kind, patient, drawn) if dicom else png_bytes(drawn)


@pytest.fixture
def page(tiny_model: object, fresh_settings: pytest.MonkeyPatch) -> AppTest:
    """Review with a face's model that answers at once, and both of films beside it."""
    others = os.pathsep.join(str(ROOT / "models" / name) for name in BUNDLES.values())
    fresh_settings.setenv("FACE2BONE_OTHER_BUNDLES", others)
    return AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()


def of_study(app: AppTest, study: str) -> AppTest:
    (chooser,) = [group for group in app.button_group if group.key == "study"]
    chooser.set_value(study).run()
    assert not app.exception
    return app


def given(app: AppTest, data: bytes, name: str) -> AppTest:
    (source,) = [g for g in app.button_group if str(g.key).startswith("photo_source")]
    if source.value != "Upload":
        source.set_value("Upload").run()
    named(app.file_uploader, "upload").set_value((name, data, "application/dicom")).run()
    assert not app.exception
    return app


def written(app: AppTest) -> str:
    elements = (*app.markdown, *app.caption, *app.header, *app.subheader, *app.info, *app.warning)
    return "\n".join(str(one.value) for one in elements)


def test_one_study_is_not_chosen(tiny_model: object) -> None:
    app = AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()
    assert [group.key for group in app.button_group] == ["photo_source_face"]


@pytest.mark.slow
@pytest.mark.parametrize("study", list(FILMS))
def test_a_dicom_film_is_answered_in_words_of_films(page: AppTest, study: str) -> None:
    app = typed(given(of_study(page, study), film(FILMS[study], dicom=True), "film.dcm"))
    assert headings(app) == ["Film", "Result of the film", "Red flags"]
    assert "eligible for DXA" in written(app)
    assert at_records(app)
    assert "never drives a referral" in written(app)
    assert ("knee, as the file says" in written(app)) == (study == "bone_net")
    about = [caption.proto.help for caption in app.caption if "ndex of" in caption.value]
    assert len(about) == 2
    assert all("T-score" in text for text in about)
    spoken = [written(opened(app, tab)) for tab in ("How far to trust it", "What changes it")]
    assert "drawn knees" in spoken[0] or "drawn hands" in spoken[0]
    assert [FIRST_QUESTION.findall(text) for text in (written(app), *spoken)] == [[], [], []]
    assert "How old it looks" not in [tab.label for tab in app.tabs]


@pytest.mark.slow
@pytest.mark.parametrize("study", list(FILMS))
def test_one_click_on_a_drawn_film_answers_and_is_not_kept(page: AppTest, study: str) -> None:
    app = of_study(page, study).button(key="sample_1").click().run()
    assert headings(app) == ["Film", "Result of the film", "Red flags"]
    assert any("A sample patient cannot be saved" in one.value for one in app.info)
    assert any("ndex of" in caption.value for caption in app.caption)
    app = of_study(app, "face2bone")
    assert app.session_state["review_case"].given is None
    assert ages(app) == ["", "", ""]


@pytest.mark.slow
def test_another_study_is_another_subject(page: AppTest) -> None:
    """Face, knee, hand, one after the other: nothing typed or computed for one stays."""
    app = ticked(page.button(key="sample_0").click().run())
    case = app.session_state["review_case"]
    hashes = {"face2bone": case.photo.sha256}
    for study, kind in FILMS.items():
        app = of_study(app, study)
        assert case.photo is None
        assert case.results == {}
        assert ages(app) == ["", "", ""]
        assert headings(app) == []
        assert said(app) == ""
        assert not app.get("download_button")
        app = typed(given(app, film(kind), f"{study}.png"))
        assert not named(app.checkbox, "flag_height_loss").value
        assert {photo for _, photo, _ in case.results} == {case.photo.sha256}
        assert case.photo.sha256 not in hashes.values()
        hashes[study] = case.photo.sha256
        bundles = {bundle for *_, bundle in case.results}
        assert bundles == {
            session.loaded_assessor(str(ROOT / "models" / BUNDLES[study])).facts.sha256
        }
        app = ticked(app)
    app = of_study(app, "face2bone")
    assert (case.photo, case.results, ages(app)) == (None, {}, ["", "", ""])


@pytest.mark.slow
def test_a_film_of_something_else_is_one_sentence(page: AppTest) -> None:
    app = typed(given(of_study(page, "osteoai"), film(KNEE), "knee.png"))
    assert headings(app) == ["Film", "Red flags"]
    (sentence,) = [error.value for error in app.error]
    assert "This looks like a knee" in sentence


def test_a_hand_given_as_a_knee_shows_no_index_of_one(page: AppTest) -> None:
    app = typed(given(of_study(page, "bone_net"), film(HAND, LIKE_A_KNEE), "hand.png"))
    assert headings(app) == ["Film", "Red flags"]
    (sentence,) = [error.value for error in app.error]
    assert "This looks like a hand" in sentence
    assert "ortical index" not in written(app)


def both_knees(seed: int = 900_783) -> bytes:
    return png_bytes(draw_both_knees(draw_film_patient(KNEE.model, seed, World.PLANTED)))


def in_turn(app: AppTest) -> dict[str, tuple[str, set[str]]]:
    """Each of two knees chosen: what is written of it, and the values of its measures."""
    found = {}
    for number, called in ((1, "Right knee"), (2, "Left knee")):
        app = done(named(app.button, f"of_two_{number}").click().run())
        about = {caption.value for caption in app.caption if "ortical index" in caption.value}
        found[called] = written(app), about
    return found


def test_either_of_two_knees_is_assessed_and_nothing_of_one_counts_for_the_other(
    page: AppTest,
) -> None:
    app = typed(given(of_study(page, "bone_net"), both_knees(), "knees.png"))
    assert "The knee that is seen better was taken." in written(app)
    case = app.session_state["review_case"]
    found = in_turn(app)
    for called, place in (("Right knee", "left"), ("Left knee", "right")):
        text, _ = found[called]
        assert f"{called}, by its place beside the other one." in text
        assert f"This is the one on the {place} of the film." in text
    assert sorted("seen better was taken" in text for text, _ in found.values()) == [False, True]
    assert not found["Right knee"][1] & found["Left knee"][1]
    assert found == in_turn(app), "chosen again, each is what it was"
    predictions = [value for (step, *_), value in case.results.items() if "prediction" in step]
    assert len(predictions) == 2
    assert predictions[0].probabilities.tolist() != predictions[1].probabilities.tolist()


def test_the_knee_that_is_shown_is_no_other_subject_for_being_clicked(page: AppTest) -> None:
    app = typed(given(of_study(page, "bone_net"), both_knees(), "knees.png"))
    case, before = app.session_state["review_case"], app.session_state["review_case"].subject
    subjects = []
    for number in (1, 2):
        named(app.button, f"of_two_{number}").click().run()
        subjects.append(case.subject)
    assert before in subjects
    assert len(set(subjects)) == 2


def test_the_other_knee_asks_for_consent_again_and_what_is_saved_says_which(
    records: Records, page: AppTest
) -> None:
    app = typed(given(of_study(page, "bone_net"), both_knees(), "knees.png"))
    for number in (2, 1):
        app = done(named(app.button, f"of_two_{number}").click().run())
        assert not named(app.checkbox, "consent").value, "given for the other knee"
        fill(app).button(key="save_assessment").click().run()
        assert not app.exception
    kept = [one.document for one in saved_assessments(records, "P-0412")]
    told = {document.told[0] for document in kept if document}
    by_place = "knee, by its place beside the other one."
    assert told == {f"Left {by_place}", f"Right {by_place}"}
    values = {measure.value for document in kept if document for measure in document.measures}
    assert len(values) == 4


def test_of_one_knee_nothing_is_to_be_chosen(page: AppTest) -> None:
    app = typed(given(of_study(page, "bone_net"), film(KNEE), "knee.png"))
    assert not [button.key for button in app.button if str(button.key).startswith("of_two")]


def test_what_is_no_film_is_one_sentence(page: AppTest) -> None:
    app = given(of_study(page, "bone_net"), b"no film at all", "notes.txt")
    (sentence,) = [error.value for error in app.error]
    assert "DICOM, PNG, JPEG or TIFF" in sentence


def test_no_page_of_review_asks_the_sites_own_model() -> None:
    """Of a visitor who looks at films it is another's than the one at hand."""
    for path in (Path(ROOT) / "face2bone" / "dashboard" / "review").glob("*.py"):
        assert not re.search(r"session\.(assessor|bundle|modality)\(\)", path.read_text("utf-8"))
