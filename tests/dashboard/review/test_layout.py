"""Simple for clinicians, full for researchers: less is shown, and nothing of the answer differs."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.review.layout import FULL
from tests.dashboard.acts import SECONDS, explained, in_full, opened, tables
from tests.dashboard.test_same_patient import headings, said

ONLY_IN_FULL = ("explained_class", "closer_region")


@pytest.fixture
def simple(tiny_model: object) -> AppTest:
    return opened_page(AppTest.from_file("../../../streamlit_app.py", default_timeout=SECONDS))


@pytest.fixture
def full(tiny_model: object) -> AppTest:
    page = AppTest.from_file("../../../streamlit_app.py", default_timeout=SECONDS)
    return opened_page(in_full(page))


def opened_page(app: AppTest) -> AppTest:
    app.run()
    return app.button(key="sample_0").click().run()


def keys(app: AppTest) -> str:
    drawn: list[Any] = [*app.button, *app.selectbox, *app.button_group]
    return " ".join(str(element.key) for element in drawn)


def text(app: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*app.markdown, *app.caption))


def test_clinicians_have_the_simple_view_until_they_switch(simple: AppTest) -> None:
    assert simple.toggle(key=FULL).value is False
    answer = (headings(simple), said(simple))
    simple.toggle(key=FULL).set_value(True).run()
    assert (headings(simple), said(simple)) == answer
    simple.switch_page("pages/about.py").run()
    simple.switch_page("pages/review.py").run()
    assert simple.toggle(key=FULL).value is True


@pytest.mark.slow
def test_simple_leaves_out_how_an_explanation_is_set_up(simple: AppTest, full: AppTest) -> None:
    simple, full = explained(simple), explained(full)
    for name in (*ONLY_IN_FULL, "ask_third_way", "ask_closer"):
        assert name not in keys(simple)
        assert name in keys(full)
    assert "Concepts" in [s.value for s in simple.subheader]
    assert "Importance" not in text(simple)
    assert "Importance" in text(full)
    assert "<svg" in text(simple), "the regions are there"


def test_simple_leaves_out_the_figures_of_the_photos_checks(simple: AppTest, full: AppTest) -> None:
    trust = "How far to trust it"
    assert not [table for table in tables(opened(simple, trust)) if "Rejects at" in table]
    assert [table for table in tables(opened(full, trust)) if "Rejects at" in table]
    assert "Based on" in text(simple)


@pytest.mark.slow
@pytest.mark.parametrize("tab", ["Risk factors and FRAX", "Scores", "What changes it"])
def test_what_decides_is_the_same_in_both(simple: AppTest, full: AppTest, tab: str) -> None:
    one, other = opened(simple, tab), opened(full, tab)
    assert text(one) == text(other)
    assert [box.label for box in one.checkbox] == [box.label for box in other.checkbox]
