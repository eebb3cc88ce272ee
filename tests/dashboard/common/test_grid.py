"""A grid may be had as a plain table that holds the same rows and words."""

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.dashboard.common.grid import MOST_ROWS
from face2bone.dashboard.common.language import LANGUAGE
from tests.dashboard.acts import tables


def page(rows: int = 2) -> None:
    import pandas as pd
    import streamlit as st

    from face2bone.dashboard.common import elements
    from face2bone.dashboard.common.grid import grid

    frame = pd.DataFrame(
        {
            "img": ["data:image/jpeg;base64,AA"] * rows,
            "patient": ["woman"] * rows,  # a pseudonym that is also a word of the pages
            "sex": ["woman"] * rows,
            "p": [0.256] * rows,
        }
    )
    config = {"p": st.column_config.ProgressColumn("P(osteoporosis)")}
    said = elements.said(frame, ("img", "patient"))
    grid(said, "g", ("img",), column_config=config)


@pytest.fixture
def app() -> AppTest:
    return AppTest.from_function(page).run()


def test_it_is_a_grid_until_the_switch_is_turned(app: AppTest) -> None:
    assert not app.exception
    assert list(app.dataframe[0].value) == ["img", "patient", "sex", "p"]
    assert tables(app) == []


def test_the_plain_table_holds_the_same_without_pictures(app: AppTest) -> None:
    app.toggle(key="g_plain").set_value(True).run()
    assert not app.exception
    assert not app.dataframe
    assert tables(app) == [
        "patient | sex | P(osteoporosis)\nwoman | woman | 0.26\nwoman | woman | 0.26"
    ]
    assert 'scope="row"' in app.markdown[0].value


def test_it_is_said_in_chinese_but_for_what_somebody_wrote(app: AppTest) -> None:
    app.session_state[LANGUAGE] = "zh"
    app.toggle(key="g_plain").set_value(True).run()
    (table,) = tables(app)
    assert table.splitlines()[1] == "woman | 女 | 0.26"


def test_a_very_long_one_is_cut_and_says_so() -> None:
    app = AppTest.from_function(page, kwargs={"rows": MOST_ROWS + 1}).run()
    app.toggle(key="g_plain").set_value(True).run()
    (table,) = tables(app)
    assert len(table.splitlines()) == 1 + MOST_ROWS
    assert [caption.value for caption in app.caption] == [
        f"The first {MOST_ROWS} of {MOST_ROWS + 1} rows."
    ]
