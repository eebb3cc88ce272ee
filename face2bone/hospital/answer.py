"""What is said of one picture that came by DICOM: a result, or one sentence why there is none.

There is no clinician who fills in answers, so there is no referral: the picture, age and sex alone
speak, and T-score classes only where they are defined without more being known.
"""

from dataclasses import dataclass, replace
from typing import Final

import pandas as pd

from face2bone.assessment import BundleFacts, LocatedSubject
from face2bone.bundle import BundleCard
from face2bone.clinical.eligibility import young_for_t_scores
from face2bone.covariates import in_words, of_table
from face2bone.drawing.pictures import crop_png
from face2bone.errors import CovariateMissing, Face2BoneError, ListenError, PatientError
from face2bone.hospital.header import Header
from face2bone.hospital.models import Found, Models
from face2bone.modalities.measure import Measure
from face2bone.modalities.modality import AnyModality
from face2bone.patient import AGE_RANGE
from face2bone.report.assessment.page_result import (
    no_result,
    set_in_words,
    undefined_classes,
    unlike_training,
)
from face2bone.runtime import Prediction
from face2bone.words import message

ALWAYS_NEEDED: Final = ("age_years", "sex")  # to know whether the classes are defined


@dataclass(frozen=True)
class Answer:
    """An answer, made or refused.

    probabilities: of ``facts.classes``, empty where none may be shown. remarks: on the picture.
    told, measures: as of a ``Subject``. crop: PNG of what the network read, empty for a face and
    where nothing was found.
    """

    facts: BundleFacts
    modality: AnyModality
    headline: str
    refused: bool
    probabilities: tuple[float, ...] = ()
    remarks: tuple[str, ...] = ()
    told: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    crop: bytes = b""


def answer_of(data: bytes, header: Header, models: Models) -> Answer:
    """The answer to the picture in a DICOM file; what cannot be used is answered too."""
    try:
        found = models.find(data, header)
    except Face2BoneError as error:
        return refusal(models, str(error))
    facts, modality = found.assessor.facts, found.assessor.tools.modality
    try:
        prediction = _predicted(found, header)
    except Face2BoneError as error:
        return Answer(facts, modality, no_result(str(error)), refused=True)
    return _with_prediction(found, header, prediction)


def refusal(models: Models, reason: str) -> Answer:
    """The answer where no model has seen anything; it bears the name of the site's own."""
    first = models.first
    return Answer(first.facts, first.tools.modality, no_result(reason), refused=True)


def failed(models: Models, error_id: str) -> Answer:
    """The answer where the program itself was at fault; its log has more under the same number."""
    error = ListenError(
        "The program failed at this picture (error {number}). Tell whoever runs it this number.",
        number=error_id,
    )
    return refusal(models, str(error))


def _predicted(found: Found, header: Header) -> Prediction:
    _check_age(header)
    beside = _beside(found.assessor.bundle.card, header)
    return found.assessor.predict(replace(found.located, beside=beside))


def _check_age(header: Header) -> None:
    low, high = AGE_RANGE
    if header.age_years is not None and not low <= header.age_years <= high:
        raise PatientError(
            "The patient is {age} years old, and the model is for {low} to {high}. Check age and "
            "birth date in the picture's header.",
            age=f"{header.age_years:g}",
            low=f"{low:g}",
            high=f"{high:g}",
        )


def _beside(card: BundleCard, header: Header) -> tuple[float, ...]:
    """What the network reads beside the picture, standardised."""
    names = dict.fromkeys([*ALWAYS_NEEDED, *(one.name for one in card.covariates)])
    cells = {**vars(header), "sex": header.sex and header.sex.value}
    absent = [name for name in names if cells[name] is None]
    if absent:
        raise CovariateMissing(
            "The model needs {details} beside the picture, and the picture's header lacks what is "
            "needed. Send it with a complete header.",
            details=in_words(absent),
        )
    row = pd.DataFrame([{name: cells[name] for name in names}])
    return tuple(of_table(row, card.covariates)[0].tolist())


def _with_prediction(found: Found, header: Header, prediction: Prediction) -> Answer:
    located, facts = found.located, found.assessor.facts
    modality = found.assessor.tools.modality
    why_not = _why_no_class(header, prediction, modality.noun)
    return Answer(
        facts=facts,
        modality=modality,
        headline=why_not or _headline(facts, prediction),
        refused=bool(why_not),
        probabilities=() if why_not else tuple(prediction.probabilities.tolist()),
        remarks=(*_about_others(located, modality), *located.reasons),
        told=located.told,
        measures=located.measures,
        crop=_crop(located, modality),
    )


def _headline(facts: BundleFacts, prediction: Prediction) -> str:
    """The set of classes; of a demonstration it says in the same breath that it is none."""
    names = [facts.classes[index] for index in prediction.prediction_set]
    said = set_in_words(names, facts.classes)
    if facts.status != "demo":
        return said
    return message("Demonstration, not a finding. {headline}", headline=said)


def _about_others(located: LocatedSubject, modality: AnyModality) -> tuple[str, ...]:
    """What is to be known where the picture shows several."""
    if not located.number:
        return ()
    return (
        message(
            "The {picture} shows more than one; only the one that is seen best was assessed.",
            picture=modality.noun,
        ),
    )


def _why_no_class(header: Header, prediction: Prediction, noun: str) -> str:
    """Why no class may be shown; "" where one may."""
    if prediction.out_of_domain.is_outside:
        return unlike_training(noun)
    if header.age_years is None or young_for_t_scores(header.age_years):
        return undefined_classes()
    return ""


def _crop(located: LocatedSubject, modality: AnyModality) -> bytes:
    """Never a face: what is filed beside a photo is seen by others than who took it."""
    return b"" if modality.recognisable else crop_png(located.aligned)
