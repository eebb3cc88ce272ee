"""The report of an evaluation, as a folder and as a page."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from face2bone.bundle import Bundle, BundleCard
from face2bone.bundle.card import notice_of
from face2bone.errors import EvaluationError
from face2bone.evaluation import PredictionTable, evaluate_predictions
from face2bone.evaluation.evaluate import Evaluated
from face2bone.evaluation.record import BundleName, CohortFacts, EvaluationRecord, from_json
from face2bone.reference import ReferenceMethod
from face2bone.report.model import evaluation_files
from face2bone.report.model.evaluation_files import check_out, tables, write_evaluation
from face2bone.report.model.evaluation_html import evaluation_html
from face2bone.report.model.evaluation_text import FIGURE_TEXTS, PLOT_TEXTS
from face2bone.report.model.model_facts import NOT_EVALUATED, model_facts, to_json, to_markdown
from face2bone.report.model.tripod import tripod_items


def predictions(n: int, classes: int = 3) -> PredictionTable:
    rng = np.random.default_rng(3)
    y = rng.integers(0, classes, n)
    p = np.exp(rng.normal(0.0, 1.0, (n, 3)) + 1.5 * np.eye(3)[y])
    p /= p.sum(axis=1, keepdims=True)
    about = pd.DataFrame(
        {
            "sex": rng.choice(["F", "M"], n),
            "age_years": rng.uniform(40, 90, n),
            "height_cm": 160.0,
            "weight_kg": rng.uniform(45, 80, n),
            "site": rng.choice(["<b>north</b>", "south"], n),
        }
    )
    return PredictionTable.of(p, y, about, p > 0.2)


def record_of(table: PredictionTable) -> EvaluationRecord:
    return EvaluationRecord(
        bundle=BundleName("tiny", "1", "demo", "0" * 64),
        cohort=CohortFacts(
            "drawn & tested", True, 310, 305, {"too dark": 7, "no face": 3}, 4, "WHO",
            date(2026, 1, 2), date(2026, 3, 4), 2, 0, ("The faces were drawn.",),
        ),
        evaluation=evaluate_predictions(table, resamples=20),
        engine="torch cpu f32",
        created_on=date(2026, 11, 21),
        software="face2bone",
    )  # fmt: skip


@pytest.fixture(scope="module")
def record() -> EvaluationRecord:
    return record_of(predictions(300))


@pytest.fixture(scope="module")
def evaluated(record: EvaluationRecord) -> Evaluated:
    rows = pd.DataFrame({"patient_id": ["a"], "p_normal": [1.0]})
    return Evaluated(record, rows, pd.DataFrame({"patient_id": ["b"], "reason": ["too dark"]}))


@pytest.fixture(scope="module")
def card(tiny_bundle: Bundle) -> BundleCard:
    return tiny_bundle.card


@pytest.fixture(scope="module")
def page(record: EvaluationRecord, card: BundleCard) -> str:
    return evaluation_html(record, card)


def test_the_folder_holds_every_file_and_reads_back(
    evaluated: Evaluated, card: BundleCard, tmp_path: Path
) -> None:
    out = tmp_path / "evaluation"
    assert write_evaluation(evaluated, card, out) == out / "report.html"
    names = {"report.html", "metrics.json", "figures.csv", "confusion.csv", "reliability.csv"}
    names |= {"roc.csv", "decision_curve.csv", "predictions.csv", "rejected.csv"}
    assert {path.name for path in out.iterdir()} == names
    assert list(tmp_path.iterdir()) == [out]  # nothing left beside it
    again = from_json((out / "metrics.json").read_bytes(), "metrics.json")
    assert again == evaluated.record
    write_evaluation(evaluated, card, out)  # an earlier evaluation is replaced


def test_a_failure_leaves_the_earlier_evaluation(
    evaluated: Evaluated, card: BundleCard, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "evaluation"
    write_evaluation(evaluated, card, out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    monkeypatch.setattr(evaluation_files, "tables", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_evaluation(evaluated, card, out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert list(tmp_path.iterdir()) == [out]


def test_a_folder_with_anything_else_is_refused(tmp_path: Path) -> None:
    check_out(tmp_path / "new")
    check_out(tmp_path)  # empty
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(EvaluationError, match="holds no evaluation"):
        check_out(tmp_path)
    with pytest.raises(EvaluationError):
        check_out(tmp_path / "thesis.txt")


def test_the_tables_hold_what_the_record_holds(record: EvaluationRecord) -> None:
    found = tables(record.evaluation)
    figures = found["figures"]
    everyone = figures[figures["dimension"] == "everyone"].set_index("figure")
    estimate = record.evaluation.everyone.figures["rps"]
    assert everyone.loc["rps", ["value", "low", "high"]].tolist() == [
        estimate.value, estimate.low, estimate.high,
    ]  # fmt: skip
    assert "ece_floor_p95" in everyone.index
    assert "hosmer_lemeshow_osteoporosis_p_value" in everyone.index
    counts = found["confusion"].query("dimension == 'everyone'").iloc[:, 3:].to_numpy()
    assert counts.sum() == 300
    assert len(found["decision_curve"]) == 2 * len(record.evaluation.decision[0].thresholds)
    assert found["reliability"]["count"].sum() == 3 * 300


def test_the_page_needs_nothing_else_and_escapes_what_it_is_given(page: str) -> None:
    assert not re.search(r"<script|src=|url\(|@import|<link|https?://", page)
    assert "<b>north</b>" not in page
    assert "&lt;b&gt;north" in page
    assert "drawn &amp; tested" in page


def test_the_page_is_well_formed_and_every_plot_has_a_name(page: str) -> None:
    body = ET.fromstring(re.search(r"<body>.*</body>", page, re.DOTALL)[0])  # type: ignore[index]  # noqa: S314
    drawings = [svg for svg in body.iter("svg") if svg.get("role") == "img"]
    assert len(drawings) == 6  # ROC, three reliability curves, two decision curves
    assert all(svg.get("aria-label") for svg in drawings)
    for svg in drawings:
        for line in svg.iter("polyline"):
            points = [tuple(map(float, p.split(","))) for p in line.get("points", "").split()]
            assert all(0 <= x <= 460 and 0 <= y <= 340 for x, y in points)


def test_the_page_says_everything_a_reader_must_know(page: str, record: EvaluationRecord) -> None:
    for text in (*PLOT_TEXTS.values(), record.bundle.sha256, "Status: demo", "too dark"):
        assert text in page
    for name in record.evaluation.everyone.figures:
        assert FIGURE_TEXTS[name].label.replace("'", "&#x27;") in page
    assert "OPEN: a person must write this" in page
    assert "300 evaluated of 310" in page


def test_a_missing_class_is_said_and_does_not_break_the_page(card: BundleCard) -> None:
    lacking = record_of(predictions(60, classes=1))
    page = evaluation_html(lacking, card)
    assert "not defined" in page
    assert "Too few to say" in page
    assert ">nan" not in page.lower()
    assert set(tables(lacking.evaluation)) == set(tables(record_of(predictions(60)).evaluation))


def test_tripod_items_come_once_each_and_open_ones_stay_open(
    record: EvaluationRecord, card: BundleCard
) -> None:
    items = {item.number: item for item in tripod_items(record, card)}
    assert len(items) == len(tripod_items(record, card))
    assert {int(re.match(r"\d+", number)[0]) for number in items} == set(range(1, 28))  # type: ignore[index]
    assert record.bundle.sha256 in items["22"].answer
    assert items["17"].answer == items["19"].answer == ""  # ethics and patients: a person's to say


def test_model_facts_are_one_content_in_every_form(
    tiny_bundle: Bundle, record: EvaluationRecord
) -> None:
    sections = model_facts(tiny_bundle, record)
    markdown, document = to_markdown(sections, "Facts"), to_json(sections, "Facts")
    for section in sections:
        assert f"## {section.title}" in markdown
        for fact in section.facts:
            assert fact.value.replace("|", "\\|") in markdown
            assert fact.name in document
    assert tiny_bundle.sha256 in markdown
    assert "Groups too small to judge" in markdown


def test_facts_without_an_evaluation_say_so(tiny_bundle: Bundle) -> None:
    assert NOT_EVALUATED in to_markdown(model_facts(tiny_bundle, None), "Facts")


def test_a_bar_in_a_name_does_not_break_the_table(tiny_bundle: Bundle) -> None:
    odd = replace(tiny_bundle, card=replace(tiny_bundle.card, name="a|b"))
    lines = to_markdown(model_facts(odd, None), "Facts").splitlines()
    assert all(line.replace("\\|", "").count("|") == 3 for line in lines if line.startswith("|"))


def test_only_a_dxa_cohort_is_called_dxa_on_the_page(
    record: EvaluationRecord, tiny_bundle: Bundle
) -> None:
    """A T-score by ultrasound is one by ultrasound, in every table and sentence."""
    by_qus = replace(record, cohort=replace(record.cohort, reference_method=ReferenceMethod.QUS))
    page = evaluation_html(by_qus, tiny_bundle.card)
    assert "ultrasound (QUS): normal" in page
    assert "by the T-score of ultrasound (QUS)" in page
    assert set(re.findall(r"[^.>]*DXA[^.<]*", page)) <= {
        sentence
        for text in (notice_of("demo"), notice_of("research"), *PLOT_TEXTS.values())
        for sentence in re.findall(r"[^.>]*DXA[^.<]*", text)
    }
    assert "DXA: normal" in evaluation_html(record, tiny_bundle.card)


def test_the_label_names_what_measured_the_bone(tiny_bundle: Bundle) -> None:
    def outcome(method: ReferenceMethod) -> str:
        card = replace(tiny_bundle.card, reference_method=method)
        facts = model_facts(replace(tiny_bundle, card=card), None)
        (said,) = [f.value for s in facts for f in s.facts if f.name == "Outcome"]
        return said

    assert "T-score of DXA" in outcome(ReferenceMethod.DXA)
    assert "T-score of ultrasound (QUS)" in outcome(ReferenceMethod.QUS)
