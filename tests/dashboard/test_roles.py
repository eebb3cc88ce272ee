"""Every page as each role: what is there, what is not, and in whose name it is done."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import streamlit_app
from face2bone import clock
from face2bone.bundle import Bundle
from face2bone.dashboard.common.sign_in import OWNER
from face2bone.records import (
    DxaResult,
    Records,
    enter_dxa,
    kept_assessments,
    openings,
    verify,
)
from tests.dashboard.acts import done, named
from tests.dashboard.people import as_user, signed_in
from tests.dashboard.test_same_patient import png, typed, uploaded
from tests.records.fill import keep

SECONDS = 120
PAGES = Path(__file__).resolve().parents[2] / "pages"
SEES = {
    "clinician": {"review", "follow_up", "model", "sources", "about"},
    "researcher": {"cohort", "explore", "follow_up", "model", "sources", "about"},
    "administrator": set(streamlit_app.PAGES),
}
REFUSED = "Your role does not allow this"


def page(name: str, role: str) -> AppTest:
    """The page's own script for who has signed in, without the navigation that would hide it."""
    app = AppTest.from_file(PAGES / f"{name}.py", default_timeout=SECONDS)
    app.user = signed_in("Dr. Sign-In", role)
    app.session_state[OWNER] = as_user(app.user).id
    return app.run()


def everything_on(app: AppTest) -> str:
    assert not app.exception
    kinds = ("markdown", "caption", "text", "info", "error", "warning", "success", "selectbox")
    drawn = [str(e.value) for kind in kinds for e in app.get(kind)]
    frames = [frame.value.to_string() for frame in app.dataframe]
    options = [str(option) for box in app.selectbox for option in box.options]
    return "\n".join([*drawn, *frames, *options])


@pytest.fixture
def three(records: Records, demo_bundle: Bundle) -> Records:
    for i in range(3):
        keep(records, f"SECRET-{i}", demo_bundle.sha256, (0.2, 0.5, 0.3))
    return records


@pytest.mark.parametrize("name", streamlit_app.PAGES)
@pytest.mark.parametrize("role", SEES)
@pytest.mark.usefixtures("three")
def test_a_page_is_drawn_for_the_roles_that_it_is_for_and_refused_to_others(
    role: str, name: str
) -> None:
    app = page(name, role)
    refused = [e.value for e in app.error if REFUSED in str(e.value)]
    if name in SEES[role]:
        assert not refused
    else:
        assert len(refused) == 1
        assert not app.button
        assert not app.get("file_uploader")


def test_a_researcher_sees_figures_and_nobody_by_name(three: Records) -> None:
    app = page("follow_up", "researcher")
    assert "SECRET" not in everything_on(app)
    assert not app.selectbox
    assert [h.value[0] for h in app.header] == list("1234")
    assert all(openings(three, f"SECRET-{i}") == () for i in range(3))


def test_a_researcher_is_shown_no_group_of_few(records: Records, demo_bundle: Bundle) -> None:
    """Eleven results, of one man and one woman over 80: a clinician sees both, they see neither."""
    for i in range(11):
        sex, age = ("M", 67.0) if i == 0 else ("F", 85.0 if i == 1 else 67.0)
        of = keep(records, f"SECRET-{i}", demo_bundle.sha256, (0.2, 0.5, 0.3), sex, age)
        enter_dxa(records, of, [DxaResult("total_hip", -2.6, clock.today())], "Dr. Li")
    table = page("follow_up", "clinician").dataframe[-1].value.to_string()
    assert "men" in table
    assert "80 years or more" in table
    app = page("follow_up", "researcher")
    (frame,) = app.dataframe
    assert len(frame.value) == 1
    assert "everyone" in frame.value.to_string()
    assert "**10** results are counted" in everything_on(app)
    assert "Groups of fewer than 5 patients are left out" in everything_on(app)


def test_a_researcher_opens_one_for_a_reason_that_is_kept_first(three: Records) -> None:
    app = page("follow_up", "researcher")
    app.text_input(key="glass_patient").set_value("SECRET-1")
    app.button(key="glass_open").click().run()
    assert "Say in a few words why" in app.error[0].value
    assert "woman, 67" not in everything_on(app)
    app.text_input(key="glass_patient").set_value("SECRET-1")
    app.text_input(key="glass_reason").set_value("Her ward could not be reached")
    app.button(key="glass_open").click().run()
    assert "**SECRET-1**: woman, 67 years" in everything_on(app)
    assert "SECRET-2" not in everything_on(app)
    (one,) = openings(three, "SECRET-1")
    assert (one.opened_by, one.reason) == ("Dr. Sign-In", "Her ward could not be reached")
    assert not app.get("download_button")
    app.button(key="glass_close").click().run()
    assert "SECRET" not in everything_on(app)
    assert verify(three).faults == ()


def test_a_clinician_enters_in_their_own_name_and_takes_in_no_table(three: Records) -> None:
    app = page("follow_up", "clinician")
    assert not app.get("file_uploader")
    assert not [t for t in app.text_input if t.key == "saver_name"]
    assert "In the name of Dr. Sign-In" in everything_on(app)
    one = kept_assessments(three)[0]
    named(app.selectbox, "dxa_assessment").set_value(one.assessment_id).run()
    named(app.text_input, "t_total_hip").set_value("-2.7")
    named(app.button, "keep_dxa").click().run()
    assert not app.exception
    assert kept_assessments(three)[0].results
    assert [o.opened_by for o in openings(three, one.patient_id)] == ["Dr. Sign-In"]


@pytest.mark.usefixtures("three")
def test_where_no_folder_is_named_explore_says_so_and_reads_none() -> None:
    app = page("explore", "researcher")
    assert "This site names no explained cohorts" in everything_on(app)
    assert not [box for box in app.selectbox if box.key == "explore_site"]


def test_an_administrator_takes_in_tables(three: Records) -> None:
    assert page("follow_up", "administrator").get("file_uploader")


@pytest.mark.parametrize("role", ["clinician", "administrator"])
@pytest.mark.usefixtures("tiny_model")
def test_what_is_saved_is_saved_by_who_signed_in(records: Records, role: str) -> None:
    app = done(typed(uploaded(page("review", role), png(0), "photo.png")))
    named(app.text_input, "pseudonym").set_value("P-0412")
    named(app.checkbox, "consent").check()
    app.button(key="save_assessment").click().run()
    assert not app.exception
    app.button(key="look_back").click().run()
    assert not app.exception
    (one,) = openings(records, "P-0412")
    assert one.opened_by == "Dr. Sign-In"
    assert "Decision of Dr. Sign-In" in everything_on(app)
    keys = [str(b.key) for b in app.button]
    assert any(key.startswith("move_") for key in keys)
    assert any(key.startswith("delete_") for key in keys) == (role == "administrator")
