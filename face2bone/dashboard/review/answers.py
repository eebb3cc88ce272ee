"""What was answered, read from the session before the questions are drawn.

The widgets keep their values in the session, drawn or not, under the names given here, made into
keys for the patient at hand, so that result and suggestion can already use an answer given further
down. Answers that contradict each other, and numbers that cannot be used, are refused in a
sentence each; meanwhile there is no suggestion, because one without them could be less cautious.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import streamlit as st

from face2bone.bone import SITE_WORDS
from face2bone.choices import GuidelineId
from face2bone.clinical.frax import PERCENT_RANGE, FraxResult
from face2bone.dashboard.common import session
from face2bone.dashboard.review.measure_field import measure_key
from face2bone.errors import Face2BoneError, NumberRefused, PatientError
from face2bone.history import (
    BONE_SCORE_RANGE,
    FRACTURE_AGE_RANGE,
    Fracture,
    History,
    SiteScores,
)
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex
from face2bone.settings import get_settings
from face2bone.typed import Quantity
from face2bone.words import message, template

FLAG, FACTOR, HISTORY, FRAX = "flag_", "factor_", "history_", "frax_"
T_SCORE, Z_SCORE = "t_score_", "z_score_"
GUIDELINE: Final = "guideline"
SITES: Final = ("lumbar_spine", "femoral_neck", "total_hip")
MENOPAUSE_WORDS: Final = {
    # First: what the list shows until it is answered. In full: a "?" is one more stop for Tab.
    Menopause.UNKNOWN: template("Unknown (after, from age 50)"),
    Menopause.PRE: template("Before menopause"),
    Menopause.POST: template("After menopause"),
}
NONE_OF_THEM, SOME = "none", "some"
PLAIN_FIELDS: Final = (
    "ethnicity",
    "smoking",
    "alcohol",
    "parent_hip_fracture",
    "parent_osteoporosis",
    "care_home",
    "rises_with_arms",
)
WOMENS_FIELDS: Final = ("oestrogen", "hormones_six_months")

PSEUDONYM: Final = "pseudonym"
MEASURED, OTHER_DETAILS = ("height", "weight"), ("age", "sex", PSEUDONYM)

FRAX_FIELDS: Final = {
    f"{FRAX}major": Quantity(template("Major fracture, 10 years"), *PERCENT_RANGE, "%"),
    f"{FRAX}hip": Quantity(template("Hip fracture, 10 years"), *PERCENT_RANGE, "%"),
}

T = TypeVar("T")


@dataclass(frozen=True)
class Answers:
    """The patient with every answer given so far, and what was refused."""

    patient: Patient
    frax: FraxResult | None
    guideline: GuidelineId
    refusals: tuple[Face2BoneError, ...]


def fracture_age(index: int) -> Quantity:
    """What is asked of the age at a listed fracture."""
    return Quantity(
        message("Age at fracture {number}", number=index + 1), *FRACTURE_AGE_RANGE, "years"
    )


def bone_score(prefix: str, site: str) -> Quantity:
    """What is asked of a T-score or Z-score already measured."""
    asked = template("T-score, {site}") if prefix == T_SCORE else template("Z-score, {site}")
    return Quantity(message(asked, site=SITE_WORDS[site]), *BONE_SCORE_RANGE)


def answer_key(name: str) -> str:
    """The key of the widget of this name, for the patient at hand."""
    return session.review_case().answer_key(name)


def anything_typed() -> bool:
    """Whether a detail or an answer of the patient at hand was typed, ticked or chosen."""
    review_case = session.review_case()
    keys = {review_case.patient_key(name) for name in OTHER_DETAILS} | review_case.answer_keys
    keys |= {measure_key(name) for name in MEASURED}
    return any(st.session_state.get(key) not in (None, False, "", []) for key in keys)


def read_answers(patient: Patient) -> Answers:
    """The answers so far, for the patient with these details."""
    refusals: list[Face2BoneError] = []
    ticked = replace(patient, red_flags=_ticked(RedFlag, FLAG))
    ticked = replace(ticked, risk_factors=_ticked(RiskFactor, FACTOR))
    history = _tried(lambda: _history(patient), refusals) or History()
    told = _tried(lambda: replace(ticked, history=history), refusals) or ticked
    return Answers(told, _tried(_frax, refusals), chosen_guideline(), tuple(refusals))


def chosen_guideline() -> GuidelineId:
    """The guideline chosen on the page, else the site's."""
    chosen: GuidelineId | None = st.session_state.get(GUIDELINE)
    return chosen or get_settings().guideline


def _answer(name: str) -> Any:
    return st.session_state.get(answer_key(name))


def _number(quantity: Quantity, name: str) -> float | None:
    return quantity.read(_answer(name))


def _tried(read: Callable[[], T], refusals: list[Face2BoneError]) -> T | None:
    try:
        return read()
    except (PatientError, NumberRefused) as error:
        refusals.append(error)
        return None


def _ticked(kind: Any, prefix: str) -> frozenset[Any]:
    return frozenset(m for m in kind if _answer(f"{prefix}{m.value}"))


def _history(patient: Patient) -> History:
    asked = PLAIN_FIELDS + (WOMENS_FIELDS if patient.sex is Sex.FEMALE else ())
    plain = {name: _answer(f"{HISTORY}{name}") for name in asked}
    return History(
        **plain,
        fractures=_fractures(),
        conditions=_some_of("conditions"),
        prescriptions=_some_of("prescriptions"),
        t_scores=_site_scores(T_SCORE),
        z_scores=_site_scores(Z_SCORE),
    )


def _some_of(name: str) -> frozenset[Any] | None:
    """A list that counts as answered when it is said to be empty or holds something."""
    answer = _answer(f"{HISTORY}{name}_any")
    if answer == NONE_OF_THEM:
        return frozenset()
    listed = _answer(f"{HISTORY}{name}")
    return frozenset(listed) if answer == SOME and listed else None


def _fractures() -> tuple[Fracture, ...] | None:
    """The listed fractures; a list with a blank in it is not yet an answer."""
    answer = _answer(f"{HISTORY}fractures_any")
    if answer == NONE_OF_THEM:
        return ()
    if answer != SOME:
        return None
    rows = list(_fracture_rows())
    if not rows or any(site is None or age is None for site, age in rows):
        return None
    return tuple(Fracture(site, age) for site, age in rows)


def _fracture_rows() -> Iterator[tuple[Any, Any]]:
    for i in range(int(_answer(f"{HISTORY}fractures_count") or 0)):
        yield (
            _answer(f"{HISTORY}fracture_{i}_site"),
            _number(fracture_age(i), f"{HISTORY}fracture_{i}_age"),
        )


def _site_scores(prefix: str) -> SiteScores:
    return SiteScores(
        **{site: _number(bone_score(prefix, site), f"{prefix}{site}") for site in SITES}
    )


def _frax() -> FraxResult | None:
    major, hip = (_number(quantity, name) for name, quantity in FRAX_FIELDS.items())
    if major is None or hip is None:
        return None
    return FraxResult(major, hip, bool(_answer(f"{FRAX}bmd")))
