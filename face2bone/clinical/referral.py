"""What next for this patient: the referral suggestion and every reason for it.

Urgency is the highest that any applicable rule asks for; the rules' order decides only
which reason is shown first. The face may add a referral and never remove one: the
suggestion without the face is computed first and stands beside the one with it. Under a
demo bundle, or for a photo unlike the training faces, the face adds nothing.
Order and texts: ``pathway.toml`` and the guideline's file. No drug is named or dosed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from face2bone.bone import CLASS_LABELS
from face2bone.choices import GuidelineId
from face2bone.clinical.eligibility import reads_by_z_score
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.guideline import Guideline, Topic
from face2bone.clinical.pathway import Urgency, load_pathway
from face2bone.clinical.reasons import Reason, highest, pathway_reason
from face2bone.clinical.rules_without_image import Scores, typed_reasons
from face2bone.clinical.what_if import Change, Situation, what_would_change
from face2bone.patient import Patient

if TYPE_CHECKING:
    from face2bone.runtime import Prediction

NO_PHOTO: Final = "there is no usable photo"
OUTSIDE: Final = "the photo is unlike the faces the model was trained on"


@dataclass(frozen=True)
class AdviceLine:
    """Advice by the guideline; ``source`` is marked when unverified."""

    topic: Topic
    text: str
    source: str
    verified: bool


@dataclass(frozen=True)
class Referral:
    """A suggestion with its reasons, the same without the face, and what would change it.

    ``guideline_note`` says what of the guideline's file is confirmed and what is not;
    ``situation`` is what the rules read.
    """

    urgency: Urgency
    actions: tuple[str, ...]
    reasons: tuple[Reason, ...]
    urgency_without_face: Urgency
    actions_without_face: tuple[str, ...]
    face_effect: str
    class_headline_shown: bool
    pathway_version: str
    guideline: GuidelineId
    guideline_title: str
    guideline_note: str
    advice: tuple[AdviceLine, ...]
    situation: Situation

    @property
    def frax(self) -> FraxResult | None:
        """The clinician's own FRAX result, if one was entered."""
        return self.situation.frax

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """Every single nearby fact that would change the urgency; computed when asked for."""
        return what_would_change(self.situation)


def suggest(
    patient: Patient,
    scores: Scores,
    frax: FraxResult | None,
    prediction: "Prediction | None",
    guideline: Guideline,
    bundle_status: str,
) -> Referral:
    """Referral suggestion for a patient and, when there is one, a prediction.

    ``scores`` are the patient's published scores, ``frax`` the clinician's own FRAX result
    if there is one. ``bundle_status`` is the card's status; under ``"demo"`` the face never
    counts. ``prediction`` is None when no photo was usable.
    """
    typed = typed_reasons(patient, scores, frax, guideline)
    without = highest(typed)
    face, effect = _face(patient, prediction, bundle_status, without)
    by_face = highest(face)
    reasons = _whole([*typed, *face])
    waits = prediction is None or not _face_counts(prediction)
    photo_may_add = waits and not _why_never(patient, bundle_status)
    shown = prediction is not None and _face_counts(prediction) and not reads_by_z_score(patient)
    return Referral(
        urgency=max(without, by_face),
        actions=_actions(reasons),
        reasons=reasons,
        urgency_without_face=without,
        actions_without_face=_actions(_whole(typed)),
        face_effect=effect,
        class_headline_shown=shown,
        pathway_version=load_pathway().version,
        guideline=guideline.id,
        guideline_title=guideline.title,
        guideline_note=guideline.note,
        advice=_advice(guideline),
        situation=Situation(patient, scores, frax, guideline, by_face, photo_may_add),
    )


def _whole(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Reasons in the order shown, with one for asking for nothing."""
    ordered = sorted(reasons, key=lambda r: (r.order, -r.urgency))
    if highest(ordered) is Urgency.ROUTINE:
        ordered.append(pathway_reason("education"))
    return tuple(ordered)


def _actions(reasons: tuple[Reason, ...]) -> tuple[str, ...]:
    """What to do, the most urgent first; routine advice would contradict a referral."""
    urgency = highest(reasons)
    speaking = [r for r in reasons if r.urgency > Urgency.ROUTINE or urgency is Urgency.ROUTINE]
    ranked = sorted(speaking, key=lambda r: -r.urgency)
    return tuple(dict.fromkeys(action for reason in ranked for action in reason.actions))


def _advice(guideline: Guideline) -> tuple[AdviceLine, ...]:
    return tuple(
        AdviceLine(topic, line.text, line.citation(guideline.sources), line.verified)
        for topic, line in guideline.advice.items()
    )


def _face_counts(prediction: "Prediction") -> bool:
    return not prediction.out_of_domain.is_outside


def _face(
    patient: Patient, prediction: "Prediction | None", status: str, without: Urgency
) -> tuple[list[Reason], str]:
    """The face's reasons and one sentence on what they changed."""
    silent = _why_silent(patient, prediction, status)
    if prediction is None or silent:
        return _no_class(prediction), f"The face changed nothing: {silent}."
    reason = _face_reason(prediction)
    if reason.urgency > without:
        change = f"from '{without.label}' to '{reason.urgency.label}'"
        return [reason], f"The face raised the suggestion {change}."
    return [reason], "The face changed nothing: the answers typed in ask for as much or more."


def _no_class(prediction: "Prediction | None") -> list[Reason]:
    """The reason why no class is shown, where the photo is why."""
    if prediction is None:
        return [pathway_reason("no_class", why=NO_PHOTO)]
    return [] if _face_counts(prediction) else [pathway_reason("no_class", why=OUTSIDE)]


def _why_silent(patient: Patient, prediction: "Prediction | None", status: str) -> str:
    if prediction is None:
        return NO_PHOTO
    if status != "demo" and not _face_counts(prediction):
        return OUTSIDE
    return _why_never(patient, status)


def _why_never(patient: Patient, status: str) -> str:
    """Why no photo of this patient can count; empty where one can."""
    if status == "demo":
        return "the model is a demonstration trained on drawn faces and never drives a referral"
    return "T-score classes are not defined for this patient" if reads_by_z_score(patient) else ""


def _face_reason(prediction: "Prediction") -> Reason:
    if len(prediction.prediction_set) == len(CLASS_LABELS):
        return pathway_reason("face_abstains")
    k = int(prediction.probabilities.argmax())
    probability = f"{float(prediction.probabilities[k]):.0%}"
    return pathway_reason(f"face_{CLASS_LABELS[k]}", probability=probability)
