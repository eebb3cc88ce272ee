"""Questions, suggestion and scores in Streamlit's own test runner, without a photo."""

from typing import get_args

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.clinical.what_if import Kind
from face2bone.dashboard.review.referral_step import CHANGE_WORDS
from face2bone.history import Ethnicity, Oestrogen
from face2bone.settings import get_settings
from tests.dashboard.acts import named, tables

SECONDS = 60
FOLDS = ("further_answers", "advice", "other_scores", "score_sources")


def questions_and_suggestion() -> None:
    from face2bone.clinical.guideline import load_guideline
    from face2bone.clinical.instruments import published_scores
    from face2bone.clinical.referral import suggest
    from face2bone.dashboard.review import referral_step
    from face2bone.dashboard.review.answers import read_answers
    from face2bone.dashboard.review.scores_table import scores_table
    from face2bone.patient import Patient, Sex

    answers = read_answers(Patient(62, Sex.FEMALE, 160, 75))
    scores, guideline = published_scores(answers.patient), load_guideline(answers.guideline)
    referral = suggest(answers.patient, scores, answers.frax, None, guideline, "research", "photo")
    referral_step.suggestion(answers, None if answers.refusals else referral)
    referral_step.red_flags()
    referral_step.risk_factors(answers)
    if not answers.refusals:
        referral_step.reasons_and_changes(referral)
        scores_table(answers, referral.situation.scores)


@pytest.fixture
def app() -> AppTest:
    """All of it, unfolded."""
    page = AppTest.from_function(questions_and_suggestion, default_timeout=SECONDS)
    for fold in FOLDS:
        page.session_state[fold] = True
    return page.run()


def words(app: AppTest) -> str:
    assert not app.exception
    boxes = [*app.success, *app.info, *app.warning, *app.error, *app.markdown, *app.caption]
    return "\n".join(str(element.value) for element in boxes)


def suggestion(app: AppTest) -> str:
    return next(line for line in words(app).splitlines() if "Suggestion:" in line)


def test_nothing_ticked_is_routine_with_reasons_sources_and_versions(app: AppTest) -> None:
    assert "No DXA now" in suggestion(app)
    text = words(app)
    assert "No rule above asks for DXA." in text
    assert "pathway 2026" in text
    assert "doi:10." in text
    assert "ISCD 2023" in text


def test_boxes_stand_in_frax_order_with_their_definitions(app: AppTest) -> None:
    factors = [box for box in app.checkbox if box.key.startswith("factor_")]
    assert [box.label for box in factors[:3]] == [
        "Previous fracture",
        "Parent with a hip fracture",
        "Smokes now",
    ]
    assert all(box.help for box in factors)


def test_what_would_change_it_is_listed_by_urgency(app: AppTest) -> None:
    text = words(app)
    assert "Would raise it" in text
    assert "to *urgent clinician review*: a red flag, any one of: vertebral" in text
    assert "to *DXA*: weight, a weight of 71 kg or less" in text
    assert "to *DXA*: age, from the age of 65" in text


def test_what_is_folded_is_neither_drawn_nor_computed_and_its_answers_count(app: AppTest) -> None:
    named(app.text_input, "t_score_lumbar_spine").set_value("-2.7").run()
    for fold in FOLDS:
        app.session_state[fold] = False
    app.run()
    assert ". Instruments 20" not in words(app)
    assert not [field for field in app.text_input if field.key.startswith("t_score")]
    assert len(tables(app)) == 1
    assert "specialist or treatment review" in suggestion(app)
    app.session_state["further_answers"] = True
    assert named(app.run().text_input, "t_score_lumbar_spine").value == "-2.7"


def test_a_frax_result_is_read_by_the_guideline_chosen(app: AppTest) -> None:
    app.selectbox(key="guideline").set_value("nogg")
    named(app.text_input, "frax_major").set_value("15.0")
    named(app.text_input, "frax_hip").set_value("2.9")
    app.run()
    assert "specialist or treatment review" in suggestion(app)
    assert "high risk by NOGG 2024" in words(app)
    assert "Not confirmed" in words(app)
    (badge,) = (line for line in words(app).splitlines() if "nverified" in line)
    assert badge == ":orange-badge[Unverified: rule 1; rule 5] [What this means](sources)"


