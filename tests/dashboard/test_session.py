"""What the dashboard remembers, as far as no page is needed to see it."""

import gc
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard import session


@pytest.fixture
def unfrozen() -> Iterator[None]:
    session.settle.clear()
    gc.unfreeze()
    yield
    session.settle.clear()
    gc.unfreeze()


def test_libraries_and_model_are_left_out_of_collections_once(
    tiny_model: object, unfrozen: None
) -> None:
    session.assessor()
    frozen = gc.get_freeze_count()
    assert frozen > 100_000
    session.assessor.clear()
    session.assessor()
    assert gc.get_freeze_count() <= frozen


def box_that_comes_and_goes() -> None:
    import streamlit as st

    from face2bone.dashboard import session

    if st.checkbox("Show", value=True, key="show"):
        st.number_input("Number", 0.0, 9.0, None, key=session.kept("number", 5.0))


@pytest.mark.parametrize("typed", [7.0, None])
def test_what_was_typed_stands_again_in_a_box_that_was_gone(typed: float | None) -> None:
    app = AppTest.from_function(box_that_comes_and_goes).run()
    assert app.number_input(key="number").value == 5.0
    app.number_input(key="number").set_value(typed).run()
    app.checkbox(key="show").uncheck().run()
    assert not app.number_input
    app.checkbox(key="show").check().run()
    assert app.number_input(key="number").value == typed
    assert not app.exception
    assert not app.warning
