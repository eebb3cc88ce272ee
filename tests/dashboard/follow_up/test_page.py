"""The Follow-up page in Streamlit's own test runner; what it looks like: tests/browser."""

from dataclasses import dataclass

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from face2bone import clock
from face2bone.bundle import Bundle
from face2bone.dashboard.follow_up.follow_up_charts import observed_bars, running_chart
from face2bone.evaluation.monitoring import calibration_chart, observed_against_predicted
from face2bone.evaluation.table import PredictionTable
from face2bone.records import Records, StoredAssessment, kept_assessments, verify
from tests.dashboard.acts import named, place_of
from tests.records.fill import keep
from tests.watching import files_written

SECONDS = 120


@dataclass(frozen=True)
class Clinic:
    """An open page and the database behind it."""

    app: AppTest
    records: Records


@pytest.fixture
def clinic(records: Records, demo_bundle: Bundle) -> Clinic:
    for i in range(3):
        keep(records, f"P-{i}", demo_bundle.sha256, (0.2, 0.5, 0.3))
    app = AppTest.from_file("../../../pages/follow_up.py", default_timeout=SECONDS).run()
    return Clinic(app, records)


@pytest.mark.slow
def test_it_says_who_waits_and_that_there_is_nothing_to_compare(clinic: Clinic) -> None:
    assert not clinic.app.exception
    assert [h.value[0] for h in clinic.app.header] == list("12345")
    assert any("**3** of 3" in m.value for m in clinic.app.markdown)
    assert any("starts at 20 results" in i.value for i in clinic.app.info)


def choose(clinic: Clinic, number: int) -> StoredAssessment:
    one = kept_assessments(clinic.records)[number]
    named(clinic.app.selectbox, "dxa_assessment").set_value(one.assessment_id).run()
    return one


def keep_result(clinic: Clinic, **scores: float) -> None:
    clinic.app.text_input(key="saver_name").set_value("Dr. Li")
    for site, score in scores.items():
        named(clinic.app.text_input, f"t_{site}").set_value(f"{score:g}")
    named(clinic.app.button, "keep_dxa").click().run()
    assert not clinic.app.exception


def results(clinic: Clinic, patient_id: str) -> dict[str, float]:
    kept = {one.patient_id: one for one in kept_assessments(clinic.records)}
    return {result.site: result.t_score for result in kept[patient_id].results}


def test_a_result_is_entered_by_site_and_the_list_gets_shorter(clinic: Clinic) -> None:
    choose(clinic, 0)
    keep_result(clinic, lumbar_spine=-2.7, total_hip=-1.1)
    assert any("P-0 is kept" in s.value for s in clinic.app.success)
    assert any("**2** of 3" in m.value for m in clinic.app.markdown)
    assert results(clinic, "P-0") == {"lumbar_spine": -2.7, "total_hip": -1.1}
    assert verify(clinic.records).faults == ()


def test_what_was_said_goes_without_moving_the_field_in_which_one_types(clinic: Clinic) -> None:
    choose(clinic, 0)
    before = place_of(clinic.app, "saver_name")
    keep_result(clinic, lumbar_spine=-2.7)
    assert clinic.app.success
    assert place_of(clinic.app, "saver_name") == before
    for number in (1, 2):  # until nobody waits and the table of those who do is gone
        choose(clinic, number)
        assert not clinic.app.success
        assert place_of(clinic.app, "saver_name") == before
        keep_result(clinic, lumbar_spine=-2.7)
    assert any("**0** of 3" in m.value for m in clinic.app.markdown)
    assert place_of(clinic.app, "saver_name") == before


@pytest.mark.slow
def test_scores_of_one_patient_are_never_kept_for_the_next(clinic: Clinic) -> None:
    choose(clinic, 0)
    keep_result(clinic, lumbar_spine=-2.7, femoral_neck=-2.2)
    choose(clinic, 1)
    keep_result(clinic)
    assert any("at least one" in e.value for e in clinic.app.error)
    assert results(clinic, "P-1") == {}
    keep_result(clinic, lumbar_spine=-0.4)
    assert results(clinic, "P-1") == {"lumbar_spine": -0.4}
    assert results(clinic, "P-0") == {"lumbar_spine": -2.7, "femoral_neck": -2.2}


def test_scores_typed_and_not_kept_are_gone_when_another_patient_is_chosen(clinic: Clinic) -> None:
    choose(clinic, 0)
    named(clinic.app.text_input, "t_total_hip").set_value("-3.1")
    choose(clinic, 1)
    keep_result(clinic, total_hip=-1.0)
    choose(clinic, 0)
    keep_result(clinic, lumbar_spine=-2.0)
    assert results(clinic, "P-1") == {"total_hip": -1.0}
    assert results(clinic, "P-0") == {"lumbar_spine": -2.0}


