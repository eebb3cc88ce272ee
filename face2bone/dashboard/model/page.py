"""The Model page: what the loaded model is, how good it is, for whom, and beside what."""

from collections.abc import Callable
from typing import Final

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face2bone.bone import CLASS_LABELS
from face2bone.bundle import Bundle
from face2bone.bundle.folder import CARD
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.model import evidence, model_charts
from face2bone.errors import EvaluationError, Face2BoneError
from face2bone.evaluation import Evaluation
from face2bone.evaluation.record import EvaluationRecord, attached
from face2bone.report.model import evaluation_rows as rows
from face2bone.report.model import model_facts as facts
from face2bone.report.model.evaluation_html import evaluation_html
from face2bone.report.model.evaluation_text import (
    CUT_WORDS,
    FIGURE_TEXTS,
    HEADLINE,
    PLOT_TEXTS,
    range_text,
)
from face2bone.report.model.published_study import CAVEAT, PUBLISHED_BRIER, PUBLISHED_ECE, SOURCE

HOW_TO: Final = (
    "No evaluation is kept beside this bundle, so nothing is said here of how good it is. Measure "
    "it on patients it has not seen with `face2bone evaluate BUNDLE MANIFEST --out DIR --attach` "
    "and open this page again."
)
TOP: Final = ("accuracy", "macro_auc", "auc_osteoporosis", "rps")


def model() -> None:
    """Draw the page; a refused bundle or evaluation is one sentence."""
    st.title("The model")
    try:
        bundle = session.bundle()
    except Face2BoneError as error:
        elements.refusal(error)
        return
    elements.banner(bundle.card.status)
    record = _record(bundle)
    sections = facts.model_facts(bundle, record)
    if record is not None:
        _measured(record)
    evidence.comparison(bundle, "comparison")
    evidence.comparison(bundle, "ablation")
    evidence.added_value(bundle)
    _facts(sections)
    _downloads(bundle, record, sections)


def _record(bundle: Bundle) -> EvaluationRecord | None:
    try:
        record = attached(bundle)
    except EvaluationError as error:
        elements.refusal(error)
        return None
    if record is None:
        st.info(HOW_TO)
    return record


def _measured(record: EvaluationRecord) -> None:
    evaluation = record.evaluation
    st.caption(f"Measured on {record.cohort.description}, {record.created_on}.")
    for remark in record.cohort.remarks:
        quiet = (
            record.guards is not None and record.guards.quiet and remark in record.guards.remarks
        )
        (st.caption if quiet else st.warning)(remark)
    _headline(evaluation)
    _figures(record)
    _ranking(evaluation)
    _calibration(evaluation)
    _decisions(evaluation)
    _groups(evaluation)
    _published(record)


def _headline(evaluation: Evaluation) -> None:
    for column, name in zip(st.columns(len(TOP)), TOP, strict=True):
        text, estimate = FIGURE_TEXTS[name], evaluation.everyone.figures[name]
        value, _, interval = range_text(estimate).partition(" (")
        column.metric(text.label, value, help=text.meaning)
        column.caption(f"95%: {interval.rstrip(')')}" if interval else "no interval")


def _figures(record: EvaluationRecord) -> None:
    st.header("All figures", divider="gray")
    method = record.cohort.reference_method.label
    _plot(model_charts.confusion(record.evaluation, CLASS_LABELS, method), "confusion")
    st.markdown(PLOT_TEXTS["confusion"])
    with st.expander("Every figure with its interval", key="every_figure"):
        st.markdown(PLOT_TEXTS["figures"])
        elements.table(rows.FIGURE_HEAD, rows.figure_rows(record.evaluation.everyone))
    with st.expander("Whom it was measured on", key="whom"):
        elements.table(("", " "), rows.cohort_rows(record))
        lost = [(reason, str(count)) for reason, count in record.cohort.rejected.items()]
        if lost:
            elements.table(("photos left out because", "photos"), lost)


def _ranking(evaluation: Evaluation) -> None:
    st.header("Does it rank patients rightly?", divider="gray")
    if evaluation.roc:
        _plot(model_charts.roc(evaluation.roc), "roc")
    else:
        st.info("Everyone measured is of one class, so there is no ROC curve.")
    st.markdown(PLOT_TEXTS["roc"])


