"""What a picture says, on the report: result, base rates, what was measured, and regions.

A result that may not be shown (no class headline) leaves its numbers out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from face2bone.assessment import NOT_EXPLAINED
from face2bone.modalities.measure import Measure
from face2bone.modalities.modality import AnyModality
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.document_parts import MeasurePart
from face2bone.words import Catalogue, message, template

REGIONS_IN_WORDS: Final = 3
SPEAKING: Final = (
    (template("Speaking most for {named}: {few}."), 1),
    (template("Speaking most against {named}: {few}."), -1),
)
LEAST_SHARE: Final = 0.0005


def result_of(document: AssessmentDocument, read: AnyModality, words: Catalogue) -> dict[str, Any]:
    """The headline with its notes, and every class beside its base rate where one may be shown."""
    shown = document.referral.class_headline_shown
    base = words.say("Base rate")
    return {
        "headline": words.say(_headline(document, read.noun)),
        "notes": [words.say(note) for note in _result_notes(document)],
        "columns": [words.say("Class"), words.say("Calibrated probability"), "", base],
        "classes": _classes(document, words) if shown else [],
        "people": _people(document, words),
    }


def _headline(document: AssessmentDocument, picture: str) -> str:
    if document.no_result:
        return no_result(document.no_result)
    if document.out_of_domain is not None and document.out_of_domain.is_outside:
        return unlike_training(picture)
    if not document.referral.class_headline_shown:
        return undefined_classes()
    return set_in_words(document.prediction_set, document.classes)


def no_result(reason: str) -> str:
    """The headline where the picture gave none."""
    return message("No result: {reason}", reason=reason)


def unlike_training(picture: str) -> str:
    """The headline of a picture, called so, that is out of the model's domain."""
    return message(
        "No result: this {picture} is unlike those the model was trained on.", picture=picture
    )


def undefined_classes() -> str:
    """The headline of a patient to whom T-score classes do not apply."""
    return message("No result: the classes are not defined for this patient.")


def set_in_words(names: Sequence[str], classes: Sequence[str]) -> str:
    """The headline of a prediction set."""
    if len(names) == len(classes):
        return message("The model abstains: every class remains possible.")
    return message("Prediction set: {classes}", classes=_one_of(names))


def _one_of(names: Sequence[str]) -> str:
    """One name, or several with "or" before the last."""
    *first, last = names
    return message("{first} or {last}", first=tuple(first), last=last) if first else last


def _result_notes(document: AssessmentDocument) -> list[str]:
    if not document.referral.class_headline_shown:
        return [message("The suggestion above rests on the typed answers alone.")]
    return [
        message("The set of classes that holds the true one in 90 of 100 patients of each class."),
        *filter(None, [document.photos_words]),
    ]


def _classes(document: AssessmentDocument, words: Catalogue) -> list[dict[str, Any]]:
    found, base = document.probabilities or {}, document.bundle.class_fractions
    return [
        {
            "name": words.say(name),
            "share": found[name],
            "percent": percent(found[name]),
            "base": f"{base[name]:.0%}",
        }
        for name in document.classes
    ]


def percent(share: float) -> str:
    """A share in percent; what rounds to nothing is not written as impossible."""
    return f"{share:.1%}" if share >= LEAST_SHARE else "< 0.1%"


def _people(document: AssessmentDocument, words: Catalogue) -> dict[str, Any]:
    share = (document.probabilities or {}).get("osteoporosis")
    if share is None:
        return {"count": 0, "text": ""}
    count = round(100 * share)
    base = round(100 * document.bundle.class_fractions["osteoporosis"])
    text = message(
        "Of 100 people like this in the training cohort's setting, about {count} have "
        "osteoporosis on {method}; of all people there, {base} of 100.",
        count=f"{count}",
        base=f"{base}",
        method=document.bundle.reference_method.label,
    )
    return {"count": count, "text": words.say(text)}


def measures_of(
    told: Sequence[str], measures: Sequence[MeasurePart | Measure], words: Catalogue
) -> dict[str, Any]:
    """Which one of two it is, what was measured by a rule, and once what that is."""
    notes = dict.fromkeys([*told, *(one.meaning for one in measures)])
    return {
        "rows": [(words.say(one.name), _measured(one, words)) for one in measures],
        "notes": [words.say(note) for note in notes],
    }


def _measured(one: MeasurePart | Measure, words: Catalogue) -> str:
    if one.value is None:
        return words.say(one.why_not)
    return f"{one.value:.2f} ({words.say(one.unit)}). {words.say(one.detail)}".strip()


def regions_of(document: AssessmentDocument, words: Catalogue) -> dict[str, Any]:
    """The regions for the most probable class; none where no class may be shown."""
    if not document.referral.class_headline_shown:
        return {"rows": [], "withheld": ""}
    if not document.regions:
        return {"rows": [], "withheld": _withheld(document, words)}
    shares = document.probabilities or {}
    named = max(document.classes, key=lambda name: shares.get(name, 0.0))
    values = _region_values(document, named)
    largest = max(abs(value) for value in values.values()) or 1.0
    ordered = sorted(values.items(), key=lambda item: -abs(item[1]))
    rows = [
        {"name": words.say(label), "share": value / largest, "value": f"{value:+.2f}"}
        for label, value in ordered
    ]
    columns = (message("Region"), message("against (white) or for (black)"), message("Logits"))
    return {
        "withheld": "",
        "columns": [words.say(text) for text in columns],
        "rows": rows,
        "words": _in_words(dict(ordered), named, words),
        "note": words.say(
            message(
                "Exact Shapley values, hidden regions filled by {fill}. They describe the model, "
                "not the person's bones.",
                fill=document.regions[0].baseline,
            )
        ),
    }


def _withheld(document: AssessmentDocument, words: Catalogue) -> str:
    """Why there are no regions: they were not computed, or fail their own check."""
    if document.regions_withheld in ("", NOT_EXPLAINED):
        return words.say(document.regions_withheld)
    lead = words.say("The regions are withheld: this explanation fails its own check.")
    return f"{lead} {words.say(document.regions_withheld)}"


def _region_values(document: AssessmentDocument, named: str) -> dict[str, float]:
    values = document.regions[0].values
    return {part.label: values[part.id][named] for part in document.parts}


def _in_words(values: Mapping[str, float], named: str, words: Catalogue) -> str:
    """One sentence on each side: the regions that speak most for and against the class."""
    sentences = []
    for speaking, sign in SPEAKING:
        labels = tuple(label for label, value in values.items() if sign * value >= 0.005)
        if labels:
            few = labels[:REGIONS_IN_WORDS]
            sentences.append(words.say(message(speaking, named=named, few=few)))
    return " ".join(sentences)
