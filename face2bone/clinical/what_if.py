"""What would change a suggestion: computed by asking the same rules about nearby answers.

Each candidate differs from the patient in one fact: a box not ticked, a question not
answered, some years or kilograms, a FRAX result not entered. The typed rules are run on
it, and what changes the urgency is kept. Nothing here is a statement about probability.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final, Literal

from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import FraxRow, Guideline, Ladder
from face2bone.clinical.instruments import published_scores
from face2bone.clinical.pathway import Urgency
from face2bone.clinical.questions import load_questions
from face2bone.clinical.reasons import highest
from face2bone.clinical.rules_without_image import Scores, risk_factors, typed_reasons
from face2bone.errors import PatientError
from face2bone.history import Ethnicity, Oestrogen
from face2bone.patient import AGE_RANGE, WEIGHT_RANGE, Menopause, Patient, Sex
from face2bone.words import message, template

FACE_ASKS: Final = Urgency.DXA  # at most: DXA confirms before anything else
YEARS_AHEAD: Final = 5
KILOGRAMS_LESS: Final = 10
MENOPAUSE_WORDS: Final = {
    Menopause.PRE: template("that she is before menopause"),
    Menopause.POST: template("that she is after menopause"),
}
OESTROGEN_WORDS: Final = {
    Oestrogen.NEVER: template("oestrogen after menopause never taken"),
    Oestrogen.PAST: template("oestrogen after menopause taken in the past"),
    Oestrogen.CURRENT: template("oestrogen after menopause taken now"),
}

Kind = Literal["red flag", "risk factor", "answer", "age", "weight", "FRAX", "picture"]


@dataclass(frozen=True)
class Change:
    """Facts of one kind, any one of which would make the suggestion this urgent."""

    kind: Kind
    any_of: tuple[str, ...]
    urgency: Urgency
    raises: bool


@dataclass(frozen=True)
class Situation:
    """What the typed rules read, and the urgency the face asks for.

    picture: what the study's are called: "photo". picture_may_add: whether one may yet raise it.
    """

    patient: Patient
    scores: Scores
    frax: FraxResult | None
    guideline: Guideline
    by_face: Urgency
    picture: str
    picture_may_add: bool

    def urgency(self) -> Urgency:
        """The suggestion's urgency."""
        reasons = typed_reasons(self.patient, self.scores, self.frax, self.guideline)
        return max(highest(reasons), self.by_face)

    def with_patient(self, **facts: object) -> "Situation | None":
        """The same for a patient who differs in these facts; None where they contradict."""
        try:
            patient = replace(self.patient, **facts)  # type: ignore[arg-type]
        except PatientError:
            return None
        return replace(self, patient=patient)

    def scored(self, **facts: object) -> "Situation | None":
        """As ``with_patient``, with the scores those facts lead to."""
        other = self.with_patient(**facts)
        return other and replace(other, scores=published_scores(other.patient))


Candidate = tuple[Kind, str, Situation | None]


def what_would_change(now: Situation) -> tuple[Change, ...]:
    """Every single nearby fact that changes the urgency, the most urgent first."""
    current = now.urgency()
    found: dict[tuple[Kind, Urgency], list[str]] = {}
    for kind, words, other in _candidates(now):
        if other is not None and (urgency := other.urgency()) is not current:
            found.setdefault((kind, urgency), []).append(words)
    changes = [
        Change(kind, tuple(words), urgency, urgency > current)
        for (kind, urgency), words in found.items()
    ]
    return tuple(sorted(changes, key=lambda change: -change.urgency))


def _candidates(now: Situation) -> Iterator[Candidate]:
    yield from _boxes(now)
    yield from _answers(now)
    yield from _later(now)
    yield from _lighter(now)
    yield from _frax(now)
    if now.picture_may_add:
        words = message(
            "a usable {picture} that the model reads as osteopenia or osteoporosis",
            picture=now.picture,
        )
        yield "picture", words, replace(now, by_face=FACE_ASKS)


