"""What stands on the report: the document's facts as strings in one language, ready to lay out.

Nothing is computed here that the document does not say; ``report.typ`` sets these strings
as they are. A result that may not be shown (no class headline) leaves its numbers out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from face2bone.assess import NOT_EXPLAINED
from face2bone.clinical.questions import load_questions
from face2bone.clinical.score import number_text, unit_text
from face2bone.patient import RedFlag, RiskFactor
from face2bone.report.assessment.document import (
    AssessmentDocument,
    ReasonPart,
    ScorePart,
)
from face2bone.report.assessment.glyphs import drawable
from face2bone.report.language import Catalogue, Language, catalogue

STATUS_WORDS: Final = {
    "demo": "DEMO MODEL",
    "research": "RESEARCH MODEL",
    "locally-validated": "LOCALLY VALIDATED MODEL",
}
SHORT_NOTICES: Final = {
    "demo": "trained on drawn faces; never drives a referral",
    "research": "not a medical device; DXA decides, not a photo",
    "locally-validated": "not a medical device; DXA decides, not a photo",
}
SEX_WORDS: Final = {"F": "woman", "M": "man"}
MENOPAUSE_WORDS: Final = {"pre": "before", "post": "after", "unknown": "not known"}
LABELS: Final = {
    "suggestion": "Suggestion",
    "reasons": "Reasons, each with its source",
    "result": "What the photo suggests",
    "regions": "Where in the face the answer comes from",
    "scores": "Published scores, without the photo",
    "advice": "Advice by the guideline",
    "model": "The model",
    "sources": "Sources",
}
REGIONS_IN_WORDS: Final = 3
SIZE: Final = 9.0  # points
SMALL_SIZE: Final = 8.3
MANY_LINES: Final = 28  # reasons, scores and sources
LEAST_SHARE: Final = 0.0005
PSEUDONYM_LIMIT: Final = 64  # characters shown


@dataclass(frozen=True)
class Heading:
    """Who and when: typed or chosen for this report, and not part of the assessment.

    ``pseudonym`` is shown as typed (never a name); ``crop_png`` only when the person ticked
    it, for it shows the face.
    """

    pseudonym: str
    made_at: datetime
    language: Language = Language.ENGLISH
    crop_png: bytes | None = field(default=None, repr=False)


def page_of(document: AssessmentDocument, heading: Heading) -> dict[str, Any]:
    """Every string, share and list of the report, as plain JSON values."""
    page: dict[str, Any] = _drawn(_page(document, heading, catalogue(heading.language)))
    return page


def _drawn(value: Any) -> Any:
    """The same with every string in characters the fonts hold."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, Mapping):
        return {key: _drawn(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_drawn(part) for part in value]
    return value


def _page(document: AssessmentDocument, heading: Heading, words: Catalogue) -> dict[str, Any]:
    scores = [score for score in document.scores if score.value is not None]
    sources = _sources(document, scores)
    return {
        "language": heading.language.value,
        "region": heading.language.region,
        "size": _size(len(document.referral.reasons) + len(scores) + len(sources)),
        "title": words.say("Bone health report: face photograph and risk factors"),
        "banner": _banner(document, words),
        "labels": _labels(words),
        "patient": _patient(document, heading, words),
        "crop": _crop(heading, words),
        "suggestion": _suggestion(document, words),
        "reasons": [_reason(reason, sources, words) for reason in document.referral.reasons],
        "result": _result(document, words),
        "regions": _regions(document, words),
        "scores": [_score(score, sources, words) for score in _each_note_once(scores)],
        "waiting": [_waiting(score, words) for score in document.scores if _waits(score)],
        "disclaimers": list(dict.fromkeys(s.disclaimer for s in scores if s.disclaimer)),
        "advice": [
            f"{words.say(line.text)} {sources[line.source]}" for line in document.referral.advice
        ],
        "model": _model(document, words),
        "closing": words.say(
            "A suggestion, not an order: the decision lies with the clinician. "
            "No drug is named or dosed here."
        ),
        "sources": [f"{mark} {source}" for source, mark in sources.items()],
        "footer": f"{_name(heading, words)} | {_day(heading)}",
    }


def _size(lines: int) -> float:
    """Type size in points: a little smaller where much is to be said, to stay on two pages."""
    return SIZE if lines <= MANY_LINES else SMALL_SIZE


def _banner(document: AssessmentDocument, words: Catalogue) -> dict[str, str]:
    status = document.bundle.status
    return {
        "word": words.say(STATUS_WORDS[status]),
        "short": words.say(SHORT_NOTICES[status]),
        "text": words.say(document.notice),
    }


def _labels(words: Catalogue) -> dict[str, Any]:
    texts: dict[str, Any] = {key: words.say(text) for key, text in LABELS.items()}
    lists = {
        "reason_columns": ("Rule", "Reason", "Source and version"),
        "score_columns": ("Score", "Result", "What it means"),
        "signature": ("Name", "Signature", "Date"),
    }
    return texts | {key: [words.say(text) for text in row] for key, row in lists.items()}


def _name(heading: Heading, words: Catalogue) -> str:
    return heading.pseudonym[:PSEUDONYM_LIMIT].strip() or words.say("no pseudonym given")


def _day(heading: Heading) -> str:
    return heading.made_at.strftime("%Y-%m-%d %H:%M %Z").strip()


def _patient(
    document: AssessmentDocument, heading: Heading, words: Catalogue
) -> list[tuple[str, str]]:
    patient, questions = document.patient, load_questions()
    body = (
        f"{words.say(SEX_WORDS[patient.sex])}, {patient.age_years:g} {words.say('years')}, "
        f"{patient.height_cm:g} cm, {patient.weight_kg:g} kg"
    )
    flags = [questions.red_flags[RedFlag(flag)].words for flag in patient.red_flags]
    factors = [questions.risk_factors[RiskFactor(f)].words for f in patient.risk_factors]
    rows = [
        ("Patient (pseudonym)", _name(heading, words)),
        ("Report made", _day(heading)),
        ("Details", body),
        ("Red flags", _listed(flags, words)),
        ("Risk factors", _listed(factors, words)),
    ]
    if patient.sex == "F":
        rows.insert(3, ("Menopause", words.say(MENOPAUSE_WORDS[patient.menopause])))
    if document.frax is not None:
        rows.append(("FRAX, entered by the clinician", _frax(document, words)))
    return [(words.say(label), text) for label, text in rows]


def _listed(texts: Iterable[str], words: Catalogue) -> str:
    said = [words.say(text) for text in texts]
    mark = "；" if words.language is Language.CHINESE else "; "
    return mark.join(said) if said else words.say("none ticked")


def _frax(document: AssessmentDocument, words: Catalogue) -> str:
    frax = document.frax
    if frax is None:
        return ""
    bmd = "with BMD" if frax.with_bmd else "without BMD"
    text = f"{frax.major_percent:g} % (major) and {frax.hip_percent:g} % (hip), {bmd}"
    return words.say(text)


def _crop(heading: Heading, words: Catalogue) -> dict[str, Any] | None:
    if heading.crop_png is None:
        return None
    alt = words.say("The aligned face that the model read")
    return {"png": list(heading.crop_png), "alt": alt}


def _suggestion(document: AssessmentDocument, words: Catalogue) -> dict[str, Any]:
    referral = document.referral
    guideline = referral.guideline
    return {
        "urgency": words.say(referral.urgency),
        "actions": [words.say(action) for action in referral.actions],
        "face": words.say(referral.face_effect),
        "notes": [
            words.say(f"Without the photo: {referral.urgency_without_face}."),
            words.say(f"Guideline: {guideline.title}. {guideline.note}"),
        ],
    }


def _sources(document: AssessmentDocument, scores: Iterable[ScorePart]) -> dict[str, str]:
    """Every source once, in the order it is first named, and the mark that points to it."""
    referral = document.referral
    named = [reason.source for reason in referral.reasons]
    named += [score.source for score in scores]
    named += [line.source for line in referral.advice]
    return {text: f"[{number}]" for number, text in enumerate(dict.fromkeys(named), 1)}


def _reason(reason: ReasonPart, sources: Mapping[str, str], words: Catalogue) -> dict[str, str]:
    source = f"{reason.version} {sources[reason.source]}"
    return {"number": f"{reason.order}", "text": words.say(reason.text), "source": source}


def _result(document: AssessmentDocument, words: Catalogue) -> dict[str, Any]:
    shown = document.referral.class_headline_shown
    base = words.say("Base rate")
    return {
        "headline": words.say(_headline(document)),
        "notes": [words.say(note) for note in _result_notes(document)],
        "columns": [words.say("Class"), words.say("Calibrated probability"), "", base],
        "classes": _classes(document, words) if shown else [],
        "people": _people(document, words),
    }


def _headline(document: AssessmentDocument) -> str:
    if document.no_result:
        return f"No result: {document.no_result}"
    if document.out_of_domain is not None and document.out_of_domain.is_outside:
        return "No result: this photo is unlike the faces the model was trained on."
    if not document.referral.class_headline_shown:
        return "No result: the classes are not defined for this patient."
    if len(document.prediction_set) == len(document.classes):
        return "The model abstains: all three classes remain possible."
    return f"Prediction set: {' or '.join(document.prediction_set)}"


def _result_notes(document: AssessmentDocument) -> list[str]:
    if not document.referral.class_headline_shown:
        return ["The suggestion above rests on the typed answers alone."]
    return ["The set of classes that holds the true one in 90 of 100 patients of each class."]


def _classes(document: AssessmentDocument, words: Catalogue) -> list[dict[str, Any]]:
    found, base = document.probabilities or {}, document.bundle.class_fractions
    return [
        {
            "name": words.say(name),
            "share": found[name],
            "percent": _percent(found[name]),
            "base": f"{base[name]:.0%}",
        }
        for name in document.classes
    ]


def _percent(share: float) -> str:
    """A share in percent; what rounds to nothing is not written as impossible."""
    return f"{share:.1%}" if share >= LEAST_SHARE else "< 0.1%"


def _people(document: AssessmentDocument, words: Catalogue) -> dict[str, Any]:
    share = (document.probabilities or {}).get("osteoporosis")
    if share is None:
        return {"count": 0, "text": ""}
    count = round(100 * share)
    base = round(100 * document.bundle.class_fractions["osteoporosis"])
    text = (
        f"Of 100 people like this in the training cohort's setting, about {count} have "
        f"osteoporosis on DXA; of all people there, {base} of 100."
    )
    return {"count": count, "text": words.say(text)}


def _regions(document: AssessmentDocument, words: Catalogue) -> dict[str, Any]:
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
    columns = ("Region", "against (white) or for (black)", "Logits")
    return {
        "withheld": "",
        "columns": [words.say(text) for text in columns],
        "rows": rows,
        "words": _in_words(dict(ordered), named, words),
        "note": words.say(
            f"Exact Shapley values, hidden regions filled by {document.regions[0].baseline}. They "
            "describe the model, not the person's bones."
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
    for verb, sign in (("for", 1), ("against", -1)):
        labels = [label for label, value in values.items() if sign * value >= 0.005]
        if labels:
            few = ", ".join(labels[:REGIONS_IN_WORDS])
            sentences.append(words.say(f"Speaking most {verb} {named}: {few}."))
    return " ".join(sentences)


def _each_note_once(scores: Iterable[ScorePart]) -> Iterator[ScorePart]:
    """The scores, a note that stands under an earlier one left out."""
    seen: set[str] = set()
    for score in scores:
        yield score.model_copy(update={"note": ""}) if score.note in seen else score
        seen.add(score.note)


def _score(score: ScorePart, sources: Mapping[str, str], words: Catalogue) -> dict[str, str]:
    """A score with a value; those that do not apply are in the JSON only."""
    number = number_text(score.instrument, score.unit, score.value or 0.0)
    unit = "%" if score.unit == "%" else words.say(unit_text(score.unit, number))
    details = [words.say(text) for text in (score.band, score.cutoff, score.note) if text]
    return {
        "title": words.say(score.title),
        "value": f"{number} {unit}".strip(),
        "detail": f"{' | '.join(details)} {sources[score.source]}",
    }


def _waits(score: ScorePart) -> bool:
    """Whether a score is left out only because an answer is missing."""
    return score.value is None and not score.not_applicable and bool(score.missing)


def _waiting(score: ScorePart, words: Catalogue) -> str:
    needs = ", ".join(score.missing)
    return words.say(f"Left out until answered: {score.title}. It needs: {needs}.")


def _model(document: AssessmentDocument, words: Catalogue) -> list[tuple[str, str]]:
    bundle = document.bundle
    measured = f"{bundle.measured_patients} patients kept out of training"
    rows = [
        ("Name and version", f"{bundle.name} {bundle.version} ({bundle.created_on})"),
        ("Status", words.say(bundle.status)),
        ("Trained on", words.find(bundle.cohort) or bundle.cohort),  # the bundle's own words
        ("Calibration measured on", words.say(measured)),
        ("Bundle SHA-256", bundle.sha256),
        *([("Computed by", document.engine)] if document.engine else []),
    ]
    return [(words.say(label), text) for label, text in rows]
