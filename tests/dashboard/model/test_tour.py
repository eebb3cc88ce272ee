"""The tour on About: three drawn patients, a slider, and its own way back to the beginning."""

import time
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.model import tour as module
from face2bone.dashboard.model.tour import STOPS, Tour
from face2bone.drawn.face.samples import sample_patients

SECONDS = 120


def about() -> AppTest:
    return AppTest.from_file("../../../pages/about.py", default_timeout=SECONDS).run()


@pytest.fixture(autouse=True)
def shared_anew(tiny_model: Any) -> None:
    for kept in (module._as_drawn, module._with_loss):
        kept.clear()


def drawings(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if 'class="drawing"' in m.value]


def test_it_goes_through_three_patients_and_says_they_are_drawn() -> None:
    app = about()
    assert not app.exception
    assert any("Drawn, not people" in caption.value for caption in app.caption)
    for stop in STOPS:
        title = sample_patients()[stop.sample].title
        assert title in app.subheader[0].value
        assert any(stop.story == m.value for m in app.markdown)
        assert any(m.value.startswith("**Suggestion: ") for m in app.markdown)
        if stop is not STOPS[-1]:
            app.button(key="tour_next").click().run()
            assert not app.exception
    app.button(key="tour_back").click().run()
    assert app.subheader[0].value.startswith("2 of 3")
    app.button(key="tour_again").click().run()
    assert app.subheader[0].value.startswith("1 of 3")


def test_the_slider_draws_the_face_again_and_the_answer_follows() -> None:
    app = about()
    before = drawings(app)
    app.slider[0].set_value(5).run()
    assert not app.exception
    after = drawings(app)
    assert after[0] == before[0]
    assert after[1] != before[1]
    app.button(key="tour_again").click().run()
    assert app.slider[0].value == 0
    assert drawings(app) == before


def test_left_alone_it_begins_again() -> None:
    at = Tour()
    at.touched -= module.IDLE_SECONDS + 1
    assert not at.left  # at the beginning there is nothing to go back from
    at.go(1)
    assert at.left
    at.restart()
    assert (at.stop, at.round, at.begun) == (0, 1, False)
    at.moved = True
    assert at.left
    at.touched = time.monotonic()
    assert not at.left


def test_stops_have_an_end_on_either_side() -> None:
    at = Tour()
    at.go(-1)
    assert at.stop == 0
    for _ in range(9):
        at.go(1)
    assert at.stop == len(STOPS) - 1
