"""The Model page in Streamlit's own test runner; what it looks like: tests/browser."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from face2bone.bundle import Bundle
from face2bone.evaluation.record import ATTACHED, attached
from face2bone.report.model.evaluation_text import FIGURE_TEXTS, PLOT_TEXTS
from face2bone.report.model.known_figures import PUBLISHED
from tests.dashboard.acts import tables

SECONDS = 120


def page() -> AppTest:
    return AppTest.from_file("../../../pages/model.py", default_timeout=SECONDS).run()


@pytest.fixture(scope="module")
def app(demo_bundle: Bundle) -> AppTest:
    return page()


def words(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption, *app.warning))


def cells(app: AppTest) -> str:
    return " ".join(tables(app))


def test_it_shows_the_figures_kept_beside_the_bundle(app: AppTest, demo_bundle: Bundle) -> None:
    assert not app.exception
    record = attached(demo_bundle)
    assert record is not None
    metrics = {metric.label: metric.value for metric in app.metric}
    accuracy = record.evaluation.everyone.figures["accuracy"].value
    assert metrics["accuracy"] == f"{accuracy:.3f}"
    assert record.cohort.description in words(app)
    assert "Nothing here says how the model does on people" in words(app)


def test_every_plot_has_its_paragraph(app: AppTest) -> None:
    text = words(app)
    for name in ("confusion", "roc", "reliability", "decision", "groups", "hosmer_lemeshow"):
        assert PLOT_TEXTS[name] in text, name
    assert len(app.get("plotly_chart")) == 5


def test_the_study_stands_beside_ours_with_where_it_was_measured(app: AppTest) -> None:
    text = cells(app)
    for row in PUBLISHED:
        assert f"{row.model} (study)" in text
        assert f"{row.accuracy:.4f}" in text
    assert "validation set" in text
    assert "must not be compared" in words(app)


def test_the_label_names_the_hash_and_the_limits(app: AppTest, demo_bundle: Bundle) -> None:
    assert demo_bundle.sha256 in words(app)
    assert "Not a medical device" in words(app)


def test_another_figure_or_cut_can_be_chosen(demo_bundle: Bundle) -> None:
    app = page()
    app.selectbox(key="group_figure").select("quadratic_kappa").run()
    assert not app.exception
    assert FIGURE_TEXTS["quadratic_kappa"].label in app.get("plotly_chart")[4].proto.spec


def test_a_bundle_without_an_evaluation_says_how_to_make_one(bundle_root: Path) -> None:
    app = page()
    assert not app.exception
    assert [element for element in app.info if "face2bone evaluate" in element.value]
    assert not app.metric
    assert "Model Facts" in [heading.value for heading in app.header]


@pytest.mark.parametrize("damage", ["other", "garbage"])
def test_another_bundles_figures_are_refused_in_one_sentence(
    bundle_root: Path, demo_bundle: Bundle, damage: str
) -> None:
    data = b"{}" if damage == "garbage" else (demo_bundle.root / ATTACHED).read_bytes()
    (bundle_root / ATTACHED).write_bytes(data)
    app = page()
    assert not app.exception
    assert len(app.error) == 1
    assert "Run face2bone evaluate" in app.error[0].value
    assert not app.metric


def test_a_refused_bundle_is_one_sentence(bundle_root: Path) -> None:
    (bundle_root / "card.yaml").write_text("broken")
    app = page()
    assert not app.exception
    assert len(app.error) == 1
