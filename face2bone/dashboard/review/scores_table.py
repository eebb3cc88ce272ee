"""The published scores: values first, then what is missing or does not apply."""

from typing import Final

import streamlit as st

from face2bone.clinical.dxa import nogg_spine_hip
from face2bone.clinical.rules_without_image import Scores
from face2bone.clinical.score import Instrument, Score
from face2bone.clinical.source import unmarked
from face2bone.dashboard.common import elements
from face2bone.dashboard.review.answers import Answers

ASKED: Final = {Instrument.FRACTURE_INDEX_BMD: "treatment review"}  # every other cut-off: DXA


def scores_table(answers: Answers, published: Scores) -> None:
    """Scores with a value, their disclaimers beside them, and the others on request.

    ``published`` are those that the suggestion rests on.
    """
    scores = _scores(answers, published)
    valued = [score for score in scores if score.value is not None]
    others = [score for score in scores if score.value is None]
    st.markdown("**Published scores**, computed from the details and answers")
    _table(valued)
    for disclaimer in dict.fromkeys(score.disclaimer for score in valued if score.disclaimer):
        st.caption(disclaimer)
    waiting = [score for score in others if score.missing and not score.not_applicable]
    if waiting:
        needs = [f"{score.title} (needs: {', '.join(score.missing)})" for score in waiting]
        st.caption(f"Left out until answered: {'; '.join(needs)}.")
    missing = f"{len(others)} scores without a value, and why"
    elements.folded(missing, "other_scores", lambda: _table(others))
    origin = "Who each score is for, and where it comes from"
    elements.folded(origin, "score_sources", lambda: _sources(scores))


def _sources(scores: Scores) -> None:
    for score in scores:
        note = f" {score.note}" if score.note else ""
        st.markdown(f"- **{score.title}**: for {score.population}.{note}")
        st.caption(f"{unmarked(score.source.citation)}. Instruments {score.version}.")


def _suggests(score: Score) -> str:
    """What a score's own cut-off asks for; whether it counts, the reasons say."""
    if score.refers is None:
        return "—"
    verb = "suggests" if score.refers else "does not suggest"
    return f"{verb} {ASKED.get(score.instrument, 'DXA')}"


def _scores(answers: Answers, published: Scores) -> Scores:
    """Every instrument, and NOGG's adjustment of a FRAX result where one was entered."""
    if answers.frax is None:
        return published
    return (*published, nogg_spine_hip(answers.patient, answers.frax.major_percent))


def _table(scores: list[Score]) -> None:
    if not scores:
        st.caption("None.")
        return
    elements.table(
        ("Score", "Result", "Cut-off", "By itself", "Counted as no"),
        [
            (
                score.title,
                score.words,
                score.cutoff or "—",
                _suggests(score),
                ", ".join(score.missing) if score.value is not None else "",
            )
            for score in scores
        ],
    )
