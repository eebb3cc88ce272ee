"""An assessment as plain text for a terminal."""

import numpy as np

from face2bone.assess import NOT_EXPLAINED, Assessment, Explanation
from face2bone.bone import CLASS_LABELS
from face2bone.bundle.card import notice_of


def summary(assessment: Assessment) -> str:
    """A readable summary, one section per step, ending in a newline."""
    sections = [
        _headline(assessment),
        _quality(assessment),
        _result(assessment),
        _why(assessment),
        _what_next(assessment),
    ]
    return "\n\n".join("\n".join(lines) for lines in sections) + "\n"


def _headline(assessment: Assessment) -> list[str]:
    bundle = assessment.bundle
    return [
        f"Face2Bone assessment by {bundle.name} {bundle.version} (status: {bundle.status})",
        notice_of(bundle.status),
    ]


def _quality(assessment: Assessment) -> list[str]:
    remarks = assessment.located.reasons
    verdict = "accepted" if not remarks else "accepted with warnings"
    return [f"Photo: {verdict}", *(f"  - {remark}" for remark in remarks)]


def _result(assessment: Assessment) -> list[str]:
    prediction = assessment.prediction
    domain = prediction.out_of_domain
    lines = ["Calibrated probabilities"]
    for name, p in zip(CLASS_LABELS, prediction.probabilities, strict=True):
        lines.append(f"  {name:<13}{p:6.1%}  {'#' * round(40 * float(p))}")
    names = " or ".join(CLASS_LABELS[k] for k in prediction.prediction_set)
    lines.append(f"  prediction set: {names}")
    if domain.is_outside:
        lines.append(
            "  OUT OF DOMAIN: this photo is unlike the faces the model was trained on "
            f"(distance {domain.distance:.1f}, limit {domain.threshold:.1f}); "
            "the numbers above are not to be used."
        )
    if not assessment.referral.class_headline_shown:
        lines.append("  No class headline for this patient; see the reasons below.")
    return lines


def _why(assessment: Assessment) -> list[str]:
    if not assessment.explanation.regions:
        return [NOT_EXPLAINED]
    k = int(assessment.prediction.probabilities.argmax())
    lines = _regions(assessment.explanation, k)
    concepts = assessment.explanation.concepts
    lines.append(f"Concepts, most important for {CLASS_LABELS[k]} first")
    for i in np.argsort(-concepts.importance[:, k])[:4]:
        lines.append(
            f"  {concepts.names[i]:<40} presence {concepts.presence[i]:.2f}, "
            f"importance {concepts.importance_words(int(i), k)}"
        )
    return lines


def _regions(explanation: Explanation, k: int) -> list[str]:
    """The ten values of the class named, or why they are withheld."""
    withheld = explanation.withheld(k)
    if withheld:
        return ["Regions: withheld, this explanation fails its own check.", f"  {withheld}"]
    game = explanation.regions[0]
    values = game.values[:, k]
    lines = [f"Regions, for {CLASS_LABELS[k]} (exact Shapley values of the logit, {game.baseline})"]
    return lines + [
        f"  {game.parts[i].label:<20}{values[i]:+7.2f}" for i in np.argsort(-np.abs(values))
    ]


def _what_next(assessment: Assessment) -> list[str]:
    referral = assessment.referral
    lines = [f"What next: {referral.urgency.label}"]
    lines += [f"  {action}" for action in referral.actions]
    lines.append("Reasons")
    lines += [f"  {r.order}. {r.text} [{r.source}]" for r in referral.reasons]
    lines.append(referral.face_effect)
    return lines