@pytest.mark.slow
def test_the_chosen_assessment_is_still_chosen_after_a_look_at_another_page(
    clinic: Clinic,
) -> None:
    app = AppTest.from_file("../../../streamlit_app.py", default_timeout=SECONDS).run()
    app.switch_page("pages/follow_up.py").run()
    chosen = kept_assessments(clinic.records)[1].assessment_id
    named(app.selectbox, "dxa_assessment").set_value(chosen).run()
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/follow_up.py").run()
    assert named(app.selectbox, "dxa_assessment").value == chosen
    assert named(app.button, "keep_dxa").label == "Keep result for P-1"


def test_a_press_meant_for_one_patient_does_nothing_once_another_is_chosen(clinic: Clinic) -> None:
    """As when the choice and the press arrive together."""
    choose(clinic, 0)
    clinic.app.text_input(key="saver_name").set_value("Dr. Li")
    named(clinic.app.text_input, "t_total_hip").set_value("-3.1")
    other = kept_assessments(clinic.records)[1]
    named(clinic.app.selectbox, "dxa_assessment").set_value(other.assessment_id)
    named(clinic.app.button, "keep_dxa").click().run()
    assert not clinic.app.exception
    assert results(clinic, "P-0") == results(clinic, "P-1") == {}


@pytest.mark.slow
@pytest.mark.parametrize("typed", ["-12", "-2.7.", "low"])
def test_a_t_score_that_cannot_be_used_keeps_nothing_at_all(clinic: Clinic, typed: str) -> None:
    choose(clinic, 0)
    clinic.app.text_input(key="saver_name").set_value("Dr. Li")
    named(clinic.app.text_input, "t_total_hip").set_value("-1.2")
    named(clinic.app.text_input, "t_lumbar_spine").set_value(typed)
    named(clinic.app.button, "keep_dxa").click().run()
    assert results(clinic, "P-0") == {}
    assert any("Nothing was kept" in w.value for w in clinic.app.warning)
    named(clinic.app.text_input, "t_lumbar_spine").set_value("-2,7")
    named(clinic.app.button, "keep_dxa").click().run()
    assert results(clinic, "P-0") == {"total_hip": -1.2, "lumbar_spine": -2.7}


def test_an_unsigned_result_is_refused_in_a_sentence(clinic: Clinic) -> None:
    choose(clinic, 0)
    named(clinic.app.text_input, "t_total_hip").set_value("-1.1")
    named(clinic.app.button, "keep_dxa").click().run()
    assert not clinic.app.exception
    assert any("name or initials" in e.value for e in clinic.app.error)


def test_of_two_assessments_on_one_day_the_one_chosen_is_meant(
    records: Records, demo_bundle: Bundle
) -> None:
    """Saved in the same minute: they read alike but for a number, and the choice keeps apart."""
    moment = clock.now()
    for _ in range(2):
        keep(records, "P-9", demo_bundle.sha256, (0.2, 0.5, 0.3), at=moment)
    app = AppTest.from_file("../../../pages/follow_up.py", default_timeout=SECONDS).run()
    options = named(app.selectbox, "dxa_assessment").options
    assert options == [
        f"P-9, {clock.in_words(moment)} (waiting)",
        f"P-9, {clock.in_words(moment)}, no. 2 (waiting)",
    ]
    choose(Clinic(app, records), 0)
    keep_result(Clinic(app, records), lumbar_spine=-2.7)
    first, second = kept_assessments(records)
    assert [result.t_score for result in first.results] == [-2.7]
    assert second.results == ()


def test_who_was_not_sent_to_dxa_does_not_wait_and_may_have_a_result(
    records: Records, demo_bundle: Bundle
) -> None:
    routine = "No DXA now. Give bone-health advice."
    keep(records, "P-8", demo_bundle.sha256, (0.9, 0.1, 0.0), decision=routine)
    keep(records, "P-9", demo_bundle.sha256, (0.2, 0.5, 0.3))
    app = AppTest.from_file("../../../pages/follow_up.py", default_timeout=SECONDS).run()
    assert any("**1** of 2" in m.value for m in app.markdown)
    assert list(app.dataframe[0].value["patient"]) == ["P-9"]
    options = named(app.selectbox, "dxa_assessment").options
    assert [option.split(",")[0] for option in options] == ["P-9", "P-8"]
    assert "not sent to DXA" in options[1]


