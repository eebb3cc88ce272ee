"""The two figures in words, or the reason why the regions are withheld."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.bundle import load_bundle
from face2bone.dashboard.review.self_check import share
from face2bone.report.model.known_figures import PASSED_YET_WRONG
from face2bone.settings import shipped_models

SECONDS = 120  # the bundle is loaded
ROOT = Path(__file__).resolve().parents[3]


def page(agreement: float | None, beaten: float) -> None:
    import streamlit as st

    from face2bone.dashboard.review.self_check import passed
    from face2bone.explain.self_check import SelfCheck

    shown = passed(None if agreement is None else SelfCheck(agreement, beaten, 0.564))
    st.markdown("regions" if shown else "nothing")


def run(agreement: float | None, beaten: float = 1.0) -> AppTest:
    app = AppTest.from_function(page, kwargs={"agreement": agreement, "beaten": beaten})
    app.run(timeout=SECONDS)
    assert not app.exception
    return app


def test_a_passed_check_is_told_with_what_is_asked() -> None:
    app = run(0.83, 0.9712)
    text = app.caption[0].proto.help
    assert "between two ways of hiding a region: 0.83" in text
    assert "at least 0.56" in text
    assert "97.1%" in text
    assert "95%" in text
    assert app.markdown[0].value == "regions"
    assert not app.warning


def test_the_limits_of_a_passed_check_are_told_as_they_were_measured() -> None:
    (words,) = PASSED_YET_WRONG.values()
    said = f"drawn patients that passed under the demo model, {words}"
    assert said in run(0.83).caption[0].value
    found = json.loads((ROOT / "docs/evidence/faithfulness.json").read_text("utf-8"))
    tenths = []
    for what in ("named class", "severity"):
        counts = found["demo"]["self_check"][what]
        wrong = counts["not right, shown"]
        tenths.append(round(10 * wrong / (wrong + counts["right, shown"])))
    names = {2: "two", 3: "three", 4: "four"}
    of_class, of_severity = (f"{names[share]} in ten" for share in tenths)
    assert f"{of_class} (a class) or {of_severity} (severity)" == words
    assert list(PASSED_YET_WRONG) == [load_bundle(shipped_models() / "demo").sha256]


def test_of_another_model_nobody_measured_how_often_it_misleads(tiny_model: object) -> None:
    assert "was not measured with this model" in run(0.83).caption[0].value


@pytest.mark.parametrize(
    ("agreement", "beaten", "reason"),
    [(0.2, 1.0, "rank the regions differently"), (0.9, 0.6, "hardly better than chance")],
)
def test_a_failed_check_shows_its_reason_and_nothing_else(
    agreement: float, beaten: float, reason: str
) -> None:
    app = run(agreement, beaten)
    assert "withheld" in app.warning[0].value
    assert reason in app.warning[0].value
    assert app.markdown[0].value == "nothing"
    assert not app.caption


def test_one_fill_is_shown_and_said_to_be_unchecked() -> None:
    app = run(None)
    assert "unchecked" in app.caption[0].value
    assert app.markdown[0].value == "regions"


def test_a_share_is_never_rounded_up_to_all() -> None:
    assert share(0.99999) == "more than 99.9%"
    assert share(0.5) == "50.0%"
