"""The Model page's tables of designs and of added value, beside a bundle that has them or not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from face2bone.bundle import Bundle, bundle_hash, load_bundle, save_bundle
from face2bone.comparison.record import Account, Comparison, Row, attach
from face2bone.dashboard.model.evidence import HEADINGS, HOW_TO, HOW_TO_ASK_MORE
from face2bone.evaluation.added_value import record as added_value_record
from face2bone.evaluation.added_value.record import ATTACHED
from face2bone.evaluation.bootstrap import Estimate
from face2bone.report.model.known_figures import KNOWN_FIGURES
from face2bone.settings import OTHER_DEMOS
from tests.conftest import ROOT
from tests.dashboard.acts import tables

SECONDS = 120
TOLD = Account("face2bone compare", "compact", 1, {"test": 2}, "Patients.", "x86_64", "torch")
FOUND = Comparison(
    TOLD,
    (
        Row("face2bone", "Face2Bone", (0,), {"accuracy": Estimate(0.5, 0.4, 0.6)}, {}, None),
        Row("vgg16", "VGG16", (), {}, {}, None, 33_500_000, 332_608),
    ),
)


def page() -> AppTest:
    app = AppTest.from_file("../../../pages/model.py", default_timeout=SECONDS).run()
    assert not app.exception
    return app


def test_without_them_it_says_how_to_ask(bundle_root: Path) -> None:
    told = " ".join(info.value for info in page().info)
    for command in (*HOW_TO.values(), HOW_TO_ASK_MORE):
        assert command in told


def test_a_comparison_is_shown_with_its_account(bundle_root: Path) -> None:
    attach(bundle_root, "comparison", FOUND)
    app = page()
    assert HEADINGS["comparison"] in [header.value for header in app.header]
    cells = " ".join(tables(app))
    assert "0.500 (0.400 to 0.600)" in cells
    assert "not finished" in cells
    assert any("Patients. In brackets" in caption.value for caption in app.caption)
    assert any("face2bone compare" in text.value for text in app.markdown)


def test_damage_is_a_sentence_each(bundle_root: Path) -> None:
    for name in ("comparison.json", "ablation.json", ATTACHED):
        (bundle_root / name).write_text("{}")
    told = [error.value for error in page().error]
    assert len(told) == 3
    assert all("this version can read" in text for text in told)


def test_another_bundles_study_is_not_shown(
    bundle_root: Path, tiny_bundle: Bundle, demo_bundle: Bundle
) -> None:
    kept = added_value_record.attached(demo_bundle)
    assert kept is not None  # the shipped bundle has its own, on the page
    other = replace(tiny_bundle, root=bundle_root, sha256="0" * 64)
    added_value_record.attach(other, kept.about, kept.found)
    app = page()
    assert any("of another bundle" in error.value for error in app.error)


FIGURE = re.compile(r"\.\d{3}|\d+ of \d+|\d+%")


@pytest.fixture
def page_films(fresh_settings: pytest.MonkeyPatch) -> AppTest:
    """With the demonstrations that ship."""
    return AppTest.from_file("../../../pages/model.py", default_timeout=SECONDS).run()


def words(app: AppTest) -> str:
    return " ".join(one.value for one in (*app.markdown, *app.caption, *app.warning, *app.info))


def of_study(app: AppTest, study: str) -> AppTest:
    (chooser,) = [group for group in app.button_group if group.key == "model_study"]
    chooser.set_value(study).run()
    assert not app.exception
    return app


@pytest.mark.slow
@pytest.mark.parametrize(
    ("study", "bundle", "missed"),
    [
        ("bone_net", "knee-demo", ("60 of 70", "18%", "5%", "48 were right")),
        ("osteoai", "hand-demo", ("one training in each world",)),
    ],
)
def test_a_studys_own_card_and_what_it_missed(
    page_films: AppTest, study: str, bundle: str, missed: tuple[str, ...]
) -> None:
    app, card = of_study(page_films, study), load_bundle(ROOT / "models" / bundle).card
    text = words(app)
    assert all(figure in text for figure in missed)
    test = card.results["test"]
    assert isinstance(test, dict)
    assert f"On {test['n']} patients kept out of training" in text
    assert f"accuracy {test['accuracy']:.3f}" in text
    assert f"{card.name} {card.version}" in text or card.name in text
    assert "No evaluation is kept beside this bundle" in text


@pytest.mark.slow
def test_the_face_comes_first_and_one_model_needs_no_choice(page_films: AppTest) -> None:
    assert {metric.label for metric in page_films.metric} >= {"accuracy"}
    assert "60 of 70" not in words(page_films)


def test_one_model_is_not_chosen(fresh_settings: pytest.MonkeyPatch) -> None:
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(ROOT / "models" / "knee-demo"))
    st.cache_resource.clear()
    app = AppTest.from_file("../../../pages/model.py", default_timeout=SECONDS).run()
    assert not app.exception
    assert not app.button_group
    assert "48 were right" in words(app)


def test_another_bundle_of_the_same_name_has_not_these_figures(
    fresh_settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = load_bundle(ROOT / "models" / "knee-demo")
    card = replace(shipped.card, created_on=date(2026, 1, 1))
    other = save_bundle(tmp_path / "knee-demo", card, shipped)
    assert other.card.name == shipped.card.name
    fresh_settings.setenv("FACE2BONE_BUNDLE", str(other.root))
    st.cache_resource.clear()
    app = AppTest.from_file("../../../pages/model.py", default_timeout=SECONDS).run()
    assert not app.exception
    assert f"accuracy {card.results['test']['accuracy']:.3f}" in words(app)  # type: ignore[call-overload,index]
    assert "48 were right" not in words(app)


def test_the_figures_are_of_the_bundles_that_ship() -> None:
    shipped = {bundle_hash(load_bundle(ROOT / "models" / name)) for name in OTHER_DEMOS}
    assert set(KNOWN_FIGURES) == shipped


def test_every_figure_stands_in_its_document() -> None:
    for known in KNOWN_FIGURES.values():
        said = (ROOT / known.where).read_text("utf-8").replace(" %", "%")
        for sentence in (*known.measured, *known.missed):
            for figure in FIGURE.findall(sentence):
                number = figure.split(" of ")[0]
                assert number in said, (known.where, figure)
