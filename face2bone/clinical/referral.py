"""What next for this patient: the referral suggestion and every reason for it.

Urgency is the highest that any applicable rule asks for; the rules' order decides only
which reason is shown first. The face may add a referral and never remove one: the
suggestion without the face is computed first and stands beside the one with it. Under a
demo bundle, or for a photo unlike the training faces, the face adds nothing.
Order and texts: ``pathway.toml``. No drug is named or dosed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from face2bone.bone import CLASS_LABELS
from face2bone.clinical.applies import reads_by_z_score
from face2bone.clinical.ost import ost
from face2bone.clinical.pathway import Urgency, load_pathway
from face2bone.patient import Patient, RedFlag, RiskFactor, Sex

if TYPE_CHECKING:
    from face2bone.runtime import Prediction

DXA_AGE: Final = {Sex.FEMALE: 65, Sex.MALE: 70}  # ISCD 2023: women from 65, men from 70

RED_FLAG_WORDS: Final = {
    RedFlag.VERTEBRAL_FRACTURE_RECENT: "vertebral fracture within 2 years",
    RedFlag.VERTEBRAL_FRACTURES_MULTIPLE: "two or more vertebral fractures",
    RedFlag.HIP_FRACTURE_RECENT: "hip fracture within 2 years",
    RedFlag.HIP_FRACTURE_EARLIER: "hip fracture more than 2 years ago",
    RedFlag.GLUCOCORTICOID_HIGH_DOSE: (
        "7.5 mg or more of prednisolone a day for 3 months or longer"
    ),
    RedFlag.HEIGHT_LOSS: "height loss of more than 4 cm",
    RedFlag.KYPHOSIS_WITH_PAIN: "new kyphosis with back pain",
}
RISK_FACTOR_WORDS: Final = {
    RiskFactor.FRAGILITY_FRACTURE: "fragility fracture as an adult",
    RiskFactor.PARENT_HIP_FRACTURE: "a parent's hip fracture",
    RiskFactor.SMOKER: "current smoking",
    RiskFactor.ALCOHOL: "three or more units of alcohol a day",
    RiskFactor.GLUCOCORTICOIDS: "oral glucocorticoids",
    RiskFactor.RHEUMATOID_ARTHRITIS: "rheumatoid arthritis",
    RiskFactor.SECONDARY_OSTEOPOROSIS: "a disease or drug that causes bone loss",
    RiskFactor.LOW_WEIGHT: "low body weight",
    RiskFactor.FALLS: "falls",
}


@dataclass(frozen=True)
class Reason:
    """One rule that applied: its text for this patient, what it asks for, and its source."""

    rule: str
    text: str
    urgency: Urgency
    actions: tuple[str, ...]
    source: str
    verified: bool
    order: int


@dataclass(frozen=True)
class Referral:
    """A suggestion with its reasons, and the same suggestion without the face."""

    urgency: Urgency
    actions: tuple[str, ...]
    reasons: tuple[Reason, ...]
    urgency_without_face: Urgency
    face_effect: str
    class_headline_shown: bool
    pathway_version: str


def suggest(patient: Patient, prediction: "Prediction | None", bundle_status: str) -> Referral:
    """Referral suggestion for a patient and, when there is one, a prediction.

    ``bundle_status`` is the card's status; under ``"demo"`` the face never counts.
    ``prediction`` is None when no photo was usable.
    """
    typed = [*_red_flags(patient), *_z_score_route(patient), *_eligibility(patient), *_ost(patient)]
    without = _highest(typed)
    face, effect = _face(patient, prediction, bundle_status, without)
    reasons = sorted([*typed, *face], key=lambda r: (r.order, -r.urgency))
    urgency = _highest(reasons)
    if urgency is Urgency.ROUTINE:
        reasons.append(_reason("education"))
    shown = prediction is not None and _face_counts(prediction) and not reads_by_z_score(patient)
    actions = tuple(dict.fromkeys(a for r in reasons for a in r.actions if _fits(r, urgency)))
    version = load_pathway().version
    return Referral(urgency, actions, tuple(reasons), without, effect, shown, version)


def _fits(reason: Reason, urgency: Urgency) -> bool:
    """Routine advice would contradict a referral, so only the rules that ask for one speak."""
    return reason.urgency > Urgency.ROUTINE or urgency is Urgency.ROUTINE


def _highest(reasons: list[Reason]) -> Urgency:
    return max((r.urgency for r in reasons), default=Urgency.ROUTINE)


def _reason(rule_id: str, **words: object) -> Reason:
    pathway = load_pathway()
    rule = pathway.rules[rule_id]
    source = pathway.sources[rule.source]
    text = rule.text.format(**words)
    return Reason(
        rule_id, text, rule.urgency, rule.actions, source.citation, source.verified, rule.order
    )


def _red_flags(patient: Patient) -> Iterator[Reason]:
    for flag in RedFlag:
        if flag not in patient.red_flags:
            continue
        if flag is RedFlag.HIP_FRACTURE_EARLIER:
            yield _reason("earlier_hip_fracture")
        else:
            yield _reason("red_flag", flag=RED_FLAG_WORDS[flag])


def _z_score_route(patient: Patient) -> Iterator[Reason]:
    if not reads_by_z_score(patient):
        return
    who = "men under 50" if patient.sex is Sex.MALE else "women before menopause"
    yield _reason("z_score", who=who)
    if RiskFactor.FRAGILITY_FRACTURE in patient.risk_factors:
        yield _reason("young_fragility_fracture")


def _eligibility(patient: Patient) -> Iterator[Reason]:
    limit = DXA_AGE[patient.sex]
    if patient.age_years >= limit:
        people = "Women" if patient.sex is Sex.FEMALE else "Men"
        yield _reason("eligible_age", who=f"{people} of {limit} and over")
    if patient.risk_factors:
        factors = [RISK_FACTOR_WORDS[f] for f in RiskFactor if f in patient.risk_factors]
        yield _reason("eligible_risk_factor", factors=", ".join(factors))


def _ost(patient: Patient) -> Iterator[Reason]:
    score = ost(patient)
    if score.refers and score.value is not None:
        yield _reason("ost", index=f"{score.value:g}", cutoff=score.cutoff)


def _face_counts(prediction: "Prediction") -> bool:
    return not prediction.out_of_domain.is_outside


def _face(
    patient: Patient, prediction: "Prediction | None", status: str, without: Urgency
) -> tuple[list[Reason], str]:
    """The face's reasons and one sentence on what they changed."""
    silent = _why_silent(patient, prediction, status)
    if prediction is None or silent:
        needs_reason = prediction is None or not _face_counts(prediction)
        reasons = [_reason("no_class", why=silent)] if needs_reason else []
        return reasons, f"The face changed nothing: {silent}."
    reason = _face_reason(prediction)
    if reason.urgency > without:
        change = f"from '{without.label}' to '{reason.urgency.label}'"
        return [reason], f"The face raised the suggestion {change}."
    return [reason], "The face changed nothing: the answers typed in ask for as much or more."


def _why_silent(patient: Patient, prediction: "Prediction | None", status: str) -> str:
    if prediction is None:
        return "there is no usable photo"
    if status == "demo":
        return "the model is a demonstration trained on drawn faces and never drives a referral"
    if not _face_counts(prediction):
        return "the photo is unlike the faces the model was trained on"
    return "T-score classes are not defined for this patient" if reads_by_z_score(patient) else ""


def _face_reason(prediction: "Prediction") -> Reason:
    if len(prediction.prediction_set) == len(CLASS_LABELS):
        return _reason("face_abstains")
    k = int(prediction.probabilities.argmax())
    probability = f"{float(prediction.probabilities[k]):.0%}"
    return _reason(f"face_{CLASS_LABELS[k]}", probability=probability)
