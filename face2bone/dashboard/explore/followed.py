"""Explore, a finished survival study: curves, ratios and tests of a cohort, and of nobody alone.

Reads what ``face2bone survival`` wrote and computes nothing; tests/survival/test_cohort_only.py
holds which modules it may reach.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import streamlit as st

from face2bone.dashboard.common import elements
from face2bone.dashboard.common.language import say, speaker
from face2bone.dashboard.common.literal import literal
from face2bone.drawing.survival_curves import survival_curves
from face2bone.evaluation.survival import tables, words
from face2bone.evaluation.survival.clinical import in_words
from face2bone.evaluation.survival.record import SurvivalRecord
from face2bone.evaluation.survival.study import ScoreFindings, few_events
from face2bone.evaluation.survival.tables import Table
from face2bone.report.model.survival_files import CURVES, read_survival
from face2bone.words import AsTyped, template

DRAWN: Final = template(
    "These patients are drawn: nobody here exists, and how long they were followed was made up. "
    "Nothing here says how people fare."
)

BANDS: Final = template(
    "Bands: 95% limits of the lowest and the highest quarter. Below: how many were at risk."
)


def followed(folder: Path) -> str | None:
    """Draw it; returns the status of the bundle whose features were read, None for a column."""
    record = read_survival(folder)
    bundle = record.source.bundle
    if bundle is not None:
        elements.status(bundle.status)
    if record.cohort.drawn:
        st.info(say(DRAWN), icon=":material/draw:")
    st.warning(say(words.COHORT_ONLY), icon=":material/groups:")
    st.header(say("Survival of a cohort and the face"))
    st.caption(literal(say(record.of_what)))
    _cohort(record)
    score = _score(record)
    rest = in_words(tuple(record.study.without_score))
    st.subheader(say("What the {name} says", name=score.name))
    st.markdown(literal(say(words.verdict_of(score, rest))))
    _quarters(score, rest)
    _ratios(score, rest)
    _right(score, rest)
    return None if bundle is None else bundle.status


def _cohort(record: SurvivalRecord) -> None:
    study = record.study
    st.subheader(say("Whom it is of"))
    st.markdown(literal(say(words.summary(study.cohort))))
    few = few_events(study.cohort.events)
    for remark in study.remarks:
        st.warning(literal(say(few if remark == few else remark)))
    _table(tables.without_score(study.without_score))


def _score(record: SurvivalRecord) -> ScoreFindings:
    """The score to look at, of several; a column is called as its owner calls it."""
    typed = bool(record.source.column)
    found = [
        replace(score, name=AsTyped(score.name) if typed else score.name)
        for score in record.study.scores
    ]
    if len(found) == 1:
        return found[0]
    place: int = st.selectbox(
        say("Score"),
        range(len(found)),
        format_func=speaker(lambda i: found[i].name),
        key="explore_score",
    )
    return found[place]


def _quarters(score: ScoreFindings, rest: str) -> None:
    st.subheader(say("Quarters, freed of {rest}", rest=rest))
    curves, beside = st.columns(2, gap="large")
    with curves:
        title = say(CURVES, name=score.name)
        elements.drawing(survival_curves(score.quartiles, title, say))
        st.caption(say(BANDS))
    with beside:
        against = tables.against_lowest(score, rest)
        if against.rows:
            _table(against)
        else:
            st.info(say(words.NO_RATIO))
        st.markdown(literal(say(words.log_rank(score))))
    _table(tables.at_risk(score))


def _ratios(score: ScoreFindings, rest: str) -> None:
    st.subheader(say("Hazard ratios"))
    _table(tables.ratios(score, rest))
    st.info(say(words.DILUTED), icon=":material/opacity:")
    st.subheader(say("Are the hazards proportional?"))
    _table(tables.proportional(score))
    st.markdown(say(words.proportional(score)))


def _right(score: ScoreFindings, rest: str) -> None:
    st.subheader(say("Who has the event first (concordance)"))
    _table(tables.concordance(score, rest))
    st.caption(say(words.out_of_fold(score)))
    with st.expander(say("Predicted and observed"), key="explore_observed"):
        _table(tables.calibration(score))
        _table(tables.brier(score, rest))


def _table(table: Table) -> None:
    elements.table(table.head, table.rows)
