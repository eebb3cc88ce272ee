"""The Review page's logic in Streamlit's own test runner; what it looks like: tests/browser."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import wraps
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

from face2bone.assess import Assessor
from face2bone.assessment import Explanation, LocatedSubject
from face2bone.drawn.face.samples import unusable_photo
from face2bone.errors import EngineError
from face2bone.progress import Progress
from face2bone.runtime import OodVerdict, Prediction
from tests.dashboard.acts import at_records, done, explained, in_full, named, opened
from tests.dashboard.test_same_patient import jpeg, png, source, typed, uploaded

SECONDS = 120
ANSWER = ["Photo", "Result of the photo", "Red flags"]
TRUST = "How far to trust it"


@pytest.fixture
def app(tiny_model: object) -> AppTest:
    return in_full(AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS)).run()


def headings(app: AppTest) -> list[str]:
    return [h.value for h in app.header]


def keys(app: AppTest) -> set[str | None]:
    assert not app.exception
    return {button.key for button in app.button}


def counted(step: Callable[..., Any], calls: list[str]) -> Callable[..., Any]:
    """The same step, that writes its name down whenever it is called."""

    @wraps(step)
    def call(*arguments: Any, **named_ones: Any) -> Any:
        calls.append(step.__name__)
        return step(*arguments, **named_ones)

    return call


def test_first_sight_asks_for_a_photo(app: AppTest) -> None:
    assert not app.exception
    assert headings(app) == []
    assert "sample patient" in app.info[0].value


def test_one_click_on_a_sample_answers(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    assert headings(app) == ANSWER
    assert any("Suggestion:" in w.value for w in app.warning)
    assert any("**Reason:** Women of 65 and over" in m.value for m in app.markdown)
    assert at_records(app)


@pytest.mark.slow
def test_what_is_behind_a_tab_is_neither_drawn_nor_computed_until_it_is_opened(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("computed though nobody looks")

    with monkeypatch.context() as closed:
        closed.setattr(Assessor, "explain", forbidden)
        closed.setattr("face2bone.dashboard.review.subject_step._where", forbidden)
        closed.setattr("face2bone.dashboard.common.charts.reliability_curve", forbidden)
        closed.setattr("face2bone.dashboard.review.tabs.scores_table", forbidden)
        closed.setattr("face2bone.clinical.referral.what_would_change", forbidden)
        done(app.button(key="sample_0").click().run())
        named(app.checkbox, "flag_height_loss").check().run()
        assert at_records(app)
    drawn = {}
    for tab in ("Why", TRUST, "Scores", "What changes it"):
        done(opened(app, tab))
        drawn[tab] = "\n".join(str(e.value) for e in (*app.markdown, *app.caption))
        assert not app.exception
    assert "It explains the model" in drawn["Why"]
    assert "test patients with a similar probability" in drawn[TRUST]
    assert "**Published scores**" in drawn["Scores"]
    assert "What would change the suggestion" in drawn["What changes it"]
    assert not any(said in drawn["Scores"] for said in ("It explains", "similar probability"))


@pytest.mark.slow
def test_another_patient_begins_with_no_explanation_running(app: AppTest) -> None:
    explained(app.button(key="sample_0").click().run())
    app.button(key="sample_1").click().run()
    assert "explanation" not in {step for step, *_ in app.session_state["review_case"].results}


@pytest.mark.slow
def test_nothing_is_recomputed_when_an_answer_changes(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps, calls = ("locate_all", "predict", "explain"), list[str]()
    for step in steps:
        monkeypatch.setattr(Assessor, step, counted(getattr(Assessor, step), calls))
    explained(app.button(key="sample_0").click().run())
    assert calls == list(steps)  # each once, so that what is counted is what the page calls
    opened(opened(app, TRUST), "Why")

    def forbidden(*_: object) -> None:
        raise AssertionError("recomputed")

    for check in ("self_check", "severity_check"):
        monkeypatch.setattr(Explanation, check, forbidden)
    monkeypatch.setattr("face2bone.dashboard.review.subject_step._where", forbidden)
    named(app.checkbox, "flag_height_loss").check().run()
    assert any("urgent clinician review" in e.value for e in done(app).error)
    assert not opened(app, TRUST).exception
    assert calls == list(steps)


def test_another_sample_replaces_every_result(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    first = app.session_state["review_case"].photo.sha256
    app.button(key="sample_1").click().run()
    assert app.session_state["review_case"].photo.sha256 != first
    kept = app.session_state["review_case"].results
    assert {sha for _, sha, _ in kept} == {app.session_state["review_case"].photo.sha256}


@pytest.mark.slow
@pytest.mark.parametrize(("field", "typed"), [("age", "12"), ("weight", "625"), ("height", "1.58")])
def test_a_detail_out_of_range_withholds_everything(app: AppTest, field: str, typed: str) -> None:
    done(app.button(key="sample_0").click().run())
    named(app.text_input, field).set_value(typed).run()
    assert any("is not between" in e.value for e in app.error)
    assert headings(app) == []
    assert not at_records(app)


def test_an_answer_that_cannot_be_used_withholds_result_and_report(app: AppTest) -> None:
    done(app.button(key="sample_0").click().run())
    named(app.text_input, "frax_major").set_value("400").run()
    assert headings(app) == ["Photo", "Red flags"]
    assert any("No suggestion yet" in w.value for w in app.warning)
    assert not at_records(app)
    named(app.text_input, "frax_major").set_value("40").run()
    assert headings(app) == ANSWER


def test_missing_details_stop_before_the_face(app: AppTest) -> None:
    for name, value in (("age", "67"), ("height", "158")):
        named(app.text_input, name).set_value(value).run()
    assert headings(app) == []
    assert any("required" in c.value for c in app.caption)


def test_two_sessions_share_no_photo(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    other = AppTest.from_file("../../../pages/review.py", default_timeout=SECONDS).run()
    assert headings(other) == []
    assert other.session_state["review_case"].photo is None


@pytest.fixture
def slow_steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """Explaining goes on by one step whenever the semaphore is released."""
    explain, steps = Assessor.explain, threading.Semaphore(0)

    def explain_slowly(
        self: Assessor, found: LocatedSubject, progress: Progress, **_: object
    ) -> Explanation:
        def step(stage: str, done: float, total: float = 1, note: str = "", /) -> None:
            progress(stage, done, total, note)
            assert steps.acquire(timeout=SECONDS)

        return explain(self, found, step)

    monkeypatch.setattr(Assessor, "explain", explain_slowly)
    yield steps
    steps.release(1000)


def test_suggestion_report_and_saving_do_not_wait_for_the_explanation(
    app: AppTest, slow_steps: threading.Semaphore
) -> None:
    app.button(key="sample_0").click().run()
    assert "stop_explanation" not in keys(app), "nobody asked"
    opened(app, "Why")
    assert "stop_explanation" in keys(app)
    named(app.checkbox, "flag_height_loss").check().run()
    assert any("urgent clinician review" in e.value for e in app.error)
    assert "stop_explanation" in keys(app)
    assert at_records(app)
    assert WITHOUT_EXPLANATION in captions(app)
    slow_steps.release(1000)
    assert at_records(done(app))
    assert WITHOUT_EXPLANATION not in captions(app)


def test_a_stopped_explanation_leaves_the_page_usable_and_can_be_started_again(
    app: AppTest, slow_steps: threading.Semaphore
) -> None:
    opened(app.button(key="sample_0").click().run(), "Why")
    app.button(key="stop_explanation").click().run()
    assert any("No partial result was saved" in i.value for i in app.info)
    assert "stop_explanation" not in keys(app)
    assert at_records(app), "the suggestion does not need the explanation"
    assert WITHOUT_EXPLANATION in captions(app)
    named(app.checkbox, "flag_height_loss").check().run()
    assert any("urgent clinician review" in e.value for e in app.error)
    assert "again_explanation" in keys(app)
    assert at_records(app)
    app.button(key="again_explanation").click().run()
    assert "stop_explanation" in keys(app)
    slow_steps.release(1000)
    assert WITHOUT_EXPLANATION not in captions(done(app))


def address(app: AppTest, name: str) -> tuple[int, ...]:
    """Where on the page the heading or field of this name stands, as indices from the top."""

    def found_in(block: Block) -> tuple[int, ...] | None:
        for index, child in block.children.items():
            heading = child.value if child.type in ("header", "subheader") else ""
            if name in heading or name == getattr(child, "label", None):
                return ()
            if isinstance(child, Block) and (rest := found_in(child)) is not None:
                return (index, *rest)
        return None

    found = found_in(app.main)
    assert found is not None
    return found


def test_no_step_moves_when_another_grows_or_shrinks(
    app: AppTest, slow_steps: threading.Semaphore
) -> None:
    """One that moved would stand on the page twice while it is drawn again."""
    opened(app.button(key="sample_0").click().run(), "Why")
    running = {name: address(app, name) for name in headings(app)}
    app.button(key="stop_explanation").click().run()
    stopped = {name: address(app, name) for name in headings(app)}
    app.button(key="again_explanation").click().run()
    slow_steps.release(1000)
    done(app)
    assert running == stopped == {name: address(app, name) for name in headings(app)}
    assert list(running) == ANSWER


def test_of_two_places_the_one_of_the_former_patient_is_emptied(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    first = address(app, "Photo")
    named(app.checkbox, "flag_height_loss").check().run()
    assert address(app, "Photo") == first
    app.button(key="sample_1").click().run()
    assert is_emptied(app, first, address(app, "Photo"))


def is_emptied(app: AppTest, former: tuple[int, ...], present: tuple[int, ...]) -> bool:
    """Whether of two places, where their addresses part, the former one holds nothing."""
    parted = next(i for i, (a, b) in enumerate(zip(former, present, strict=True)) if a != b)
    place: Any = app.main
    for index in former[: parted + 1]:
        place = place.children[index]
    return bool(place.type == "empty")


def test_the_form_of_the_former_patient_is_emptied_at_once(app: AppTest) -> None:
    """A field that is replaced stays as long as it is being typed in; one in there does not."""
    for press in ("sample_0", "sample_1", "new_patient"):
        former = address(app, "Age (years)")
        app.button(key=press).click().run()
        assert is_emptied(app, former, address(app, "Age (years)"))


def test_another_sample_stops_the_explanation_of_the_first(
    app: AppTest, slow_steps: threading.Semaphore
) -> None:
    opened(app.button(key="sample_0").click().run(), "Why")
    before = {t for t in threading.enumerate() if t.name == "job"}
    assert before
    app.button(key="sample_1").click().run()
    slow_steps.release(2)
    for thread in before:
        thread.join(SECONDS)
    assert not any(thread.is_alive() for thread in before)


def test_an_explanation_that_fails_is_one_sentence_and_the_page_goes_on(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise EngineError("The engine broke. Start it again.")

    monkeypatch.setattr(Assessor, "explain", broken)
    explained(app.button(key="sample_0").click().run())
    assert any("The engine broke" in e.value for e in app.error)
    assert headings(app) == ANSWER
    assert "again_explanation" in keys(app)
    assert at_records(app)


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every photo is unlike those the model was trained on."""
    predict = Assessor.predict

    def far(self: Assessor, found: LocatedSubject) -> Prediction:
        prediction = predict(self, found)
        return replace(prediction, out_of_domain=OodVerdict(99.0, 1.0, True))

    monkeypatch.setattr(Assessor, "predict", far)


