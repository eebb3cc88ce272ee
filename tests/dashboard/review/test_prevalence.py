"""The what-if in Streamlit's own test runner, around a result made by hand."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from face2bone.assess import Assessor
from face2bone.bone import BoneClass
from face2bone.bundle import Bundle
from face2bone.clinical.base_rates import load_base_rates
from face2bone.dashboard.review.prevalence import of_hundred
from face2bone.patient import Patient, Sex
from face2bone.runtime import OodVerdict, Prediction

SECONDS = 60
WOMAN = Patient(67, Sex.FEMALE, 158, 52)
TOLD = Prediction(
    probabilities=np.array([0.1, 0.3, 0.6]),
    prediction_set=(BoneClass.OSTEOPENIA, BoneClass.OSTEOPOROSIS),
    out_of_domain=OodVerdict(15.0, 21.0, False),
    logits=np.zeros(3, dtype=np.float32),
    engine="torch cpu f32",
)


def page(prediction, patient, assessor, shown):  # type: ignore[no-untyped-def]
    from types import SimpleNamespace

    from face2bone.dashboard.review.result_step import trust_step

    trust_step(prediction, SimpleNamespace(class_headline_shown=shown), patient, assessor)


@pytest.fixture
def assessor(tiny_bundle: Bundle) -> Any:
    """An assessor's own what-if without the cost of an engine and a locator."""
    counts = [[380, 49, 0], [60, 520, 63], [0, 55, 373]]
    card = replace(tiny_bundle.card, results={"model": {"confusion": counts}})
    bare = SimpleNamespace(
        bundle=replace(tiny_bundle, card=card), facts=SimpleNamespace(sha256="ab" * 32)
    )
    bare.what_if = lambda *a: Assessor.what_if(bare, *a)  # type: ignore[arg-type]
    return bare


def run(assessor: Any, patient: Patient = WOMAN, shown: bool = True) -> AppTest:
    app = AppTest.from_function(
        page, default_timeout=SECONDS, args=(TOLD, patient, assessor, shown)
    )
    return app.run()


def what_if_lines(app: AppTest) -> list[str]:
    return [m.value for m in app.markdown if m.value.startswith("**What if:** of 100")]


def captions(app: AppTest) -> str:
    return " ".join(c.value for c in app.caption)


@pytest.mark.slow
def test_the_cohorts_setting_comes_first_and_adds_nothing(assessor: Any) -> None:
    app = run(assessor)
    assert not app.exception
    assert app.selectbox(key="setting_0").value == "cohort"
    assert what_if_lines(app) == []
    assert "Choose another" in captions(app)


def test_a_setting_shows_its_number_source_and_caveat(assessor: Any) -> None:
    app = run(assessor)
    app.selectbox(key="setting_0").set_value("us_women_60s").run()
    assert not app.exception
    (line,) = what_if_lines(app)
    # (.1 * .343/.2, .3 * .534/.5, .6 * .123/.3) -> .246 / (.1715 + .3204 + .246)
    assert "**about 33** have" in line
    assert "12 of 100" in line
    said = captions(app)
    assert "not a result" in said
    assert "NHANES 2005-2010" in said
    assert "only the arithmetic" in said
    # sensitivity 373/428, specificity 1009/1072: .1072 / (.1072 + .0515)
    assert "about 68 have it" in said


def test_only_populations_of_the_patient_are_offered(assessor: Any) -> None:
    options = run(assessor).selectbox(key="setting_0").options
    rates = load_base_rates().rates
    assert rates["us_50_women"].setting in options
    assert rates["us_50_men"].setting not in options
    assert rates["us_women_70s"].setting not in options
    young = run(assessor, replace(WOMAN, age_years=30)).selectbox(key="setting_0").options
    assert len(young) == 2


def test_a_publication_without_low_bone_mass_says_how_the_rest_was_split(assessor: Any) -> None:
    app = run(assessor)
    app.selectbox(key="setting_0").set_value("china_cops_women").run()
    assert "split between normal and osteopenia" in captions(app)


def test_own_figures_are_used_and_refused_in_words(assessor: Any) -> None:
    app = run(assessor)
    app.selectbox(key="setting_0").set_value("own").run()
    assert "15 of 100" in what_if_lines(app)[0]
    app.text_input(key="own_osteoporosis").set_value("40.0").run()
    assert "40 of 100" in what_if_lines(app)[0]
    app.text_input(key="own_low_bone_mass").set_value("70.0").run()
    assert not app.exception
    assert what_if_lines(app) == []
    assert any("more than 100%" in e.value for e in app.error)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "fewer than 1"), (1, "about 1"), (99, "about 99"), (100, "more than 99")],
)
def test_no_number_of_people_is_a_certainty(count: int, words: str) -> None:
    assert of_hundred(count) == words


def test_it_is_not_offered_where_no_class_is_named(assessor: Any) -> None:
    app = run(assessor, shown=False)
    assert not app.exception
    assert len(app.selectbox) == 0
