"""Saving on Review, in Streamlit's own test runner."""

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.common.job import Job
from face2bone.records import Records, kept_assessments, verify
from tests.dashboard.acts import at_records, done, named, opened
from tests.dashboard.test_same_patient import png, typed, uploaded

SECONDS = 240
SAVE = "save_assessment"


@pytest.fixture
def page(records: Records, tiny_model: object) -> AppTest:
    return AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()


@pytest.fixture
def review(page: AppTest) -> AppTest:
    """A patient with a photo of their own at the last step."""
    return done(typed(uploaded(page, png(0), "photo.png")))


def fill(app: AppTest, patient_id: str = "P-0412", consent: bool = True) -> AppTest:
    named(app.text_input, "pseudonym").set_value(patient_id)
    app.text_input(key="saver_name").set_value("Dr. Li")
    if consent:
        named(app.checkbox, "consent").check()
    return app


def errors(app: AppTest) -> str:
    return " ".join(e.value for e in app.error)


@pytest.mark.slow
def test_saved_once_with_consent_and_a_reason_for_another_decision(
    review: AppTest, records: Records
) -> None:
    """One walk, because drawing the page up to its last step takes seconds."""
    fill(review, consent=False).button(key=SAVE).click().run()
    assert "without consent" in errors(review)
    box = next(s for s in review.selectbox if (s.key or "").startswith("decision_"))
    chosen = next(option for option in box.options if option != box.value)
    box.set_value(chosen)
    fill(review).button(key=SAVE).click().run()
    assert "Give the reason" in errors(review)
    assert kept_assessments(records) == ()
    named(review.text_input, "save_reason").set_value("DXA last month")
    for _ in range(2):
        review.button(key=SAVE).click().run()
    assert not review.exception
    assert any("Saved under P-0412" in s.value for s in review.success)
    (kept,) = kept_assessments(records)
    assert kept.decision == chosen
    assert verify(records).faults == ()
    named(review.text_input, "frax_major").set_value("12.0")
    named(review.text_input, "frax_hip").set_value("1.0").run()
    assert not any("Saved under" in s.value for s in review.success), "corrected since"
    review.button(key=SAVE).click().run()
    assert len(kept_assessments(records)) == 2
    named(review.text_input, "pseudonym").set_value("Jane Doe")
    review.button(key=SAVE).click().run()
    assert "pseudonym" in errors(review)
    green = [s.value for s in review.success if "Saved" in s.value]
    assert not green, "a refused save beside a green one"
    (said,) = [i.value for i in review.info if "is not saved" in i.value]
    assert "under P-0412" in said
    named(review.text_input, "pseudonym").set_value("P-0412").run()
    assert any("Saved under P-0412" in s.value for s in review.success)
    review.button(key="new_patient").click().run()
    other = done(typed(uploaded(review, png(1), "other.png")))
    assert not named(other.checkbox, "consent").value, "given for another photo"
    assert named(other.text_input, "pseudonym").value == ""
    assert not any("Saved under" in s.value for s in other.success)


@pytest.mark.slow
def test_an_explanation_that_ends_meanwhile_keeps_nobody_from_saving(
    review: AppTest, records: Records
) -> None:
    """It is no correction: what was on the page when Save was pressed is saved."""
    fill(opened(review, "Why")).run()
    (job,) = (j for j in review.session_state["review_case"].results.values() if isinstance(j, Job))
    assert job.wait(SECONDS)
    review.button(key=SAVE).click().run()
    assert any("Saved under P-0412" in s.value for s in review.success)
    assert not any("Look again" in w.value for w in review.warning)
    assert len(kept_assessments(records)) == 1


def test_what_is_explained_after_saving_is_said_not_to_be_in_it(
    review: AppTest, records: Records
) -> None:
    fill(review).button(key=SAVE).click().run()
    assert any("In the records" in m.value for m in review.markdown)
    done(opened(review, "Why"))
    assert any("Saved under P-0412" in s.value for s in review.success)
    assert any("is not in the records" in c.value for c in review.caption)
    assert len(kept_assessments(records)) == 1


def test_pseudonym_and_initials_are_typed_once(review: AppTest) -> None:
    fill(review, consent=False).run()
    assert not review.exception
    assert len([t for t in review.text_input if (t.key or "").startswith("pseudonym")]) == 1
    (text,) = (c.value for c in review.code)
    assert text.startswith("Face2Bone, ")
    assert ", P-0412: woman" in text
    assert text.endswith("Entered by Dr. Li.")


def test_a_sample_patient_cannot_be_saved_and_the_page_says_why(
    page: AppTest, records: Records
) -> None:
    app = done(page.button(key="sample_0").click().run())
    assert not app.exception
    assert at_records(app)
    assert any("A sample patient cannot be saved" in i.value for i in app.info)
    assert SAVE not in {button.key for button in app.button}
    assert verify(records).entries == 0