def test_out_of_domain_is_one_sentence_and_nothing_is_explained(
    app: AppTest, outside: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_: object) -> None:
        raise AssertionError("explained though nobody asked")

    monkeypatch.setattr(Assessor, "explain", forbidden)
    opened(app.button(key="sample_0").click().run(), "Why")
    assert headings(app) == ANSWER
    assert any("unlike the photos" in w.value for w in app.warning)
    assert not [m for m in app.markdown if "<svg" in m.value]
    assert "There is no result of a photo" in captions(app)
    assert "show_outside" in keys(app)
    assert at_records(app)


def test_out_of_domain_is_shown_to_who_asks_for_this_photo_only(
    app: AppTest, outside: None
) -> None:
    app.button(key="sample_0").click().run()
    app.button(key="show_outside").click().run()
    assert [m for m in app.markdown if "<svg" in m.value]
    assert any("must not be used for this person" in w.value for w in app.warning)
    assert "show_outside" not in keys(app)
    app.button(key="sample_1").click().run()
    assert "show_outside" in keys(app)


WITHOUT = "Without a result of a photo"
WITHOUT_EXPLANATION = "Report and records have no explanation yet"


def captions(app: AppTest) -> str:
    assert not app.exception
    return "\n".join(c.value for c in app.caption)


