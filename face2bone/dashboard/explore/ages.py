"""Explore, a finished face age evaluation: error, answers against age, women and men."""

from collections.abc import Iterator
from typing import Final

import pandas as pd
import streamlit as st

from face2bone.bundle.years_bundle import Band
from face2bone.dashboard.common import elements, plots
from face2bone.dashboard.common.grid import grid
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.literal import literal
from face2bone.dashboard.explore import ages_charts
from face2bone.dashboard.explore.ages_charts import SEXES, decade
from face2bone.dashboard.explore.browse import NOT_GIVEN, PERSONS
from face2bone.evaluation.bootstrap import Estimate
from face2bone.evaluation.years_record import YearsFigures, YearsRecord, beats_guess
from face2bone.evaluation.years_words import DRAWN, SMALL
from face2bone.report.model.years_files import YearsRead
from face2bone.words import message, template

PSEUDONYMS: Final = template(
    "People under pseudonyms. Nobody's face is kept here. How old a face looks to a network is no "
    "measure of health."
)
BETTER: Final = template(
    "It is better than to say the median age of everybody, which errs by {guess} years."
)
NOT_SHOWN: Final = template(
    "That it is better than to say the median age of everybody was not shown: that errs by {guess} "
    "years."
)
NO_FIT: Final = template(
    "This model has no fit of the age gap, so what is shown is the plain difference. Every network "
    "makes the young look older and the old younger; the difference holds that too."
)
GAP: Final = template(
    "The age gap is what is left of an answer when age and sex have said what they can, by the fit "
    "of the model's own calibration people. An interval that leaves out 0 says that this cohort's "
    "women or men look older or younger to it than those did."
)


def ages(found: YearsRead) -> None:
    """Draw it: whose figures they are first, then figures, plots and the answers themselves."""
    record = found.record
    if record.cohort.drawn:
        st.info(say(DRAWN), icon=":material/draw:")
    else:
        st.warning(say(PSEUDONYMS), icon=":material/shield_person:")
    st.header(say("How well ages are known"))
    _about(record)
    _verdict(record.figures)
    elements.table(
        (template("figure"), template("with 95% interval over people")),
        list(_figures(record.figures)),
    )
    _against_age(found.answers, record.figures)
    _by_age(record.figures)
    _by_sex(record.figures)
    _answers(found.answers)


def _about(record: YearsRecord) -> None:
    bundle, cohort = record.bundle, record.cohort
    st.caption(
        say(
            "{name} {version}. {cohort}: {photos} photos, {rejected} left out. {engine}, "
            "{software}, {day}.",
            name=literal(bundle.name),
            version=bundle.version,
            cohort=literal(say(cohort.description)),
            photos=cohort.photos,
            rejected=sum(cohort.rejected.values()),
            engine=record.engine,
            software=record.software,
            day=str(record.created_on),
        )
    )
    for remark in cohort.remarks:
        st.warning(literal(say(remark)))


def _verdict(found: YearsFigures) -> None:
    guess = f"{found.guess_mae:.1f}"
    if beats_guess(found.mae, found.guess_mae):
        st.success(say(BETTER, guess=guess), icon=":material/check:")
    else:
        st.warning(say(NOT_SHOWN, guess=guess), icon=":material/warning:")


def _figures(found: YearsFigures) -> Iterator[tuple[str, str]]:
    yield template("mean absolute error, years"), _shown(found.mae)
    yield template("mean of answer minus age, years"), _shown(found.bias, "+.1f")
    yield template("answers rise by, years a year of age"), _shown(found.slope, ".2f")
    if found.coverage is not None and found.level is not None:
        level = f"{found.level:.0%}"
        yield (
            message("{level} interval holds the age of", level=level),
            _shown(found.coverage, ".0%"),
        )
        yield template("interval's mean width, years"), f"{found.width:.1f}"
    if found.out_of_domain is not None:
        yield template("photos unlike those of calibration"), str(found.out_of_domain)


