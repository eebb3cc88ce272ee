"""The published scores: values first, then what is missing or does not apply."""

from typing import Final

import streamlit as st

from face2bone.clinical.dxa import nogg_spine_hip
from face2bone.clinical.rules_without_image import Scores
from face2bone.clinical.score import Instrument, Score
from face2bone.clinical.source import unmarked
from face2bone.dashboard.common import elements
from face2bone.dashboard.common.language import say
from face2bone.dashboard.review.answers import Answers
from face2bone.words import message, template

ASKED: Final = {
    Instrument.FRACTURE_INDEX_BMD: template("treatment review")
}  # every other cut-off: DXA


def scores_table(answers: Answers, published: Scores) -> None:
    """Scores with a value, their disclaimers beside them, and the others on request.

    ``published`` are those that the suggestion rests on.
    """
    scores = _scores(answers, published)
    valued = [score for score in scores if score.value is not None]
    others = [score for score in scores if score.value is None]
    st.markdown(say("**Published scores**, computed from the details and answers"))
    _table(valued)
    for disclaimer in dict.fromkeys(score.disclaimer for score in valued if score.disclaimer):
        st.caption(say(disclaimer))
    waiting = [score for score in others if score.missing and not score.not_applicable]
    if waiting:
        needs = tuple(
            message("{score} (needs: {answers})", score=one.title, answers=tuple(one.missing))
            for one in waiting
        )
        st.caption(say("Left out until answered: {needs}.", needs=needs))
    missing = say("{count} scores without a value, and why", count=len(others))
    elements.folded(missing, "other_scores", lambda: _table(others))
    origin = say("Who each score is for, and where it comes from")
    elements.folded(origin, "score_sources", lambda: _sources(scores))


def _sources(scores: Scores) -> None:
    for score in scores:
        note = f" {say(score.note)}" if score.note else ""
        st.markdown(
            say(
                "- **{title}**: for {population}.{note}",
                title=score.title,
                population=score.population,
                note=note,
            )
        )
        st.caption(
            say(
                "{source}. Instruments {version}.",
                source=unmarked(score.source.citation),
                version=score.version,
            )
        )


def _suggests(score: Score) -> str:
    """What a score's own cut-off asks for; whether it counts, the reasons say."""
    if score.refers is None:
        return "—"
    what = ASKED.get(score.instrument, "DXA")
    if score.refers:
        return message("suggests {what}", what=what)
    return message("does not suggest {what}", what=what)


def _scores(answers: Answers, published: Scores) -> Scores:
    """Every instrument, and NOGG's adjustment of a FRAX result where one was entered."""
    if answers.frax is None:
        return published
    return (*published, nogg_spine_hip(answers.patient, answers.frax.major_percent))


def _table(scores: list[Score]) -> None:
    if not scores:
        st.caption(say("None."))
        return
    elements.table(
        (
            template("Score"),
            template("Result"),
            template("Cut-off"),
            template("By itself"),
            template("Counted as no"),
        ),
        [
            (
                score.title,
                score.words,
                score.cutoff or "—",
                _suggests(score),
                say("{shares}", shares=tuple(score.missing)) if score.value is not None else "",
            )
            for score in scores
        ],
    )