def test_without_a_photo_there_are_a_suggestion_a_report_and_saving(app: AppTest) -> None:
    named(app.button_group, "photo_source").set_value("Upload").run()
    typed(app)
    assert headings(app) == ["Red flags"]
    assert WITHOUT in captions(app)
    assert "save_assessment" in keys(app)


def test_a_photo_of_nobody_and_a_file_that_is_no_photo_leave_the_same(app: AppTest) -> None:
    named(app.button_group, "photo_source").set_value("Upload").run()
    typed(app)
    for number, data in enumerate((unusable_photo(), b"no photo")):
        uploaded(app, data, f"{number}.jpg")
        if number:  # another file after the details: whose is it?
            app.button(key="same_patient").click().run()
        rejected = any("Photo rejected" in m.value for m in app.markdown)
        assert rejected or app.error, "the reason stands where the photo would"
        assert headings(app)[-1] == "Red flags"
        assert WITHOUT in captions(app)


def test_a_rejected_photo_leaves_the_same(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LocatedSubject, "rejected", True)
    named(app.button_group, "photo_source").set_value("Upload").run()
    typed(uploaded(app, png(0), "photo.png"))
    assert headings(app) == ["Photo", "Red flags"]
    assert WITHOUT in captions(app)
    assert "save_assessment" in keys(app)


def test_what_is_missing_is_what_is_asked_for(app: AppTest) -> None:
    def asked() -> str:
        assert not app.exception
        return " ".join(info.value for info in app.info)

    assert "Choose a sample patient, or give a photo and the four details." in asked()
    source(app).set_value("Upload").run()
    assert "Give a photo and the four details." in asked()
    assert "sample" not in asked()
    uploaded(app, jpeg(0))
    assert "The photo is loaded. Now enter age, sex, height and weight." in asked()
    assert "Give a photo" not in asked()
    assert "one that does not" not in " ".join(m.value for m in app.markdown)