def _against_age(answers: pd.DataFrame, found: YearsFigures) -> None:
    st.subheader(say("Answer against age"))
    plots.plot(
        ages_charts.against_age(answers),
        "ages_against",
        say(
            "What was answered of {photos} photos over the age; the table below has the numbers",
            photos=len(answers),
        ),
    )
    some = len(ages_charts.with_interval(answers))
    if found.coverage is None:
        st.caption(say("Lines: the network's own spread; without calibration it promises nothing."))
    else:
        st.caption(say("Lines: the calibrated interval of each answer."))
    if some < len(answers):
        st.caption(
            say("Drawn for {some} of {all} photos, evenly by age.", some=some, all=len(answers))
        )


def _by_age(found: YearsFigures) -> None:
    st.subheader(say("Error by age"))
    plots.plot(
        ages_charts.by_age(found.bands),
        "ages_bands",
        say("Mean absolute error and bias of every decade of age; the table has the numbers"),
    )
    elements.table(
        (
            template("age"),
            template("photos"),
            template("mean absolute error, years"),
            template("too old by, years"),
            template("interval holds"),
        ),
        [_band(band) for band in found.bands],
    )
    if any(band.people < SMALL for band in found.bands):
        st.caption(
            say("Hatched and *: fewer than {few} photos; the figure moves by chance.", few=SMALL)
        )


def _band(band: Band) -> tuple[str, ...]:
    return (
        decade(band),
        f"{band.people}{'*' if band.people < SMALL else ''}",
        f"{band.mae:.1f}",
        _minus(f"{band.bias:+.1f}"),
        NOT_GIVEN if band.coverage is None else f"{band.coverage:.0%}",
    )


def _by_sex(found: YearsFigures) -> None:
    is_gap = all(one.gap is not None for one in found.sexes)
    st.subheader(say("Women and men"))
    plots.plot(
        ages_charts.by_sex(found.sexes, is_gap),
        "ages_sexes",
        say("Mean of women and of men with its interval; the table has the numbers"),
    )
    st.caption(say(GAP if is_gap else NO_FIT))
    elements.table(
        (
            template("sex"),
            template("photos"),
            template("people"),
            template("mean absolute error, years"),
            template("mean of answer minus age, years"),
            template("mean age gap, years"),
        ),
        [
            (
                SEXES[one.sex],
                str(one.photos),
                str(one.people),
                _shown(one.mae),
                _shown(one.bias, "+.1f"),
                NOT_GIVEN if one.gap is None else _shown(one.gap, "+.1f"),
            )
            for one in found.sexes
        ],
    )


def _answers(answers: pd.DataFrame) -> None:
    st.subheader(say("Every photo"))
    grid(elements.said(display(answers), ("pseudonym",)), "ages_answers")


def display(answers: pd.DataFrame) -> pd.DataFrame:
    """The answers as they are read: words instead of codes, no path of a photo."""
    columns = {
        template("pseudonym"): answers["patient_id"],
        template("sex"): answers["sex"].map(PERSONS),
        template("age"): answers["age_years"].round(1),
        template("answer"): answers["years"].round(1),
        template("from"): answers["low"].round(1),
        template("to"): answers["high"].round(1),
        template("age gap"): [_number(value) for value in answers["gap"]],
        template("unlike training"): answers["out_of_domain"].map(
            {1.0: template("yes"), 0.0: template("no")}
        ),
    }
    return pd.DataFrame(columns).fillna(NOT_GIVEN)


def _number(value: float) -> str:
    """As text: Streamlit writes None where a number is not given."""
    return NOT_GIVEN if pd.isna(value) else _minus(f"{value:+.1f}")


def _shown(figure: Estimate, form: str = ".1f") -> str:
    """A figure with its interval."""
    if figure.value is None:
        return NOT_GIVEN
    value = _minus(f"{figure.value:{form}}")
    if figure.low is None or figure.high is None:
        return value
    ends = {"low": _minus(f"{figure.low:{form}}"), "high": _minus(f"{figure.high:{form}}")}
    return message("{value} ({low} to {high})", value=value, **ends)


def _minus(said: str) -> str:
    return said.replace("-", "−")
