"""What Review knows of the patient at hand when it draws the answer."""

from dataclasses import dataclass, replace
from typing import Any, Final

from face2bone.assessment import AnswersOnly, Assessment, Explanation, LocatedSubject
from face2bone.clinical.referral import Referral
from face2bone.dashboard.common import session
from face2bone.dashboard.review.answers import Answers
from face2bone.dashboard.review.explanation_details import THIRD_WAY
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.result_step import shown
from face2bone.errors import Face2BoneError
from face2bone.runtime import Prediction
from face2bone.several_photos import PhotoSeen
from face2bone.words import message, template

NO_PICTURE: Final = template("There was no {picture}.")


@dataclass(frozen=True)
class View:
    """The answers, the photo and what came of them; ``referral`` is None while one is refused."""

    answers: Answers
    photo: KeptPicture | None
    found: LocatedSubject | Face2BoneError | None
    prediction: Prediction | None = None
    referral: Referral | None = None
    photos: tuple[PhotoSeen, ...] = ()

    @property
    def result(self) -> tuple[LocatedSubject, Prediction] | None:
        """The face and its prediction, where its numbers may be shown."""
        if self.prediction is None or not isinstance(self.found, LocatedSubject):
            return None
        return (self.found, self.prediction) if shown(self.prediction) else None

    @property
    def seen(self) -> LocatedSubject | None:
        """What was found, also what was rejected."""
        return None if self.photo is None else session.seen(self.photo)


def view_of(
    answers: Answers,
    photo: KeptPicture | None,
    found: LocatedSubject | Face2BoneError | None,
    photos: tuple[PhotoSeen, ...] = (),
) -> View:
    """Predict where there is a face, and refer; nothing of it while an answer is refused.

    ``photos``: what came of each, where ``photo`` is the best of several.
    """
    if answers.refusals:
        return View(answers, photo, found)
    predicted = session.prediction(found) if isinstance(found, LocatedSubject) else None
    assessor = session.assessor_at_hand()
    referral = assessor.refer(answers.patient, predicted, answers.frax, answers.guideline)
    of_several_people = isinstance(found, LocatedSubject) and found.number and not found.called
    if predicted is not None and of_several_people and not photos:
        photos = (session.photo_seen(photo, answers.patient),) if photo else ()
    return View(answers, photo, found, predicted, referral, photos)


def assessment_of(view: View) -> Assessment | AnswersOnly | None:
    """What report and records hold now; nothing in it is waited for.

    An explanation is in it once it is done, and only then.
    """
    if view.referral is None:
        return None
    facts = session.assessor_at_hand().facts
    if isinstance(view.found, LocatedSubject) and view.prediction is not None:
        explanation = explanation_so_far(view.found) if view.result else Explanation.none()
        return Assessment(
            view.answers.patient,
            view.found,
            view.prediction,
            explanation,
            view.referral,
            facts,
            view.photos,
        )
    patient, refused = view.answers.patient, session.review_case().refusal
    if view.photo is None:
        return AnswersOnly(
            patient,
            view.referral,
            facts,
            str(refused or message(NO_PICTURE, picture=session.noun())),
        )
    seen = view.seen
    quality = seen.quality if seen else None
    return AnswersOnly(patient, view.referral, facts, str(view.found), view.photo.sha256, quality)


def explanation_so_far(found: LocatedSubject) -> Explanation:
    """The explanation of a photo if it was asked for and is done, else that of nothing."""
    explanation: Explanation | None = _done(session.EXPLANATION, found)
    if explanation is None:
        return Explanation.none()
    third = _done(THIRD_WAY, found)
    return (
        explanation
        if third is None
        else replace(explanation, regions=(*explanation.regions, third))
    )


def _done(step: str, found: LocatedSubject) -> Any:
    job = session.asked(session.key_of(step, found))
    try:
        return None if job is None else job.result()
    except Face2BoneError:  # said where it was asked for
        return None
