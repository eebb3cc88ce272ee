"""Write docs/clinic/worked-patients.md: eight patients from typed answers to a suggestion.

Everything on the page but the eight descriptions is what the program answers today;
tests/test_worked_patients.py fails when the page has drifted from it.
Run: python tools/worked_patients.py > docs/clinic/worked-patients.md
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.choices import GuidelineId
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import load_guideline
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.questions import load_questions
from face2bone.clinical.referral import Referral, suggest
from face2bone.clinical.score import Score
from face2bone.history import History, Oestrogen
from face2bone.patient import Menopause, Patient, RedFlag, RiskFactor, Sex
from face2bone.runtime import OodVerdict, Prediction

INTRODUCTION: Final = """# Eight worked patients

From what is typed in to the suggestion, with every reason. None of them is a person. The page is
written by `tools/worked_patients.py` from what the program answers, and a test fails when the two
differ.

**The face results are given by hand** to show what a face may and may not do; no model produced
them. They stand for a bundle whose status is *research*. Under the demo bundle that ships, every
suggestion below is the one *without the face*. How the rules work:
[The referral suggestion](referral.md). How the scores are computed:
[Published instruments](instruments.md).
"""


@dataclass(frozen=True)
class Worked:
    """One patient, the face result given, and what the example is for."""

    title: str
    lesson: str
    patient: Patient
    face: tuple[float, float, float] | None
    guideline: GuidelineId = "iscd"
    frax: FraxResult | None = None


NORMAL, OSTEOPOROSIS = (0.80, 0.15, 0.05), (0.10, 0.35, 0.55)

PATIENTS: Final = (
    Worked(
        "Woman, 66, face normal",
        "Age alone leads to DXA; a reassuring face takes nothing away.",
        Patient(66, Sex.FEMALE, 160, 80),
        NORMAL,
    ),
    Worked(
        "Man, 55, face osteoporosis",
        "Nothing typed in asks for DXA; the face adds it, and DXA confirms before anything else.",
        Patient(55, Sex.MALE, 175, 80),
        OSTEOPOROSIS,
    ),
    Worked(
        "Woman, 58, light, face normal",
        "OST suggests DXA. The answer on oestrogen lets ORAI be computed too.",
        Patient(58, Sex.FEMALE, 160, 65, history=History(oestrogen=Oestrogen.NEVER)),
        NORMAL,
    ),
    Worked(
        "Woman, 60, vertebral fracture last year, face normal",
        "A red flag comes before any photo.",
        Patient(
            60,
            Sex.FEMALE,
            160,
            75,
            red_flags=frozenset({RedFlag.VERTEBRAL_FRACTURE_RECENT}),
        ),
        NORMAL,
    ),
    Worked(
        "Man, 45, face osteoporosis",
        "T-score classes are not defined for men under 50: no class is shown, and the face adds "
        "nothing.",
        Patient(45, Sex.MALE, 175, 80),
        OSTEOPOROSIS,
    ),
    Worked(
        "Woman, 52, nothing found, face normal",
        "Routine: education by the guideline, and what would change it.",
        Patient(52, Sex.FEMALE, 160, 72),
        NORMAL,
    ),
    Worked(
        "Woman, 70, no photo, China",
        "Everything works without a photo. The site follows the Chinese guideline; she smokes.",
        Patient(
            70,
            Sex.FEMALE,
            155,
            50,
            Menopause.POST,
            risk_factors=frozenset({RiskFactor.SMOKER}),
        ),
        None,
        "china",
    ),
    Worked(
        "Woman, 62, FRAX 15 % and 2.9 %, NOGG",
        "The clinician's own FRAX result is read by the bands of the site's guideline.",
        Patient(62, Sex.FEMALE, 160, 80),
        NORMAL,
        "nogg",
        FraxResult(15.0, 2.9, with_bmd=False),
    ),
)


def page() -> str:
    """The whole document."""
    blocks = [INTRODUCTION]
    for number, worked in enumerate(PATIENTS, start=1):
        blocks.append("\n".join(_section(number, worked)) + "\n")
    return "\n".join(blocks)


def _section(number: int, worked: Worked) -> Iterator[str]:
    scores = published_scores(worked.patient)
    guideline = load_guideline(worked.guideline)
    face = _prediction(worked.face)
    referral = suggest(worked.patient, scores, worked.frax, face, guideline, "research", "photo")
    yield f"## {number}. {worked.title}"
    yield ""
    yield worked.lesson
    yield ""
    yield from _typed(worked, referral)
    yield ""
    yield from _scores(scores)
    yield ""
    yield f"**Suggestion: {referral.urgency.label}**"
    yield ""
    yield from (f"- {action}" for action in referral.actions)
    yield ""
    yield from _reasons(referral)
    yield ""
    yield from _sides(referral)
    yield ""
    yield from _changes(referral)


def _prediction(face: tuple[float, float, float] | None) -> Prediction | None:
    if face is None:
        return None
    p = np.array(face)
    domain = OodVerdict(distance=1.0, threshold=5.0, is_outside=False)
    return Prediction(p, (BoneClass(int(p.argmax())),), domain, np.log(p), "torch cpu f32")


def _typed(worked: Worked, referral: Referral) -> Iterator[str]:
    patient = worked.patient
    who = "woman" if patient.sex is Sex.FEMALE else "man"
    asked = load_questions()
    flags = ", ".join(asked.red_flags[f].words for f in patient.red_flags) or "none"
    factors = ", ".join(asked.risk_factors[f].words for f in patient.risk_factors) or "none"
    body = f"{patient.age_years:g} years, {patient.height_cm:g} cm, {patient.weight_kg:g} kg"
    yield f"- Typed in: {who}, {body}; red flags: {flags}; risk factors: {factors}"
    yield f"- FRAX result entered: {worked.frax.words if worked.frax else 'none'}"
    yield f"- Guideline: {referral.guideline_title}"
    yield f"- Face (given by hand): {_face_words(worked.face)}"


def _face_words(face: tuple[float, float, float] | None) -> str:
    if face is None:
        return "no photo"
    return ", ".join(f"{name} {p:.0%}" for name, p in zip(CLASS_LABELS, face, strict=True))


def _scores(scores: tuple[Score, ...]) -> Iterator[str]:
    yield "| score | result | by itself suggests DXA |"
    yield "|---|---|---|"
    for score in scores:
        if score.value is not None:
            past = {True: "yes", False: "no", None: "no cut-off"}[score.refers]
            yield f"| {score.title} | {score.words} | {past} |"
    for disclaimer in dict.fromkeys(s.disclaimer for s in scores if s.value is not None):
        if disclaimer:
            yield ""
            yield f"*{' '.join(disclaimer.split())}*"


def _reasons(referral: Referral) -> Iterator[str]:
    yield "Reasons:"
    yield ""
    for reason in referral.reasons:
        yield f"- Rule {reason.order}: {reason.text} ({reason.version}; {reason.source})"


def _sides(referral: Referral) -> Iterator[str]:
    yield "| without the face | with the face |"
    yield "|---|---|"
    yield f"| {referral.urgency_without_picture.label} | {referral.urgency.label} |"
    yield ""
    yield referral.picture_effect


def _changes(referral: Referral) -> Iterator[str]:
    yield "What would change it:"
    yield ""
    if not referral.changes:
        yield "- No single answer would."
    for change in referral.changes:
        verb = "raise" if change.raises else "lower"
        yield f"- would {verb} it to *{change.urgency.label}*: {'; '.join(change.any_of)}"


if __name__ == "__main__":
    sys.stdout.write(page())
