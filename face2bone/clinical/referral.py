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
from face2bone.words import message, template

if TYPE_CHECKING:
    from face2bone.runtime import Prediction

NO_PICTURE: Final = template("there is no usable {picture}")
OUTSIDE: Final = template("the {picture} is unlike those the model was trained on")


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
    urgency_without_picture: Urgency
    actions_without_picture: tuple[str, ...]
    picture_effect: str
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
    picture: str,
) -> Referral:
    """Referral suggestion for a patient and, when there is one, a prediction.

    ``scores`` are the patient's published scores, ``frax`` the clinician's own FRAX result
    if there is one. ``bundle_status`` is the card's status; under ``"demo"`` the face never
    counts. ``prediction`` is None when no picture was usable; ``picture`` is what the study's are
    called: "photo".
    """
    typed = typed_reasons(patient, scores, frax, guideline)
    without = highest(typed)
    face, effect = _face(patient, prediction, bundle_status, without, picture)
    by_face = highest(face)
    reasons = _whole([*typed, *face])
    waits = prediction is None or not _face_counts(prediction)
    may_add = waits and not _why_never(patient, bundle_status)
    shown = prediction is not None and _face_counts(prediction) and not reads_by_z_score(patient)
    return Referral(
        urgency=max(without, by_face),
        actions=_actions(reasons),
        reasons=reasons,
        urgency_without_picture=without,
        actions_without_picture=_actions(_whole(typed)),
        picture_effect=effect,
        class_headline_shown=shown,
        pathway_version=load_pathway().version,
        guideline=guideline.id,
        guideline_title=guideline.title,
        guideline_note=guideline.note,
        advice=_advice(guideline),
        situation=Situation(patient, scores, frax, guideline, by_face, picture, may_add),
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
    patient: Patient,
    prediction: "Prediction | None",
    status: str,
    without: Urgency,
    picture: str,
) -> tuple[list[Reason], str]:
    """The face's reasons and one sentence on what they changed."""
    silent = _why_silent(patient, prediction, status, picture)
    if prediction is None or silent:
        unchanged = message("The {picture} changed nothing: {why}.", picture=picture, why=silent)
        return _no_class(prediction, picture), unchanged
    reason = _face_reason(prediction)
    if reason.urgency > without:
        raised = message(
            "The {picture} raised the suggestion from '{lower}' to '{higher}'.",
            picture=picture,
            lower=without.label,
            higher=reason.urgency.label,
        )
        return [reason], raised
    return [reason], message(
        "The {picture} changed nothing: the answers typed in ask for as much or more.",
        picture=picture,
    )


def _no_class(prediction: "Prediction | None", picture: str) -> list[Reason]:
    """The reason why no class is shown, where the picture is why."""
    if prediction is not None and _face_counts(prediction):
        return []
    why = NO_PICTURE if prediction is None else OUTSIDE
    return [pathway_reason("no_class", why=message(why, picture=picture))]


def _why_silent(
    patient: Patient, prediction: "Prediction | None", status: str, picture: str
) -> str:
    if prediction is None:
        return message(NO_PICTURE, picture=picture)
    if status != "demo" and not _face_counts(prediction):
        return message(OUTSIDE, picture=picture)
    return _why_never(patient, status)


def _why_never(patient: Patient, status: str) -> str:
    """Why no picture of this patient can count; empty where one can."""
    if status == "demo":
        return message(
            "the model is a demonstration trained on drawn pictures and never drives a referral"
        )
    return (
        message("T-score classes are not defined for this patient")
        if reads_by_z_score(patient)
        else ""
    )


def _face_reason(prediction: "Prediction") -> Reason:
    if len(prediction.prediction_set) == len(CLASS_LABELS):
        return pathway_reason("face_abstains")
    k = int(prediction.probabilities.argmax())
    probability = f"{float(prediction.probabilities[k]):.0%}"
    return pathway_reason(f"face_{CLASS_LABELS[k]}", probability=probability)