def change(clinic: Clinic, button: str, reason: str, t_score: str | None = None) -> None:
    if t_score is not None:
        named(clinic.app.text_input, "corrected_t").set_value(t_score)
    named(clinic.app.text_input, "change_reason").set_value(reason)
    named(clinic.app.button, button).click().run()
    assert not clinic.app.exception


def said(clinic: Clinic) -> str:
    return " ".join(text.value for text in clinic.app.text)


def test_a_kept_result_is_seen_and_corrected_with_a_reason(clinic: Clinic) -> None:
    choose(clinic, 0)
    keep_result(clinic, lumbar_spine=-2.46)
    choose(clinic, 0)
    assert "lumbar spine: -2.46, measured on" in said(clinic)
    assert "entered by Dr. Li" in said(clinic)
    assert not [t for t in clinic.app.text_input if (t.key or "").startswith("t_lumbar")]
    change(clinic, "correct_dxa", "", "-2,1")
    assert any("The reason is empty" in e.value for e in clinic.app.error)
    assert results(clinic, "P-0") == {"lumbar_spine": -2.46}
    change(clinic, "correct_dxa", "Typing error")
    assert any("P-0 is corrected" in s.value for s in clinic.app.success)
    assert results(clinic, "P-0") == {"lumbar_spine": -2.1}
    choose(clinic, 0)
    assert "corrected by Dr. Li" in said(clinic)
    assert "Typing error" in said(clinic)
    assert verify(clinic.records).faults == ()


def test_a_kept_result_is_withdrawn_with_a_reason_and_another_may_be_entered(
    clinic: Clinic,
) -> None:
    choose(clinic, 0)
    keep_result(clinic, total_hip=-1.1)
    choose(clinic, 0)
    change(clinic, "withdraw_dxa", "Another patient's")
    assert any("P-0 is withdrawn" in s.value for s in clinic.app.success)
    assert results(clinic, "P-0") == {}
    choose(clinic, 0)
    keep_result(clinic, total_hip=0.3)
    assert results(clinic, "P-0") == {"total_hip": 0.3}


def test_a_correction_that_is_no_t_score_changes_nothing(clinic: Clinic) -> None:
    choose(clinic, 0)
    keep_result(clinic, total_hip=-1.1)
    choose(clinic, 0)
    change(clinic, "correct_dxa", "Typing error", "-12")
    assert any("Nothing was changed" in w.value for w in clinic.app.warning)
    assert results(clinic, "P-0") == {"total_hip": -1.1}


def test_charts_show_every_result_and_the_alarm() -> None:
    stated = np.full(120, 0.3)
    chart = calibration_chart(stated, np.zeros(120, dtype=bool))
    assert chart.alarm is not None
    figure = running_chart(chart)
    assert [trace.name for trace in figure.data][-1] == "alarm"
    assert figure.data[1].y[chart.alarm] == -chart.too_high[chart.alarm]
    p = np.tile([0.2, 0.5, 0.3], (10, 1))
    bars = observed_bars(observed_against_predicted(PredictionTable.of(p, np.arange(10) % 3))[0])
    np.testing.assert_allclose(bars.data[0].y, [0.4, 0.3, 0.3])
    np.testing.assert_allclose(bars.data[1].y, [0.2, 0.5, 0.3])


def test_a_table_that_is_taken_in_is_never_a_file(clinic: Clinic) -> None:
    clinic.app.text_input(key="saver_name").set_value("Dr. Li").run()
    table = f"patient_id,site,t_score,measured_on\nP-0,total_hip,-2.7,{clock.today()}\n"
    box = named(clinic.app.file_uploader, "dxa_table")
    box.set_value(("march_2026.csv", table.encode(), "text/csv")).run()
    with files_written() as written:
        clinic.app.button(key="take_in").click().run()
    assert results(clinic, "P-0") == {"total_hip": -2.7}
    assert written == []


def test_a_table_at_fault_is_called_by_its_own_name(clinic: Clinic) -> None:
    clinic.app.text_input(key="saver_name").set_value("Dr. Li").run()
    table = b"patient_id,site,t_score,measured_on\nP-0,total_hip,low,2026-01-31\n"
    box = named(clinic.app.file_uploader, "dxa_table")
    box.set_value(("march_2026.csv", table, "text/csv")).run()
    clinic.app.button(key="take_in").click().run()
    assert not clinic.app.exception
    (refused,) = [e.value for e in clinic.app.error]
    assert "march\\_2026.csv" in refused
    assert "table.csv" not in refused
