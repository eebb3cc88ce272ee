"""The Model page: what the loaded model is, how good it is, for whom, and beside what."""

from collections.abc import Callable
from typing import Final

import plotly.graph_objects as go
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from face2bone.bone import CLASS_LABELS
from face2bone.bundle import Bundle
from face2bone.bundle.folder import CARD
from face2bone.dashboard.common import elements, plots, session
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.common.sign_in import page_for
from face2bone.dashboard.model import evidence, model_charts
from face2bone.dashboard.model.evidence import chosen_study, known_figures, own_test
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
    interval_text,
    number,
)
from face2bone.report.model.known_figures import CAVEAT, PUBLISHED_BRIER, PUBLISHED_ECE, SOURCE
from face2bone.roles import Permission
from face2bone.words import template, together

HOW_TO: Final = template(
    "No evaluation is kept beside this bundle, so nothing is said here of how good it is. Measure "
    "it on patients it has not seen with `face2bone evaluate BUNDLE MANIFEST --out DIR --attach` "
    "and open this page again."
)
ALTS: Final = {
    "confusion": template("Counts of patients by the class measured and the class named"),
    "roc": template("Share found against share flagged without the condition, for both cuts"),
    "reliability": template("Stated probability against how often it was so"),
    "decision": template("Net benefit of the model and of referring all or none"),
    "groups": template("One figure for every group of patients, with its interval"),
}
"""What each plot shows, for who cannot see it; the numbers stand in tables beside them."""
HOLLOW: Final = template("Hollow points are groups too small to judge.")
TOP: Final = ("accuracy", "macro_auc", "auc_osteoporosis", "rps")


@page_for(Permission.READ)
def model() -> None:
    """Draw the page; a refused bundle or evaluation is one sentence."""
    st.title(say("The model"))
    try:
        bundle = session.loaded_bundle(str(chosen_study().root))
    except Face2BoneError as error:
        elements.refusal(error)
        return
    elements.banner(bundle.card.status)
    record = _record(bundle)
    sections = facts.model_facts(bundle, record)
    if record is not None:
        _measured(record)
    else:
        own_test(bundle.card)
    known_figures(bundle)
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
        st.info(say(HOW_TO))
    return record


def _measured(record: EvaluationRecord) -> None:
    evaluation = record.evaluation
    st.caption(
        say(
            "Measured on {description}, {created_on}.",
            description=literal(say(record.cohort.description)),
            created_on=str(record.created_on),
        )
    )
    for remark in record.cohort.remarks:
        quiet = (
            record.guards is not None and record.guards.quiet and remark in record.guards.remarks
        )
        (st.caption if quiet else st.warning)(say(remark))
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
        interval = interval_text(estimate)
        column.metric(say(text.label), say(number(estimate.value)), help=say(text.meaning))
        column.caption(f"95%: {say(interval)}" if interval else say("no interval"))


def _figures(record: EvaluationRecord) -> None:
    st.header(say("All figures"))
    method = record.cohort.reference_method.label
    _plot(model_charts.confusion(record.evaluation, CLASS_LABELS, method), "confusion")
    st.markdown(say(PLOT_TEXTS["confusion"]))
    with st.expander(say("Every figure with its interval"), key="every_figure"):
        st.markdown(say(PLOT_TEXTS["figures"]))
        elements.table(rows.FIGURE_HEAD, rows.figure_rows(record.evaluation.everyone))
    with st.expander(say("Whom it was measured on"), key="whom"):
        elements.table(rows.COHORT_HEAD, rows.cohort_rows(record))
        lost = [(reason, str(count)) for reason, count in record.cohort.rejected.items()]
        if lost:
            elements.table((template("photos left out because"), template("photos")), lost)


def _ranking(evaluation: Evaluation) -> None:
    st.header(say("Does it rank patients rightly?"))
    if evaluation.roc:
        _plot(model_charts.roc(evaluation.roc), "roc")
    else:
        st.info(say("Everyone measured is of one class, so there is no ROC curve."))
    st.markdown(say(PLOT_TEXTS["roc"]))


