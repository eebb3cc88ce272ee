"""Saved assessments in a window over Review: read-only, nobody else's, put right or deleted."""

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.review.review_case import ReviewCase
from face2bone.records import Records, assessment_changes, kept_assessments, verify
from tests.dashboard.acts import done, named
from tests.dashboard.review.test_save_step import SECONDS, errors, fill
from tests.dashboard.test_same_patient import headings, png, said, typed, uploaded
from tests.records.fill import keep

BUTTON, NAME = "look_back", "Dr. Wu"


@pytest.fixture
def page(records: Records, tiny_model: object) -> AppTest:
    return AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()


@pytest.fixture
def saved(page: AppTest, records: Records) -> AppTest:
    """P-0412 was saved, and another patient is at hand."""
    app = done(typed(uploaded(page, png(0), "photo.png")))
    named(app.checkbox, "flag_height_loss").check().run()
    fill(app).button(key="save_assessment").click().run()
    assert len(kept_assessments(records)) == 1
    app.button(key="new_patient").click().run()
    return done(typed(uploaded(app, png(1), "other.png")))


def looked_back(app: AppTest, pseudonym: str = "P-0412") -> AppTest:
    named(app.text_input, "pseudonym").set_value(pseudonym).run()
    app.button(key=BUTTON).click().run()
    assert not app.exception
    return app


def read(app: AppTest) -> str:
    """Everything on the page that is not a box or a button."""
    return "\n".join(str(e.value) for e in [*app.markdown, *app.info, *app.text, *app.caption])


def test_the_button_says_how_many_are_saved_under_what_is_typed(saved: AppTest) -> None:
    assert saved.button(key=BUTTON).label == "Find saved assessments"
    named(saved.text_input, "pseudonym").set_value("P-0412").run()
    assert saved.button(key=BUTTON).label == "1 saved assessment"
    named(saved.text_input, "pseudonym").set_value("P-none").run()
    assert saved.button(key=BUTTON).label == "Find saved assessments"


def test_it_is_read_as_it_was_saved_and_marked(saved: AppTest) -> None:
    before = said(saved)
    app = looked_back(saved)
    text = read(app)
    assert "**Saved on " in text
    assert "read-only.**" in text
    assert "not the patient on the page" in text
    assert "P-0412**: woman, 67 years, 158 cm, 52 kg" in text
    assert "Red flags ticked: height loss of more than 4 cm" in text
    assert any("**Suggested then:** urgent clinician review" in box.value for box in app.error)
    assert said(app) == before, "the patient at hand has a suggestion of their own"
    assert not named(app.checkbox, "flag_height_loss").value
    keys = {button.key or "" for button in app.get("download_button")}
    assert any(key.startswith("saved_pdf_") for key in keys)


@pytest.mark.slow
def test_it_is_closed_with_the_patient_and_nothing_of_it_stays(saved: AppTest) -> None:
    app = looked_back(saved)
    app.button(key="new_patient").click().run()
    assert "read-only" not in read(app)
    assert headings(app) == []
    assert named(app.text_input, "pseudonym").value == ""


@pytest.mark.slow
def test_another_pseudonym_shows_that_ones_alone(saved: AppTest, records: Records) -> None:
    keep(records, "P-77", "a" * 64, (0.2, 0.5, 0.3))
    app = looked_back(saved, "P-77")
    assert "P-77**: woman, 67 years" in read(app)
    assert "P-0412**" not in read(app)
    assert "reports can no longer be made" in read(app)
    named(app.selectbox, "saved_of").set_value("P-0412").run()
    assert "P-0412**" in read(app)
    assert "P-77**" not in read(app)


@pytest.mark.slow
def test_one_is_chosen_where_no_pseudonym_is_typed(saved: AppTest) -> None:
    saved.button(key=BUTTON).click().run()
    assert named(saved.selectbox, "saved_of").value is None
    named(saved.selectbox, "saved_of").set_value("P-0412").run()
    assert "P-0412**" in read(saved)
    assert named(saved.text_input, "pseudonym").value == "", "looked at, not taken over"


