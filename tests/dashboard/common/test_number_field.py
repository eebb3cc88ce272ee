"""A field for a number: read on the server, and what cannot be used counts as nothing."""

import ast
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import face2bone.dashboard


def page() -> None:
    import streamlit as st

    from face2bone.dashboard.common.number_field import number_field
    from face2bone.typed import Quantity

    st.session_state["found"] = number_field(Quantity("Age", 18, 110, "years"), "age", 81.9)


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page).run()


def test_it_starts_with_what_is_given(app: AppTest) -> None:
    field = app.text_input(key="age")
    assert (field.label, field.value) == ("Age (years)", "81.9")
    assert app.session_state["found"].value == 81.9


def test_a_number_out_of_range_does_not_leave_the_former_one_standing(app: AppTest) -> None:
    app.text_input(key="age").set_value("12").run()
    found = app.session_state["found"]
    assert (found.value, found.refused) == (None, True)
    assert [e.value for e in app.error] == [
        "Age: 12 is not between 18 and 110 years. It is not used until it is corrected."
    ]


def test_an_empty_field_is_no_refusal(app: AppTest) -> None:
    app.text_input(key="age").set_value("").run()
    found = app.session_state["found"]
    assert (found.value, found.refused) == (None, False)
    assert not app.error


def test_a_corrected_field_is_used_again(app: AppTest) -> None:
    app.text_input(key="age").set_value("6o").run()
    app.text_input(key="age").set_value("60,5").run()
    assert app.session_state["found"].value == 60.5
    assert not app.error


def test_no_page_asks_for_a_number_in_another_way() -> None:
    """Streamlit's own field keeps the former number when another cannot be used."""
    folder = Path(face2bone.dashboard.__file__).parent
    asked = [
        f"{path.name}:{node.lineno}"
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "number_input"
    ]
    assert asked == []