def test_however_much_is_unverified_there_is_one_badge(app: AppTest) -> None:
    app.selectbox(key="guideline").set_value("china")
    named(app.checkbox, "factor_smoker").check()
    app.run()
    marks = [line for line in words(app).splitlines() if "nverified" in line]
    assert len(marks) == 1
    assert "rule 1; rule 4; advice on calcium, vitamin D, exercise, falls" in marks[0]


def test_a_swapped_frax_result_is_refused_in_one_sentence(app: AppTest) -> None:
    named(app.text_input, "frax_major").set_value("2.9")
    named(app.text_input, "frax_hip").set_value("15.0")
    app.run()
    assert "swapped" in words(app)
    assert_withheld(app)


def test_half_a_frax_result_counts_for_nothing_yet(app: AppTest) -> None:
    named(app.text_input, "frax_major").set_value("30.0").run()
    assert "FRAX result of" not in words(app)
    assert "Both figures are needed: one alone is not used." in words(app)


def test_contradicting_answers_are_refused_and_nothing_is_suggested(app: AppTest) -> None:
    from face2bone.history import Smoking

    named(app.checkbox, "factor_smoker").check()
    named(app.selectbox, "history_smoking").set_value(Smoking.NEVER)
    app.run()
    assert "contradict" in words(app)
    assert_withheld(app)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("frax_major", "400"),
        ("frax_hip", "8.4 %"),
        ("t_score_lumbar_spine", "-12"),
        ("z_score_total_hip", "minus 1"),
    ],
)
def test_a_number_that_cannot_be_used_withholds_the_suggestion(
    app: AppTest, field: str, typed: str
) -> None:
    named(app.text_input, field).set_value(typed).run()
    assert typed in words(app)
    assert_withheld(app)
    named(app.text_input, field).set_value("").run()
    assert "No DXA now" in suggestion(app)


def test_a_decimal_comma_is_a_decimal_point(app: AppTest) -> None:
    app.selectbox(key="guideline").set_value("nogg")
    said = []
    for sign, minus in ((".", "-"), (",", "\N{MINUS SIGN}")):
        answers = {"frax_major": "8.4", "frax_hip": "2.9", "t_score_femoral_neck": "-0.8"}
        for name, typed in answers.items():
            field = named(app.text_input, name)
            field.set_value(typed.replace(".", sign).replace("-", minus))
        said.append(words(app.run()))
    assert said[0] == said[1]
    assert "Suggestion:" in said[1]
    assert not app.error


def assert_withheld(app: AppTest) -> None:
    assert "No suggestion yet" in words(app)
    assert "Suggestion:" not in words(app)
    assert not tables(app), "the published scores wait too"


def test_an_answer_fills_in_a_score(app: AppTest) -> None:
    def scores(app: AppTest) -> str:
        return tables(app)[0]

    assert "ORAI" not in scores(app)
    named(app.selectbox, "history_oestrogen").set_value(Oestrogen.NEVER).run()
    assert "ORAI" in scores(app)


def test_a_score_past_its_cut_off_suggests_dxa_and_the_reasons_say_what_counts(
    app: AppTest,
) -> None:
    def by_itself(app: AppTest) -> dict[str, str]:
        head, *rows = [row.split(" | ") for row in tables(app)[0].splitlines()]
        return {row[0]: row[head.index("By itself")] for row in rows}

    assert by_itself(app)["Body weight"] == "does not suggest DXA"
    named(app.selectbox, "history_ethnicity").set_value(Ethnicity.CHINESE)
    named(app.selectbox, "history_oestrogen").set_value(Oestrogen.CURRENT).run()
    assert by_itself(app)["SCORE"] == "suggests DXA"
    assert "No DXA now" in suggestion(app)
    assert "Taken alone, these scores would suggest more: SCORE. Only OST and ORAI" in words(app)
    assert "past its cut-off" not in words(app) + tables(app)[0]


