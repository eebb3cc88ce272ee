"""The Model page's tables of designs and of added value, beside a bundle that has them or not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from streamlit.testing.v1 import AppTest

from face2bone.bundle import Bundle
from face2bone.comparison.record import Account, Comparison, Row, attach
from face2bone.dashboard.model.evidence import HEADINGS, HOW_TO, HOW_TO_ASK_MORE
from face2bone.evaluation.added_value import record as added_value_record
from face2bone.evaluation.added_value.record import ATTACHED
from face2bone.evaluation.bootstrap import Estimate
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