def _boxes(now: Situation) -> Iterator[Candidate]:
    questions, patient = load_questions(), now.patient
    for flag, question in questions.red_flags.items():
        if flag not in patient.red_flags:
            flags = patient.red_flags | {flag}
            yield "red flag", question.words, now.with_patient(red_flags=flags)
    for factor, asked in questions.risk_factors.items():
        if factor not in risk_factors(patient):
            factors = patient.risk_factors | {factor}
            yield "risk factor", asked.words, now.with_patient(risk_factors=factors)


def _answers(now: Situation) -> Iterator[Candidate]:
    """Questions left open that a rule reads; only women are asked about menopause."""
    patient, history = now.patient, now.patient.history
    if patient.sex is Sex.MALE:
        return
    if patient.menopause is Menopause.UNKNOWN:
        for status, words in MENOPAUSE_WORDS.items():
            yield "answer", words, now.scored(menopause=status)
    if history.oestrogen is None:
        for use, words in OESTROGEN_WORDS.items():
            answered = replace(history, oestrogen=use)
            yield "answer", words, now.scored(history=answered)
    if now.guideline.osta and history.ethnicity is None:
        answered = replace(history, ethnicity=Ethnicity.CHINESE)
        yield "answer", template("ethnic group Chinese"), now.scored(history=answered)


def _later(now: Situation) -> Iterator[Candidate]:
    age = int(now.patient.age_years)
    years = range(age + 1, int(min(age + YEARS_AHEAD, AGE_RANGE[1])) + 1)
    turns = _first_change(now, years, lambda year: now.scored(age_years=float(year)))
    if turns is not None:
        words = message("from the age of {age}", age=turns)
        yield "age", words, now.scored(age_years=float(turns))


def _lighter(now: Situation) -> Iterator[Candidate]:
    weight = int(now.patient.weight_kg)
    weights = range(weight - 1, int(max(weight - KILOGRAMS_LESS, WEIGHT_RANGE[0])) - 1, -1)
    turns = _first_change(now, weights, lambda kg: now.scored(weight_kg=float(kg)))
    if turns is not None:
        words = message("a weight of {weight} kg or less", weight=turns)
        yield "weight", words, now.scored(weight_kg=float(turns))


def _first_change(
    now: Situation, steps: range, situation: Callable[[int], Situation | None]
) -> int | None:
    """The first step at which the urgency is higher, by halving; None where the last is not."""
    current = now.urgency()

    def rises(step: int) -> bool:
        other = situation(step)
        return other is not None and other.urgency() > current

    if not steps or not rises(steps[-1]):
        return None
    low, high = 0, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if rises(steps[middle]) else (middle + 1, high)
    return steps[low]


def _frax(now: Situation) -> Iterator[Candidate]:
    """The lowest FRAX result that asks for each urgency, and one below every threshold."""
    table = now.guideline.frax
    row = table.row(now.patient.age_years) if table else None
    if now.frax is not None or row is None:
        return
    limits = row.major.ladder(with_bmd=False)[::-1]
    below = replace(now, frax=FraxResult(0.0, 0.0, with_bmd=False))
    yield "FRAX", _under(row, limits[0][0]), below
    reached = below.urgency()
    for limit, _ in limits:
        other = replace(now, frax=FraxResult(limit, 0.0, with_bmd=False))
        if other.urgency() > reached:
            reached = other.urgency()
            yield "FRAX", _or_more(row, limit), other


def _or_more(row: FraxRow, major_limit: float) -> str:
    """A major limit, and the hip limit that opens the same category, where there is one."""
    category = dict(row.major.ladder(with_bmd=False))[major_limit]
    limits: Ladder = row.hip.ladder(with_bmd=False) if row.hip else ()
    hip = next((limit for limit, opened in limits if opened is category), None)
    major = f"{major_limit:g}"
    if hip is None:
        return message("{major} % or more (major)", major=major)
    return message(
        "{major} % or more (major) or {hip} % or more (hip)", major=major, hip=f"{hip:g}"
    )


def _under(row: FraxRow, major_limit: float) -> str:
    """Below the lowest limits of a row."""
    major = f"{major_limit:g}"
    if row.hip is None:
        return message("under {major} % (major)", major=major)
    hip = f"{row.hip.ladder(with_bmd=False)[-1][0]:g}"
    return message("under {major} % (major) and under {hip} % (hip)", major=major, hip=hip)