def _calibration(evaluation: Evaluation) -> None:
    st.header("Do its percentages hold?", divider="gray")
    curves = {CUT_WORDS[curve.of]: curve for curve in evaluation.reliability}
    first = next(iter(curves))
    chosen = st.segmented_control(
        "Probability of", list(curves), default=first, key="reliability_of"
    )
    _plot(model_charts.reliability(curves[chosen or first]), "reliability")
    st.markdown(PLOT_TEXTS["reliability"])
    with st.expander("Hosmer-Lemeshow, for comparison only", key="hosmer_lemeshow"):
        st.markdown(PLOT_TEXTS["hosmer_lemeshow"])
        elements.table(rows.HOSMER_LEMESHOW_HEAD, rows.hosmer_lemeshow_rows(evaluation))


def _decisions(evaluation: Evaluation) -> None:
    st.header("Is it worth a scan?", divider="gray")
    curves = {CUT_WORDS[curve.cut]: curve for curve in evaluation.decision}
    *_, last = names = list(curves)
    chosen = st.segmented_control("To find", names, default=last, key="decision_of")
    _plot(model_charts.decision(curves[chosen or last]), "decision")
    st.markdown(PLOT_TEXTS["decision"])


def _groups(evaluation: Evaluation) -> None:
    st.header("For whom?", divider="gray")
    name = st.selectbox(
        "Figure",
        list(HEADLINE),
        format_func=lambda figure: FIGURE_TEXTS[figure].label,
        key="group_figure",
    )
    _plot(model_charts.groups(evaluation, name), "groups")
    st.markdown(PLOT_TEXTS["groups"] + " Hollow points are groups too small to judge.")
    for group, why in rows.cautions(evaluation):
        st.caption(f"**{group}.** {why}")
    with st.expander("As a table", key="group_table"):
        elements.table(rows.GROUP_HEAD, rows.group_rows(evaluation))


def _published(record: EvaluationRecord) -> None:
    st.header("Beside the published study", divider="gray")
    elements.table(rows.PUBLISHED_HEAD, rows.published_rows(record))
    st.markdown(CAVEAT)
    st.caption(
        f"The study also gives an ECE of {PUBLISHED_ECE:.3f} and a Brier score of "
        f"{PUBLISHED_BRIER:.3f}, without their bins and convention. Source: {SOURCE}."
    )


def _facts(sections: tuple[facts.Section, ...]) -> None:
    st.header("Model Facts", divider="gray")
    st.caption("The same label can be downloaded as Markdown and JSON below.")
    identity, *others = sections
    _section(st.container(border=True), identity)  # the hash needs the whole width
    for column, half in zip(st.columns(2), (others[::2], others[1::2]), strict=True):
        for section in half:
            _section(column.container(border=True), section)


def _section(place: DeltaGenerator, section: facts.Section) -> None:
    place.subheader(section.title)
    place.markdown("\n".join(f"- **{fact.name}**: {fact.value}" for fact in section.facts))


def _downloads(
    bundle: Bundle, record: EvaluationRecord | None, sections: tuple[facts.Section, ...]
) -> None:
    st.header("Downloads", divider="gray")
    title = f"Model Facts: {bundle.card.name} {bundle.card.version}"
    files: dict[str, tuple[str, Callable[[], str]]] = {
        "Model Facts (Markdown)": ("model-facts.md", lambda: facts.to_markdown(sections, title)),
        "Model Facts (JSON)": ("model-facts.json", lambda: facts.to_json(sections, title)),
        "Model card (card.yaml)": (CARD, lambda: (bundle.root / CARD).read_text("utf-8")),
    }
    if record is not None:
        report = ("evaluation.html", lambda: evaluation_html(record, bundle.card))
        files = {"Evaluation report (HTML)": report} | files
    for column, (label, (name, made)) in zip(st.columns(len(files)), files.items(), strict=True):
        column.download_button(label, made, file_name=name, key=f"get_{name}", on_click="ignore")


def _plot(figure: go.Figure, key: str) -> None:
    st.plotly_chart(figure, config=charts.PLAIN, key=f"model_{key}")
