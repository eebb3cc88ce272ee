"""The referral's promises on 10,000 random patients under every guideline.

Patients are drawn from a seed: every age, sex, tick, red flag and finer answer, with and
without a FRAX result and a face. Draws whose answers contradict each other are refused by
``Patient`` and drawn again, as the form would ask for them again.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from face2bone.bone import BoneClass
from face2bone.choices import GuidelineId
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import GUIDELINES, load_guideline
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.pathway import Urgency
from face2bone.clinical.referral import Referral, suggest
from face2bone.clinical.score import Score
from face2bone.errors import PatientError
from face2bone.history import (
    Alcohol,
    Condition,
    Ethnicity,
    Fracture,
    FractureSite,
    History,
    Oestrogen,
    ParentHipFracture,
    Prescription,
    SiteScores,
    Smoking,
)
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex
from face2bone.runtime import OodVerdict, Prediction

pytestmark = pytest.mark.long

PATIENTS = 10_000
SEED = 20260
Rng = np.random.Generator
Case = tuple[Patient, FraxResult | None, Prediction | None]


def one_of(rng: Rng, kind: Any, answered: float = 0.4) -> Any:
    """A member of an enumeration, or None for a question left open."""
    members = list(kind)
    return members[rng.integers(len(members))] if rng.random() < answered else None


def some_of(rng: Rng, kind: Any, share: float) -> frozenset[Any]:
    return frozenset(member for member in kind if rng.random() < share)


def a_history(rng: Rng, age: float) -> History:
    ages = rng.uniform(18.0, max(age, 18.0), size=rng.integers(0, 3))
    sites = list(FractureSite)
    listed = tuple(Fracture(sites[rng.integers(len(sites))], float(a)) for a in ages)
    t = [float(x) if rng.random() < 0.2 else None for x in rng.normal(-1.2, 1.2, size=3)]
    return History(
        ethnicity=one_of(rng, Ethnicity),
        smoking=one_of(rng, Smoking, 0.2),
        alcohol=one_of(rng, Alcohol, 0.2),
        oestrogen=one_of(rng, Oestrogen),
        hormones_six_months=one_of(rng, (True, False)),
        fractures=listed if rng.random() < 0.1 else None,
        parent_hip_fracture=one_of(rng, ParentHipFracture, 0.2),
        conditions=some_of(rng, Condition, 0.1) if rng.random() < 0.4 else None,
        prescriptions=some_of(rng, Prescription, 0.2) if rng.random() < 0.4 else None,
        care_home=one_of(rng, (True, False)),
        rises_with_arms=one_of(rng, (True, False)),
        t_scores=SiteScores(*t),
    )


def a_patient(rng: Rng) -> Patient:
    age = float(rng.choice([rng.uniform(18, 105), rng.integers(38, 92)]))
    return Patient(
        age_years=age,
        sex=list(Sex)[rng.integers(2)],
        height_cm=float(rng.uniform(140, 200)),
        weight_kg=float(rng.uniform(35, 130)),
        menopause=list(Menopause)[rng.integers(3)],
        red_flags=some_of(rng, RedFlag, 0.04),
        risk_factors=some_of(rng, RiskFactor, 0.06),
        history=a_history(rng, age),
    )


def a_frax_result(rng: Rng) -> FraxResult | None:
    if rng.random() < 0.5:
        return None
    major = float(rng.choice([rng.uniform(0, 60), rng.uniform(0, 12)]))
    return FraxResult(major, major * float(rng.uniform(0, 0.6)), bool(rng.random() < 0.5))


def a_prediction(rng: Rng) -> Prediction | None:
    if rng.random() < 0.2:
        return None
    p = rng.dirichlet((1.0, 1.0, 1.0))
    abstains = rng.random() < 0.2
    chosen = tuple(BoneClass) if abstains else (BoneClass(int(p.argmax())),)
    outside = bool(rng.random() < 0.15)
    return Prediction(
        p, chosen, OodVerdict(9.0 if outside else 1.0, 5.0, outside), np.log(p), "torch cpu f32"
    )


def cases(rng: Rng) -> Iterator[Case]:
    while True:
        try:
            yield a_patient(rng), a_frax_result(rng), a_prediction(rng)
        except PatientError:
            continue


@pytest.fixture(scope="module", params=GUIDELINES)
def guideline(request: pytest.FixtureRequest) -> GuidelineId:
    chosen: GuidelineId = request.param
    return chosen


@pytest.fixture(scope="module")
def drawn(guideline: GuidelineId) -> list[Case]:
    rng = np.random.default_rng([SEED, GUIDELINES.index(guideline)])
    return list(islice(cases(rng), PATIENTS))


def refer(
    case: Case,
    guideline: GuidelineId,
    status: str = "research",
    scores: tuple[Score, ...] | None = None,
) -> Referral:
    """The suggestion; ``scores`` spares computing the same patient's again."""
    patient, frax, prediction = case
    known = published_scores(patient) if scores is None else scores
    return suggest(patient, known, frax, prediction, load_guideline(guideline), status, "photo")