def _calibration(evaluation: Evaluation) -> None:
    st.header(say("Do its percentages hold?"))
    curves = {CUT_WORDS[curve.of]: curve for curve in evaluation.reliability}
    first = next(iter(curves))
    chosen = st.segmented_control(
        say("Probability of"),
        list(curves),
        default=first,
        format_func=speaker(),
        key="reliability_of",
    )
    _plot(model_charts.reliability(curves[chosen or first]), "reliability")
    st.markdown(say(PLOT_TEXTS["reliability"]))
    with st.expander(say("Hosmer-Lemeshow, for comparison only"), key="hosmer_lemeshow"):
        st.markdown(say(PLOT_TEXTS["hosmer_lemeshow"]))
        elements.table(rows.HOSMER_LEMESHOW_HEAD, rows.hosmer_lemeshow_rows(evaluation))


def _decisions(evaluation: Evaluation) -> None:
    st.header(say("Is it worth a scan?"))
    curves = {CUT_WORDS[curve.cut]: curve for curve in evaluation.decision}
    *_, last = names = list(curves)
    chosen = st.segmented_control(
        say("To find"), names, default=last, format_func=speaker(), key="decision_of"
    )
    _plot(model_charts.decision(curves[chosen or last]), "decision")
    st.markdown(say(PLOT_TEXTS["decision"]))


def _groups(evaluation: Evaluation) -> None:
    st.header(say("For whom?"))
    name = st.selectbox(
        say("Figure"),
        list(HEADLINE),
        format_func=speaker(lambda figure: FIGURE_TEXTS[figure].label),
        key="group_figure",
    )
    _plot(model_charts.groups(evaluation, name), "groups")
    st.markdown(say(together((PLOT_TEXTS["groups"], HOLLOW))))
    for group, why in rows.cautions(evaluation):
        st.caption(f"**{say(group)}.** {say(why)}")
    with st.expander(say("As a table"), key="group_table"):
        elements.table(rows.GROUP_HEAD, rows.group_rows(evaluation))


def _published(record: EvaluationRecord) -> None:
    st.header(say("Beside the published study"))
    elements.table(rows.PUBLISHED_HEAD, rows.published_rows(record))
    st.markdown(say(CAVEAT))
    st.caption(
        say(
            "The study also gives an ECE of {published_ece} and a Brier score of "
            "{published_brier}, without their bins and convention. Source: {source}.",
            published_ece=f"{PUBLISHED_ECE:.3f}",
            published_brier=f"{PUBLISHED_BRIER:.3f}",
            source=SOURCE,
        )
    )


def _facts(sections: tuple[facts.Section, ...]) -> None:
    st.header(say("Model Facts"))
    st.caption(say("The same label can be downloaded as Markdown and JSON below."))
    identity, *others = sections
    _section(st.container(border=True), identity)  # the hash needs the whole width
    for column, half in zip(st.columns(2), (others[::2], others[1::2]), strict=True):
        for section in half:
            _section(column.container(border=True), section)


def _section(place: DeltaGenerator, section: facts.Section) -> None:
    place.subheader(say(section.title))
    lines = (f"- **{say(fact.name)}**: {say(fact.value)}" for fact in section.facts)
    place.markdown("\n".join(lines))


def _downloads(
    bundle: Bundle, record: EvaluationRecord | None, sections: tuple[facts.Section, ...]
) -> None:
    st.header(say("Downloads"))
    title = f"Model Facts: {bundle.card.name} {bundle.card.version}"
    files: dict[str, tuple[str, Callable[[], str]]] = {
        template("Model Facts (Markdown)"): (
            "model-facts.md",
            lambda: facts.to_markdown(sections, title),
        ),
        template("Model Facts (JSON)"): (
            "model-facts.json",
            lambda: facts.to_json(sections, title),
        ),
        template("Model card (card.yaml)"): (CARD, lambda: (bundle.root / CARD).read_text("utf-8")),
    }
    if record is not None:
        report = ("evaluation.html", lambda: evaluation_html(record, bundle.card))
        files = {template("Evaluation report (HTML)"): report} | files
    with st.container(horizontal=True):
        for label, (name, made) in files.items():
            st.download_button(
                say(label), made, file_name=name, key=f"get_{name}", on_click="ignore"
            )


def _plot(figure: go.Figure, key: str) -> None:
    plots.plot(figure, f"model_{key}", say(ALTS[key]))
