"""An assessment, or the published scores alone, as plain text for a terminal."""

import textwrap
from collections.abc import Iterable, Iterator

import numpy as np

from face2bone.assessment import NOT_EXPLAINED, Assessment, Explanation
from face2bone.bundle.card import notice_of
from face2bone.clinical.score import Score
from face2bone.modalities.measure import Measure
from face2bone.studies import study_named


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
    return [
        f"{_noun(assessment).capitalize()}: {verdict}",
        *(f"  - {remark}" for remark in (*remarks, *assessment.located.told)),
        *_measures(assessment.located.measures),
    ]


def _measures(measures: tuple[Measure, ...]) -> Iterator[str]:
    """What was measured by a rule, and once what that is."""
    for one in measures:
        found = one.why_not if one.value is None else f"{one.value:.2f} {one.detail}".strip()
        yield f"  {one.name}: {found}"
    yield from dict.fromkeys(f"  ({one.meaning})" for one in measures)


def _noun(assessment: Assessment) -> str:
    """What the study's pictures are called."""
    return study_named(assessment.bundle.study).ready().modality.noun


def _result(assessment: Assessment) -> list[str]:
    prediction = assessment.prediction
    domain = prediction.out_of_domain
    names = assessment.bundle.classes
    lines = ["Calibrated probabilities"]
    for name, p in zip(names, prediction.probabilities, strict=True):
        lines.append(f"  {name:<13}{p:6.1%}  {'#' * round(40 * float(p))}")
    possible = " or ".join(names[k] for k in prediction.prediction_set)
    lines.append(f"  prediction set: {possible}")
    if domain.is_outside:
        lines.append(
            f"  OUT OF DOMAIN: this {_noun(assessment)} is unlike those the model was trained on "
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
    named = assessment.bundle.classes[k]
    lines = _regions(assessment.explanation, k, named)
    concepts = assessment.explanation.concepts
    lines.append(f"Concepts, most important for {named} first")
    for i in np.argsort(-concepts.importance[:, k])[:4]:
        lines.append(
            f"  {concepts.names[i]:<40} presence {concepts.presence[i]:.2f}, "
            f"importance {concepts.importance_words(int(i), k)}"
        )
    return lines


def _regions(explanation: Explanation, k: int, named: str) -> list[str]:
    """The parts' values for the class named, or why they are withheld."""
    withheld = explanation.withheld(k)
    if withheld:
        return ["Regions: withheld, this explanation fails its own check.", f"  {withheld}"]
    game = explanation.regions[0]
    values = game.values[:, k]
    lines = [f"Regions, for {named} (exact Shapley values of the logit, {game.baseline})"]
    return lines + [
        f"  {game.parts[i].label:<20}{values[i]:+7.2f}" for i in np.argsort(-np.abs(values))
    ]


def _what_next(assessment: Assessment) -> list[str]:
    referral = assessment.referral
    lines = [f"What next: {referral.urgency.label}"]
    lines += [f"  {action}" for action in referral.actions]
    lines.append("Reasons")
    lines += [f"  {r.order}. {r.text} [{r.source}]" for r in referral.reasons]
    lines.append(referral.picture_effect)
    return lines


WIDTH = 96


def scores_text(scores: Iterable[Score]) -> str:
    """One paragraph a score, ending in a newline; every disclaimer beside its score."""
    return "\n\n".join("\n".join(_lines(score)) for score in scores) + "\n"


def _lines(score: Score) -> list[str]:
    lines = [f"{score.title}: {score.words}"]
    if score.value is not None:
        refers = " (reached)" if score.refers else ""
        lines += [f"{score.cutoff}{refers}"] if score.cutoff else []
        if score.missing:
            lines.append(f"not answered, counted as no: {', '.join(score.missing)}")
        lines += [score.note] if score.note else []
    lines += [f"for {score.population}", f"{score.source.citation} (figures {score.version})"]
    lines += [score.disclaimer] if score.disclaimer and score.value is not None else []
    return [_wrapped(lines[0], ""), *(_wrapped(line, "  ") for line in lines[1:])]


def _wrapped(line: str, indent: str) -> str:
    return textwrap.fill(
        line, WIDTH, initial_indent=indent, subsequent_indent="  ", break_on_hyphens=False
    )
