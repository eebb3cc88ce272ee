"""The Review page's logic in Streamlit's own test runner; what it looks like: tests/browser."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.assess import Assessor

SECONDS = 120


@pytest.fixture
def app(demo_bundle: object) -> AppTest:
    return AppTest.from_file("../../pages/review.py", default_timeout=SECONDS).run()


def headings(app: AppTest) -> list[str]:
    return [h.value for h in app.header]


def test_first_sight_asks_for_a_photo(app: AppTest) -> None:
    assert not app.exception
    assert headings(app) == ["1. Photo"]
    assert "sample patient" in app.info[0].value


def test_a_sample_reaches_the_last_step(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    assert not app.exception
    assert [h[0] for h in headings(app)] == list("123456")


def test_nothing_is_recomputed_when_an_answer_changes(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.button(key="sample_0").click().run()

    def forbidden(*_: object) -> None:
        raise AssertionError("recomputed")

    for step in ("locate", "predict", "explain"):
        monkeypatch.setattr(Assessor, step, forbidden)
    started = time.monotonic()
    app.checkbox(key="flag_height_loss").check().run()
    assert not app.exception
    assert any("urgent clinician review" in e.value for e in app.error)
    assert time.monotonic() - started < SECONDS


def test_another_sample_replaces_every_result(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    first = app.session_state["photo"].sha256
    app.button(key="sample_1").click().run()
    assert app.session_state["photo"].sha256 != first
    keys = app.session_state["results"]
    assert {sha for _, sha, _ in keys} == {app.session_state["photo"].sha256}


def test_missing_details_stop_before_the_face(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    app.number_input(key="weight").set_value(None).run()
    assert headings(app) == ["1. Photo"]
    assert any("required" in c.value for c in app.caption)


def test_two_sessions_share_no_photo(app: AppTest) -> None:
    app.button(key="sample_0").click().run()
    other = AppTest.from_file("../../pages/review.py", default_timeout=SECONDS).run()
    assert headings(other) == ["1. Photo"]
    assert "photo" not in other.session_state
