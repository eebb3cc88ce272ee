"""What stands on the report: the document's facts as strings in one language, ready to lay out.

Nothing is computed here that the document does not say; ``report.typ`` sets these strings
as they are. What the picture says stands in page_result.py.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from face2bone.apparent_age import WHAT_IT_IS
from face2bone.body_units import two_decimals
from face2bone.clinical.frax import FraxResult
from face2bone.clinical.questions import load_questions
from face2bone.clinical.score import number_text, unit_text
from face2bone.modalities.modality import AnyModality
from face2bone.patient import RedFlag, RiskFactor
from face2bone.report.apparent_age import answer_words, gap_words
from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.document_parts import ReasonPart, ScorePart
from face2bone.report.assessment.glyphs import drawable
from face2bone.report.assessment.page_result import measures_of, regions_of, result_of
from face2bone.studies import study_named
from face2bone.words import Catalogue, Language, catalogue, message, template

STATUS_WORDS: Final = {
    "demo": message("DEMO MODEL"),
    "research": message("RESEARCH MODEL"),
    "locally-validated": message("LOCALLY VALIDATED MODEL"),
}
SHORT_NOTICES: Final = {
    "demo": message("trained on drawn pictures; never drives a referral"),
    "research": message("not a medical device; DXA decides, not this model"),
    "locally-validated": message("not a medical device; DXA decides, not this model"),
}
SEX_WORDS: Final = {"F": message("woman"), "M": message("man")}
MENOPAUSE_WORDS: Final = {
    "pre": message("before"),
    "post": message("after"),
    "unknown": message("not known"),
}
LABELS: Final = {
    "suggestion": message("Suggestion"),
    "reasons": message("Reasons, each with its source"),
    "result": template("What the {picture} suggests"),
    "measures": template("Measured on the {picture}"),
    "regions": template("Where in the {subject} the answer comes from"),
    "scores": template("Published scores, without the {picture}"),
    "advice": message("Advice by the guideline"),
    "age": template("How old the {subject} looks"),
    "model": message("The model"),
    "sources": message("Sources"),
}
SIZE: Final = 9.0  # points
SMALL_SIZE: Final = 8.3
MANY_LINES: Final = 28  # reasons, scores and sources
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
    page: dict[str, Any] = drawn_page(_page(document, heading, _words(document, heading)))
    return page


def _words(document: AssessmentDocument, heading: Heading) -> Catalogue:
    """The report's language, with the document's own sentences known to it."""
    made = {sentence: part.made for sentence, part in document.messages.items()}
    return catalogue(heading.language).knowing(made)


def drawn_page(value: Any) -> Any:
    """The same with every string in characters the fonts hold."""
    if isinstance(value, str):
        return drawable(value)
    if isinstance(value, Mapping):
        return {key: drawn_page(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [drawn_page(part) for part in value]
    return value


def _page(document: AssessmentDocument, heading: Heading, words: Catalogue) -> dict[str, Any]:
    scores = [score for score in document.scores if score.value is not None]
    sources, read = _sources(document, scores), study_named(document.study).ready().modality
    return {
        "language": heading.language.value,
        "region": heading.language.region,
        "size": _size(len(document.referral.reasons) + len(scores) + len(sources)),
        "title": words.say(message("Bone health report: {kind} and risk factors", kind=read.kind)),
        "banner": _banner(document, words),
        "labels": _labels(read, words),
        "patient": _patient(document, heading, words),
        "crop": _crop(heading, read, words),
        "suggestion": _suggestion(document, read, words),
        "reasons": [_reason(reason, sources, words) for reason in document.referral.reasons],
        "result": result_of(document, read, words),
        "measures": measures_of(document.told, document.measures, words),
        "regions": regions_of(document, words),
        "scores": [_score(score, sources, words) for score in _each_note_once(scores)],
        "waiting": [_waiting(score, words) for score in document.scores if _waits(score)],
        "disclaimers": list(dict.fromkeys(s.disclaimer for s in scores if s.disclaimer)),
        "advice": [
            f"{words.say(line.text)} {sources[line.source]}" for line in document.referral.advice
        ],
        "age": _age(document, words),
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


def _labels(read: AnyModality, words: Catalogue) -> dict[str, Any]:
    called = {"picture": read.noun, "subject": read.subject}
    texts: dict[str, Any] = {
        key: words.say(message(text, **called)) for key, text in LABELS.items()
    }
    lists = {
        "reason_columns": (message("Rule"), message("Reason"), message("Source and version")),
        "score_columns": (message("Score"), message("Result"), message("What it means")),
        "signature": (message("Name"), message("Signature"), message("Date")),
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
        f"{two_decimals(patient.height_cm)} cm, {two_decimals(patient.weight_kg)} kg"
    )
    flags = [questions.red_flags[RedFlag(flag)].words for flag in patient.red_flags]
    factors = [questions.risk_factors[RiskFactor(f)].words for f in patient.risk_factors]
    rows = [
        (message("Patient (pseudonym)"), _name(heading, words)),
        (message("Report made"), _day(heading)),
        (message("Details"), body),
        (message("Red flags"), _listed(flags, words)),
        (message("Risk factors"), _listed(factors, words)),
    ]
    if patient.sex == "F":
        rows.insert(3, (message("Menopause"), words.say(MENOPAUSE_WORDS[patient.menopause])))
    if document.frax is not None:
        rows.append((message("FRAX, entered by the clinician"), _frax(document, words)))
    return [(words.say(label), text) for label, text in rows]


def _listed(texts: Iterable[str], words: Catalogue) -> str:
    said = [words.say(text) for text in texts]
    mark = "；" if words.language is Language.CHINESE else "; "
    return mark.join(said) if said else words.say("none ticked")


def _frax(document: AssessmentDocument, words: Catalogue) -> str:
    frax = document.frax
    if frax is None:
        return ""
    return words.say(FraxResult(frax.major_percent, frax.hip_percent, frax.with_bmd).words)


def _crop(heading: Heading, read: AnyModality, words: Catalogue) -> dict[str, Any] | None:
    if heading.crop_png is None:
        return None
    alt = words.say(message("The aligned {subject} that the model read", subject=read.subject))
    return {"png": list(heading.crop_png), "alt": alt}


def _suggestion(
    document: AssessmentDocument, read: AnyModality, words: Catalogue
) -> dict[str, Any]:
    referral = document.referral
    guideline, without = referral.guideline, referral.urgency_without_picture
    note = guideline.note
    return {
        "urgency": words.say(referral.urgency),
        "actions": [words.say(action) for action in referral.actions],
        "effect": words.say(referral.picture_effect),
        "notes": [
            words.say(
                message("Without the {picture}: {urgency}.", picture=read.noun, urgency=without)
            ),
            words.say(message("Guideline: {title}. {note}", title=guideline.title, note=note)),
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
    return words.say(
        message(
            "Left out until answered: {score}. It needs: {answers}.",
            score=score.title,
            answers=tuple(score.missing),
        )
    )


def _age(document: AssessmentDocument, words: Catalogue) -> dict[str, Any] | None:
    """How old the face looks to another network, with its limits; None where it was not said."""
    age = document.apparent_age
    if age is None:
        return None
    network, status = age.bundle, words.say(age.bundle.status)
    return {
        "answer": words.say(answer_words(age)),
        "gap": words.say(gap_words(age)),
        # Some are the bundle's own words; the headline says what it is.
        "limits": [words.find(line) or line for line in age.limits if line != WHAT_IT_IS],
        "model": f"{network.name} {network.version} ({status}), SHA-256 {network.sha256}",
    }


def _model(document: AssessmentDocument, words: Catalogue) -> list[tuple[str, str]]:
    bundle = document.bundle
    measured = message("{count} patients kept out of training", count=f"{bundle.measured_patients}")
    rows = [
        (message("Name and version"), f"{bundle.name} {bundle.version} ({bundle.created_on})"),
        (message("Status"), words.say(bundle.status)),
        (
            message("Trained on"),
            words.find(bundle.cohort) or bundle.cohort,
        ),  # the bundle's own words
        (message("Calibration measured on"), words.say(measured)),
        (message("Bundle SHA-256"), bundle.sha256),
        *([(message("Computed by"), document.engine)] if document.engine else []),
    ]
    return [(words.say(label), text) for label, text in rows]