@pytest.mark.slow
def test_it_is_deleted_with_a_reason_only(saved: AppTest, records: Records) -> None:
    app = looked_back(saved)
    named(app.button, "delete").click().run()
    assert "reason is empty" in errors(app)
    assert len(kept_assessments(records)) == 1
    named(app.text_input, "changed_by").set_value(NAME)
    named(app.text_input, "changed_why").set_value("Saved by mistake")
    named(app.button, "delete").click().run()
    assert not app.exception
    assert kept_assessments(records) == ()
    assert "No assessment is kept" in read(app)
    assert f"was deleted by {NAME}" in read(app)
    assert any("was deleted." in box.value for box in app.success)
    assert verify(records).faults == ()


@pytest.mark.slow
def test_the_pseudonym_is_corrected(saved: AppTest, records: Records) -> None:
    app = looked_back(saved)
    named(app.text_input, "changed_by").set_value(NAME)
    named(app.text_input, "changed_why").set_value("Typing error")
    named(app.text_input, "right_pseudonym").set_value("P-0421")
    named(app.button, "move").click().run()
    assert not app.exception
    (one,) = kept_assessments(records)
    assert one.patient_id == "P-0421"
    (change,) = assessment_changes(records, "P-0421")
    assert (change.reason, change.changed_by) == ("Typing error", NAME)
    assert app.button(key=BUTTON).label == "Find saved assessments"


def moved(app: AppTest, right: str) -> AppTest:
    named(app.text_input, "changed_by").set_value(NAME)
    named(app.text_input, "changed_why").set_value("Typing error")
    named(app.text_input, "right_pseudonym").set_value(right)
    named(app.button, "move").click().run()
    assert not app.exception
    return app


@pytest.mark.slow
def test_where_it_was_moved_is_said_and_shown(saved: AppTest, records: Records) -> None:
    """Not the patient whose pseudonym stands on the page, and that one is left alone."""
    keep(records, "P-77", "a" * 64, (0.2, 0.5, 0.3))
    keep(records, "P-9", "b" * 64, (0.2, 0.5, 0.3))
    app = looked_back(saved, "P-77")
    before = said(app)
    named(app.selectbox, "saved_of").set_value("P-0412").run()
    app = moved(app, "P-9")
    (told,) = [box.value for box in app.success if "was moved from" in box.value]
    assert "from P-0412 to P-9." in told
    assert named(app.selectbox, "saved_of").value == "P-9"
    assert "P-9**: woman, 67 years, 158 cm, 52 kg" in read(app), "of two the one that was moved"
    assert named(app.text_input, "pseudonym").value == "P-77"
    assert said(app) == before
    app = moved(app, "P-0412")
    assert named(app.selectbox, "saved_of").value == "P-0412", "and back"
    named(app.selectbox, "saved_of").set_value("P-77").run()
    assert not [box for box in app.success if "was moved from" in box.value]
    assert "P-77**" in read(app)


@pytest.mark.slow
def test_what_was_done_is_not_said_again_in_a_window_opened_later(saved: AppTest) -> None:
    app = moved(looked_back(saved), "P-_9_")
    assert any(r"to P-\_9\_. You" in box.value for box in app.success)
    app.session_state["review_case"].look_ahead()
    app = looked_back(app.run(), "P-_9_")
    assert not [box for box in app.success if "was moved from" in box.value]


@pytest.mark.slow
def test_nothing_saved_is_said(page: AppTest) -> None:
    page.button(key=BUTTON).click().run()
    assert any("Nothing is saved yet" in info.value for info in page.info)


def test_a_database_that_cannot_be_read_is_one_sentence(
    page: AppTest, records: Records, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(records, "P-1", "a" * 64, (0.2, 0.5, 0.3))
    assert records.file is not None
    records.close()
    records.file.write_bytes(b"no database at all" * 100)
    app = looked_back(page, "P-1")
    assert "records database cannot be reached" in errors(app)
    assert app.button(key=BUTTON).label == "Find saved assessments"


def test_closing_the_window_and_the_next_patient_close_it() -> None:
    case = ReviewCase()
    case.look_back()
    case.look_ahead()
    assert not case.looks_back
    case.look_back()
    case.new_patient()
    assert not case.looks_back