def test_a_ticked_fracture_says_why_qfracture_is_left_out(app: AppTest) -> None:
    def left_out(app: AppTest) -> str:
        return "".join(c.value for c in app.caption if c.value.startswith("Left out until"))

    assert "QFracture" not in left_out(app)
    named(app.checkbox, "factor_fragility_fracture").check().run()
    assert "QFracture" not in tables(app)[0]
    assert left_out(app).count("QFracture") == 2
    assert left_out(app).count("(needs: site and age of each fracture)") == 2


def test_scores_without_a_value_say_why(app: AppTest) -> None:
    without = tables(app)[1]
    assert "needs: " in without
    assert "not applicable: " in without


def test_the_qfracture_disclaimer_stands_beside_its_figures(app: AppTest) -> None:
    assert "QFracture" in tables(app)[0]
    assert "Inaccurate implementations of risk scores" in words(app)


def test_fractures_are_listed_with_site_and_age(app: AppTest) -> None:
    from face2bone.history import FractureSite

    named(app.selectbox, "history_fractures_any").set_value("some").run()
    named(app.selectbox, "history_fracture_0_site").set_value(FractureSite.WRIST).run()
    assert "No DXA now" in suggestion(app)
    named(app.text_input, "history_fracture_0_age").set_value("58.0").run()
    assert "Suggestion: DXA" in suggestion(app)
    assert "fragility fracture" in words(app)


def test_none_of_the_diagnoses_is_an_answer(app: AppTest) -> None:
    before = tables(app)[0]
    named(app.selectbox, "history_conditions_any").set_value("none").run()
    assert "diagnoses" in before
    assert "diagnoses" not in tables(app)[0]


def test_a_measured_t_score_is_classed_and_reviewed(app: AppTest) -> None:
    named(app.text_input, "t_score_lumbar_spine").set_value("-2.7").run()
    assert "specialist or treatment review" in suggestion(app)
    assert "-2.7" in words(app)


def test_clearing_forgets_every_answer(app: AppTest) -> None:
    named(app.checkbox, "flag_height_loss").check()
    named(app.text_input, "frax_major").set_value("15.0")
    app.run()
    assert "urgent" in suggestion(app)
    app.button(key="clear_answers").click().run()
    assert "No DXA now" in suggestion(app)
    assert named(app.text_input, "frax_major").value == ""


def test_the_sites_guideline_shows_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FACE2BONE_GUIDELINE", "china")
    get_settings.cache_clear()
    app = AppTest.from_function(questions_and_suggestion, default_timeout=SECONDS).run()
    monkeypatch.undo()
    get_settings.cache_clear()
    assert app.selectbox(key="guideline").value == "china"
    assert "China 2022" in words(app)


def a_sex_that_is_corrected() -> None:
    import streamlit as st

    from face2bone.dashboard.review.answers import read_answers
    from face2bone.dashboard.review.history_form import history_form
    from face2bone.patient import Patient, Sex

    man = st.checkbox("A man", key="man")
    patient = read_answers(Patient(62, Sex.MALE if man else Sex.FEMALE, 160, 75)).patient
    history_form(patient)
    st.markdown(f"read: {patient.history.oestrogen}")


def test_answers_only_women_are_asked_do_not_count_for_a_man() -> None:
    """The list stays answered in the session while it is not drawn."""
    app = AppTest.from_function(a_sex_that_is_corrected, default_timeout=SECONDS).run()
    named(app.selectbox, "history_oestrogen").set_value(Oestrogen.CURRENT).run()
    assert f"read: {Oestrogen.CURRENT}" in words(app)
    app.checkbox(key="man").check().run()
    assert "read: None" in words(app)
    app.checkbox(key="man").uncheck().run()
    assert f"read: {Oestrogen.CURRENT}" in words(app)


def test_every_kind_of_change_has_its_words() -> None:
    assert set(CHANGE_WORDS) == set(get_args(Kind))