def with_risk(patient: Patient, risk: RiskFactor | RedFlag) -> Patient | None:
    """The patient with one more risk; None where a finer answer denies it."""
    try:
        if isinstance(risk, RedFlag):
            return replace(patient, red_flags=patient.red_flags | {risk})
        return replace(patient, risk_factors=patient.risk_factors | {risk})
    except PatientError:
        return None


def demanded(flags: frozenset[RedFlag]) -> Urgency:
    """What the red flags alone demand."""
    if flags - {RedFlag.HIP_FRACTURE_EARLIER}:
        return Urgency.URGENT
    return Urgency.SPECIALIST if flags else Urgency.ROUTINE


def test_the_promises_hold(drawn: list[Case], guideline: GuidelineId) -> None:
    """One pass for all promises that concern one patient at a time."""
    seen: set[Urgency] = set()
    for case in drawn:
        patient, frax, _ = case
        scores = published_scores(patient)
        result = refer(case, guideline, scores=scores)
        faceless = refer((patient, frax, None), guideline, scores=scores)
        seen.add(result.urgency)
        # The face never removes a referral, and the side without it is the truth without it.
        assert result.urgency >= result.urgency_without_picture
        assert result.urgency_without_picture is faceless.urgency
        assert result.actions_without_picture == faceless.actions
        assert (result.urgency > faceless.urgency) == ("raised" in result.picture_effect)
        # A demo bundle never changes one.
        demo = refer(case, guideline, "demo", scores)
        assert (demo.urgency, demo.actions) == (faceless.urgency, faceless.actions)
        # Every output carries a reason with its source and version, and something to do.
        assert result.reasons
        assert all(r.text and r.source and r.version for r in result.reasons)
        assert result.actions
        assert result.urgency is max(r.urgency for r in result.reasons)
        # Missing answers never make it less cautious than a red flag demands.
        bare = replace(patient, history=History(), risk_factors=frozenset())
        assert refer((bare, None, None), guideline).urgency >= demanded(patient.red_flags)
        assert result.urgency >= demanded(patient.red_flags)
    assert seen >= {Urgency.ROUTINE, Urgency.DXA, Urgency.SPECIALIST, Urgency.URGENT}


def test_adding_a_risk_never_lowers_urgency(drawn: list[Case], guideline: GuidelineId) -> None:
    """One risk more for every patient, each of the sixteen in turn."""
    risks = [*RiskFactor, *RedFlag]
    compared = 0
    for i, (patient, frax, prediction) in enumerate(drawn):
        worse = with_risk(patient, risks[i % len(risks)])
        if worse is not None:
            before = refer((patient, frax, prediction), guideline).urgency
            assert refer((worse, frax, prediction), guideline).urgency >= before
            compared += 1
    assert compared > 0.8 * PATIENTS


def test_what_would_change_it_does(drawn: list[Case], guideline: GuidelineId) -> None:
    """A sample, as each asks some forty further questions: no change named is the urgency now."""
    for case in drawn[:: PATIENTS // 100]:
        result = refer(case, guideline)
        for change in result.changes:
            assert change.urgency is not result.urgency
            assert change.raises == (change.urgency > result.urgency)
            assert change.kind not in ("red flag", "risk factor") or change.raises
