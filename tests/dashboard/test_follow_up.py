"""The Follow-up page in Streamlit's own test runner; what it looks like: tests/browser."""

from dataclasses import dataclass

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from face2bone.bundle import Bundle
from face2bone.dashboard.follow_up_charts import observed_bars, running_chart
from face2bone.evaluation.monitoring import calibration_chart, observed_against_predicted
from face2bone.evaluation.table import PredictionTable
from face2bone.records import Records, kept_assessments, verify
from tests.records.fill import keep

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
    app = AppTest.from_file("../../pages/follow_up.py", default_timeout=SECONDS).run()
    return Clinic(app, records)


def test_it_says_who_waits_and_that_there_is_nothing_to_compare(clinic: Clinic) -> None:
    assert not clinic.app.exception
    assert [h.value[0] for h in clinic.app.header] == list("12345")
    assert any("**3** of 3" in m.value for m in clinic.app.markdown)
    assert any("starts at 20 results" in i.value for i in clinic.app.info)


def test_a_result_is_entered_by_site_and_the_list_gets_shorter(clinic: Clinic) -> None:
    app = clinic.app
    first = kept_assessments(clinic.records)[0]
    app.text_input(key="saver_name").set_value("Dr. Li")
    app.selectbox(key="dxa_assessment").set_value(first.assessment_id)
    app.number_input(key="t_lumbar_spine").set_value(-2.7)
    app.number_input(key="t_total_hip").set_value(-1.1)
    next(b for b in app.button if b.label == "Keep result").click().run()
    assert not app.exception
    assert any("kept" in s.value for s in app.success)
    assert any("**2** of 3" in m.value for m in app.markdown)
    kept = {one.assessment_id: one for one in kept_assessments(clinic.records)}
    assert len(kept[first.assessment_id].results) == 2
    assert verify(clinic.records).faults == ()


def test_an_unsigned_result_is_refused_in_a_sentence(clinic: Clinic) -> None:
    clinic.app.number_input(key="t_total_hip").set_value(-1.1)
    next(b for b in clinic.app.button if b.label == "Keep result").click().run()
    assert not clinic.app.exception
    assert any("name or initials" in e.value for e in clinic.app.error)


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
