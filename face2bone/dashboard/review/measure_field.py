"""Height and weight, typed in the visitor's own units and counted in cm and kg.

What was typed last, in whichever unit, is the value. A field of the other unit shows it converted;
only what somebody changes there counts as typed there. Each turn to another unit makes a new
field, under a key with a number in it: what a browser still sends for the former one can never be
read in the wrong unit.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from face2bone.body_units import Measure, Units, Written
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.number_field import MOST_CHARACTERS
from face2bone.errors import NumberRefused

US_UNITS: Final = "us_units"


@dataclass(frozen=True)
class Field:
    """A field as it was last drawn: what it holds, asked in which unit, and which one it is."""

    written: Written
    asked: Measure
    first: str
    number: int = 0


def units() -> Units:
    """The visitor's."""
    return Units.US if st.session_state.get(US_UNITS) else Units.METRIC


def units_switch() -> None:
    """The switch, whose word stands in the address; drawn before any field that goes by it.

    It is off at first whatever the browser's language: "en-US" is what browsers all over the world
    are set to.
    """
    st.toggle(say("Inches and pounds"), key=US_UNITS, bind="query-params", persist_state="session")


def measure_key(name: str) -> str:
    """The key of the field of this name that was drawn last for the patient at hand."""
    review_case = session.review_case()
    field: Field | None = review_case.fields.get(name)
    return review_case.patient_key(f"{name}_{field.number if field else 0}")


def measure_field(
    name: str, measures: Mapping[Units, Measure], given: float | None
) -> float | None:
    """Ask for it; ``given``, in cm or kg, stands in the field at first. Returns cm or kg."""
    field = _turned(_as_typed(name, measures, given), measures[units()])
    session.review_case().fields[name] = field
    with st.container():  # what is said under the field moves nothing that stands after it
        st.text_input(
            say(field.asked.title),
            value=field.first,
            max_chars=MOST_CHARACTERS,
            key=measure_key(name),
            persist_state="session",
        )
        try:
            return field.written.read_in(field.asked)
        except NumberRefused as refusal:
            elements.refusal(refusal)
            return None


def _as_typed(name: str, measures: Mapping[Units, Measure], given: float | None) -> Field:
    """The field as it was drawn, with what was typed into it since."""
    field: Field | None = session.review_case().fields.get(name)
    if field is None:
        metric, text = measures[Units.METRIC], "" if given is None else f"{given:g}"
        field = Field(Written(text, metric), metric, text)
    typed: str | None = st.session_state.get(measure_key(name))
    if typed is None or typed == field.written.shown_in(field.asked):
        return field
    return replace(field, written=Written(typed, field.asked))


def _turned(field: Field, asked: Measure) -> Field:
    """The field in the unit that is asked for now: another one where that is another unit."""
    if asked.unit == field.asked.unit:
        return field
    written = field.written.turned_to(asked)
    return Field(written, asked, written.shown_in(asked), field.number + 1)
