"""Finished studies of the site on Explore: whose they are first, then what was measured."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from face2bone.bundle.card import notice_of
from face2bone.drawn.hazard import simulate_cohort
from face2bone.evaluation.survival.clinical import People
from face2bone.evaluation.survival.record import FollowedCohort, ScoreSource
from face2bone.evaluation.survival.study import Score, Scores, survival_study
from face2bone.evaluation.survival.words import COHORT_ONLY, DILUTED
from face2bone.evaluation.years import Answered
from face2bone.evaluation.years_record import YearsRecord
from face2bone.evaluation.years_words import DRAWN as NOBODY
from face2bone.report.model.survival_files import write_survival
from face2bone.report.model.years_files import ANSWERS, METRICS, write_years
from tests.dashboard.acts import SECONDS, tables
from tests.evaluation.survival.test_record import record_of
from tests.evaluation.test_years_words import COHORT, DRAWN, FOUND, RECORD
from tests.survival.test_cohort_only import FORECAST


def answers(count: int = 12, gap: float = np.nan) -> pd.DataFrame:
    ages = np.linspace(25.0, 75.0, count)
    columns = {
        "patient_id": [f"P{i:03}" for i in range(count)],
        "photo": "photos/secret.jpg",
        "sex": ["F", "M"] * (count // 2),
        "age_years": ages,
        "years": ages + 4.0,
        "low": ages - 6.0,
        "high": ages + 14.0,
        "gap": gap,
        "out_of_domain": [1.0] + [0.0] * (count - 1),
    }
    return pd.DataFrame(columns)


def write_ages(
    folder: Path, record: YearsRecord = RECORD, table: pd.DataFrame | None = None
) -> None:
    nobody = pd.DataFrame({"row": [], "patient_id": [], "reason": []})
    write_years(Answered(record, answers() if table is None else table, nobody), folder)


def write_followed(folder: Path) -> None:
    """A drawn cohort with two scores."""
    c = simulate_cohort(300, 4)
    made_up = (
        Score("face age", c.apparent_age, True, "made up"),
        Score("face hazard", c.gap_years, False, "made up"),
    )
    study = survival_study(People(c.age_years, c.male), c.times, Scores(made_up))
    write_survival(record_of(study, FollowedCohort(300, True, "planted", 4)), folder)


@pytest.fixture
def site(bundle_root: Path, tmp_path: Path, fresh_settings: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "findings"
    root.mkdir()
    fresh_settings.setenv("FACE2BONE_FINDINGS", str(root))
    return root


@pytest.fixture
def opened(site: Path) -> Callable[[str], AppTest]:
    def page(name: str) -> AppTest:
        app = AppTest.from_file("../../../pages/explore.py", default_timeout=SECONDS).run()
        return app.selectbox(key="explore_finding").set_value(name).run()

    return page


def words(app: AppTest) -> str:
    shown = (*app.markdown, *app.caption, *app.info, *app.warning, *app.success)
    return " ".join(str(element.value) for element in shown)


def test_a_face_age_evaluation_says_whose_it_is_and_shows_its_figures(
    site: Path, opened: Callable[[str], AppTest]
) -> None:
    write_ages(site / "clinic", replace(RECORD, figures=replace(FOUND, sexes=FOUND.sexes[:1])))
    app = opened("clinic")
    assert not app.exception
    said = words(app)
    assert "People under pseudonyms" in said
    assert notice_of("research") in said
    assert "152 people of a cohort, side 'test' of split" in said.replace("\\", "")
    assert "It is better than to say the median age" in said
    figures, bands, sexes = tables(app)
    assert "mean absolute error, years | 6.2 (5.5 to 7.0)" in figures
    assert "90% interval holds the age of | 90% (85% to 95%)" in figures
    assert "20–29 | 29* | 8.0 | +7.0 | 80%" in bands
    assert (
        "women | 120 | 90 | 6.0 (5.1 to 7.1) | +1.0 (+0.1 to +2.0) | +0.3 (−1.0 to +1.0)" in sexes
    )
    assert len(app.get("plotly_chart")) == 3
    assert "mean age gap" in str(app.get("plotly_chart")[2].proto.spec)


def test_figures_of_drawn_people_and_of_a_demonstration_say_so_first(
    site: Path, opened: Callable[[str], AppTest]
) -> None:
    demo = replace(RECORD.bundle, status="demo")
    worse = replace(FOUND, guess_mae=6.9, coverage=None, level=None, width=None)
    write_ages(site / "demo", replace(RECORD, bundle=demo, cohort=DRAWN, figures=worse))
    app = opened("demo")
    assert [str(info.value) for info in app.info] == [NOBODY]
    assert notice_of("demo") in words(app)
    assert "152 drawn people" in words(app)
    assert "was not shown" in words(app)
    assert "without calibration it promises nothing" in words(app)
    assert "This model has no fit of the age gap" in words(app)
    assert "mean of answer minus age" in str(app.get("plotly_chart")[2].proto.spec)


def test_every_answer_is_there_without_a_photo_and_as_a_plain_table_too(
    site: Path, opened: Callable[[str], AppTest]
) -> None:
    write_ages(site / "clinic", table=answers(gap=1.25))
    app = opened("clinic")
    (grid,) = [frame.value for frame in app.dataframe]
    assert list(grid["pseudonym"])[:2] == ["P000", "P001"]
    assert set(grid["age gap"]) == {"+1.2"}
    assert list(grid["unlike training"])[:2] == ["yes", "no"]
    assert not grid.isna().to_numpy().any()
    assert "secret" not in grid.to_csv() + words(app)
    app.toggle(key="ages_answers_plain").set_value(True).run()
    assert not app.dataframe
    assert "P000 | woman | 25.00 | 29.00" in tables(app)[-1]


def test_intervals_of_many_are_thinned_and_it_is_said(
    site: Path, opened: Callable[[str], AppTest]
) -> None:
    write_ages(site / "many", replace(RECORD, cohort=COHORT), answers(400))
    app = opened("many")
    assert "Drawn for 150 of 400 photos" in words(app)


def test_a_survival_study_is_of_a_cohort_and_of_nobody_alone(
    site: Path, opened: Callable[[str], AppTest]
) -> None:
    write_followed(site / "followed")
    app = opened("followed")
    assert not app.exception
    said = words(app)
    assert "nobody here exists" in app.info[0].value
    assert COHORT_ONLY in said
    assert DILUTED in said
    assert "to age and sex in this cohort: hazard ratio for one SD" in said
    assert "lowest quarter: 75 patients" in said, "the curves are told in words"
    assert "at risk after | 0.0 y" in "\n".join(tables(app))
    for head in ("hazard ratio (95% interval)", "Harrell's C", "chi-squared", "observed, Kaplan"):
        assert head in "\n".join(tables(app))
    assert not FORECAST.search(said + "\n".join(tables(app)))
    assert not app.dataframe, "there is no row of one patient"
    app.selectbox(key="explore_score").set_value(1).run()
    assert "What the face hazard says" in [heading.value for heading in app.subheader]


def test_a_score_that_is_a_column_is_called_as_its_owner_calls_it(
    site: Path, opened: Callable[[str], AppTest]
) -> None:
    c = simulate_cohort(300, 5)
    years = Scores((Score("age", c.apparent_age, True, "a column"),))
    record = record_of(survival_study(People(c.age_years, c.male), c.times, years))
    write_survival(replace(record, source=ScoreSource("age", None, None, 0)), site / "own")
    app = opened("own")
    assert not app.exception
    assert not app.info[:1] or "nobody here exists" not in app.info[0].value
    assert "The age " in words(app)
    assert "the column age of the manifest" in words(app)


def test_what_cannot_be_read_is_one_sentence(site: Path, opened: Callable[[str], AppTest]) -> None:
    for name in ("damaged", "other", "followed"):
        (site / name).mkdir()
    write_ages(site / "other")
    (site / "other" / ANSWERS).write_text("patient_id,years\n1,2\n", "utf-8")
    (site / "damaged" / METRICS).write_bytes(b"{")
    (site / "damaged" / ANSWERS).write_bytes(b"")
    (site / "followed" / "survival.json").write_bytes(b"[]")
    for name, said in (
        ("damaged", "no face age evaluation"),
        ("other", "does not hold the answers"),
        ("followed", "no survival study"),
    ):
        app = opened(name)
        assert not app.exception
        assert said in app.error[0].value


def test_without_the_setting_nothing_is_offered(bundle_root: Path) -> None:
    app = AppTest.from_file("../../../pages/explore.py", default_timeout=SECONDS).run()
    assert "explore_finding" not in {box.key for box in app.selectbox}


def test_a_folder_without_studies_is_one_sentence(site: Path) -> None:
    app = AppTest.from_file("../../../pages/explore.py", default_timeout=SECONDS).run()
    assert "holds no finished study" in app.error[0].value
